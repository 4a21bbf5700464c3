using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Experiments.Data;
using Srpo.Experiments.Equilibria;
using Srpo.Experiments.Runs;

namespace Srpo.Client.Commands;

/// <summary>`srpo report`: write the report of a run again.</summary>
internal static class ReportCommand
{
    private static readonly Argument<string> Id = new("ID") { Description = "Id or name of the run or cross-play." };

    private static readonly Option<string?> Out = new("--out") { Description = "Directory to write to. Default: where the run's outputs are.", HelpName = "DIR" };

    public static Command Create(Shell shell) =>
        new Command("report", "Write the report of a run or cross-play again from what is stored, and print its table.") { Id, Out, CommandExtensions.AllowOlder }.Handle(shell, RunAsync);

    private static Task<int> RunAsync(CommandContext context)
    {
        var id = RunLabels.Resolve(context.Data, context.Get(Id));
        if (SweepRun.Find(context.Data, id) is { } sweep && context.Get(Out) is not null)
            throw new SrpoException(ErrorKind.Usage, $"--out: {id} trained nothing, and its report is written where it is computed; `{CommandHints.For(context.Shell, $"run {sweep.Experiment} --out DIR")}` computes it again");
        if (SweepView.IsFinished(context, id)) return Task.FromResult((int)ExitCode.Ok);
        var run = ReportedRun.Load(context.Data, id);
        return context.WithGrainsToReadAsync(async session =>
        {
            var directory = context.Get(Out) is { } chosen ? context.Shell.Resolve(chosen) : run.Output;
            if (context.Get(Out) is not null) OutputDirectory.RequireOwn(directory, id);
            else OutputDirectory.RequireNoOthers(directory, id);
            OutputDirectory.RequireWritable(directory);
            var report = await run.ReportAsync(session, directory, context.Older);
            RunSummaryView.Print(context, report.Summary, Path.Combine(directory, "report.html"));
            return (int)ExitCode.Ok;
        });
    }
}
