using Srpo.Core.Results;
using Srpo.Reporting.Figures;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Html;

/// <summary>A key number at the top of the page.</summary>
internal sealed record Tile(string What, string Number, string More, int? Colour = null);

/// <summary>Chooses the key numbers.</summary>
internal static class Tiles
{
    /// <summary>Methods beyond this number get no tiles; the table has them all.</summary>
    private const int MostMethods = 4;

    /// <summary>Steps, speed and time.</summary>
    public static IEnumerable<Tile> OfCost(RunSummary summary)
    {
        var info = summary.Info;
        if (info.EnvSteps > 0)
        {
            var seeds = info.Seeds == 1 ? "1 seed" : $"{Numbers.Integer(info.Seeds)} seeds";
            yield return new("Environment steps", Numbers.Count(info.EnvSteps), $"{seeds} per method");
        }

        if (summary.EnvStepsPerSecond is { } speed)
        {
            var more = $"trained in {Numbers.Duration(info.TrainingSeconds)}";
            if (info.WallSeconds > 0) more += $"; all in all {Numbers.Duration(info.WallSeconds)}";
            yield return new("Steps per second", Numbers.Count(speed), more);
        }
    }

    /// <summary>Accuracies of debates.</summary>
    public static IEnumerable<Tile> OfDebates(RunSummary summary, MethodStyles styles)
    {
        if (DebateVerdict.Main(summary) is not { } results) yield break;
        foreach (var (table, what) in new[] { (results.Joint, "both right"), (results.WithStranger, "right with a stranger") })
        {
            foreach (var cell in DebateVerdict.Whole(table).OrderBy(cell => styles[cell.Method].Colour).Take(MostMethods))
            {
                var interval = cell.Accuracy.StrictInterval is { } ends ? $"[{Percent(ends.Low)}, {Percent(ends.High)}]; " : "";
                yield return new($"{styles[cell.Method].Name}, {what}", $"{Percent(cell.Accuracy.Strict)} %", $"{interval}flexible: {Percent(cell.Accuracy.Flexible)} %", styles[cell.Method].Colour);
            }
        }

        static string Percent(double share) => Numbers.Fixed(100 * share, 1);
    }
}
