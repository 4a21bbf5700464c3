using System.Text;
using System.Text.Json.Serialization;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Experiments.Data;

namespace Srpo.Client.Live;

/// <summary>
/// The right to work on one run, population or tournament: a locked file `.live/ID.lock`. The system frees it when the
/// process ends, however it ends.
/// </summary>
internal sealed class RunLock : IDisposable
{
    private const int Attempts = 5;

    private readonly FileLock _lock;
    private readonly string _infoPath;

    private RunLock(string id, FileLock held, string infoPath) => (Id, _lock, _infoPath) = (id, held, infoPath);

    /// <summary>Of what.</summary>
    public string Id { get; }

    /// <summary>Takes the lock.</summary>
    /// <exception cref="SrpoException">Another process holds it.</exception>
    public static RunLock Take(DataDirectory data, string id) =>
        TryTake(data, id) ?? throw new SrpoException(
            ErrorKind.InUse,
            $"'{id}' is in use by {Holder(data, id)}. Watch it with `srpo population list`, wait for its end, or choose another id with --id.");

    /// <summary>Locks the first free id NAME-1, NAME-2, ...</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="name">What the ids begin with.</param>
    /// <param name="taken">Ids under which something is stored, see <see cref="RunCatalog.TakenAsync"/>.</param>
    public static RunLock TakeFirstFree(DataDirectory data, string name, IReadOnlySet<string> taken)
    {
        for (var number = 1; ; number++)
        {
            var id = $"{name}-{number}";
            if (taken.Contains(id) || Directory.Exists(data.Run(id))) continue;
            var held = TryTake(data, id);
            if (held is null) continue;
            if (!Directory.Exists(data.Run(id))) return held;
            held.Dispose();
        }
    }

    /// <summary>Takes the lock, or returns null where another process holds it.</summary>
    public static RunLock? TryTake(DataDirectory data, string id)
    {
        Directory.CreateDirectory(data.Live);
        var path = LockPath(data, id);
        var held = FileLock.TryTake(path);

        // Looking whether a lock is held holds it for a moment; only a lock that stays is a process at work.
        for (var attempt = 1; held is null && attempt < Attempts; attempt++)
        {
            Thread.Sleep(20);
            held = FileLock.TryTake(path);
        }

        if (held is null) return null;
        try
        {
            held.Sign(Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"));
        }
        catch
        {
            held.Dispose();
            throw;
        }

        ClearLeftovers(data, id);
        return new RunLock(id, held, InfoPath(data, id));
    }

    /// <summary>Whether a process holds the lock.</summary>
    public static bool IsHeld(DataDirectory data, string id) => FileLock.IsHeld(LockPath(data, id));

    /// <summary>What the holder says of itself, or null. Of another user's process nothing more is known.</summary>
    public static LiveInfo? ReadInfo(DataDirectory data, string id)
    {
        try
        {
            return JsonText.Read<LiveInfo>(File.ReadAllText(InfoPath(data, id)));
        }
        catch (UnauthorizedAccessException)
        {
            return new LiveInfo(0, null, "", default) { OfAnotherUser = true };
        }
        catch (Exception error) when (error is IOException or System.Text.Json.JsonException)
        {
            return null;
        }
    }

    /// <summary>Tells other processes of this user how to reach this one; nobody else can read it.</summary>
    public void Announce(LiveInfo info) => AtomicFile.WritePrivate(_infoPath, JsonText.Write(info));

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            File.Delete(_infoPath);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A leftover is recognised as dead by its free lock.
        }

        _lock.Dispose();
    }

    /// <summary>Removes what a holder that was killed left, so that nobody takes it for this one's.</summary>
    private static void ClearLeftovers(DataDirectory data, string id)
    {
        try
        {
            SocketDirectory.Clear(data, id, ReadInfo(data, id)?.Socket);
            File.Delete(InfoPath(data, id));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another user's, which leads nobody to a socket of that user: see LiveRegistry.FindOwner.
        }
    }

    private static string Holder(DataDirectory data, string id) =>
        ReadInfo(data, id) is { } info ? new LiveProcess(id, info).Name : "another process";

    private static string LockPath(DataDirectory data, string id) => Path.Combine(data.Live, id + ".lock");

    private static string InfoPath(DataDirectory data, string id) => Path.Combine(data.Live, id + ".json");
}

/// <summary>A process that holds a lock.</summary>
/// <param name="ProcessId">Its process id.</param>
/// <param name="Socket">Path of the socket on which its grains can be asked, or null.</param>
/// <param name="CommandLine">What it was asked to do.</param>
/// <param name="Started">Since when.</param>
/// <param name="ClusterId">Random name of its cluster of one, which a client must know; null without a socket.</param>
internal sealed record LiveInfo(int ProcessId, string? Socket, string CommandLine, DateTimeOffset Started, string? ClusterId = null)
{
    /// <summary>Whether another user started it; then nothing else is known.</summary>
    [JsonIgnore]
    public bool OfAnotherUser { get; init; }
}
