using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Srpo.Core.Results;

namespace Srpo.Reporting.Files;

/// <summary>Learning curves as CSV in long format: a line per method, run and point.</summary>
public static class LearningCurveCsv
{
    private static readonly string[] Columns =
    [
        "method", "run", "envSteps", "agentSteps", "meanReturn", "seat0Cost", "seat1Cost",
        "kl", "entropy", "clipFraction", "explainedVariance",
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
                    Csv.Field(point.ExplainedVariance),
                ]);
            }
        }

        return text.ToString();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; empty diagnostics are null.</summary>
    /// <exception cref="FormatException">The text has other columns or a field that is no number; the line is named.</exception>
    public static ImmutableArray<LearningCurve> Read(string text)
    {
        var points = CsvTable.Read(text, Columns, fields => (
            Method: fields[0],
            Run: int.Parse(fields[1], CultureInfo.InvariantCulture),
            Point: new LearningPoint(
                long.Parse(fields[2], CultureInfo.InvariantCulture), long.Parse(fields[3], CultureInfo.InvariantCulture),
                Csv.Number(fields[4]), new(Csv.Number(fields[5]), Csv.Number(fields[6])))
            {
                Kl = Optional(fields[7]),
                Entropy = Optional(fields[8]),
                ClipFraction = Optional(fields[9]),
                ExplainedVariance = Optional(fields[10]),
            }));
        return [.. points
            .GroupBy(point => (point.Method, point.Run))
            .Select(run => new LearningCurve(run.Key.Method, run.Key.Run, [.. run.Select(point => point.Point)]))];
    }

    private static double? Optional(string field) => field.Length == 0 ? null : Csv.Number(field);
}
