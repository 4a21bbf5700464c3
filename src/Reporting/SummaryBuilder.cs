using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Core.Statistics;

namespace Srpo.Reporting;

/// <summary>Computes the key numbers of an experiment. Formulas: docs/report.md.</summary>
public static class SummaryBuilder
{
    /// <summary>The summary of everything that is there; what is missing stays null.</summary>
    /// <param name="results">Matrices, curves and what is known about the run.</param>
    /// <param name="bootstrap">How the intervals are made; null is <see cref="BootstrapOptions.Default"/>.</param>
    /// <exception cref="ArgumentException">Two matrices have the same layout.</exception>
    public static RunSummary Build(RunResults results, BootstrapOptions? bootstrap = null)
    {
        ArgumentNullException.ThrowIfNull(results);
        bootstrap ??= BootstrapOptions.Default;
        var twice = results.Matrices.GroupBy(matrix => matrix.Layout).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null) throw new ArgumentException($"There are two matrices of layout '{twice.Key}'.", nameof(results));

        var methods = results.Methods();
        var headline = Headline.Choose(results.Info, [.. results.Matrices.SelectMany(matrix => matrix.Methods()).Distinct()]);
        return new(
            results.Info,
            [.. results.Matrices.Select(matrix => BuildLayout(matrix, methods, headline, bootstrap))],
            [.. BuildLearning(methods, headline, results, bootstrap)],
            bootstrap)
        {
            Headline = headline,
            Notes = results.Notes,
            Debaters = results.Debaters,
            Debates = DebateBuilder.Build(results, bootstrap),
            DebateLearning = DebateBuilder.BuildLearning(results),
            Shifts = ShiftBuilder.Build(results, methods, bootstrap),
            Equilibria = [.. results.Strategies.GroupBy(team => team.Method).Select(BuildEquilibria)],
        };
    }

    private static EquilibriumSummary BuildEquilibria(IGrouping<string, LearnedStrategies> teams) => new(
        teams.Key,
        teams.First().Tau,
        teams.First().Epsilon,
        teams.Count(),
        Descriptive.Mean([.. teams.Select(team => team.Distance)]),
        teams.Max(team => team.Distance),
        Descriptive.Mean([.. teams.Select(team => team.FreeRiding)]),
        Descriptive.Mean([.. teams.Select(team => team.NearestFreeRiding)]));

    private static LayoutSummary BuildLayout(CrossPlayMatrix matrix, ImmutableArray<string> strata, ImmutableArray<string> headline, BootstrapOptions bootstrap)
    {
        var methods = matrix.Methods();
        var between =
            from method0 in methods
            from method1 in methods
            where method0 != method1
            let block = CrossPlayBlock.Between(matrix, method0, method1)
            where block.Rows > 0 && block.Columns > 0
            select new BetweenSummary(method0, method1, Summarise(
                block.AllCells(),
                RunBootstrap.Between(
                    block.Returns, block.Rows, block.Columns, bootstrap, strata.IndexOf(method0), strata.IndexOf(method1))) with
            { Worst = block.Worst(different: false) });
        MethodSummary[] own = [.. methods.Select(method => BuildMethod(matrix, method, strata.IndexOf(method), bootstrap))];
        return new(matrix.Layout, [.. own], [.. between])
        {
            Lead = BuildLead(matrix, own, strata, bootstrap),
            Headline = BuildLead(matrix, [.. headline.Take(2).Select(method => Array.Find(own, each => each.Method == method)).OfType<MethodSummary>()], strata, bootstrap),
            Profiles = Robustness.Profiles(matrix, methods, strata, bootstrap),
            Improvements = Robustness.Improvements(matrix, methods, headline, strata, bootstrap),
            Seating = matrix.Seating,
            Episodes = matrix.Episodes.IsEmpty ? 0 : matrix.Episodes.Max(),
            Opponents = matrix.Opponents,
            UnseenOpponents = matrix.UnseenOpponents,
            Actions = matrix.Actions,
            Weights = [.. matrix.Rows.Zip(matrix.Weights)],
        };
    }

    private static Lead? BuildLead(CrossPlayMatrix matrix, IEnumerable<MethodSummary> methods, ImmutableArray<string> strata, BootstrapOptions bootstrap)
    {
        MethodSummary[] ranked = [.. methods.Where(method => method.CrossPlay.Mean is not null).OrderByDescending(method => method.CrossPlay.Mean).Take(2)];
        if (ranked.Length < 2) return null;
        var (first, second) = (CrossPlayBlock.Within(matrix, ranked[0].Method), CrossPlayBlock.Within(matrix, ranked[1].Method));
        return new(
            ranked[0].Method, ranked[1].Method, ranked[0].CrossPlay.Mean!.Value - ranked[1].CrossPlay.Mean!.Value,
            RunBootstrap.CrossPlayDifference(
                first.Returns, first.Rows, second.Returns, second.Rows, bootstrap, strata.IndexOf(ranked[0].Method), strata.IndexOf(ranked[1].Method)),
            Math.Min(first.Rows, second.Rows));
    }

    /// <summary>Self-play beside cross-play of every method of one matrix, as far as it is played; without intervals, which take time.</summary>
    /// <param name="matrix">The matrix.</param>
    public static ImmutableArray<MethodSummary> BuildMethods(CrossPlayMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return [.. matrix.Methods().Select(method => BuildMethod(matrix, method, stratum: 0, bootstrap: null))];
    }

    private static MethodSummary BuildMethod(CrossPlayMatrix matrix, string method, int stratum, BootstrapOptions? bootstrap)
    {
        var block = CrossPlayBlock.Within(matrix, method);
        var diagonal = block.Diagonal();
        var played = diagonal.Where(cell => cell.IsPlayed).ToArray();
        SeatPair? cost = played.Length == 0 ? null : new(
            Descriptive.Mean([.. played.Select(cell => cell.SeatCosts.Seat0)]),
            Descriptive.Mean([.. played.Select(cell => cell.SeatCosts.Seat1)]));
        return new(
            method,
            block.Rows,
            Summarise(diagonal, bootstrap is null ? null : RunBootstrap.SelfPlay([.. diagonal.Select(cell => cell.Return)], bootstrap, stratum)),
            Summarise(block.OffDiagonal(), bootstrap is null ? null : RunBootstrap.CrossPlay(block.Returns, block.Rows, bootstrap, stratum)) with { Worst = block.Worst(different: true) },
            cost);
    }

    internal static BlockSummary Summarise(IEnumerable<CrossPlayCell> cells, BootstrapIntervals? intervals)
    {
        var played = cells.Where(cell => cell.IsPlayed).ToArray();
        if (played.Length == 0) return BlockSummary.Empty;
        double[] returns = [.. played.Select(cell => cell.Return)];
        return new(
            played.Length,
            Descriptive.Mean(returns),
            Descriptive.StandardDeviation(returns),
            Descriptive.Minimum(returns),
            Descriptive.InterquartileMean(returns),
            intervals?.InterquartileMean,
            intervals?.Mean,
            Descriptive.Mean([.. played.Select(cell => cell.SeatCosts.Gap)]));
    }

    private static IEnumerable<LearningSummary> BuildLearning(ImmutableArray<string> methods, ImmutableArray<string> headline, RunResults results, BootstrapOptions bootstrap)
    {
        LearningCurve[] compared = [.. results.Curves.Where(curve => results.Info.Names.Role(curve.Method) != PopulationRole.Opponent)];

        // Where the methods of the headline have come equally far; who has not come there is not held against them.
        LearningCurve[] leading = [.. compared.Where(curve => headline.Contains(curve.Method))];
        if (leading.DistinctBy(curve => curve.Method).Count() < 2) leading = compared;
        var (environment, policy) = (EqualSteps.Common(leading, TrainingSteps.Environment), EqualSteps.Common(leading, TrainingSteps.Policy));
        for (var stratum = 0; stratum < methods.Length; stratum++)
        {
            if (BuildLearning(methods[stratum], results.Curves) is not { } learning) continue;
            LearningCurve[] own = [.. compared.Where(curve => curve.Method == learning.Method)];
            yield return learning with
            {
                AtEqualEnvSteps = EqualSteps.At(own, environment, TrainingSteps.Environment, bootstrap, stratum),
                AtEqualPolicySteps = EqualSteps.At(own, policy, TrainingSteps.Policy, bootstrap, stratum),
            };
        }
    }

    private static LearningSummary? BuildLearning(string method, ImmutableArray<LearningCurve> curves)
    {
        var last = curves
            .Where(curve => curve.Method == method && !curve.Points.IsDefaultOrEmpty)
            .Select(curve => curve.Points[^1])
            .ToArray();
        if (last.Length == 0) return null;
        double[] first =
        [
            .. curves.Where(curve => curve.Method == method && !curve.Points.IsDefaultOrEmpty && curve.Points[0].AgentSteps == 0)
                .Select(curve => curve.Points[0].MeanReturn).Where(double.IsFinite),
        ];
        double[] returns = [.. last.Select(point => point.MeanReturn).Where(double.IsFinite)];
        return new(
            method,
            last.Length,
            last.Max(point => point.EnvSteps),
            last.Max(point => point.AgentSteps),
            returns.Length == 0 ? null : Descriptive.Mean(returns),
            returns.Length == 0 ? null : Descriptive.StandardDeviation(returns))
        {
            PolicySteps = last.Max(point => point.PolicySteps),
            FirstReturn = first.Length == 0 ? null : Descriptive.Mean(first),
        };
    }
}
