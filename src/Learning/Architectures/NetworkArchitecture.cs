using System.Globalization;
using Srpo.Core.Checkpoints;
using Srpo.Core.Settings;
using Srpo.Learning.Devices;

namespace Srpo.Learning;

/// <summary>Actors that are networks of a shape, which observe numbers.</summary>
/// <param name="Shape">The shape.</param>
public sealed record NetworkArchitecture(ActorShape Shape) : ActorArchitecture
{
    /// <inheritdoc/>
    public override int ParameterCount => Shape.ParameterCount;

    /// <inheritdoc/>
    public override int PolicyParameters => Shape.Policy.ParameterCount;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, string>> Metadata
    {
        get
        {
            yield return new("activation", Shape.Policy.Activation.ToString().ToLowerInvariant());
            yield return new("encoding", Shape.Encoding.ToString());
            yield return new("hidden", string.Join(',', Shape.Policy.Hidden.Select(Text)));
            if (Shape.Policy.LayerNorm) yield return new("layernorm", "true");
            if (Shape.IsRecurrent) yield return new("gru", Text(Shape.Policy.Gru));
            if (Shape.CentralCritic) yield return new("critic.inputs", "all seats, own first");
            if (Shape.NormalisesValues) yield return new("critic.outputs", "normalised returns");
        }
    }

    /// <inheritdoc/>
    public override LearnerState Create(PopulationSpec spec, int team, ActorId actor) => ActorInitialisation.Create(spec, team, actor, Shape);

    /// <inheritdoc/>
    public override IRolloutPlayer CreatePlayer(
        PopulationSpec spec, int team, InstancePlan instance, TeamPlan plan, IReadOnlyList<FrozenPolicy>? frozen = null, ILearnerDevice? device = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new RolloutPlayer(spec, team, instance, RolloutActors.Of(Shape, plan, frozen, device ?? LearnerDevices.Get(spec.Training.Device)));
    }

    /// <inheritdoc/>
    public override ITeamUpdater CreateUpdater(TrainingSettings settings, TeamPlan plan, ILearnerDevice? device = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return (device ?? LearnerDevices.Get(settings.Device)).CreateUpdater(settings, plan, Shape);
    }

    /// <inheritdoc/>
    public override FrozenPolicy Freeze(float[] parameters) => new NetworkPolicy(Shape.Policy, Shape.Encoding, parameters);

    /// <inheritdoc/>
    public override IEnumerable<SafetensorsTensor> Tensors(string prefix, ReadOnlyMemory<float> values) => NetworkTensors.OfActor(prefix, Shape, values);

    /// <inheritdoc/>
    public override string Hash(ReadOnlyMemory<float> parameters) => NetworkTensors.Hash(Shape.Policy, parameters);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
