using Srpo.Core.Errors;
using Srpo.Core.Text;
using Srpo.Experiments.Equilibria;
using Srpo.Grains.Interfaces;

namespace Srpo.Experiments.Data;

/// <summary>What a run is. The order is that of lists.</summary>
public enum RunKind
{
    /// <summary>An experiment that trains.</summary>
    Experiment,

    /// <summary>An experiment without training.</summary>
    Sweep,

    /// <summary>A cross-play of populations that existed.</summary>
    CrossPlay,

    /// <summary>A population that was started by itself.</summary>
    Population,

    /// <summary>Populations or tournaments whose run's directory is gone.</summary>
    Remains,
}

/// <summary>Everything that is stored under an id: a directory, populations and tournaments, each where there is one.</summary>
/// <param name="Id">The id: what stands before the first dot in the names of its populations and tournaments.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Labels">What the user calls it.</param>
/// <param name="Populations">Names of its populations, sorted.</param>
/// <param name="Tournaments">Ids of its tournaments, sorted.</param>
public sealed record StoredRun(string Id, RunKind Kind, RunLabels Labels, IReadOnlyList<string> Populations, IReadOnlyList<string> Tournaments)
{
    /// <summary>Its directory, absolute; null where it has none.</summary>
    public string? Directory { get; init; }

    /// <summary>Directory of its outputs where that is another one; else null.</summary>
    public string? Out { get; init; }

    /// <summary>The command line that began it; null where nobody noted it.</summary>
    public string? CommandLine { get; init; }

    /// <summary>When it began; null where nobody noted it.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>Where its own file says that it stands; null without one.</summary>
    public RunState? State { get; init; }

    /// <summary>Why its file cannot be read, or null.</summary>
    public string? Problem { get; init; }
}

/// <summary>Runs that were read, each with the state of its files at that time. Not thread-safe.</summary>
public sealed class KnownRuns
{
    private readonly Dictionary<string, (string Stamp, StoredRun Run)> _runs = new(StringComparer.Ordinal);

    internal StoredRun Get(DataDirectory data, string id, string[] populations, string[] tournaments, Func<DataDirectory, string, string[], string[], StoredRun> read)
    {
        // Files are replaced as a whole, which their directory shows as well.
        var stamp = string.Join('|', Stamp(data.Run(id)), Stamp(data.Manifest(id)), string.Join(' ', populations), string.Join(' ', tournaments));
        if (_runs.TryGetValue(id, out var known) && known.Stamp == stamp) return known.Run;
        var run = read(data, id, populations, tournaments);
        _runs[id] = (stamp, run);
        return run;

        static string Stamp(string path) => File.GetLastWriteTimeUtc(path).Ticks.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}

/// <summary>Finds what is stored, by run: directories of a data directory together with what grains have stored.</summary>
public static class RunCatalog
{
    /// <summary>All runs, sorted by id.</summary>
    /// <param name="data">The directory of the runs.</param>
    /// <param name="state">Says which populations and tournaments there are.</param>
    /// <param name="known">What was read before, for those who read again and again: files that have not changed since are not read again. Null to read all.</param>
    public static async Task<IReadOnlyList<StoredRun>> ReadAsync(DataDirectory data, IStateReader state, KnownRuns? known = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(state);
        var populations = (await state.GetPopulationsAsync()).ToLookup(IdOf, StringComparer.Ordinal);
        var tournaments = (await state.GetTournamentsAsync()).ToLookup(IdOf, StringComparer.Ordinal);
        var directories = Directories(data).Where(id => HasFile(data, id) || populations.Contains(id) || tournaments.Contains(id));
        return [.. directories.Concat(populations.Select(group => group.Key)).Concat(tournaments.Select(group => group.Key))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(id => known is null ? Read(data, id, [.. populations[id]], [.. tournaments[id]]) : known.Get(data, id, [.. populations[id]], [.. tournaments[id]], Read))];
    }

    /// <summary>The run that a user means who types an id or a name.</summary>
    /// <param name="runs">All runs.</param>
    /// <param name="typed">What he typed.</param>
    /// <exception cref="SrpoException">There is none.</exception>
    public static StoredRun Find(IReadOnlyList<StoredRun> runs, string typed) =>
        runs.FirstOrDefault(run => run.Id == typed) ?? runs.FirstOrDefault(run => run.Labels.Name == typed)
        ?? throw new SrpoException(ErrorKind.NotFound, NearestName.Unknown("run", typed, [.. runs.Select(run => run.Id), .. runs.Select(run => run.Labels.Name).OfType<string>()]));

    /// <summary>
    /// Ids and names that a new run must not have: under them something is stored, be it that the directory of its run is gone.
    /// </summary>
    /// <param name="data">The directory of the runs.</param>
    /// <param name="state">Says which populations and tournaments there are.</param>
    public static async Task<IReadOnlySet<string>> TakenAsync(DataDirectory data, IStateReader state)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(state);
        return (await state.GetPopulationsAsync()).Concat(await state.GetTournamentsAsync()).Select(IdOf)
            .Concat(Directories(data).Select(id => Labels(data, id).Labels.Name).OfType<string>()).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Who else needs what is to be removed, one sentence each: populations that train against or with it, tournaments that it plays in.</summary>
    /// <param name="state">Says what populations and tournaments refer to.</param>
    /// <param name="populations">Populations that are to be removed.</param>
    /// <param name="tournaments">Tournaments that are to be removed.</param>
    public static async Task<IReadOnlyList<string>> NeedsAsync(IStateReader state, IReadOnlyCollection<string> populations, IReadOnlyCollection<string> tournaments)
    {
        ArgumentNullException.ThrowIfNull(state);
        var needs = new List<string>();
        foreach (var name in (await state.GetPopulationsAsync()).Except(populations))
        {
            if (await KnownAsync(() => state.GetSpecAsync(name)) is not { } spec) continue;
            Add($"the population '{name}' trains against", spec.Opponents.Select(reference => PopulationOf(reference.Agent)));
            Add($"the population '{name}' trains with partners of", spec.Partners.Select(reference => PopulationOf(reference.Agent)));
        }

        foreach (var id in (await state.GetTournamentsAsync()).Except(tournaments))
        {
            if (await KnownAsync(() => state.GetTournamentSpecAsync(id)) is not { } spec) continue;
            Add($"the tournament '{id}' plays", spec.Populations.Concat((spec.Opponents ?? []).Select(reference => PopulationOf(reference.Agent))));
        }

        return needs;

        void Add(string who, IEnumerable<string> referred)
        {
            string[] needed = [.. referred.Distinct(StringComparer.Ordinal).Where(populations.Contains)];
            if (needed.Length > 0) needs.Add($"{who} {string.Join(", ", needed)}");
        }
    }

    /// <summary>The id to which the name of a population or tournament belongs.</summary>
    public static string IdOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? name[..dot] : name;
    }

    private static string PopulationOf(string agent) => agent[..Math.Max(0, agent.IndexOf('/', StringComparison.Ordinal))];

    private static IEnumerable<string> Directories(DataDirectory data) => Directory.Exists(data.Root)
        ? Directory.EnumerateDirectories(data.Root).Select(path => Path.GetFileName(path)!).Where(id => id[0] != '.')
        : [];

    /// <summary>Whether a directory is one of this program: others in the data directory are left alone.</summary>
    private static bool HasFile(DataDirectory data, string id) =>
        data.HasRun(id) || RunLabels.Exist(data, id) || CrossPlayRun.Exists(data, id);

    private static StoredRun Read(DataDirectory data, string id, string[] populations, string[] tournaments)
    {
        var (labels, problem) = Labels(data, id);
        // A run has populations and tournaments of its id; a cross-play has tournaments only, and a population that was started by itself has none.
        var kind = populations.Length == 0 ? RunKind.CrossPlay : tournaments.Length == 0 ? RunKind.Population : RunKind.Remains;
        var run = new StoredRun(id, kind, labels, populations, tournaments)
        {
            Directory = Directory.Exists(data.Run(id)) ? data.Run(id) : null,
            Problem = problem,
        };
        try
        {
            if (Path.Exists(data.Manifest(id)))
            {
                run = run with { Kind = RunKind.Experiment };
                var manifest = RunManifest.Load(data, id);
                return run with { CommandLine = "srpo " + manifest.CommandLine, Started = manifest.Started, State = manifest.State, Out = manifest.Out };
            }

            if (CrossPlayRun.Exists(data, id))
            {
                run = run with { Kind = RunKind.CrossPlay };
                var crossPlay = CrossPlayRun.Find(data, id)!;
                return run with { CommandLine = crossPlay.CommandLine, Started = crossPlay.Started, Out = crossPlay.Out == run.Directory ? null : crossPlay.Out };
            }

            if (!data.HasRun(id)) return run;
            run = run with { Kind = RunKind.Sweep };
            var sweep = SweepRun.Find(data, id)!;
            return run with { CommandLine = sweep.CommandLine, State = RunState.Finished, Out = sweep.Out == run.Directory ? null : sweep.Out };
        }
        catch (SrpoException error)
        {
            return run with { Problem = error.Message };
        }
    }

    private static (RunLabels Labels, string? Problem) Labels(DataDirectory data, string id)
    {
        try
        {
            return (RunLabels.Load(data, id), null);
        }
        catch (SrpoException error)
        {
            return (RunLabels.None, error.Message);
        }
    }

    private static async Task<T?> KnownAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (UnknownGrainException)
        {
            return null;
        }
        catch (CorruptStateException)
        {
            // What it needs cannot be known; what is damaged keeps nobody from removing the rest.
            return null;
        }
    }
}
