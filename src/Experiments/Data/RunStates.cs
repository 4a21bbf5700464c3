using System.Collections.Concurrent;
using System.Collections.Immutable;
using Srpo.Grains.Interfaces;

namespace Srpo.Experiments.Data;

/// <summary>Where runs stand, in a word: one rule for whoever lists them.</summary>
public static class RunStates
{
    /// <summary>Somebody trains or plays it.</summary>
    public const string Running = "running";

    /// <summary>It was begun, is not finished, and nobody works on it.</summary>
    public const string Interrupted = "interrupted";

    private const string Finished = "finished";
    private const string Failed = "failed";
    private const string Damaged = "damaged";
    private const string Gone = "directory gone";
    private const string Partial = "deleted in part";

    /// <summary>All words that there are, in the order in which people ask for them.</summary>
    public static ImmutableArray<string> All { get; } = [Running, Finished, "paused", "stopped", Interrupted, Failed, Damaged, Gone, Partial];

    /// <summary>Where a run stands; null where its populations and tournaments have to be asked (<see cref="AskAsync(IStateReader, StoredRun)"/>), since no file of its own says it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="isAlive">Whether somebody works on it.</param>
    public static string? Of(StoredRun run, bool isAlive)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run switch
        {
            { Problem: not null } => Damaged,
            { Kind: RunKind.Remains } => Gone,
            _ when isAlive => Running,
            { State: RunState.Running } => Interrupted,
            { State: { } state } => state.ToString().ToLowerInvariant(),
            _ => null,
        };
    }

    /// <summary>Where the populations and tournaments of a run stand: one of <see cref="All"/>, or several with commas between.</summary>
    /// <param name="state">Who knows.</param>
    /// <param name="run">The run.</param>
    public static async Task<string> AskAsync(IStateReader state, StoredRun run)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(run);
        try
        {
            var words = new List<string>();
            foreach (var population in run.Populations) words.Add(Word((await state.GetStatusAsync(population)).Phase));
            foreach (var tournament in run.Tournaments) words.Add(Word(await state.GetTournamentAsync(tournament)));
            return words.Contains(Running) ? Running : string.Join(", ", words.Distinct().OrderBy(word => All.IndexOf(word)));
        }
        catch (UnknownGrainException)
        {
            return Partial;
        }
        catch (CorruptStateException)
        {
            return Damaged;
        }
    }

    /// <summary>The same of several runs, some at a time: of each, records are read, or a cluster is asked.</summary>
    /// <param name="state">Who knows; from several threads.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>By id of the run.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> AskAsync(IStateReader state, IEnumerable<StoredRun> runs, CancellationToken cancellation)
    {
        var states = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(runs, cancellation, async (run, _) => states[run.Id] = await AskAsync(state, run));
        return states;
    }

    private static string Word(PopulationPhase phase) => phase == PopulationPhase.Training ? Running : phase.ToString().ToLowerInvariant();

    private static string Word(TournamentStatus status) => status.Finished ? Finished : status.Playing ? Running : status.Error is null ? Interrupted : Failed;
}
