using System.Security.Cryptography;
using Srpo.Core.Checkpoints;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Devices;

namespace Srpo.Learning;

/// <summary>
/// Agents that are graphs of another program, which play as they are and never learn. Their parameters are the file, see <see cref="PackedFile"/>; a critic there is none.
/// </summary>
/// <param name="Form">How they are asked; of several files the length of the longest.</param>
/// <param name="Encoding">How observations are written for them.</param>
public sealed record GraphArchitecture(GraphForm Form, ObservationEncoding Encoding) : ActorArchitecture
{
    /// <summary>What the name of such a file ends with.</summary>
    public const string Extension = ".onnx";

    /// <inheritdoc/>
    public override int ParameterCount => PackedFile.Length(Form.Graph.Bytes);

    /// <inheritdoc/>
    public override int PolicyParameters => ParameterCount;

    /// <summary>None: the file is exported as it came.</summary>
    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, string>> Metadata => [];

    /// <summary>The architecture of a population, where its agents are graphs; else null.</summary>
    /// <param name="spec">A valid spec.</param>
    /// <exception cref="ArgumentException">The environment does not offer the observation encoding.</exception>
    public static GraphArchitecture? Of(PopulationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.Imported is not [{ Graph: { } graph }, ..]) return null;
        var (info, encoding) = (EnvironmentFactory.Info(spec.Environment), ActorShape.EncodingFor(spec.Training));
        return new(new(graph with { Bytes = spec.Imported.Max(file => file.Graph!.Bytes) }, info.ObservationLength(encoding), info.Actions), encoding);
    }

    /// <inheritdoc/>
    public override LearnerState Create(PopulationSpec spec, int team, ActorId actor) => throw NoTraining();

    /// <inheritdoc/>
    public override IRolloutPlayer CreatePlayer(
        PopulationSpec spec, int team, InstancePlan instance, TeamPlan plan, IReadOnlyList<FrozenPolicy>? frozen = null, ILearnerDevice? device = null) => throw NoTraining();

    /// <inheritdoc/>
    public override ITeamUpdater CreateUpdater(TrainingSettings settings, TeamPlan plan, ILearnerDevice? device = null) => throw NoTraining();

    /// <inheritdoc/>
    public override FrozenPolicy Freeze(float[] parameters) => new GraphPolicy(Form, Encoding, parameters);

    /// <summary>None: the file is exported as it came.</summary>
    /// <inheritdoc/>
    public override IEnumerable<SafetensorsTensor> Tensors(string prefix, ReadOnlyMemory<float> values) => [];

    /// <summary>SHA-256 of the file.</summary>
    /// <inheritdoc/>
    public override string Hash(ReadOnlyMemory<float> parameters) => Convert.ToHexStringLower(SHA256.HashData(PackedFile.Unpack(parameters.Span)));

    private static InvalidOperationException NoTraining() => new("imported graphs play as they are and are not trained");
}

/// <summary>A graph of another program, which plays and does not learn.</summary>
/// <param name="Form">How it is asked.</param>
/// <param name="Encoding">The observations that it was trained with.</param>
/// <param name="Parameters">Its file, see <see cref="PackedFile"/>.</param>
public sealed record GraphPolicy(GraphForm Form, ObservationEncoding Encoding, float[] Parameters) : ObservingPolicy(Encoding, Parameters)
{
    /// <inheritdoc/>
    public override int Inputs => Form.Inputs;

    /// <inheritdoc/>
    public override int Actions => Form.Actions;

    /// <inheritdoc/>
    public override int Carried => 0;

    /// <summary>What runs it; it does not run on learners' devices.</summary>
    /// <inheritdoc/>
    public override IPolicyNetwork CreateNetwork(ILearnerDevice device) => GraphBackend.Require().CreatePolicy(Form);
}
