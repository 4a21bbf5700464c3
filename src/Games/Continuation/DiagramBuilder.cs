using System.Collections.Immutable;
using Srpo.Games.Finite;
using Srpo.Games.Finite.Search;

namespace Srpo.Games.Continuation;

/// <summary>
/// Builds a <see cref="BifurcationDiagram"/>: curves are followed from equilibria known at some taus, then from the crossings on them, each curve
/// is cut where it turns in tau and sampled at the asked taus, and an equilibrium that no curve has met starts another one.
/// </summary>
internal sealed class DiagramBuilder
{
    // Two equilibria at one tau, or two bifurcations, that differ less in every probability are the same.
    private const double SamePoint = 1e-5;
    private const double SameBifurcation = 2e-4;

    private readonly RqeSystem _system;
    private readonly RiskProfile _risk;
    private readonly double[] _taus;
    private readonly PseudoArclength _walk;
    private readonly CurveTracer _tracer;
    private readonly PointSampler _sampler;
    private readonly Crossings _crossings;
    private readonly List<DiagramPoint>[] _known;
    private readonly List<TracedCurve> _curves = [];
    private readonly List<DiagramBranch> _branches = [];
    private readonly List<Bifurcation> _bifurcations = [];
    private readonly Queue<CurveEvent> _unexplored = new();

    /// <summary>Prepares a diagram.</summary>
    public DiagramBuilder(FiniteGame game, RiskProfile risk, double[] taus)
    {
        (_risk, _taus) = (risk, taus);
        _system = new RqeSystem(game, risk);
        // The tangents' angles limit the steps in larger games; the length is for curves that run straight on.
        _walk = new PseudoArclength(new TauCurve(_system)) { LongestStep = 0.15 * Math.Sqrt(_system.Size), RelativeStep = 0.03 };
        _tracer = new CurveTracer(_walk, taus[0], taus[^1]);
        _sampler = new PointSampler(_system, _walk);
        _crossings = new Crossings(_walk, _sampler);
        _known = [.. taus.Select(_ => new List<DiagramPoint>())];
    }

    /// <summary>Builds it.</summary>
    public BifurcationDiagram Build(DiagramOptions options, CancellationToken cancellation)
    {
        var (seeds, complete) = _system.Game is { Players: 2 } game && game.Actions[0] == 2 && game.Actions[1] == 2
            ? SeedSource.Complete(game, _risk, _taus, cancellation)
            : (SeedSource.Searched(_system, _taus, options, cancellation), false);
        // The ends first: most curves reach one of them.
        foreach (var at in Enumerable.Range(0, _taus.Length).OrderBy(at => at == 0 ? -2 : at == _taus.Length - 1 ? -1 : at))
        {
            foreach (var seed in seeds[at])
            {
                cancellation.ThrowIfCancellationRequested();
                if (!IsKnown(at, _system.Strategies(seed))) FollowFrom(seed, _taus[at]);
            }
        }

        for (var at = 0; at < seeds.Length && complete; at++)
            complete = seeds[at].TrueForAll(seed => IsKnown(at, _system.Strategies(seed)));
        _branches.Sort(Compare);
        _bifurcations.Sort((a, b) => a.Tau != b.Tau ? a.Tau.CompareTo(b.Tau) : Compare(a.Strategies, b.Strategies));
        return new BifurcationDiagram([.. _taus], [.. _branches], [.. _bifurcations], complete);
    }

    private void FollowFrom(double[] seed, double tau)
    {
        double[] x = [.. seed];
        if (_walk.Fix(x, tau) == 0 || _walk.Start(x, tau, 1) is not { } start) return;
        Add(_tracer.Trace(start));
        while (_unexplored.TryDequeue(out var one)) Explore(one);
    }

    private void Add(TracedCurve curve)
    {
        _curves.Add(curve);
        foreach (var one in curve.Events)
        {
            if (one.IsCrossing) _unexplored.Enqueue(one);
            else Report(one, BifurcationKind.Fold);
        }

        for (var from = 0; from + 1 < curve.Points.Count;)
        {
            var to = from + 1;
            var rising = curve.Points[to].Parameter > curve.Points[from].Parameter;
            while (to + 1 < curve.Points.Count && curve.Points[to + 1].Parameter > curve.Points[to].Parameter == rising) to++;
            AddBranch(curve, from, to, rising);
            from = to;
        }
    }

    private void Explore(CurveEvent one)
    {
        var tau = one.Point.Parameter;
        if (IsReported(one)) return;
        if (_crossings.Switch(one) is not { } other)
        {
            // Not a simple crossing. It still says where stability changes.
            if (one.Turns) Report(one, BifurcationKind.Fold);
            return;
        }

        Report(one, _crossings.Classify(one, other.Forward, other.Backward));
        if (_curves.Exists(curve => curve.Contains(other.Forward)) && _curves.Exists(curve => curve.Contains(other.Backward))) return;
        if (tau >= _taus[0] && tau <= _taus[^1]) Add(_tracer.Trace(other.Forward, one.Point, other.Backward));
    }

    private bool IsReported(CurveEvent one)
    {
        var strategies = _system.Strategies(one.Point.Unknowns);
        return _bifurcations.Exists(known => Math.Abs(known.Tau - one.Point.Parameter) < 1e-5 * (1 + known.Tau) && Distance(known.Strategies, strategies) < SameBifurcation);
    }

    private void Report(CurveEvent one, BifurcationKind kind)
    {
        var tau = one.Point.Parameter;
        if (tau < _taus[0] || tau > _taus[^1] || IsReported(one)) return;
        _bifurcations.Add(new Bifurcation(tau, kind, _system.Strategies(one.Point.Unknowns)));
    }

    /// <summary>Samples a stretch of a curve on which tau only rises or only falls.</summary>
    private void AddBranch(TracedCurve curve, int from, int to, bool rising)
    {
        var points = new List<(int At, DiagramPoint Point)>();
        var (step, first, last) = rising ? (1, from, to) : (-1, to, from);
        for (var k = first; k != last; k += step)
        {
            var (left, right) = (curve.Points[k], curve.Points[k + step]);
            var at = Array.BinarySearch(_taus, left.Parameter);
            for (at = at < 0 ? ~at : at; at < _taus.Length && _taus[at] <= right.Parameter; at++)
            {
                if (points.Count > 0 && points[^1].At == at) continue;
                if (_sampler.Sample(left, right, _taus[at]) is { } point) points.Add((at, point));
            }
        }

        var fresh = points.Count(one => !IsKnown(one.At, one.Point.Strategies));
        // A stretch followed twice may differ in a point next to a singular one.
        if (fresh == 0 || (fresh == 1 && points.Count > 2)) return;
        foreach (var (at, point) in points) _known[at].Add(point);
        _branches.Add(new DiagramBranch([.. points.Select(one => one.Point)]));
    }

    private bool IsKnown(int at, ImmutableArray<ImmutableArray<double>> strategies) =>
        _known[at].Exists(point => Distance(point.Strategies, strategies) < SamePoint);

    private static double Distance(ImmutableArray<ImmutableArray<double>> first, ImmutableArray<ImmutableArray<double>> second)
    {
        var distance = 0.0;
        for (var player = 0; player < first.Length; player++)
        {
            for (var action = 0; action < first[player].Length; action++)
                distance = Math.Max(distance, Math.Abs(first[player][action] - second[player][action]));
        }

        return distance;
    }

    private static int Compare(DiagramBranch first, DiagramBranch second)
    {
        var (a, b) = (first.Points[0], second.Points[0]);
        return a.Tau != b.Tau ? a.Tau.CompareTo(b.Tau) : Compare(a.Strategies, b.Strategies);
    }

    private static int Compare(ImmutableArray<ImmutableArray<double>> first, ImmutableArray<ImmutableArray<double>> second)
    {
        for (var player = 0; player < first.Length; player++)
        {
            for (var action = 0; action < first[player].Length; action++)
            {
                if (Math.Abs(first[player][action] - second[player][action]) > 1e-9) return second[player][action].CompareTo(first[player][action]);
            }
        }

        return 0;
    }
}

/// <summary>Equilibria to follow curves from, as log probabilities.</summary>
internal static class SeedSource
{
    /// <summary>All equilibria of a 2x2 game at every tau, and whether it is proved at every tau that there are no others.</summary>
    public static (List<double[]>[] Seeds, bool IsComplete) Complete(FiniteGame game, RiskProfile risk, double[] taus, CancellationToken cancellation)
    {
        var (first, second) = TwoByTwoSolver.Players(game, risk);
        var pairs = new List<LogitPair>();
        var seeds = new List<double[]>[taus.Length];
        var complete = true;
        for (var i = 0; i < taus.Length; i++)
        {
            var proof = TwoByTwoSolver.FindLogits(first.With(taus[i], risk.Epsilon[0]), second.With(taus[i], risk.Epsilon[1]), pairs, cancellation);
            complete &= proof != CompletenessProof.None;
            seeds[i] = [.. pairs.Select(pair => (double[])[.. Logistic.LogPair(pair.First), .. Logistic.LogPair(pair.Second)])];
        }

        return (seeds, complete);
    }

    /// <summary>What a search from many starts finds at some of the taus.</summary>
    public static List<double[]>[] Searched(RqeSystem system, double[] taus, DiagramOptions options, CancellationToken cancellation)
    {
        var seeds = new List<double[]>[taus.Length];
        for (var i = 0; i < taus.Length; i++) seeds[i] = [];
        var count = Math.Min(options.SearchedTaus, taus.Length);
        for (var i = 0; i < count; i++)
        {
            var at = count == 1 ? 0 : i * (taus.Length - 1) / (count - 1);
            system.Tau.AsSpan().Fill(taus[at]);
            seeds[at].AddRange(MultiStartSolver.FindRoots(system, options.Search, cancellation).Roots.Roots);
        }

        return seeds;
    }
}
