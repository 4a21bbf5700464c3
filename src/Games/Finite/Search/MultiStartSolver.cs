using Srpo.Core.Random;

namespace Srpo.Games.Finite.Search;

/// <summary>
/// RQE of a general finite game of n players (arXiv 2602.21515, section 3) from many starts: damped logit responses followed by Newton find
/// the stable ones, Newton with a line search from the starts themselves finds unstable ones too. Nothing proves completeness; where
/// there is more than one, or the indices show that some are missing, branches are followed in lambda = 1/eps through folds.
/// </summary>
public static class MultiStartSolver
{
    /// <summary>Searches.</summary>
    /// <param name="game">Any finite game.</param>
    /// <param name="risk">tau and eps of its players.</param>
    /// <param name="options">Number of starts, seed; null for the defaults.</param>
    /// <returns>Equilibria with residuals below 1e-10; at least one in practice: the principal branch always leads to one.</returns>
    /// <exception cref="ArgumentException">The profile is for another number of players, or an option is out of range.</exception>
    public static RqeSearch FindAll(FiniteGame game, RiskProfile risk, SearchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(game);
        ArgumentNullException.ThrowIfNull(risk);
        options ??= SearchOptions.Default;
        options.Require();
        var (roots, converged) = FindRoots(new RqeSystem(game, risk), options);
        var responses = new BestResponse(game, risk);
        var order = roots.Sorted();
        return new RqeSearch(
            [.. order.Select(root => Assemble(responses, roots.Roots[root]))],
            [.. order.Select(root => roots.Hits[root])],
            options.Starts,
            converged,
            roots.Indices.Sum(),
            false);
    }

    /// <summary>The search in log probabilities.</summary>
    internal static (RootSet Roots, int Converged) FindRoots(RqeSystem system, SearchOptions options)
    {
        var roots = new RootSet(options.SameWithin);
        var newton = new NewtonSolver(system);
        var z = new double[system.Size];
        var converged = 0;
        for (var start = 0; start < options.Starts; start++)
        {
            StartingPoints.Fill(system, options.Seed, start, z);
            var reached = Direct(newton, z, roots);
            StartingPoints.Fill(system, options.Seed, start, z);
            reached |= Damped(newton, z, roots);
            if (!reached)
            {
                StartingPoints.Fill(system, options.Seed, start, z);
                reached = Annealed(newton, z, roots);
            }

            if (reached) converged++;
        }

        if (roots.Roots.Count == 0) LambdaBranches.AddPrincipal(system, newton, roots);
        if (options.FollowBranches && (roots.Roots.Count > 1 || roots.Indices.Sum() != 1)) LambdaBranches.AddFolded(system, newton, roots);
        return (roots, converged);
    }

    /// <summary>Everything about the equilibrium with these log probabilities.</summary>
    internal static FiniteEquilibrium Assemble(BestResponse responses, double[] z)
    {
        var game = responses.Game;
        var strategies = new double[game.Players][];
        var offset = 0;
        for (var player = 0; player < strategies.Length; player++)
        {
            var logs = z.AsSpan(offset, game.Actions[player]).ToArray();
            strategies[player] = new double[logs.Length];
            Vectors.LogSoftmax(logs, strategies[player]);
            offset += logs.Length;
        }

        return FiniteEquilibria.Assemble(responses, strategies);
    }

    private static bool Direct(NewtonSolver newton, double[] z, RootSet roots)
    {
        if (!newton.Solve(z, 30)) return false;
        roots.Add(z, newton.System.Probabilities, newton.DeterminantSign);
        return true;
    }

    private static bool Damped(NewtonSolver newton, double[] z, RootSet roots)
    {
        for (var round = 0; round < 4; round++)
        {
            newton.Damp(z, 10, 0.5, 1e-2);
            var known = roots.Find(newton.System.Probabilities, 1e-3);
            if (known >= 0)
            {
                roots.Hits[known]++;
                return true;
            }
        }

        return Direct(newton, z, roots);
    }

    /// <summary>From an eps 16 times as large down to the game's own: for small eps, where Newton's basins are narrow.</summary>
    private static bool Annealed(NewtonSolver newton, double[] z, RootSet roots)
    {
        var system = newton.System;
        double[] lambda = [.. system.Lambda];
        try
        {
            for (var factor = 1.0 / 16; factor < 1; factor *= 1.5)
            {
                for (var player = 0; player < lambda.Length; player++) system.Lambda[player] = lambda[player] * factor;
                newton.Damp(z, 10, 0.3, 1e-3);
                newton.Solve(z, 10);
            }
        }
        finally
        {
            lambda.CopyTo(system.Lambda, 0);
        }

        newton.Damp(z, 10, 0.3, 1e-3);
        return Direct(newton, z, roots);
    }
}

/// <summary>How <see cref="MultiStartSolver"/> searches.</summary>
public sealed record SearchOptions
{
    /// <summary>The defaults: 200 starts.</summary>
    public static SearchOptions Default { get; } = new();

    /// <summary>Number of starting profiles, at least 1: the uniform one, some next to pure profiles, the rest random.</summary>
    public int Starts { get; init; } = 200;

    /// <summary>Seed of the random starts. The same seed and number of starts give the same result.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Largest difference of two probabilities up to which two profiles are the same equilibrium, above 0.</summary>
    public double SameWithin { get; init; } = 1e-6;

    /// <summary>
    /// Whether branches of equilibria are followed in lambda = 1/eps away from the equilibria found and back through folds where the
    /// starts found more than one, or the indices say that some are missing (<see cref="RqeSearch.IndexSum"/>).
    /// </summary>
    public bool FollowBranches { get; init; } = true;

    internal void Require()
    {
        if (Starts < 1) throw new ArgumentException($"Starts: must be at least 1, not {Starts}");
        if (!(SameWithin > 0 && SameWithin < 1))
            throw new ArgumentException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"SameWithin: must be above 0 and below 1, not {SameWithin}"));
    }
}

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

/// <summary>Distinct roots of <see cref="RqeSystem"/>, compared by their strategies.</summary>
internal sealed class RootSet(double sameWithin)
{
    private readonly List<double[]> _probabilities = [];

    /// <summary>Log probabilities of the roots in order of discovery.</summary>
    public List<double[]> Roots { get; } = [];

    /// <summary>How often each was added.</summary>
    public List<int> Hits { get; } = [];

    /// <summary>Index of each.</summary>
    public List<int> Indices { get; } = [];

    /// <summary>Number of a root within the given distance of a profile, or -1.</summary>
    public int Find(ReadOnlySpan<double> probabilities, double within)
    {
        for (var root = 0; root < _probabilities.Count; root++)
        {
            var far = false;
            var known = _probabilities[root];
            for (var i = 0; i < known.Length && !far; i++) far = !(Math.Abs(known[i] - probabilities[i]) <= within);
            if (!far) return root;
        }

        return -1;
    }

    /// <summary>Adds a root or counts it.</summary>
    /// <returns>Whether it is new.</returns>
    public bool Add(ReadOnlySpan<double> z, ReadOnlySpan<double> probabilities, int index)
    {
        var known = Find(probabilities, sameWithin);
        if (known >= 0)
        {
            Hits[known]++;
            return false;
        }

        Roots.Add(z.ToArray());
        _probabilities.Add(probabilities.ToArray());
        Hits.Add(1);
        Indices.Add(index);
        return true;
    }

    /// <summary>The roots' numbers sorted by strategies, larger entries first; differences below the tolerance do not count.</summary>
    public int[] Sorted()
    {
        var order = Enumerable.Range(0, Roots.Count).ToArray();
        Array.Sort(order, (first, second) =>
        {
            var (a, b) = (_probabilities[first], _probabilities[second]);
            for (var i = 0; i < a.Length; i++)
            {
                if (Math.Abs(a[i] - b[i]) > sameWithin) return b[i].CompareTo(a[i]);
            }

            return first.CompareTo(second);
        });
        return order;
    }
}
