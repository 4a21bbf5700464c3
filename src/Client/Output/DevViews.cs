using Srpo.Client.Cli;
using Srpo.Client.Commands.Dev;
using Srpo.Client.Development;
using Srpo.Client.Sessions;

namespace Srpo.Client.Output;

/// <summary>Development clusters as text or JSON.</summary>
internal static class DevViews
{
    /// <summary>What was started, and how to go on.</summary>
    public static void PrintUp(CommandContext context, DevStatus status)
    {
        if (context.Json)
        {
            context.PrintJson(status);
            return;
        }

        var silos = status.Cluster.Split(',').Length;
        context.Out.WriteLine($"The cluster in {context.Shell.Shown(status.Folder)} is up: {(silos == 1 ? "1 silo" : $"{silos} silos")} with {status.Storage.Title()}.");
        Tables.PrintPairs(context.Shell, [("dashboard", status.Dashboard), ("logs", Path.Combine(context.Shell.Shown(status.Folder), "*.log"))], indent: 2);
        context.Out.WriteLine("To go on:");

        // In a terminal where another cluster was named, clients would look for that one.
        var named = ClusterAddress.ClusterIdOf(null, context.Shell.Variable) is { } id && id != DevStart.ClusterName ? $"{ClusterAddress.ClusterIdVariable}={DevStart.ClusterName} " : "";
        foreach (var command in (string[])["population start mine --method srpo", "cluster status"])
            context.Out.WriteLine($"  {named}{CommandHints.For(context.Shell, command)} {GlobalOptions.Cluster.Name} {status.Cluster}");
        foreach (var command in (string[])["status", "down"]) context.Out.WriteLine($"  {DevOptions.Hint(context, command)}");
    }

    /// <summary>What lives, and what the dead have said last.</summary>
    public static void Print(CommandContext context, DevStatus status)
    {
        if (context.Json)
        {
            context.PrintJson(status);
            return;
        }

        var now = DateTimeOffset.UtcNow;
        Tables.Print(
            context.Shell,
            ["process", "state", "pid#", "since", "address", "log"],
            status.Parts.Select(part => (IReadOnlyList<string>)
            [
                part.Name,
                Word(part.State),
                part.Process?.ToString() ?? "",
                part.Started is { } started ? $"{started.ToLocalTime():yyyy-MM-dd HH:mm:ss}{(part.Process is null ? "" : $" ({Texts.Duration(now - started)})")}" : "",
                part.Address,
                context.Shell.Shown(part.Log),
            ]));
        foreach (var part in status.Parts.Where(part => part.Problem is not null))
            Prose.Print(context.Shell, part.State == DevState.Died ? $"{part.Name} died; the last that it said: {part.Problem}" : $"{part.Name} is not ready: {part.Problem}");
        if (status.Dashboard is { } link) context.Out.WriteLine($"dashboard: {link}");
        if (status.IsDown) Prose.Print(context.Shell, $"The cluster is down; `{DevOptions.Hint(context, "up")}` starts it.");
        else if (!status.IsReady) Prose.Print(context.Shell, $"`{DevOptions.Hint(context, "up")}` starts what is not running.");
        else context.Out.WriteLine($"{GlobalOptions.Cluster.Name} {status.Cluster}");
    }

    /// <summary>How everything ended.</summary>
    /// <param name="context">The command.</param>
    /// <param name="folder">The cluster's folder.</param>
    /// <param name="endings">How each process ended.</param>
    /// <param name="gone">Whether the folder was deleted whole; null where it was not to be deleted.</param>
    public static void PrintDown(CommandContext context, string folder, IReadOnlyList<DevEnding> endings, bool? gone)
    {
        if (context.Json)
        {
            context.PrintJson(new { Folder = folder, Ended = endings, Deleted = gone is not null });
            return;
        }

        foreach (var ending in endings)
        {
            context.Out.WriteLine(ending.Outcome switch
            {
                DevOutcome.Ended => $"{ending.Name} ended",
                DevOutcome.Killed => $"{ending.Name} did not end in time and was killed",
                _ => $"{ending.Name} had died before",
            });
        }

        var shown = context.Shell.Shown(folder);
        Prose.Print(context.Shell, (endings.Count == 0 ? "Nothing was running. " : "") + gone switch
        {
            null => $"Data and logs stay in {shown}; `{DevOptions.Hint(context, "up")}` goes on with them, `{DevOptions.Hint(context, "down --delete")}` deletes them.",
            true => $"{shown} was deleted.",
            false => $"The cluster was deleted; {shown} holds other files and stays.",
        });
    }

    private static string Word(DevState state) => state switch
    {
        DevState.Ready => "ready",
        DevState.NotReady => "not ready",
        DevState.Died => "died",
        _ => "down",
    };
}
