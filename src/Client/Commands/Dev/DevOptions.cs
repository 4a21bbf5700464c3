using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Development;
using Srpo.Core.Errors;

namespace Srpo.Client.Commands.Dev;

/// <summary>What the commands of a development cluster have in common.</summary>
internal static class DevOptions
{
    public static readonly Option<string?> Folder = new("--folder")
    {
        Description = $"Folder of the cluster: settings, logs, data. Default: {DefaultName} in the data directory. Each folder is a cluster of its own.",
        HelpName = "DIR",
    };

    /// <summary>Within the data directory; no run can have such a name.</summary>
    private const string DefaultName = ".dev";

    /// <summary>What may stand after --storage.</summary>
    public static IReadOnlyList<string> Storages { get; } = [.. Enum.GetValues<DevStorageKind>().Select(DevStorageKinds.Name)];

    /// <summary>The folder that a command line means.</summary>
    /// <exception cref="SrpoException">Processes cannot be told apart here.</exception>
    public static DevFolder FolderOf(CommandContext context)
    {
        if (!OperatingSystem.IsLinux()) throw new SrpoException(ErrorKind.Environment, "`srpo dev` works on Linux only; elsewhere start silos with `srpo silo` (docs/commands/silo.md)");
        return new DevFolder(context.Get(Folder) is { } named ? context.Shell.Resolve(named) : Path.Combine(context.Data.Root, DefaultName));
    }

    /// <summary>A cluster that was made before.</summary>
    /// <exception cref="SrpoException">There is none in the folder.</exception>
    public static SrpoException Nothing(CommandContext context, DevFolder folder) =>
        new(ErrorKind.NotFound, $"there is no development cluster in {context.Shell.Shown(folder.Root)}; `{Hint(context, "up")}` makes one, --folder DIR names another");

    /// <summary>Another command on the same cluster.</summary>
    public static string Hint(CommandContext context, string command) =>
        CommandHints.For(context.Shell, $"dev {command}{(context.Get(Folder) is { } named ? $" {Folder.Name} {CommandHints.Quote(named)}" : "")}");
}
