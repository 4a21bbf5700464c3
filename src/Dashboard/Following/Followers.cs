using System.Collections.Concurrent;
using Srpo.Grains.Interfaces;

namespace Srpo.Dashboard.Following;

/// <summary>The followers of all populations that pages show: one each, however many pages there are. Also of the silos.</summary>
/// <param name="source">Who is asked.</param>
/// <param name="log">Takes what happens.</param>
/// <param name="time">The time.</param>
internal sealed class Followers(IDashboardSource source, EventLog log, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, PopulationFollower> _populations = new(StringComparer.Ordinal);

    /// <summary>Follows the silos.</summary>
    public SiloFollower Silos { get; } = new(source, log, time);

    /// <summary>The follower of a population.</summary>
    public PopulationFollower Of(string population) => _populations.GetOrAdd(GrainKeys.CheckName(population), name => new PopulationFollower(source, name, log, time));
}
