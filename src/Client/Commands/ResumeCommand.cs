using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Live;
using Srpo.Client.Output;
using Srpo.Experiments.Data;
using Srpo.Experiments.Runs;

namespace Srpo.Client.Commands;

/// <summary>`srpo resume`: go on with a run that was paused, stopped or killed.</summary>
internal static class ResumeCommand
{
    private static readonly Argument<string> Id = new("ID") { Description = "Id or name of the run." };

    public static Command Create(Shell shell) =>
        new Command("resume", "Go on with a run that was paused, stopped or killed; it ends with the same numbers as an uninterrupted one.") { Id }.Handle(shell, RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        var id = RunLabels.Resolve(context.Data, context.Get(Id));
        if (SweepView.IsFinished(context, id)) return (int)ExitCode.Ok;

        // Looked up before anything is written, so that a slip of the pen leaves no trace.
        KnownPlugins.Require(id, RunManifest.Load(context.Data, id).Experiment.Plugins);
        context.Data.EnsureWritable();
        using var held = RunLock.Take(context.Data, id);
        LiveRegistry.EnsureAlone(context.Data, id);
        var manifest = RunManifest.Load(context.Data, id);
        RunCommand.RequireMemory(context, manifest);
        if (!context.UsesCluster) RunCheck.Devices(manifest.Experiment.Populations.Select(population => population.Training));
        return await RunCommand.RunToEndAsync(context, manifest, held);
    }
}
