using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Commands.Runs;
using Srpo.Experiments.Data;

namespace Srpo.Client.Commands;

/// <summary>`srpo runs`: what is stored, by run.</summary>
internal static class RunsCommand
{
    public static Command Create(Shell shell) => new("runs", "List, show, name, tag, annotate, pack, unpack and delete runs, with their populations and tournaments.")
    {
        ListRunsCommand.Create(shell),
        ShowRunCommand.Create(shell),
        LabelRunCommands.Rename(shell),
        LabelRunCommands.Tag(shell),
        LabelRunCommands.Note(shell),
        PackRunCommand.Create(shell),
        UnpackRunCommand.Create(shell),
        DeleteRunCommand.Create(shell),
    };

    /// <summary>The argument that names a run.</summary>
    public static Argument<string> IdArgument() => new("ID") { Description = "Id or name of the run." };

    /// <summary>All runs.</summary>
    public static async Task<IReadOnlyList<StoredRun>> ReadAsync(CommandContext context)
    {
        IReadOnlyList<StoredRun>? runs = null;
        await context.WithStateAsync(async state =>
        {
            runs = await RunCatalog.ReadAsync(context.Data, state);
            return (int)ExitCode.Ok;
        });
        return runs!;
    }
}
