using Srpo.Core.Random;

namespace Srpo.Games.Finite.Search;

/// <summary>
/// Starting profiles of <see cref="MultiStartSolver"/> as log probabilities: the uniform profile, every fourth next to a random pure
/// profile, the others Dirichlet with concentrations 1 and 0.3 in turn (interior, and near faces).
/// </summary>
internal static class StartingPoints
{
    private const double Unlikely = 0.02;

    /// <summary>Fills in a start.</summary>
    /// <param name="system">The equations.</param>
    /// <param name="seed">Seed of the search.</param>
    /// <param name="number">Number of the start, from 0.</param>
    /// <param name="z">[Size].</param>
    public static void Fill(RqeSystem system, ulong seed, int number, Span<double> z)
    {
        var stream = new RandomStream(new StreamId(seed, 0, 0, StreamPurpose.EquilibriumSearch), number);
        for (var player = 0; player < system.Offsets.Length; player++)
        {
            var actions = system.Game.Actions[player];
            var part = z.Slice(system.Offsets[player], actions);
            if (number == 0)
            {
                part.Fill(-Math.Log(actions));
            }
            else if (number % 4 == 0)
            {
                part.Fill(Math.Log(Unlikely / actions));
                part[stream.NextInt32(actions)] = Math.Log(1 - Unlikely);
            }
            else
            {
                var concentration = number % 2 == 0 ? 0.3 : 1.0;
                // An exponential to the power 1/c weighs like a gamma variate of shape c near 0: Dirichlet exactly for c = 1, close to it else.
                foreach (ref var value in part) value = Math.Max(Math.Log(-Math.Log(1 - stream.NextDouble())) / concentration, -40);
            }
        }
    }
}
