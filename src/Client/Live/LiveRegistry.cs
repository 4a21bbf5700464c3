using Srpo.Client.Cli;
using Srpo.Client.Data;

namespace Srpo.Client.Live;

/// <summary>Finds the processes that work on a data directory.</summary>
internal static class LiveRegistry
{
    /// <summary>All live processes with what they hold; leftovers of dead ones are passed over.</summary>
    public static IReadOnlyList<(string Id, LiveInfo Info)> All(DataDirectory data)
    {
        if (!Directory.Exists(data.Live)) return [];
        var found = new List<(string, LiveInfo)>();
        foreach (var path in Directory.EnumerateFiles(data.Live, "*.lock").Order(StringComparer.Ordinal))
        {
            var id = Path.GetFileNameWithoutExtension(path);
            if (RunLock.IsHeld(data, id) && RunLock.ReadInfo(data, id) is { } info) found.Add((id, info));
        }

        return found;
    }

    /// <summary>Fails while another process works on the data directory: two writers would undo each other's work.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="own">The id that this process holds itself.</param>
    public static void EnsureAlone(DataDirectory data, string own)
    {
        foreach (var (id, info) in All(data))
        {
            if (id == own) continue;
            throw new CommandException(
                ExitCode.InUse,
                $"process {info.ProcessId} (`srpo {info.CommandLine}`) is working in {data.Root}; wait until it has finished, pause it with Ctrl-C, or use another directory with --data DIR");
        }
    }

    /// <summary>
    /// The process that works on the data directory and takes commands, or null. There is at most one: it has the newest
    /// state of what it trains in memory, and can wake everything else from storage.
    /// </summary>
    public static LiveInfo? FindOwner(DataDirectory data) =>
        All(data).Select(live => live.Info).FirstOrDefault(info => info.Socket is not null);
}
