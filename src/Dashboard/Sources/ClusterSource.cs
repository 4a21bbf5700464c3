using Srpo.Core.Errors;
using Srpo.Experiments;
using Srpo.Experiments.Data;
using Srpo.Experiments.Reading;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;

namespace Srpo.Dashboard;

/// <summary>The populations and tournaments of a cluster, grouped by the id before the first dot of their names. What clients noted of their runs lies with the clients.</summary>
/// <param name="name">The cluster's name.</param>
/// <param name="grains">The way to its grains.</param>
/// <param name="directory">Directory against which map files of new populations are meant.</param>
public sealed class ClusterSource(string name, IGrainFactory grains, string directory) : IDashboardSource
{
    /// <summary>What has ended in a cluster is asked for again after this time.</summary>
    private static readonly TimeSpan Validity = TimeSpan.FromSeconds(10);

    private readonly GrainReader _reader = new(grains);

    /// <inheritdoc/>
    public string Name => $"cluster {name}";

    /// <inheritdoc/>
    public string Era => (Environment.TickCount64 / (long)Validity.TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StoredRun>> RunsAsync(CancellationToken cancellation)
    {
        var populations = (await _reader.GetPopulationsAsync()).ToLookup(RunCatalog.IdOf, StringComparer.Ordinal);
        var tournaments = (await _reader.GetTournamentsAsync()).ToLookup(RunCatalog.IdOf, StringComparer.Ordinal);
        return [.. populations.Select(group => group.Key).Union(tournaments.Select(group => group.Key), StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(id => new StoredRun(id, Kind(populations[id].Any(), tournaments[id].Any()), RunLabels.None, [.. populations[id]], [.. tournaments[id]]))];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> AliveAsync(CancellationToken cancellation)
    {
        var directory = grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory);
        return [.. (await directory.GetUnderWayAsync(WorkKind.Population).WaitAsync(cancellation)).Concat(await directory.GetUnderWayAsync(WorkKind.Tournament).WaitAsync(cancellation)).Select(RunCatalog.IdOf).Distinct(StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public RunManifest? Manifest(string id) => null;

    /// <inheritdoc/>
    public string? Report(StoredRun run) => null;

    /// <inheritdoc/>
    public Task<T> AskAsync<T>(Func<IStateReader, Task<T>> ask, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ask);
        return ask(_reader).WaitAsync(cancellation);
    }

    /// <inheritdoc/>
    public Task<SiloReport[]> SilosAsync(CancellationToken cancellation) => grains.GetGrain<IClusterGrain>(0).GetSilosAsync().WaitAsync(cancellation);

    /// <inheritdoc/>
    public Task<ReplayFrame[]> ReplayAsync(ReplayRequest request, CancellationToken cancellation) => grains.GetGrain<IMatchWorkerGrain>(0).ReplayAsync(request).WaitAsync(cancellation);

    /// <inheritdoc/>
    public async Task StartAsync(string population, IReadOnlyList<string> settings, CancellationToken cancellation)
    {
        var experiment = ExperimentLoader.LoadAlone(directory, [.. settings.Select(Override.Parse)], partners: null);
        var spec = experiment.Spec(experiment.Populations[0], _ => population);
        if ((await _reader.GetPopulationsAsync()).Contains(population, StringComparer.Ordinal)) throw new SrpoException(ErrorKind.InUse, $"there is a population '{population}' already; choose another name");
        await AskAsync(() => Coordinator(population).StartAsync(spec), cancellation);
    }

    /// <inheritdoc/>
    public Task ResumeAsync(string population, CancellationToken cancellation) => AskAsync(Coordinator(population).ResumeAsync, cancellation);

    /// <inheritdoc/>
    public Task PauseAsync(string population, bool stop, CancellationToken cancellation) =>
        AskAsync(stop ? Coordinator(population).StopAsync : Coordinator(population).PauseAsync, cancellation);

    private static RunKind Kind(bool populations, bool tournaments) => !populations ? RunKind.CrossPlay : tournaments ? RunKind.Experiment : RunKind.Population;

    private ICoordinatorGrain Coordinator(string population) => grains.GetGrain<ICoordinatorGrain>(population);

    private static Task<PopulationStatus> AskAsync(Func<Task<PopulationStatus>> wish, CancellationToken cancellation) => Wishes.AskAsync(wish, _ => { }, cancellation);
}
