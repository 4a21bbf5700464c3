using Srpo.Games.Finite;

namespace Srpo.Games.Tests.Finite;

/// <summary>Seeded random games and strategies.</summary>
internal static class RandomGames
{
    public static FiniteGame Game(Random random, bool shared, params int[] actions)
    {
        var joint = actions.Aggregate(1, (product, count) => product * count);
        var payoffs = Enumerable.Range(0, shared ? 1 : actions.Length).Select(_ => Uniform(random, joint, -1, 1)).ToArray();
        return new FiniteGame("random", actions, payoffs, [.. actions.Select(count => Uniform(random, count, 0, 0.5))]);
    }

    public static double[][] Profile(Random random, FiniteGame game) => [.. game.Actions.Select(count => Distribution(random, count))];

    public static double[] Distribution(Random random, int count)
    {
        var weights = Uniform(random, count, 0.02, 1);
        var sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }

    public static double[] Uniform(Random random, int count, double from, double to) =>
        [.. Enumerable.Range(0, count).Select(_ => from + ((to - from) * random.NextDouble()))];

    public static double LogUniform(Random random, double from, double to) => from * Math.Pow(to / from, random.NextDouble());

    public static FiniteGame Volunteer(double kappa) => new("volunteer", [2, 2], [[1, 1, 1, 0]], [[kappa, 0], [kappa, 0]]);
}
