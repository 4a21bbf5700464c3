using System.Diagnostics;
using System.Text;
using Srpo.Client.Live;
using Srpo.Core.Errors;

namespace Srpo.Client.Development;

/// <summary>A process of a development cluster, whoever started it: its name, its log, and whether it lives.</summary>
/// <param name="folder">The cluster's folder.</param>
/// <param name="name">Its name: postgres, azurite, silo-1, dashboard.</param>
internal sealed class DevPart(DevFolder folder, string name)
{
    public const string Dashboard = "dashboard";

    private const string SiloPrefix = "silo-";

    /// <summary>How much of a log is looked at for its last lines.</summary>
    private const long TailBytes = 1 << 16;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the system may take to end what it was told to kill.</summary>
    private static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(10);

    private long _beginning;

    public string Name => name;

    /// <summary>Whether it is a silo.</summary>
    public bool IsSilo => name.StartsWith(SiloPrefix, StringComparison.Ordinal) && int.TryParse(name.AsSpan(SiloPrefix.Length), out _);

    /// <summary>Whether silos keep their state in it.</summary>
    public bool IsStorage => Enum.GetValues<DevStorageKind>().Any(kind => kind.Name() == name);

    /// <summary>Whether a cluster can have a part of this name.</summary>
    public bool IsKnown => IsSilo || IsStorage || name == Dashboard;

    /// <summary>Its log.</summary>
    public string Log => folder.Log(name);

    /// <summary>The process that was started last, and has not been ended by a command; null for none.</summary>
    public KnownProcess? Known => KnownProcess.Read(folder.Process(name));

    public bool IsAlive => Known is { IsAlive: true };

    /// <summary>Whether it has ended, and nobody has asked it to.</summary>
    public bool Died => Known is { IsAlive: false, Asked: false };

    /// <summary>Name of a silo, counted from 1.</summary>
    public static string Silo(int number) => $"{SiloPrefix}{number}";

    /// <summary>Starts it.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="directory">Its working directory.</param>
    /// <param name="environment">Variables to change; null takes one away.</param>
    public void Start(IReadOnlyList<string> command, string directory, IReadOnlyDictionary<string, string?>? environment = null)
    {
        _beginning = File.Exists(Log) ? new FileInfo(Log).Length : 0;
        using var process = DetachedProcess.Start(command, Log, directory, environment, started => KnownProcess.Of(started.Id).Write(folder.Process(name)));
    }

    /// <summary>Waits until it does what it is for.</summary>
    /// <param name="isReady">Whether it does.</param>
    /// <param name="patience">How long it may take.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="SrpoException">It ended, or took too long; the message has the end of its log.</exception>
    public async Task ReadyAsync(Func<Task<bool>> isReady, TimeSpan patience, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            // In this order: what lives now has answered itself, and nobody else at its port.
            var ready = await isReady();
            if (!IsAlive) throw Failed("ended while it started");
            if (ready) return;
            if (Stopwatch.GetElapsedTime(began) > patience) throw Failed($"was not ready within {patience.TotalSeconds:0} s");
            await Task.Delay(Poll, cancellation);
        }
    }

    /// <summary>Asks it to end. PostgreSQL would wait for those who are connected, if it was asked as others are.</summary>
    public void Ask()
    {
        if (Known is not { IsAlive: true } process) return;
        (process with { Asked = true }).Write(folder.Process(name));
        process.Signal(name == DevStorageKind.Postgres.Name() ? UnixSignal.Interrupt : UnixSignal.Terminate);
    }

    /// <summary>Waits until it has ended, as it was asked to, and forgets it.</summary>
    /// <param name="patience">How long it may take before it is killed.</param>
    /// <param name="cancellation">Gives up waiting; it goes on.</param>
    /// <returns>Whether it ended by itself.</returns>
    /// <exception cref="SrpoException">It cannot even be killed.</exception>
    public async Task<bool> EndedAsync(TimeSpan patience, CancellationToken cancellation)
    {
        if (Known is not { } process)
        {
            Forget();
            return true;
        }

        var ended = await GoneAsync(process, patience, cancellation);
        if (!ended)
        {
            process.Signal(UnixSignal.Kill);
            if (!await GoneAsync(process, KillTimeout, cancellation)) throw new SrpoException(ErrorKind.Environment, $"{name} (process {process.Id}) does not end, although it was killed; something in the system holds it");
        }

        Forget();
        return ended;
    }

    /// <summary>What it has said last since it was started by this object, or at all.</summary>
    /// <param name="lines">At most so many lines.</param>
    public IReadOnlyList<string> Said(int lines) => [.. Read(TailBytes).TakeLast(lines)];

    /// <summary>All that it has said since it was started by this object, or at all.</summary>
    public IReadOnlyList<string> Said() => Read(long.MaxValue);

    private string[] Read(long bytes)
    {
        try
        {
            using var log = new FileStream(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            log.Position = Math.Max(Math.Min(_beginning, log.Length), log.Length - bytes);
            using var reader = new StreamReader(log, Encoding.UTF8);
            return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
        catch (FileNotFoundException)
        {
            return [];
        }
    }

    private static async Task<bool> GoneAsync(KnownProcess process, TimeSpan patience, CancellationToken cancellation)
    {
        for (var began = Stopwatch.GetTimestamp(); process.IsAlive;)
        {
            if (Stopwatch.GetElapsedTime(began) > patience) return false;
            await Task.Delay(Poll, cancellation);
        }

        return true;
    }

    /// <summary>Without the file it counts as ended on purpose.</summary>
    private void Forget() => File.Delete(folder.Process(name));

    private SrpoException Failed(string what) => new(
        ErrorKind.Environment, $"{name} {what}; its log is {Log}{(Said(8) is { Count: > 0 } said ? ":\n" + string.Join('\n', said.Select(line => "  " + line)) : ", and empty")}");
}
