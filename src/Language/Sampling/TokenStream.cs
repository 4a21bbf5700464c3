using Srpo.Core.Random;

namespace Srpo.Language.Sampling;

/// <summary>
/// The draws of one debate: token t of the response of a seat in a round has 128 random bits of its own, whatever else is generated beside it,
/// in whatever order, on whatever machine. The mapping to bits is injective.
/// </summary>
/// <param name="Stream">Seed, team, round of training (or pair, in matches) and purpose.</param>
/// <param name="Lane">Number of the debate among those of the stream, 0 to 2^24 - 1; in evaluation the question's number.</param>
public readonly record struct TokenStream(StreamId Stream, int Lane)
{
    /// <summary>Most rounds of a debate.</summary>
    public const int MaxRounds = 128;

    /// <summary>Most seats of a debate.</summary>
    public const int MaxSeats = 2;

    /// <summary>Most tokens of a response.</summary>
    public const int MaxTokens = 1 << 24;

    /// <summary>The random bits of a token; the indices are not checked: this is on the hot path.</summary>
    /// <param name="round">Round of the debate, from 0.</param>
    /// <param name="seat">0 or 1.</param>
    /// <param name="token">Index in the response, from 0.</param>
    public RandomBlock Token(int round, int seat, int token) => Stream.Block(Lane, ((uint)round << 25) | ((uint)seat << 24) | (uint)token);
}
