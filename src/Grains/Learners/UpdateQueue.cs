using Srpo.Grains.Compute;
using Srpo.Learning.Devices;

namespace Srpo.Grains;

/// <summary>
/// The updates of a silo's teams on their way to the worker pool. Where the device gains by it, teams of equal settings that wait at the same time are
/// updated together: at once when all that take part in rounds wait, or as many as the device takes, and at the latest when the first of them has
/// waited for as long as the device says. Thread-safe.
/// </summary>
internal sealed class UpdateQueue(ScratchPool<UpdaterKey, ITeamUpdater> updaters, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<UpdaterKey, Waiting> _waiting = [];

    /// <summary>The workers that run the updates.</summary>
    public ComputePool Workers => updaters.Workers;

    /// <summary>A team takes part in rounds until the result is disposed.</summary>
    public IDisposable Join(UpdaterKey key)
    {
        if (GatheringOf(key).Teams <= 1) return NoPart.Instance;
        lock (_gate)
        {
            if (!_waiting.TryGetValue(key, out var waiting)) _waiting.Add(key, waiting = new Waiting());
            waiting.Taking++;
        }

        return new Part(this, key);
    }

    /// <summary>Updates a team.</summary>
    /// <param name="key">The updater that it needs.</param>
    /// <param name="round">What it played.</param>
    /// <param name="cancellation">Ends the wait for it; an update that others share goes on.</param>
    public Task<TeamUpdate> UpdateAsync(UpdaterKey key, TeamRound round, CancellationToken cancellation)
    {
        var gathering = GatheringOf(key);
        if (gathering.Teams <= 1)
        {
            return updaters.RunAsync(key, updater =>
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, Workers.Closing);
                return updater.Update([round], either.Token)[0];
            }, cancellation, affinity: round.Team);
        }

        var mine = new Entry(round, cancellation);
        List<Entry>? full;
        lock (_gate)
        {
            if (!_waiting.TryGetValue(key, out var waiting)) _waiting.Add(key, waiting = new Waiting());
            waiting.Entries.Add(mine);
            full = TakeIfFull(waiting, gathering);
            if (full is null && waiting.Entries.Count == 1) _ = FlushLaterAsync(key, waiting, waiting.Entries, gathering.Wait);
        }

        if (full is not null) Run(key, full);
        return mine.Done.Task.WaitAsync(cancellation);
    }

    private static UpdateGathering GatheringOf(UpdaterKey key) => LearnerDevices.Get(key.Settings.Device).Gathering;

    private static List<Entry>? TakeIfFull(Waiting waiting, UpdateGathering gathering)
    {
        if (waiting.Entries.Count == 0 || waiting.Entries.Count < Math.Min(gathering.Teams, Math.Max(1, waiting.Taking))) return null;
        var full = waiting.Entries;
        waiting.Entries = [];
        return full;
    }

    private async Task FlushLaterAsync(UpdaterKey key, Waiting waiting, List<Entry> entries, TimeSpan wait)
    {
        await Task.Delay(wait, time).ConfigureAwait(false);
        lock (_gate)
        {
            // They may have gone with others before.
            if (waiting.Entries != entries) return;
            waiting.Entries = [];
        }

        Run(key, entries);
    }

    private void Run(UpdaterKey key, List<Entry> entries)
    {
        var wanted = entries.Where(entry => !entry.Cancellation.IsCancellationRequested).ToArray();
        foreach (var left in entries.Except(wanted)) left.Done.TrySetCanceled(left.Cancellation);
        if (wanted.Length > 0) _ = RunAsync(key, wanted);
    }

    private async Task RunAsync(UpdaterKey key, Entry[] entries)
    {
        try
        {
            var updates = await updaters.RunAsync(key, updater => updater.Update([.. entries.Select(entry => entry.Round)], Workers.Closing)).ConfigureAwait(false);
            for (var i = 0; i < entries.Length; i++) entries[i].Done.TrySetResult(updates[i]);
        }
        catch (Exception error)
        {
            foreach (var entry in entries) entry.Done.TrySetException(error);
        }
    }

    private void Leave(UpdaterKey key)
    {
        List<Entry>? full;
        lock (_gate)
        {
            var waiting = _waiting[key];
            waiting.Taking--;
            full = TakeIfFull(waiting, GatheringOf(key));
            if (waiting.Taking == 0 && waiting.Entries.Count == 0) _waiting.Remove(key);
        }

        if (full is not null) Run(key, full);
    }

    /// <summary>A team's update that has not begun.</summary>
    private sealed record Entry(TeamRound Round, CancellationToken Cancellation)
    {
        public TaskCompletionSource<TeamUpdate> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>What waits for one kind of updater, and how many teams take part in rounds.</summary>
    private sealed class Waiting
    {
        public List<Entry> Entries { get; set; } = [];

        public int Taking { get; set; }
    }

    private sealed class Part(UpdateQueue queue, UpdaterKey key) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) queue.Leave(key);
        }
    }

    private sealed class NoPart : IDisposable
    {
        public static readonly NoPart Instance = new();

        public void Dispose()
        {
        }
    }
}
