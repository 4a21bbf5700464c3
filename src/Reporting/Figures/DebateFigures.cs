using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Core.Statistics;

namespace Srpo.Reporting.Figures;

/// <summary>The figures of debates. Shares are shown as per cent.</summary>
public static class DebateFigures
{
    private const string Accuracy = "accuracy, %";

    /// <summary>A table as bars: a group per column and, last, their mean; a bar per method.</summary>
    /// <param name="table">The table.</param>
    /// <param name="styles">The look of the methods.</param>
    /// <param name="between">What stands between the names of two models.</param>
    /// <param name="what">What the accuracy is of.</param>
    public static IntervalBarsSpec Bars(DebateBatch table, MethodStyles styles, string between, string what)
    {
        ArgumentNullException.ThrowIfNull(table);
        var groups = table.Cells.Concat(table.Means).GroupBy(cell => (cell.Model0, cell.Model1)).Select(group => new BarGroup(
            group.Key.Model0 == DebateBatch.AllModels ? "mean of all" : group.Key.Model0 + between + group.Key.Model1,
            [.. group.Select(cell => Bar(styles[cell.Method], "", isPale: false, cell.Accuracy))]));
        return new($"{what} by models and method; the numbers are in the table", $"{what}, %", [.. groups]);
    }

    /// <summary>Reasoning and coordination: accuracy before a debate (its first round, which nobody has seen an answer in) and after it (its last), a group per kind of partner.</summary>
    /// <param name="results">The debates.</param>
    /// <param name="styles">The look of the methods.</param>
    public static IntervalBarsSpec BeforeAndAfter(DebateResults results, MethodStyles styles)
    {
        ArgumentNullException.ThrowIfNull(results);
        return new(
            "Accuracy of a debater before the debate, pale, and after it, by partner and method; the numbers are in the table of rounds", Accuracy,
            [
                .. results.Diagnostics.GroupBy(block => block.Partner).Select(group => new BarGroup("with " + group.Key,
                [
                    .. group.SelectMany(block => new[]
                    {
                        Bar(styles[block.Method], "before", isPale: true, block.Rounds[0].Accuracy),
                        Bar(styles[block.Method], "after", isPale: false, block.Rounds[^1].Accuracy),
                    }),
                ])),
            ]);
    }

    /// <summary>What happens in the rounds of debates with one kind of partner: a chart a measure, a line a method.</summary>
    /// <param name="blocks">The rounds by method, all with the same kind of partner.</param>
    /// <param name="styles">The look of the methods.</param>
    public static ImmutableArray<(string Title, LineChartSpec Chart)> Rounds(IReadOnlyCollection<DebateDiagnostics> blocks, MethodStyles styles)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        (string Title, string Axis, Func<DebateRound, double> Value, Func<DebateRound, Interval?>? Band)[] measures =
        [
            ("Accuracy", Accuracy, round => 100 * round.Accuracy.Strict, round => round.Accuracy.StrictInterval),
            ("Joint accuracy", "both right, %", round => 100 * round.Joint.Strict, round => round.Joint.StrictInterval),
            ("Agreement", "same answer, %", round => 100 * round.Strict.Agreement, null),
            ("Recovery", "right, of those wrong before, %", round => 100 * round.Strict.Recovery.Seat0, null),
            ("Corruption", "wrong, of those right before, %", round => 100 * round.Strict.Corruption.Seat0, null),
            ("Flips", "another answer than before, %", round => 100 * round.Strict.Flips.Seat0, null),
            ("Length", "tokens a response", round => round.Strict.Tokens.Seat0, null),
            ("Repetition", "repeated runs of four tokens, %", round => 100 * round.Strict.Repetition.Seat0, null),
        ];
        return
        [
            .. measures.Where(measure => blocks.Any(block => block.Rounds.Any(round => double.IsFinite(measure.Value(round))))).Select(measure => (measure.Title, new LineChartSpec(
                $"{measure.Title} by round of {string.Join(", ", blocks.Select(block => styles[block.Method].Name))}; the numbers are in the table of rounds",
                new("round") { IsCount = true }, new(measure.Axis),
                [.. blocks.Select(block => Series(styles[block.Method], block.Rounds, measure.Value, measure.Band))]) { Width = 360, Height = 220 })),
        ];
    }

    /// <summary>Learning by round: a chart a model with the accuracy of the first round, before the debate, and of the last, after it; bands are standard deviations over runs.</summary>
    /// <param name="curves">The learning curves.</param>
    /// <param name="debaters">The populations.</param>
    /// <param name="styles">The look of the methods.</param>
    public static ImmutableArray<(string Model, LineChartSpec Chart)> Learning(ImmutableArray<LearningCurve> curves, ImmutableArray<DebaterPopulation> debaters, MethodStyles styles)
    {
        var charts = ImmutableArray.CreateBuilder<(string, LineChartSpec)>();
        foreach (var model in debaters.GroupBy(population => population.Model))
        {
            var series = ImmutableArray.CreateBuilder<LineSeries>();
            foreach (var population in model)
            {
                ImmutableArray<LearningCurve> own = [.. curves.Where(curve => curve.Method == population.Label)];
                foreach (var (isLast, when) in new[] { (false, "before"), (true, "after") })
                {
                    // Only one population: the chart has one series.
                    var chart = LearningFigures.Chart(own, styles, Accuracy, point => 100 * AccuracyOf(point, isLast), CurveBand.StandardDeviation, logX: false);
                    series.AddRange(chart.Series.Where(line => line.Points.Length > 1).Select(line => line with
                    {
                        Name = $"{styles[population.Method].Name} {when}",
                        Colour = styles[population.Method].Colour,
                        Line = styles[population.Method].Line,
                        Marker = isLast ? styles[population.Method].Marker : MarkerStyle.None,
                        IsPale = !isLast,
                        Band = isLast ? line.Band : [],
                    }));
                }
            }

            if (series.Count == 0) continue;
            charts.Add((model.Key, new LineChartSpec($"Accuracy of {model.Key} on validation questions in the course of training, before and after the debate", new("steps of the learning policy"), new(Accuracy), series.ToImmutable()) { Width = 560, Height = 280 }));
        }

        return charts.ToImmutable();
    }

    /// <summary>Training as it went: a chart a model with the reward of an agent's responses beside the partner it trains with, which in SRPO is an adversary; only where updates were measured.</summary>
    /// <param name="curves">The learning curves.</param>
    /// <param name="debaters">The populations.</param>
    /// <param name="styles">The look of the methods.</param>
    public static ImmutableArray<(string Title, LineChartSpec Chart)> Training(ImmutableArray<LearningCurve> curves, ImmutableArray<DebaterPopulation> debaters, MethodStyles styles)
    {
        var charts = ImmutableArray.CreateBuilder<(string, LineChartSpec)>();
        foreach (var model in debaters.Where(population => population.IsTrained).GroupBy(population => population.Model))
        {
            LineSeries[] series =
            [
                .. from population in model
                   from line in LearningFigures.Chart([.. curves.Where(curve => curve.Method == population.Label)], styles, "", RewardOf, CurveBand.StandardDeviation, logX: false).Series
                   where line.Points.Length > 1
                   select line with { Name = styles[population.Method].Name, Colour = styles[population.Method].Colour, Line = styles[population.Method].Line, Marker = styles[population.Method].Marker },
            ];
            if (series.Length == 0) continue;
            charts.Add(($"{model.Key}: reward in training", new LineChartSpec(
                $"Reward of {model.Key} a debate in training, with the partner it trains with", new("steps of the learning policy"), new("reward of an agent a debate"), [.. series])
            { Width = 360, Height = 220 }));
        }

        return charts.ToImmutable();
    }

    private static double RewardOf(LearningPoint point) =>
        point.Actors.Where(actor => actor.Actor.StartsWith("agent", StringComparison.Ordinal)).Select(actor => actor.Metrics.Return).DefaultIfEmpty(double.NaN).Average();

    private static double AccuracyOf(LearningPoint point, bool isLast) =>
        point.Debates is { } debates && DebateMeasures.Of(debates, AnswerRule.Strict) is { } rounds ? rounds[isLast ? ^1 : 0].Accuracy.Total / 2 : double.NaN;

    private static Bar Bar(MethodStyle style, string kind, bool isPale, DebateAccuracy accuracy) =>
        new(style.Name, style.Colour, isPale, 100 * accuracy.Strict, accuracy.StrictInterval is { } ends ? new Interval(100 * ends.Low, 100 * ends.High) : null)
        {
            Kind = kind,
            Marker = isPale ? MarkerStyle.None : style.Marker,
        };

    private static LineSeries Series(MethodStyle style, ImmutableArray<DebateRound> rounds, Func<DebateRound, double> value, Func<DebateRound, Interval?>? band) =>
        new(style.Name, style.Colour, [.. rounds.Select((round, index) => new ChartPoint(index + 1, value(round)))])
        {
            Line = style.Line,
            Marker = style.Marker,
            Band = band is null || rounds.Any(round => band(round) is null) ? [] : [.. rounds.Select((round, index) => new BandPoint(index + 1, 100 * band(round)!.Value.Low, 100 * band(round)!.Value.High))],
        };
}
