using Srpo.Client.Cli;
using Srpo.Core.Results;
using Srpo.Reporting;
using Srpo.Reporting.Text;

namespace Srpo.Client.Output;

/// <summary>The end of a run on the terminal.</summary>
internal static class RunSummaryView
{
    /// <summary>Rows of pairs from different populations that a terminal is asked to show: as many as four populations have on one layout.</summary>
    private const int MostBetween = 12;

    public static void Print(CommandContext context, RunSummary summary, string reportPath)
    {
        if (context.Json)
        {
            context.Out.Write(Reporting.Files.SummaryJson.Write(summary));
            return;
        }

        if (summary.AreDebates) PrintDebates(context, summary);
        else PrintMethods(context, summary);
        foreach (var sentence in Verdict.Sentences(summary)) Prose.Print(context.Shell, sentence);
        var info = summary.Info;
        if (summary.EnvStepsPerSecond is { } rate)
            Prose.Print(context.Shell, $"training: {Texts.Count(info.EnvSteps)} env-steps in {Texts.Duration(TimeSpan.FromSeconds(info.TrainingSeconds))}, {Texts.Rate(rate)}");
        context.Out.WriteLine($"wall time: {Texts.Duration(TimeSpan.FromSeconds(info.WallSeconds))}");
        context.Out.WriteLine($"report: {reportPath}");
    }

    /// <summary>Whether populations were played that existed before, and none was trained for it.</summary>
    private static bool IsCrossPlay(RunSummary summary) => summary.Learning.IsEmpty;

    private static void PrintDebates(CommandContext context, RunSummary summary)
    {
        foreach (var results in summary.Debates)
        {
            if (summary.Debates.Length > 1) context.Out.WriteLine($"on {DisplayNames.Layout(results.Layout)}:");
            foreach (var table in new[] { DebateTables.JointLines(results, summary.Info.Names), DebateTables.WithStrangerLines(results, summary.Info.Names), DebateTables.BaselineLines(results, summary.Info.Names) })
                if (!table.Rows.IsEmpty) Tables.Print(context.Shell, table);
        }

        if (!summary.Layouts.IsEmpty) Tables.Print(context.Shell, DebateTables.Populations(summary));
        if (!summary.DebateLearning.IsEmpty) Tables.Print(context.Shell, DebateTables.Learning(summary));
    }

    private static void PrintMethods(CommandContext context, RunSummary summary)
    {
        Tables.Print(
            context.Shell,
            ["layout", "method", "runs#", "self-play#", "pairs#", "cross-play#", "gap#", "std#", "worst pair#", "its runs", "IQM#", "95 % interval#", "free-riding#"],
            summary.Layouts.SelectMany(layout => layout.Methods.Select(method => (IReadOnlyList<string>)
            [
                layout.Layout,
                summary.Info.Names.Of(method.Method),
                Numbers.Integer(method.Runs),
                Numbers.Short(method.SelfPlay.Mean),
                Numbers.Integer(layout.Pairs(method)),
                Numbers.Short(method.CrossPlay.Mean),
                Numbers.Short(method.Gap),
                Numbers.Short(method.CrossPlay.Std),
                Numbers.Short(method.CrossPlay.Min),
                method.CrossPlay.Worst?.ToString() ?? "",
                Numbers.Short(method.CrossPlay.InterquartileMean),
                Numbers.Range(method.CrossPlay.Interval),
                Numbers.Short(method.FreeRiding),
            ])));
        if (IsCrossPlay(summary)) PrintBetween(context, summary);
        if (!summary.Shifts.IsEmpty) Tables.Print(context.Shell, SummaryTables.Shifts(summary));
        if (!summary.Equilibria.IsEmpty) Tables.Print(context.Shell, SummaryTables.Equilibria(summary));
    }

    /// <summary>Who earns what with whom: a row per layout and ordered pair of populations.</summary>
    private static void PrintBetween(CommandContext context, RunSummary summary)
    {
        var rows = summary.Layouts.SelectMany(layout => layout.Between.Select(pair => (layout.Layout, Pair: pair))).ToArray();
        if (rows.Length is 0 or > MostBetween)
        {
            if (rows.Length > 0) Prose.Print(context.Shell, $"The report says who earns what with whom, in {Numbers.Integer(rows.Length)} rows.");
            return;
        }

        Tables.Print(
            context.Shell,
            ["layout", "seat 0", "seat 1", "pairs#", "mean#", "std#", "worst pair#", "its runs"],
            rows.Select(row => (IReadOnlyList<string>)
            [
                row.Layout, summary.Info.Names.Of(row.Pair.Method0), summary.Info.Names.Of(row.Pair.Method1), Numbers.Integer(row.Pair.Block.Cells),
                Numbers.Short(row.Pair.Block.Mean), Numbers.Short(row.Pair.Block.Std), Numbers.Short(row.Pair.Block.Min), row.Pair.Block.Worst?.ToString() ?? "",
            ]));
    }
}
