using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>What storage keeps of an agent or adversary: complete in itself, so that any process can answer for it.</summary>
[GenerateSerializer, Alias("srpo.ActorCheckpoint")]
internal sealed class ActorCheckpoint
{
    /// <summary>Identity of the spec that it was trained with, as the build that stored it had it. Whoever reads it goes by <see cref="SpecIdentity.Of"/>.</summary>
    [Id(0)]
    public string Identity { get; set; } = "";

    /// <summary>That spec.</summary>
    [Id(1)]
    public PopulationSpec? Spec { get; set; }

    /// <summary>The learning state.</summary>
    [Id(2)]
    public ActorState? State { get; set; }

    /// <summary>Measures of the last update, null at round 0.</summary>
    [Id(3)]
    public UpdateMetrics? Metrics { get; set; }

    /// <summary>The training session that stored it; 0 in checkpoints of earlier versions of the program.</summary>
    [Id(4)]
    public long Session { get; set; }
}
