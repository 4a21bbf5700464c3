using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Development;
using Srpo.Client.Output;

namespace Srpo.Client.Commands.Dev;

/// <summary>`srpo dev down`: ends everything in order.</summary>
internal static class DevDownCommand
{
    /// <summary>A silo takes at most `Srpo:ShutdownSeconds`, 120, to store what is under way.</summary>
    private const int DefaultWait = 150;

    private static readonly Option<int?> Wait = CommandExtensions.WholeOption("--wait", $"Seconds that each process may take to end before it is killed. Default: {DefaultWait}.", 1, 3600);

    private static readonly Option<bool> Delete = new("--delete") { Description = "Delete the cluster's data, logs and settings, too." };

    public static Command Create(Shell shell) =>
        new Command("down", "End the dashboard, the silos, which store what is under way, and the storage. Data stays.") { DevOptions.Folder, Wait, Delete }
            .OnThisMachine().Without(GlobalOptions.Workers, "it starts nothing").Handle(shell, RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        var folder = DevOptions.FolderOf(context);
        if (!folder.Exists) throw DevOptions.Nothing(context, folder);
        using var taken = folder.Take();
        context.EndInOrder();
        var endings = await new DevEnd(context.Error.WriteLine, TimeSpan.FromSeconds(context.Get(Wait) ?? DefaultWait), context.Cancellation).RunAsync(folder.Noted);
        bool? gone = context.Get(Delete) ? folder.Delete() : null;
        DevViews.PrintDown(context, folder.Root, endings, gone);
        return (int)(endings.Any(ending => ending.Outcome == DevOutcome.Killed) ? ExitCode.CheckFailed : ExitCode.Ok);
    }
}
