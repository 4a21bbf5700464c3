using System.Text;
using Srpo.Core.Results;

namespace Srpo.Reporting.Files;

/// <summary>Learning curves as CSV in long format: a line per method, run and point.</summary>
public static class LearningCurveCsv
{
    private static readonly string[] Columns =
    [
        "method", "run", "envSteps", "agentSteps", "meanReturn", "seat0Cost", "seat1Cost",
        "kl", "entropy", "clipFraction", "explainedVariance", "policyLoss", "valueLoss", "policySteps",
    ];

    private static readonly string[] ActorColumns =
    [
        "method", "run", "envSteps", "agentSteps", "kind", "seat", "round", "return", "privateCost",
        "kl", "entropy", "clipFraction", "explainedVariance", "policyLoss", "valueLoss",
    ];

    /// <summary>All points of all curves.</summary>
    public static string Write(IEnumerable<LearningCurve> curves)
    {
        ArgumentNullException.ThrowIfNull(curves);
        var text = new StringBuilder();
        Csv.AppendRecord(text, Columns);
        foreach (var curve in curves)
        {
            foreach (var point in curve.Points.IsDefault ? [] : curve.Points)
            {
                Csv.AppendRecord(text,
                [
                    curve.Method, Csv.Field(curve.Run), Csv.Field(point.EnvSteps), Csv.Field(point.AgentSteps),
                    Csv.Field(point.MeanReturn), Csv.Field(point.SeatCosts.Seat0), Csv.Field(point.SeatCosts.Seat1),
                    Csv.Field(point.Kl), Csv.Field(point.Entropy), Csv.Field(point.ClipFraction),
                    Csv.Field(point.ExplainedVariance), Csv.Field(point.PolicyLoss), Csv.Field(point.ValueLoss), Csv.Field(point.PolicySteps),
                ]);
            }
        }

        return text.ToString();
    }

    /// <summary>Measures of every actor's update behind every point of all curves: a line per method, run, point and actor.</summary>
    public static string WriteActors(IEnumerable<LearningCurve> curves)
    {
        ArgumentNullException.ThrowIfNull(curves);
        var text = new StringBuilder();
        Csv.AppendRecord(text, ActorColumns);
        foreach (var (curve, point, actor) in
            from curve in curves from point in curve.Points.IsDefault ? [] : curve.Points from actor in point.Actors select (curve, point, actor))
        {
            var measured = actor.Metrics;
            var (kind, seat) = actor.Actor.Split(' ') is [var word, var number] ? (word, number) : (actor.Actor, "");
            Csv.AppendRecord(text,
            [
                curve.Method, Csv.Field(curve.Run), Csv.Field(point.EnvSteps), Csv.Field(point.AgentSteps), kind, seat, Csv.Field(measured.Round),
                Csv.Field(measured.Return), Csv.Field(measured.PrivateCost), Csv.Field(measured.Kl), Csv.Field(measured.Entropy),
                Csv.Field(measured.ClipFraction), Csv.Field(measured.ExplainedVariance), Csv.Field(measured.PolicyLoss), Csv.Field(measured.ValueLoss),
            ]);
        }

        return text.ToString();
    }
}
