using Srpo.Core.Errors;
using Srpo.Experiments.Data;

namespace Srpo.Client.Live;

/// <summary>A process at work on a data directory.</summary>
/// <param name="Id">What it holds the lock of.</param>
/// <param name="Info">What it says of itself.</param>
internal sealed record LiveProcess(string Id, LiveInfo Info)
{
    /// <summary>As messages name it.</summary>
    public string Name => Info.OfAnotherUser ? "a process of another user" : $"process {Info.ProcessId} (`srpo {Info.CommandLine}`)";
}

/// <summary>Finds the processes that work on a data directory.</summary>
internal static class LiveRegistry
{
    /// <summary>All live processes that have said what they do; leftovers of dead ones are passed over.</summary>
    public static IReadOnlyList<LiveProcess> All(DataDirectory data)
    {
        if (!Directory.Exists(data.Live)) return [];
        var found = new List<LiveProcess>();
        foreach (var path in Directory.EnumerateFiles(data.Live, "*.lock").Order(StringComparer.Ordinal))
        {
            var id = Path.GetFileNameWithoutExtension(path);
            if (RunLock.IsHeld(data, id) && RunLock.ReadInfo(data, id) is { } info) found.Add(new LiveProcess(id, info));
        }

        return found;
    }

    /// <summary>Fails while another process works on the data directory: two writers would undo each other's work.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="own">The id that this process holds itself.</param>
    public static void EnsureAlone(DataDirectory data, string own)
    {
        foreach (var process in All(data))
        {
            if (process.Id == own) continue;
            throw new SrpoException(
                ErrorKind.InUse,
                $"{process.Name} is working in {data.Root}; wait until it has finished, pause it with Ctrl-C, or use another directory with --data DIR");
        }
    }

    /// <summary>
    /// The process that works on the data directory and can be asked, or null. There is at most one: it has the newest
    /// state of what it trains in memory, and can wake everything else from storage.
    /// </summary>
    /// <exception cref="SrpoException">It belongs to another user, or leads to a socket of one.</exception>
    public static LiveProcess? FindOwner(DataDirectory data)
    {
        foreach (var process in All(data))
        {
            if (process.Info is { OfAnotherUser: false, Socket: null }) continue;
            if (process.Info.Socket is { } socket && OwnDirectory.Is(Path.GetDirectoryName(socket)!)) return process;
            if (!process.Info.OfAnotherUser && !RunLock.IsHeld(data, process.Id)) continue; // it has just ended
            throw new SrpoException(
                ErrorKind.InUse,
                $"{process.Name} is working in {data.Root}, and nobody but {(process.Info.OfAnotherUser ? "that user" : "the user who started it")} can ask it; wait until it has finished, or use another directory with --data DIR");
        }

        return null;
    }
}
