using System.Diagnostics;
using System.Globalization;
using Srpo.Client.Live;
using Srpo.Client.Sessions;
using Srpo.Core.Errors;
using Srpo.Dashboard;
using Srpo.Experiments;
using Srpo.Experiments.Data;
using Srpo.Experiments.Reading;
using Srpo.Experiments.Runs;
using Srpo.Grains;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Dashboards;

/// <summary>
/// What a dashboard shows of a data directory: asked of the process that works there, as long as there is one, else read from what is stored. Training is started and gone on with in
/// processes of their own, which do not end with the dashboard.
/// </summary>
/// <param name="data">The data directory, which need not exist yet.</param>
/// <param name="shown">Its path as the user knows it.</param>
/// <param name="directory">Directory against which map files of new populations are meant.</param>
/// <param name="workers">Worker threads of episodes that are played here; 0 for one per core.</param>
internal sealed class DataDirectorySource(DataDirectory data, string shown, string directory, int workers) : IDashboardSource, IAsyncDisposable
{
    /// <summary>Processes that end while they are asked are taken for ended after so many of them.</summary>
    private const int Attempts = 5;

    /// <summary>How long who has just paused may take to end before another one goes on.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan LookValidity = TimeSpan.FromMilliseconds(700);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly StoredReader _stored = new(data.Grains);
    private readonly SemaphoreSlim _one = new(1);
    private readonly SemaphoreSlim _reading = new(1);
    private readonly KnownRuns _known = new();
    private Seen? _seen;
    private IGrainSession? _session;
    private string? _owner;

    /// <inheritdoc/>
    public string Name => $"data directory {shown}";

    /// <inheritdoc/>
    public string Era => Look().Era;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StoredRun>> RunsAsync(CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            return await Task.Run(() => RunCatalog.ReadAsync(data, _stored, _known), cancellation);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> AliveAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string>>([.. Look().Processes.Select(process => RunCatalog.IdOf(process.Id)).Distinct(StringComparer.Ordinal)]);

    /// <inheritdoc/>
    public RunManifest? Manifest(string id) => Path.Exists(data.Manifest(id)) ? RunManifest.Load(data, id) : null;

    /// <inheritdoc/>
    public string? Report(StoredRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var path = Path.Combine(run.Out ?? run.Directory ?? data.Run(run.Id), "report.html");
        return File.Exists(path) ? path : null;
    }

    /// <inheritdoc/>
    public async Task<T> AskAsync<T>(Func<IStateReader, Task<T>> ask, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ask);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await (await FindAsync(cancellation) is { } session ? ask(new GrainReader(session.Grains)) : Task.Run(() => ask(_stored), cancellation)).WaitAsync(cancellation);
            }
            catch (Exception error) when (error is OwnerEndedException or ObjectDisposedException && attempt < Attempts)
            {
                // There is another process now, or none.
                _seen = null;
            }
        }
    }

    /// <inheritdoc/>
    public async Task<SiloReport[]> SilosAsync(CancellationToken cancellation)
    {
        try
        {
            return await FindAsync(cancellation) is { } session ? await session.Grains.GetGrain<IClusterGrain>(0).GetSilosAsync().WaitAsync(cancellation) : [];
        }
        catch (Exception error) when (error is OwnerEndedException or ObjectDisposedException)
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public async Task<ReplayFrame[]> ReplayAsync(ReplayRequest request, CancellationToken cancellation)
    {
        if (await FindAsync(cancellation) is { } session) return await session.Grains.GetGrain<IMatchWorkerGrain>(0).ReplayAsync(request).WaitAsync(cancellation);
        await using var own = await LocalSession.StartAsync(data, workers, cancellation);
        return await own.Grains.GetGrain<IMatchWorkerGrain>(0).ReplayAsync(request).WaitAsync(cancellation);
    }

    /// <inheritdoc/>
    public async Task StartAsync(string population, IReadOnlyList<string> settings, CancellationToken cancellation)
    {
        // What is wrong with the settings is said here, and not by a process in the background.
        var experiment = ExperimentLoader.LoadAlone(directory, [.. settings.Select(Override.Parse)], partners: null);
        RunCheck.Devices(experiment.Populations.Select(each => each.Training));
        if ((await RunCatalog.TakenAsync(data, _stored)).Contains(RunCatalog.IdOf(population)) || (await _stored.GetPopulationsAsync()).Contains(population, StringComparer.Ordinal))
            throw new SrpoException(ErrorKind.InUse, $"there is a run or population '{population}' already; choose another name");
        RequireNobody();
        await BackgroundCommand.RunAsync(
            data, population, directory, ["population", "start", population, .. settings.SelectMany(setting => new[] { "--set", setting })],
            async () => (await AskAsync(reader => reader.GetPopulationsAsync(), cancellation)).Contains(population, StringComparer.Ordinal), cancellation);
    }

    /// <inheritdoc/>
    public async Task ResumeAsync(string population, CancellationToken cancellation)
    {
        GrainKeys.CheckName(population);
        var id = RunCatalog.IdOf(population);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(EndTimeout);
        while (LiveRegistry.All(data).Any(process => RunCatalog.IdOf(process.Id) == id))
        {
            // It may be the one that was paused a moment ago, and is about to end.
            try
            {
                await Task.Delay(Poll, limited.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                break;
            }
        }

        RequireNobody();
        var isRun = Path.Exists(data.Manifest(id));
        await BackgroundCommand.RunAsync(
            data, isRun ? id : population, directory, isRun ? ["resume", id] : ["population", "resume", population],
            async () => (await AskAsync(reader => reader.GetStatusAsync(population), cancellation)).Phase is PopulationPhase.Training or PopulationPhase.Finished && LiveRegistry.All(data).Count > 0, cancellation);
    }

    /// <inheritdoc/>
    public async Task PauseAsync(string population, bool stop, CancellationToken cancellation)
    {
        if (await FindAsync(cancellation) is not { } session) throw new SrpoException(ErrorKind.NotFound, $"nobody works on the {Name} now, so that there is nothing to pause");
        var coordinator = session.Grains.GetGrain<ICoordinatorGrain>(GrainKeys.CheckName(population));
        try
        {
            await Wishes.AskAsync<PopulationStatus>(stop ? coordinator.StopAsync : coordinator.PauseAsync, _ => { }, cancellation);
        }
        catch (Exception error) when (error is OwnerEndedException or ObjectDisposedException)
        {
            // Who paused its only work ends at once, often before it has answered.
            if ((await AskAsync(reader => reader.GetStatusAsync(population), cancellation)).Phase == PopulationPhase.Training) throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_session is not null) await _session.DisposeAsync();
        _stored.Dispose();
        _one.Dispose();
        _reading.Dispose();
    }

    /// <summary>Who works there. Pages ask again and again: a look at the locks holds for a while.</summary>
    private (IReadOnlyList<LiveProcess> Processes, string Era) Look()
    {
        if (_seen is { } seen && Stopwatch.GetElapsedTime(seen.At) < LookValidity) return (seen.Processes, seen.Era);
        var processes = LiveRegistry.All(data);

        // Who began and ended while nobody looked has left a trace where processes say that they are there.
        var era = string.Join(' ', processes.Select(Mark).Concat([Stamp(data.Root), Stamp(data.Live)]));
        _seen = new Seen(Stopwatch.GetTimestamp(), processes, era);
        return (processes, era);
    }

    private static string Stamp(string path) => File.GetLastWriteTimeUtc(path).Ticks.ToString(CultureInfo.InvariantCulture);

    private static string Mark(LiveProcess process) => $"{process.Id} {process.Info.ClusterId}";

    /// <summary>One process works on a data directory at a time.</summary>
    private void RequireNobody()
    {
        if (LiveRegistry.All(data).FirstOrDefault() is { } process)
            throw new SrpoException(ErrorKind.InUse, $"{process.Name} is working in {data.Root}, and one works there at a time; wait until it has finished, or pause it");
    }

    /// <summary>The grains of the process that works there; null if nobody does.</summary>
    private async Task<IGrainSession?> FindAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (_session is not null && Look().Processes.Any(process => Mark(process) == _owner)) return _session;
            while (true)
            {
                var owner = LiveRegistry.FindOwner(data);
                var name = owner is null ? null : Mark(owner);
                if (name == _owner) return _session;
                if (_session is { } ended) await ended.DisposeAsync();
                (_session, _owner) = (null, null);
                if (owner is null) return null;
                _session = await OwnerSession.TryConnectAsync(data, owner, CancellationToken.None, cancellation);
                if (_session is null) continue;
                _owner = name;
                return _session;
            }
        }
        finally
        {
            _one.Release();
        }
    }

    private sealed record Seen(long At, IReadOnlyList<LiveProcess> Processes, string Era);
}
