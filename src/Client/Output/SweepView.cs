using Srpo.Client.Cli;
using Srpo.Experiments.Equilibria;
using Srpo.Reporting.Equilibria;

namespace Srpo.Client.Output;

/// <summary>A sweep on the terminal.</summary>
internal static class SweepView
{
    /// <summary>Prints that a run without training is finished, if it is one.</summary>
    public static bool IsFinished(CommandContext context, string id)
    {
        if (SweepRun.Find(context.Data, id) is not { } run) return false;
        context.Error.WriteLine($"{id} is finished, its report is {Path.Combine(run.Out, "report.html")}; `{CommandHints.For(context.Shell, $"run {run.Experiment}")}` computes it again in a new run");
        return true;
    }

    /// <summary>Prints sentences and bifurcations, or the whole sweep as JSON.</summary>
    public static void Print(CommandContext context, EquilibriumSweep sweep, string directory)
    {
        if (context.Json)
        {
            context.Out.Write(SweepWriter.ToJson(sweep));
            return;
        }

        foreach (var sentence in SweepTables.Sentences(sweep)) Prose.Print(context.Shell, sentence);
        foreach (var note in sweep.Notes) Prose.Print(context.Shell, note);
        if (!sweep.Bifurcations.IsEmpty) Tables.Print(context.Shell, SweepTables.Bifurcations(sweep));
        context.Out.WriteLine($"report: {context.Shell.Shown(Path.Combine(directory, "report.html"))}");
    }
}
