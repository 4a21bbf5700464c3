using System.Collections.Concurrent;
using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Experiments.Data;
using Srpo.Experiments.Runs;
using Srpo.Reporting.Figures;

namespace Srpo.Dashboard;

/// <summary>A run as pages show it: its populations with the names and the looks that its report gives them.</summary>
/// <param name="Run">What is stored of it.</param>
/// <param name="Manifest">What it trains; null where that is not known here.</param>
/// <param name="Labels">Label by name of population, in the order in which they are shown.</param>
/// <param name="Styles">The look of every label.</param>
internal sealed record ShownRun(StoredRun Run, RunManifest? Manifest, ImmutableArray<(string Population, string Label)> Labels, MethodStyles Styles);

/// <summary>The runs, read again when they were read some time ago: a thousand manifests are not read for every click.</summary>
/// <param name="source">Who has them.</param>
/// <param name="time">The time.</param>
internal sealed class RunShelf(IDashboardSource source, TimeProvider time) : IDisposable
{
    /// <summary>What people note of runs shows after this time, all else at once.</summary>
    private static readonly TimeSpan Validity = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1);
    private readonly ConcurrentDictionary<string, ShownRun> _shown = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (StoredRun Run, string Era, string State)> _states = new(StringComparer.Ordinal);
    private IReadOnlyList<StoredRun> _runs = [];
    private long? _read;
    private string? _era;

    /// <summary>All runs, the newest first.</summary>
    /// <param name="cancellation">Gives up.</param>
    public Task<IReadOnlyList<StoredRun>> AllAsync(CancellationToken cancellation) => ReadAsync(anew: false, cancellation);

    /// <summary>The run of an id or name, or null. One that is not known is looked for anew: it may have begun a moment ago.</summary>
    /// <param name="id">The id or name.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<StoredRun?> FindAsync(string id, CancellationToken cancellation) =>
        Find(await AllAsync(cancellation), id) ?? Find(await ReadAsync(anew: true, cancellation), id);

    /// <summary>A run with the names and looks of its populations; null where there is none of this id.</summary>
    /// <param name="id">The id or name.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<ShownRun?> ShowAsync(string id, CancellationToken cancellation)
    {
        if (await FindAsync(id, cancellation) is not { } run) return null;
        if (_shown.TryGetValue(run.Id, out var known) && ReferenceEquals(known.Run, run)) return known;
        return _shown[run.Id] = await ShowAsync(run, cancellation);
    }

    /// <summary>
    /// Where runs stand, by id, in the words of <see cref="RunStates"/>. Populations and tournaments of runs that have no file which says it are asked, and not again before
    /// something could have changed.
    /// </summary>
    /// <param name="runs">The runs.</param>
    /// <param name="alive">Ids of those that somebody works on.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<IReadOnlyDictionary<string, string>> StatesAsync(IEnumerable<StoredRun> runs, IReadOnlySet<string> alive, CancellationToken cancellation)
    {
        var states = new Dictionary<string, string>(StringComparer.Ordinal);
        var unknown = new List<StoredRun>();
        var era = source.Era;
        foreach (var run in runs)
        {
            if (RunStates.Of(run, alive.Contains(run.Id)) is { } state) states[run.Id] = state;
            else if (_states.TryGetValue(run.Id, out var known) && ReferenceEquals(known.Run, run) && known.Era == era) states[run.Id] = known.State;
            else unknown.Add(run);
        }

        if (unknown.Count == 0) return states;
        var asked = await source.AskAsync(reader => RunStates.AskAsync(reader, unknown, cancellation), cancellation);
        foreach (var run in unknown)
        {
            states[run.Id] = asked[run.Id];
            _states[run.Id] = (run, era, asked[run.Id]);
        }

        return states;
    }

    private async Task<ShownRun> ShowAsync(StoredRun run, CancellationToken cancellation)
    {
        if (run.Kind == RunKind.Experiment && run.Problem is null && source.Manifest(run.Id) is { } manifest)
        {
            // Those that have not begun come with the others: a run shows all that it is going to train.
            var trained = manifest.Experiment.Populations.Select(population => (manifest.PopulationName(population.Label), population.Label)).ToImmutableArray();
            return new ShownRun(run, manifest, trained, MethodStyles.For(PopulationTitles.Of(manifest.Experiment), trained.Select(pair => pair.Label)));
        }

        var names = await PlayersAsync(run, cancellation);
        var labels = CrossPlayResults.Labels(names);
        var methods = ResultsCollector.MethodNames.Known.Where(name => labels.Values.Contains(name.Label, StringComparer.Ordinal));
        if (labels.Count == 1) methods = labels.Values.Select(label => new PopulationName(label, label, PopulationRole.Subject));
        return new ShownRun(run, null, [.. names.Select(name => (name, labels[name]))], MethodStyles.For(new PopulationNames([.. methods]), names.Select(name => labels[name])));
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task<IReadOnlyList<StoredRun>> ReadAsync(bool anew, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            var era = source.Era;
            if (!anew && _read is { } read && time.GetElapsedTime(read) < (era == _era ? Validity : Least)) return _runs;
            _era = era;
            _runs = [.. (await source.RunsAsync(cancellation)).OrderByDescending(run => run.Started ?? DateTimeOffset.MinValue).ThenBy(run => run.Id, StringComparer.Ordinal)];
            _read = time.GetTimestamp();
            return _runs;
        }
        finally
        {
            _one.Release();
        }
    }

    private static StoredRun? Find(IReadOnlyList<StoredRun> runs, string id) => runs.FirstOrDefault(run => run.Id == id) ?? runs.FirstOrDefault(run => run.Labels.Name == id);

    /// <summary>Its populations, or those that play in its tournaments.</summary>
    private async Task<IReadOnlyList<string>> PlayersAsync(StoredRun run, CancellationToken cancellation)
    {
        if (run.Populations.Count > 0 || run.Tournaments.Count == 0) return run.Populations;
        var spec = await source.AskAsync(reader => reader.GetTournamentSpecAsync(run.Tournaments[0]), cancellation);
        return spec.Populations;
    }
}
