using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Development;
using Srpo.Client.Output;

namespace Srpo.Client.Commands.Dev;

/// <summary>`srpo dev status`: what lives, since when, where, and what the dead have said last.</summary>
internal static class DevStatusCommand
{
    public static Command Create(Shell shell) =>
        new Command("status", "Show which processes of the cluster live, since when, where they listen, their logs, and what those that died have said last.") { DevOptions.Folder }
            .OnThisMachine().Without(GlobalOptions.Workers, "it starts nothing").Handle(shell, RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        var folder = DevOptions.FolderOf(context);
        var settings = folder.Load() ?? throw DevOptions.Nothing(context, folder);
        var status = await DevStatus.OfAsync(folder, settings, context.Cancellation);
        DevViews.Print(context, status);
        return (int)(status.IsReady ? ExitCode.Ok : status.IsDown ? ExitCode.NotFound : ExitCode.CheckFailed);
    }
}
