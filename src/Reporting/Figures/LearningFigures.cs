using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Core.Statistics;

namespace Srpo.Reporting.Figures;

/// <summary>What the shaded area of a learning curve shows.</summary>
public enum CurveBand
{
    /// <summary>Mean plus and minus the standard deviation over runs.</summary>
    StandardDeviation,

    /// <summary>From the lowest to the highest run.</summary>
    MinMax,
}

/// <summary>The figures of learning curves: mean over runs, with a band.</summary>
public static class LearningFigures
{
    /// <summary>More points than this are averaged in neighbouring groups, to keep the page small.</summary>
    private const int MostPoints = 250;

    /// <summary>About so many points of a curve have a marker.</summary>
    private const int MarkersShown = 8;

    /// <summary>The return in the course of training; its axis says what the score is.</summary>
    public static LineChartSpec Returns(
        ImmutableArray<LearningCurve> curves, MethodStyles styles, CurveBand band = CurveBand.StandardDeviation, bool logX = false, string score = "mean return", TrainingSteps steps = TrainingSteps.Policy) =>
        Chart(curves, styles, $"{score} per episode", point => point.MeanReturn, band, logX, steps);

    /// <summary>Whether it makes a difference by which steps curves are drawn: not where policies learn from just the steps that environments take.</summary>
    /// <param name="curves">The curves.</param>
    /// <param name="styles">The look of the methods.</param>
    public static bool HasTwoAxes(ImmutableArray<LearningCurve> curves, MethodStyles styles)
    {
        var shown = Methods(curves, styles);
        return curves.Any(curve => shown.Contains(curve.Method) && !curve.Points.IsDefault && curve.Points.Any(point => point.EnvSteps != point.PolicySteps));
    }

    /// <summary>Further measures, those that were recorded: cost difference of the seats, entropy, KL, clip fraction, explained variance, losses.</summary>
    public static ImmutableArray<(string Title, LineChartSpec Chart)> Diagnostics(ImmutableArray<LearningCurve> curves, MethodStyles styles)
    {
        (string Title, string Axis, Func<LearningPoint, double?> Measure)[] measures =
        [
            ("Difference of the seats' costs", "|cost seat 0 − cost of the others|", point => point.SeatCosts.Total == 0 ? null : point.SeatCosts.Gap),
            ("Entropy of the agents", "nats", point => point.Entropy),
            ("KL of adversary and partner", "nats", point => point.Kl),
            ("Clip fraction", "share of samples", point => point.ClipFraction),
            ("Explained variance of the critics", "1 is perfect", point => point.ExplainedVariance),
            ("Loss of the policies", "minus equation (7)", point => point.PolicyLoss),
            ("Loss of the critics", "squared error", point => point.ValueLoss),
        ];
        var shown = Methods(curves, styles);
        var points = curves.Where(curve => shown.Contains(curve.Method)).SelectMany(curve => curve.Points.IsDefault ? [] : curve.Points).ToArray();
        return [.. measures
            .Where(measure => points.Any(point => measure.Measure(point) is { } value && double.IsFinite(value)))
            .Select(measure =>
            {
                var chart = Chart(curves, styles, measure.Axis, point => measure.Measure(point) ?? double.NaN, CurveBand.StandardDeviation, false);
                return (measure.Title, chart with { Description = $"{measure.Title} in the course of training", Width = 360, Height = 220 });
            })];
    }

    /// <summary>A chart of any measure; runs whose value is not finite at a point are left out there.</summary>
    public static LineChartSpec Chart(
        ImmutableArray<LearningCurve> curves, MethodStyles styles, string axis, Func<LearningPoint, double> measure, CurveBand band, bool logX, TrainingSteps steps = TrainingSteps.Policy)
    {
        ArgumentNullException.ThrowIfNull(measure);
        ArgumentNullException.ThrowIfNull(styles);
        var methods = Methods(curves, styles);
        return new(
            $"Learning curves: {axis} of {string.Join(", ", methods.Select(method => styles[method].Name))}; the final values are in the table",
            new(steps == TrainingSteps.Environment ? "environment steps" : "steps of the learning policy", logX), new(axis),
            [.. methods.Select(method => Series(method, styles[method], curves, measure, band, steps)).Where(series => series.Points.Length > 0)]);
    }

    /// <summary>The methods of curves in the order of the experiment. Opponents are none: what they earn is what others lose.</summary>
    /// <param name="curves">The curves.</param>
    /// <param name="styles">The look of the methods.</param>
    public static ImmutableArray<string> Methods(ImmutableArray<LearningCurve> curves, MethodStyles styles)
    {
        ArgumentNullException.ThrowIfNull(styles);
        return [.. curves.Select(curve => curve.Method).Distinct().Where(method => styles.Names.Role(method) != PopulationRole.Opponent)];
    }

    private static LineSeries Series(
        string method, MethodStyle style, ImmutableArray<LearningCurve> curves, Func<LearningPoint, double> measure, CurveBand band, TrainingSteps axis)
    {
        var steps = curves
            .Where(curve => curve.Method == method && !curve.Points.IsDefault)
            .SelectMany(curve => curve.Points)
            .GroupBy(point => EqualSteps.Of(point, axis))
            .OrderBy(group => group.Key)
            .Select(group => (Steps: (double)group.Key, Values: group.Select(measure).Where(double.IsFinite).ToArray()))
            .Where(step => step.Values.Length > 0)
            .ToArray();
        var spread = steps.Select(step =>
        {
            var mean = Descriptive.Mean(step.Values);
            var std = Descriptive.StandardDeviation(step.Values);
            return band == CurveBand.MinMax
                ? (step.Steps, Mean: mean, Low: Descriptive.Minimum(step.Values), High: Descriptive.Maximum(step.Values))
                : (step.Steps, Mean: mean, Low: mean - std, High: mean + std);
        });
        var thinned = spread
            .Chunk((steps.Length + MostPoints - 1) / MostPoints is var size && size > 0 ? size : 1)
            .Select(group => (
                Steps: group.Average(point => point.Steps), Mean: group.Average(point => point.Mean),
                Low: group.Average(point => point.Low), High: group.Average(point => point.High)))
            .ToArray();
        return new(style.Name, style.Colour, [.. thinned.Select(point => new ChartPoint(point.Steps, point.Mean))])
        {
            Line = style.Line,
            Marker = style.Marker,
            MarkersShown = MarkersShown,
            Band = [.. thinned.Select(point => new BandPoint(point.Steps, point.Low, point.High))],
        };
    }
}
