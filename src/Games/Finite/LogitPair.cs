namespace Srpo.Games.Finite;

/// <summary>An equilibrium of a 2x2 game: the players' logits log(x(0)/x(1)) and log(y(0)/y(1)), exact also next to pure strategies.</summary>
internal readonly record struct LogitPair(double First, double Second);
