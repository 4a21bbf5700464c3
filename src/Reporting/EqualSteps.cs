using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Core.Statistics;

namespace Srpo.Reporting;

/// <summary>What training is measured in.</summary>
public enum TrainingSteps
{
    /// <summary>Environment steps of the whole team, at which the paper compares methods (section 6).</summary>
    Environment,

    /// <summary>Steps of its own from which a policy learned.</summary>
    Policy,
}

/// <summary>Learning curves held against each other where all methods have come equally far.</summary>
public static class EqualSteps
{
    /// <summary>Single points of a curve are few episodes: so much of what lies before the common end is averaged.</summary>
    private const double Window = 0.1;

    /// <summary>The steps of a point.</summary>
    /// <param name="point">The point.</param>
    /// <param name="steps">Which are counted.</param>
    public static long Of(LearningPoint point, TrainingSteps steps)
    {
        ArgumentNullException.ThrowIfNull(point);
        return steps == TrainingSteps.Environment ? point.EnvSteps : point.PolicySteps;
    }

    /// <summary>
    /// How far the methods that are compared have come: of each method the last point that at least half of its runs have reached, and of these the least. A single run that
    /// ended early does not pull all back.
    /// </summary>
    /// <param name="curves">The curves that are compared.</param>
    /// <param name="steps">Which steps are counted.</param>
    /// <returns>The steps; 0 where there are none.</returns>
    public static long Common(IEnumerable<LearningCurve> curves, TrainingSteps steps) => curves
        .Where(curve => !curve.Points.IsDefaultOrEmpty)
        .GroupBy(curve => curve.Method, curve => Of(curve.Points[^1], steps))
        .Select(ends => ends.OrderDescending().ElementAt((ends.Count() - 1) / 2))
        .DefaultIfEmpty(0)
        .Min();

    /// <summary>The return of a method's runs after so many steps: of every run that came so far the mean of the points within the last tenth before, or where none lies there the last one before.</summary>
    /// <param name="curves">The runs.</param>
    /// <param name="end">The steps.</param>
    /// <param name="steps">Which are counted.</param>
    /// <param name="bootstrap">How the interval is made.</param>
    /// <param name="stratum">Number of the method.</param>
    /// <returns>The mean over runs and its interval; null where no run has come so far.</returns>
    public static ReturnAt? At(IEnumerable<LearningCurve> curves, long end, TrainingSteps steps, BootstrapOptions bootstrap, int stratum)
    {
        ArgumentNullException.ThrowIfNull(curves);
        double[] values = [.. curves.Where(curve => !curve.Points.IsDefaultOrEmpty && Of(curve.Points[^1], steps) >= end).Select(curve => Late(curve.Points, end, steps)).Where(double.IsFinite)];
        return values.Length == 0 || end == 0 ? null : new ReturnAt(end, values.Length, Descriptive.Mean(values), RunBootstrap.SelfPlay(values, bootstrap, stratum)?.Mean);
    }

    private static double Late(ImmutableArray<LearningPoint> points, long end, TrainingSteps steps)
    {
        LearningPoint[] before = [.. points.Where(point => Of(point, steps) <= end && double.IsFinite(point.MeanReturn))];
        if (before.Length == 0) return double.NaN;
        double[] late = [.. before.Where(point => Of(point, steps) >= (1 - Window) * end).Select(point => point.MeanReturn)];
        return late.Length == 0 ? before[^1].MeanReturn : Descriptive.Mean(late);
    }
}
