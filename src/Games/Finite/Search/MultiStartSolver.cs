using Srpo.Core.Random;

namespace Srpo.Games.Finite.Search;

/// <summary>
/// RQE of a general finite game of n players (arXiv 2602.21515, section 3) from many starts: damped logit responses followed by Newton find
/// the stable ones, Newton with a line search from the starts themselves finds unstable ones too, and where eps is small against the utilities
/// starts on the faces of the simplices (on a sample of them in large games) find those next to mixed Nash equilibria. Nothing proves completeness; where
/// there is more than one, or the indices show that some are missing, branches are followed in lambda = 1/eps through folds, and more starts
/// are tried. Symmetric games are searched up to symmetry.
/// </summary>
public static class MultiStartSolver
{
    // From this ratio of utilities to eps on, equilibria lie close to the faces of the simplices.
    private const double Sharp = 12;
    private const int MostFaces = 128;
    private const int SampledFaces = 32;
    private const int StartsPerFace = 4;
    private const int StartsPerFaceOfTheCautious = 32;
    private const int MoreStarts = 4;

    /// <summary>Searches.</summary>
    /// <param name="game">Any finite game.</param>
    /// <param name="risk">tau and eps of its players.</param>
    /// <param name="options">Number of starts, seed; null for the defaults.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>Equilibria within the tolerances of <see cref="SolverLimits"/>, at least one.</returns>
    /// <exception cref="ArgumentException">
    /// The profile is for another number of players, an option is out of range, or doubles cannot hold the game's equilibria.
    /// </exception>
    /// <exception cref="NoEquilibriumException">None was found, though every game has one.</exception>
    public static RqeSearch FindAll(FiniteGame game, RiskProfile risk, SearchOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(game);
        ArgumentNullException.ThrowIfNull(risk);
        options ??= SearchOptions.Default;
        options.Require();
        var (roots, starts, converged) = FindRoots(new RqeSystem(game, risk), options, cancellation);
        var responses = new BestResponse(game, risk);
        var tolerance = SolverLimits.LogTolerance(game, risk);
        (FiniteEquilibrium One, int Root)[] found =
        [
            .. roots.Sorted().Select(root => (Assemble(responses, roots.Roots[root]), root)).Where(pair => FiniteEquilibria.IsProved(pair.Item1, tolerance)),
        ];
        if (found.Length == 0) throw new NoEquilibriumException(game, risk, options.Starts);
        return new RqeSearch(
            [.. found.Select(pair => pair.One)],
            [.. found.Select(pair => roots.Hits[pair.Root])],
            starts,
            converged,
            found.Sum(pair => roots.Indices[pair.Root]),
            CompletenessProof.None);
    }

    /// <summary>The search in log probabilities.</summary>
    internal static (RootSet Roots, int Starts, int Converged) FindRoots(RqeSystem system, SearchOptions options, CancellationToken cancellation)
    {
        var newton = new NewtonSolver(system);
        var roots = new RootSet(newton, options.SameWithin, GameSymmetry.Of(system));
        var (starts, converged) = (0, 0);
        void Search(int count)
        {
            for (var until = starts + count; starts < until; starts++)
            {
                cancellation.ThrowIfCancellationRequested();
                if (TryStart(newton, roots, options.Seed, starts)) converged++;
            }
        }

        Search(options.Starts);
        var sharp = system.RangeOverEpsilon() > Sharp;
        if (sharp) SearchFaces(newton, roots, options.Seed, 0, cancellation);
        if (roots.Roots.Count == 0) LambdaBranches.AddPrincipal(system, newton, roots, cancellation);
        if (!options.FollowBranches) return (roots, starts, converged);
        if (roots.Roots.Count > 1 || roots.Indices.Sum() != 1) LambdaBranches.AddFolded(system, newton, roots, cancellation);
        // The index proves that some are missing: go on for a while.
        for (var round = 0; round < MoreStarts && roots.Indices.Sum() != 1; round++)
        {
            Search(options.Starts);
            if (sharp) SearchFaces(newton, roots, options.Seed, round + 1, cancellation);
            LambdaBranches.AddFolded(system, newton, roots, cancellation);
        }

        return (roots, starts, converged);
    }

    private static bool TryStart(NewtonSolver newton, RootSet roots, ulong seed, int start)
    {
        var z = new double[newton.System.Size];
        StartingPoints.Fill(newton.System, seed, start, z);
        var reached = Direct(newton, z, roots);
        StartingPoints.Fill(newton.System, seed, start, z);
        reached |= Damped(newton, z, roots);
        if (reached) return true;
        StartingPoints.Fill(newton.System, seed, start, z);
        return Annealed(newton, z, roots);
    }

    /// <summary>From within the faces that play only some of the actions: next to a mixed Nash equilibrium of a face Newton converges.</summary>
    private static void SearchFaces(NewtonSolver newton, RootSet roots, ulong seed, int round, CancellationToken cancellation)
    {
        var system = newton.System;
        var faces = system.Game.Actions.Aggregate(1.0, (product, count) => product * (Math.Pow(2, count) - 1));
        var all = faces <= MostFaces;
        var count = system.TauTimesRange() > -StartingPoints.Outside ? StartsPerFaceOfTheCautious : StartsPerFace;
        var z = new double[system.Size];
        for (var number = 0; number < (all ? (int)faces : SampledFaces); number++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var start = round * count; start < (round + 1) * count; start++)
            {
                StartingPoints.FillFace(system, seed, all ? number : -1 - number, start, z);
                if (start % 2 == 1) StartingPoints.Balance(system, seed, number, start, z);
                Direct(newton, z, roots);
            }
        }
    }

    /// <summary>Everything about the equilibrium with these log probabilities.</summary>
    internal static FiniteEquilibrium Assemble(BestResponse responses, double[] z)
    {
        var game = responses.Game;
        var logs = new double[game.Players][];
        var offset = 0;
        for (var player = 0; player < logs.Length; player++)
        {
            logs[player] = z.AsSpan(offset, game.Actions[player]).ToArray();
            Vectors.LogSoftmax(logs[player], new double[logs[player].Length]);
            offset += logs[player].Length;
        }

        return FiniteEquilibria.AssembleLogs(responses, logs);
    }

    private static bool Direct(NewtonSolver newton, double[] z, RootSet roots)
    {
        if (!newton.Solve(z, 100)) return false;
        roots.Add(z, newton.DeterminantSign);
        return true;
    }

    private static bool Damped(NewtonSolver newton, double[] z, RootSet roots)
    {
        for (var round = 0; round < 4; round++)
        {
            newton.Damp(z, 10, 0.5, 1e-2);
            var known = roots.Find(newton.System.LogProbabilities, 1e-3);
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
    /// <summary>Log probability of actions that a start leaves out.</summary>
    public const double Outside = -30;

    private const double Spread = 16;

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

    /// <summary>Fills in a start within a face.</summary>
    /// <param name="system">The equations.</param>
    /// <param name="seed">Seed of the search.</param>
    /// <param name="face">Number of the face: the players' sets of actions, one less than their bit masks, as digits; below 0 a random one.</param>
    /// <param name="number">Number of the start: 0 is the middle of the face.</param>
    /// <param name="z">[Size].</param>
    public static void FillFace(RqeSystem system, ulong seed, int face, int number, Span<double> z)
    {
        var stream = new RandomStream(new StreamId(seed, 1, (uint)Math.Abs(face), StreamPurpose.EquilibriumSearch), number);
        var rest = face;
        for (var player = 0; player < system.Offsets.Length; player++)
        {
            var actions = system.Game.Actions[player];
            var part = z.Slice(system.Offsets[player], actions);
            var masks = 1 << Math.Min(actions, 30);
            var mask = face >= 0 ? 1 + (rest % (masks - 1)) : 0;
            if (face >= 0) rest /= masks - 1;
            var only = face < 0 ? stream.NextInt32(actions) : -1;
            for (var action = 0; action < actions; action++)
            {
                var plays = face >= 0 ? (mask >> action & 1) == 1 : action == only || stream.NextInt32(2) == 0;
                part[action] = !plays ? Outside - system.TauTimesRange() : number == 0 ? 0 : Math.Log(-Math.Log(1 - stream.NextDouble()));
            }
        }
    }

    /// <summary>
    /// Moves some of the unlikely actions of a start within a face to where another player's adversary makes as much of them as of the likely
    /// ones, log probabilities of minus tau times what they cost her: unstable equilibria between those of two faces lie there.
    /// </summary>
    /// <param name="system">The equations.</param>
    /// <param name="seed">Seed of the search.</param>
    /// <param name="face">Number of the face.</param>
    /// <param name="number">Number of the start.</param>
    /// <param name="z">[Size] a start.</param>
    public static void Balance(RqeSystem system, ulong seed, int face, int number, Span<double> z)
    {
        var stream = new RandomStream(new StreamId(seed, 2, (uint)Math.Abs(face), StreamPurpose.EquilibriumSearch), number);
        system.Evaluate(z, new double[system.Size]);
        var players = system.Offsets.Length;
        var likely = new int[players];
        for (var player = 0; player < players; player++)
        {
            var row = system.Part(system.Probabilities, player);
            for (var action = 1; action < row.Length; action++) likely[player] = row[action] > row[likely[player]] ? action : likely[player];
        }

        for (var player = 0; player < players; player++)
        {
            for (var action = 0; action < system.Game.Actions[player]; action++)
            {
                if (z[system.Offsets[player] + action] > Outside) continue;
                var undone = Enumerable.Range(0, players).Where(other => other != player).Max(other => Undone(system, likely, other, player, action));
                if (undone > -Outside && stream.NextInt32(2) == 0) z[system.Offsets[player] + action] = -undone + (Spread * (stream.NextDouble() - 0.5));
            }
        }
    }

    /// <summary>tau of a player times what another's action costs her against that one's likely action.</summary>
    private static double Undone(RqeSystem system, int[] likely, int player, int other, int action)
    {
        var game = system.Game;
        var joint = 0;
        for (var one = 0; one < likely.Length; one++) joint += one == player ? 0 : likely[one] * game.Stride(one);
        var own = system.Part(system.Probabilities, player);
        var (shift, loss) = ((action - likely[other]) * game.Stride(other), 0.0);
        for (var a = 0; a < own.Length; a++)
        {
            var at = joint + (a * game.Stride(player));
            loss += own[a] * (game.Utilities(player)[at] - game.Utilities(player)[at + shift]);
        }

        return system.Tau[player] * loss;
    }
}

/// <summary>Distinct roots of <see cref="RqeSystem"/>.</summary>
/// <param name="newton">Newton's method for them.</param>
/// <param name="sameWithin">Probabilities that differ by less are the same, if their logarithms are alike as well.</param>
/// <param name="symmetries">Symmetries of the game: with a root its images are added, as exact images.</param>
internal sealed class RootSet(NewtonSolver newton, double sameWithin, IReadOnlyList<GameSymmetry> symmetries)
{
    // Log probabilities of one root found twice agree to this share; it tells roots apart that crowd at a pure profile.
    private const double Alike = 1e-2;

    // Roots this close may be one that rounding blurs, as at a bifurcation.
    private const double Blurred = 1e-3;

    private readonly List<double[]> _probabilities = [];
    private readonly double[] _work = new double[newton.System.Size];

    /// <summary>Log probabilities of the roots in order of discovery.</summary>
    public List<double[]> Roots { get; } = [];

    /// <summary>How often each was added.</summary>
    public List<int> Hits { get; } = [];

    /// <summary>Index of each.</summary>
    public List<int> Indices { get; } = [];

    /// <summary>Number of a root within the given distance of a profile, or -1.</summary>
    /// <param name="z">[Size] log probabilities, normalised.</param>
    /// <param name="within">Largest difference of probabilities.</param>
    public int Find(ReadOnlySpan<double> z, double within)
    {
        for (var root = 0; root < Roots.Count; root++)
        {
            if (IsNear(root, z, within)) return root;
        }

        return -1;
    }

    /// <summary>Adds a root with its images, or counts it.</summary>
    /// <param name="z">[Size] log probabilities, normalised.</param>
    /// <param name="index">Its index.</param>
    public void Add(ReadOnlySpan<double> z, int index)
    {
        var known = FindSame(z);
        if (known >= 0)
        {
            Hits[known]++;
            return;
        }

        var root = z.ToArray();
        MakeSymmetric(root);
        Include(root, index);
        var image = new double[root.Length];
        foreach (var symmetry in symmetries)
        {
            symmetry.Apply(root, image);
            if (FindSame(image) < 0) Include([.. image], index);
        }
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

    private void Include(double[] root, int index)
    {
        Roots.Add(root);
        _probabilities.Add([.. root.Select(Math.Exp)]);
        Hits.Add(1);
        Indices.Add(index);
    }

    private int FindSame(ReadOnlySpan<double> z)
    {
        for (var root = 0; root < Roots.Count; root++)
        {
            if (IsNear(root, z, sameWithin) || (IsNear(root, z, Blurred) && IsOne(Roots[root], z))) return root;
        }

        return -1;
    }

    private bool IsNear(int root, ReadOnlySpan<double> z, double within)
    {
        var (known, probabilities) = (Roots[root], _probabilities[root]);
        for (var i = 0; i < known.Length; i++)
        {
            if (!(Math.Abs(Math.Exp(z[i]) - probabilities[i]) <= within)) return false;
            if (!(Math.Abs(z[i] - known[i]) <= Alike * (1 + Math.Abs(known[i])))) return false;
        }

        return true;
    }

    /// <summary>Whether the profile halfway between two roots is one as well, as far as rounding tells.</summary>
    private bool IsOne(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        for (var i = 0; i < _work.Length; i++) _work[i] = 0.5 * (first[i] + second[i]);
        return newton.Residual(_work) < 10 * newton.Tolerance;
    }

    /// <summary>A root that is its own image up to rounding becomes so exactly, by Newton's method on symmetric profiles, where it is regular.</summary>
    private void MakeSymmetric(double[] root)
    {
        var image = new double[root.Length];
        List<GameSymmetry> keeping = [];
        foreach (var symmetry in symmetries)
        {
            symmetry.Apply(root, image);
            var near = true;
            for (var i = 0; i < root.Length && near; i++)
                near = Math.Abs(Math.Exp(root[i]) - Math.Exp(image[i])) <= Blurred && Math.Abs(root[i] - image[i]) <= Alike * (1 + Math.Abs(root[i]));
            if (near) keeping.Add(symmetry);
        }

        if (keeping.Count == 0) return;
        double[] z = [.. root];
        Average(z, keeping);
        newton.Residual(z);
        newton.System.LogProbabilities.CopyTo(z, 0);
        var (best, least) = ((double[])[.. z], newton.Residual(z));
        var step = new double[z.Length];
        for (var iteration = 0; iteration < 20; iteration++)
        {
            var size = newton.Step(z, step);
            if (size <= least) (best, least) = ([.. z], size);
            if (!double.IsFinite(size) || (iteration > 0 && size > least)) break;
            Average(step, keeping);
            Vectors.AddScaled(z, -1, step);
        }

        if (least < newton.Tolerance && IsOne(root, best)) best.CopyTo(root, 0);
    }

    private static void Average(double[] values, List<GameSymmetry> symmetries)
    {
        var sum = (double[])[.. values];
        var image = new double[values.Length];
        foreach (var symmetry in symmetries)
        {
            symmetry.Apply(values, image);
            Vectors.AddScaled(sum, 1, image);
        }

        // One sum, so that entries that are images of each other are the same number to the last bit.
        for (var i = 0; i < sum.Length; i++) values[i] = sum[i] / (symmetries.Count + 1);
        foreach (var symmetry in symmetries)
        {
            symmetry.Apply(values, image);
            for (var i = 0; i < values.Length; i++) values[i] = Math.Max(values[i], image[i]);
        }
    }
}
