using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>Receives progress and waits for what a test is interested in.</summary>
internal sealed class Probe<T>(Func<T, string> describe)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly Lock _lock = new();
    private readonly List<T> _seen = [];
    private readonly List<(Func<T, bool> Wanted, TaskCompletionSource<T> Found)> _waiting = [];

    public T[] Seen
    {
        get
        {
            lock (_lock) return [.. _seen];
        }
    }

    public void Add(T status)
    {
        lock (_lock)
        {
            _seen.Add(status);
            foreach (var (wanted, found) in _waiting)
            {
                if (wanted(status)) found.TrySetResult(status);
            }
        }
    }

    /// <summary>The first message, past or to come, that fits.</summary>
    public async Task<T> WaitAsync(string what, Func<T, bool> wanted)
    {
        var found = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            foreach (var status in _seen)
            {
                if (wanted(status)) return status;
            }

            _waiting.Add((wanted, found));
        }

        try
        {
            return await found.Task.WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"'{what}' did not happen within {Limit}; last seen: {(Seen is { Length: > 0 } seen ? describe(seen[^1]) : "nothing")}");
        }
    }
}

/// <summary>Watches a population.</summary>
internal sealed class PopulationProbe : IPopulationObserver
{
    public Probe<PopulationStatus> Statuses { get; } = new(status => $"{status.Phase} {status.Error} {status.Warning}");

    public Task OnProgressAsync(PopulationStatus status)
    {
        Statuses.Add(status);
        return Task.CompletedTask;
    }
}

/// <summary>Watches a tournament.</summary>
internal sealed class TournamentProbe : ITournamentObserver
{
    public Probe<TournamentStatus> Statuses { get; } = new(status => $"{status.PairsDone} of {status.PairsTotal} {status.Error}");

    public Task OnProgressAsync(TournamentStatus status)
    {
        Statuses.Add(status);
        return Task.CompletedTask;
    }
}
