using System.Collections.Concurrent;
using Srpo.Grains.Interfaces;

namespace Srpo.Dashboard.Following;

/// <summary>The followers of all populations that pages show: one each, however many pages there are. Also of the silos.</summary>
/// <param name="source">Who is asked.</param>
/// <param name="log">Takes what happens.</param>
/// <param name="time">The time.</param>
internal sealed class Followers(IDashboardSource source, EventLog log, TimeProvider time)
{
    /// <summary>How long a page may stay empty, so as to be drawn once with all that it shows.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);

    private readonly ConcurrentDictionary<string, PopulationFollower> _populations = new(StringComparer.Ordinal);

    /// <summary>Follows the silos.</summary>
    public SiloFollower Silos { get; } = new(source, log, time);

    /// <summary>The follower of a population.</summary>
    public PopulationFollower Of(string population) => _populations.GetOrAdd(GrainKeys.CheckName(population), name => new PopulationFollower(source, name, log, time));

    /// <summary>Waits for the first answers of some that are looked at, though not long.</summary>
    /// <param name="followers">Those that are looked at.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task AnsweredAsync(IEnumerable<PopulationFollower> followers, CancellationToken cancellation)
    {
        try
        {
            await Task.WhenAll(followers.Select(follower => follower.Answered)).WaitAsync(Patience, time, cancellation);
        }
        catch (TimeoutException)
        {
            // The page says who is still being asked.
        }
    }
}
