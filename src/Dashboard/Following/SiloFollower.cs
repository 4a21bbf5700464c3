using System.Collections.Immutable;
using Srpo.Core.Errors;
using Srpo.Grains.Interfaces;

namespace Srpo.Dashboard.Following;

/// <summary>Follows the silos while a page shows them.</summary>
/// <param name="source">Who is asked.</param>
/// <param name="log">Takes what happens.</param>
/// <param name="time">The time.</param>
internal sealed class SiloFollower(IDashboardSource source, EventLog log, TimeProvider time)
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task _asking = Task.CompletedTask;
    private long? _asked;

    /// <summary>The silos at the last answer.</summary>
    public SiloReport[] Silos { get; private set; } = [];

    /// <summary>Names of all silos that were seen, also of those that have left.</summary>
    public ImmutableHashSet<string> Names { get; private set; } = [];

    /// <summary>Why there is no answer; null if there is one.</summary>
    public string? Problem { get; private set; }

    /// <summary>Asks again and again until it is called off.</summary>
    /// <param name="changed">Told of every answer.</param>
    /// <param name="cancellation">Nobody looks any more.</param>
    public async Task RunAsync(Func<Task> changed, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Pace, time);
        do
        {
            await RefreshAsync().WaitAsync(cancellation);
            await changed();
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    /// <summary>Asks for all pages that look: one answer after the other, so that what differs is told of once.</summary>
    private Task RefreshAsync()
    {
        lock (_lock)
        {
            if (!_asking.IsCompleted || (_asked is { } asked && time.GetElapsedTime(asked) < Pace / 2)) return _asking;
            _asked = time.GetTimestamp();
            return _asking = AskAsync();
        }
    }

    private async Task AskAsync()
    {
        try
        {
            // One that does not answer does not say what it is called either.
            var names = Silos.ToDictionary(silo => silo.Silo, silo => silo.Name, StringComparer.Ordinal);
            var now = Array.ConvertAll(await source.SilosAsync(CancellationToken.None), silo => silo.Name.Length > 0 ? silo : silo with { Name = names.GetValueOrDefault(silo.Silo, silo.Silo) });
            Names = Names.Union(now.Select(silo => silo.Name));
            log.Note(Silos, now);
            (Silos, Problem) = (now, null);
        }
        catch (Exception error)
        {
            Problem = SrpoException.MessageOf(error);
        }
    }
}
