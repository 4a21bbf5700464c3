using System.Collections.Concurrent;

namespace Srpo.Grains.Hosting;

/// <summary>The populations and tournaments that this silo has under way, so that a shutdown can end them in good order.</summary>
internal sealed class ActiveWork
{
    /// <summary>Populations in training here.</summary>
    public ConcurrentDictionary<string, bool> Populations { get; } = new();

    /// <summary>Tournaments being played from here.</summary>
    public ConcurrentDictionary<string, bool> Tournaments { get; } = new();
}
