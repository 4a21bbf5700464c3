using Srpo.Core.Results;
using Srpo.Core.Statistics;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Figures;

/// <summary>Performance profiles and probabilities of improvement (Agarwal et al. 2021, Figs. 7 and 9).</summary>
public static class RobustnessFigures
{
    /// <summary>The share of pairs of different runs above every return, a line a method, with bootstrap bands.</summary>
    /// <param name="layout">The numbers.</param>
    /// <param name="styles">The look of the methods.</param>
    /// <param name="score">What an episode's return is.</param>
    public static LineChartSpec Profiles(LayoutSummary layout, MethodStyles styles, string score)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(styles);
        return new(
            $"Performance profiles on {DisplayNames.Layout(layout.Layout)}: share of pairs of different runs whose return is above a threshold, of {string.Join(", ", layout.Profiles.Select(profile => styles[profile.Method].Name))}",
            new($"return r: {score} per episode"), new("share of pairs with a return above r, %") { Low = 0, High = 100 },
            [.. layout.Profiles.Select(profile => new LineSeries(
                styles[profile.Method].Name, styles[profile.Method].Colour, [.. profile.Points.Select(point => new ChartPoint(point.Threshold, 100 * point.Share))])
            {
                Line = styles[profile.Method].Line,
                Marker = styles[profile.Method].Marker,
                MarkersShown = 6,
                Band = profile.Points.Any(point => point.Interval is null) ? []
                    : [.. profile.Points.Select(point => new BandPoint(point.Threshold, 100 * point.Interval!.Value.Low, 100 * point.Interval!.Value.High))],
            })])
        { Width = 440, Height = 300 };
    }

    /// <summary>How likely a run of the headline's first method does better than one of another, a group a layout and a bar per other method.</summary>
    /// <param name="summary">The numbers.</param>
    /// <param name="styles">The look of the methods.</param>
    public static IntervalBarsSpec Improvements(RunSummary summary, MethodStyles styles)
    {
        ArgumentNullException.ThrowIfNull(summary);
        ArgumentNullException.ThrowIfNull(styles);
        var subject = styles[summary.Layouts.SelectMany(layout => layout.Improvements).First().First].Name;
        return new(
            $"Probability that a run of {subject} does better than a run of another method, by layout; the numbers are in the table",
            $"probability that a run of {subject} does better with strangers, %",
            [
                .. summary.Layouts.Where(layout => !layout.Improvements.IsEmpty).Select(layout => new BarGroup(DisplayNames.Layout(layout.Layout),
                [
                    .. layout.Improvements.Select(pair => new Bar(
                        $"than {styles[pair.Second].Name}", styles[pair.Second].Colour, IsPale: false, 100 * pair.Improvement.Probability,
                        pair.Improvement.Interval is { } ends ? new Interval(100 * ends.Low, 100 * ends.High) : null)
                    { Marker = styles[pair.Second].Marker }),
                ])),
            ])
        { High = 100 };
    }
}
