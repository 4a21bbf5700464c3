using System.Collections.Concurrent;

namespace Srpo.Grains.Hosting;

/// <summary>What this silo has under way, so that a shutdown can end it in good order.</summary>
internal sealed class ActiveWork
{
    private volatile bool _stopping;

    /// <summary>Whether work goes on without the user; see <see cref="SrpoSiloOptions.Unattended"/>.</summary>
    public bool Unattended { get; init; }

    /// <summary>Whether the silo is about to stop: nothing new begins here, and what is under way moves.</summary>
    public bool Stopping
    {
        get => _stopping;
        set => _stopping = value;
    }

    /// <summary>Populations whose coordinator trains here.</summary>
    public ConcurrentDictionary<string, bool> Populations { get; } = new();

    /// <summary>Tournaments being played from here.</summary>
    public ConcurrentDictionary<string, bool> Tournaments { get; } = new();

    /// <summary>Keys of learners here.</summary>
    public ConcurrentDictionary<string, bool> Learners { get; } = new();

    /// <summary>Teams in training here, "population/team".</summary>
    public ConcurrentDictionary<string, bool> Teams { get; } = new();

    /// <summary>Environments here that hold the buffers of their rollouts.</summary>
    public ConcurrentDictionary<GrainId, bool> Environments { get; } = new();

    /// <summary>Agents and adversaries here that stand at a version that is not stored.</summary>
    public ConcurrentDictionary<GrainId, bool> Unstored { get; } = new();
}
