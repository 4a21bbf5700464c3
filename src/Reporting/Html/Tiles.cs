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

    public static IEnumerable<Tile> For(RunSummary summary)
    {
        if (summary.AreDebates)
        {
            foreach (var tile in OfDebates(summary)) yield return tile;
        }
        else if (Verdict.MainLayout(summary) is { } layout)
        {
            var colours = Palette.For(summary.Info.Names, summary.Layouts.SelectMany(each => each.Methods).Select(method => method.Method));
            var methods = layout.Methods.OrderBy(method => colours[method.Method]).Take(MostMethods).ToArray();
            foreach (var method in methods) yield return CrossPlay(method, summary.Info.Names.Of(method.Method), colours[method.Method]);
            foreach (var method in methods.Where(method => method.PrivateCost is { Total: > 0 }))
                yield return FreeRiding(method, summary.Info.Names.Of(method.Method), colours[method.Method]);
        }

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

    private static IEnumerable<Tile> OfDebates(RunSummary summary)
    {
        if (DebateVerdict.Main(summary) is not { } results) yield break;
        var colours = Palette.For(summary.Info.Names, summary.Debaters.Select(population => population.Method));
        foreach (var (table, what) in new[] { (results.Joint, "both right"), (results.WithStranger, "right with a stranger") })
        {
            foreach (var cell in DebateVerdict.Whole(table).OrderBy(cell => colours[cell.Method]).Take(MostMethods))
            {
                var interval = cell.Accuracy.StrictInterval is { } ends ? $"[{Percent(ends.Low)}, {Percent(ends.High)}]; " : "";
                yield return new($"{summary.Info.Names.Of(cell.Method)}, {what}", $"{Percent(cell.Accuracy.Strict)} %", $"{interval}flexible: {Percent(cell.Accuracy.Flexible)} %", colours[cell.Method]);
            }
        }

        static string Percent(double share) => Numbers.Fixed(100 * share, 1);
    }

    private static Tile CrossPlay(MethodSummary method, string name, int colour)
    {
        var isCross = method.CrossPlay.Mean is not null;
        var block = isCross ? method.CrossPlay : method.SelfPlay;
        var more = isCross ? $"self-play: {Numbers.Short(method.SelfPlay.Mean)}" : "no partner from another run";
        if (block.MeanInterval is { } interval) more = $"mean, {Numbers.Range(interval)}; {more}";
        return new($"{name}, {(isCross ? "cross-play" : "self-play")}", Numbers.Short(block.Mean), more, colour);
    }

    private static Tile FreeRiding(MethodSummary method, string name, int colour) => new(
        $"{name}, free-riding",
        Numbers.Short(method.FreeRiding),
        $"difference of the seats' costs, of {Numbers.Short(method.PrivateCost?.Total)} in all",
        colour);
}
