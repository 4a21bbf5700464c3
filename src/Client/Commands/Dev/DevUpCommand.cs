using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Development;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Core.Text;
using Srpo.Learning.Plugins;

namespace Srpo.Client.Commands.Dev;

/// <summary>`srpo dev up`: starts what is not running.</summary>
internal static class DevUpCommand
{
    private const int MostSilos = 16;

    private static readonly Option<int?> Silos = CommandExtensions.WholeOption("--silos", $"Number of silos. Default: as many as before, {DevStart.DefaultSilos} at first.", 1, MostSilos);

    private static readonly Option<string?> Storage = new("--storage")
    {
        Description = $"Where silos keep their state: {string.Join(" or ", DevOptions.Storages)}. Default: as before, {DevOptions.Storages[0]} at first.",
        HelpName = "KIND",
    };

    private static readonly Option<string?> Silo = new("--silo")
    {
        Description = $"Program of a silo, Srpo.Silo.dll or one that takes its settings. Default: as before, at first ${SiloProgram.Variable}, else what lies beside this program or is built in its source tree.",
        HelpName = "FILE",
    };

    public static Command Create(Shell shell) =>
        new Command("up", "Start silos with PostgreSQL or Azurite and the dashboard, or what of them is not running, and wait until all are ready.") { Silos, Storage, DevOptions.Folder, Silo }
            .OnThisMachine().Handle(shell, RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        var request = new DevRequest(
            context.Get(Silos), context.Get(Storage) is { } kind ? KindOf(kind) : null, context.Workers > 0 ? context.Workers : null,
            [.. (context.Get(GlobalOptions.Plugin) ?? []).Select(typed => LoadedPlugins.Load(typed, context.Shell.Directory).Argument)], context.Get(Silo) is { } silo ? context.Shell.Resolve(silo) : null);
        var folder = DevOptions.FolderOf(context);
        var isNew = !Path.Exists(folder.Root);
        folder.Make();
        using var taken = folder.Take();

        // A second Ctrl-C ends at once: this is what remains to be done then.
        context.Shell.GoOn.Command = DevOptions.Hint(context, "down");
        context.EndInOrder();
        try
        {
            var settings = await new DevStart(folder, context.Shell, context.Cancellation).RunAsync(request);
            DevViews.PrintUp(context, await DevStatus.OfAsync(folder, settings, context.Cancellation));
            return (int)ExitCode.Ok;
        }
        catch when (isNew && !folder.HasSettings)
        {
            // It never became a cluster.
            folder.Delete();
            throw;
        }
    }

    private static DevStorageKind KindOf(string word) => DevOptions.Storages.Contains(word, StringComparer.Ordinal)
        ? Enum.Parse<DevStorageKind>(word, ignoreCase: true)
        : throw new SrpoException(ErrorKind.Usage, $"{Storage.Name}: {NearestName.Unknown("storage", word, DevOptions.Storages)}");
}
