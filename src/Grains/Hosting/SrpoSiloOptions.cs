using Srpo.Grains.Compute;

namespace Srpo.Grains.Hosting;

/// <summary>What a silo of this program needs to know.</summary>
public sealed class SrpoSiloOptions
{
    /// <summary>
    /// Directory of populations, checkpoints and tournaments, one sub-directory each; null if the host registers storage for
    /// the names of <see cref="StorageNames"/> itself.
    /// </summary>
    public string? DataDirectory { get; set; }

    /// <summary>Whether other processes are kept from writing to the data directory while this one does. <value>False by default: the silos of a cluster may share one.</value></summary>
    public bool ExclusiveDataDirectory { get; set; }

    /// <summary>
    /// Whether the silo belongs to a cluster that works without the user: what was in training or being played when a silo or
    /// all of them went away goes on by itself. Otherwise it waits for a resume. <value>False by default: one process over its data directory.</value>
    /// </summary>
    public bool Unattended { get; set; }

    /// <summary>How much of the machine to use.</summary>
    public ComputeOptions Compute { get; set; } = new();
}
