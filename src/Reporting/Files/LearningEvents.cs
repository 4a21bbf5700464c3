using Srpo.Core.Results;

namespace Srpo.Reporting.Files;

/// <summary>Learning curves as an event file of TensorBoard: a step is an environment step of the run.</summary>
public static class LearningEvents
{
    /// <summary>Writes the curve of one run.</summary>
    /// <param name="curve">The curve.</param>
    /// <param name="score">Tag of the return, for example "return".</param>
    /// <param name="began">When its training began.</param>
    /// <param name="seconds">How long it has trained; points have no times of their own and are spread over it by their steps.</param>
    public static byte[] Write(LearningCurve curve, string score, DateTimeOffset began, double seconds)
    {
        ArgumentNullException.ThrowIfNull(curve);
        var steps = Math.Max(1, curve.Points.IsDefaultOrEmpty ? 1 : curve.Points[^1].EnvSteps);
        var costs = !curve.Points.IsDefault && curve.Points.Any(point => point.SeatCosts is not { Seat0: 0, Seat1: 0 });
        return EventFile.Write(
            from point in curve.Points.IsDefault ? [] : curve.Points
            select new ScalarEvent(point.EnvSteps, began.AddSeconds(seconds * point.EnvSteps / steps), [.. Values(point, score, costs).Where(value => double.IsFinite(value.Value))]), began);
    }

    private static IEnumerable<(string Tag, double Value)> Values(LearningPoint point, string score, bool costs)
    {
        yield return (score, point.MeanReturn);
        if (costs)
        {
            yield return ("private cost/seat 0", point.SeatCosts.Seat0);
            yield return ("private cost/other seats", point.SeatCosts.Seat1);
        }

        foreach (var (tag, value) in new[]
        {
            ("mean of agents/entropy", point.Entropy), ("mean of agents/clip fraction", point.ClipFraction), ("mean of agents/explained variance", point.ExplainedVariance),
            ("mean of agents/policy loss", point.PolicyLoss), ("mean of agents/value loss", point.ValueLoss), ("mean of adversaries/KL", point.Kl),
        })
        {
            if (value is { } known) yield return (tag, known);
        }

        foreach (var (actor, metrics) in point.Actors)
        {
            yield return ($"{actor}/return", metrics.Return);
            yield return ($"{actor}/private cost", metrics.PrivateCost);
            yield return ($"{actor}/KL", metrics.Kl);
            yield return ($"{actor}/entropy", metrics.Entropy);
            yield return ($"{actor}/clip fraction", metrics.ClipFraction);
            yield return ($"{actor}/explained variance", metrics.ExplainedVariance);
            yield return ($"{actor}/policy loss", metrics.PolicyLoss);
            yield return ($"{actor}/value loss", metrics.ValueLoss);
        }
    }
}
