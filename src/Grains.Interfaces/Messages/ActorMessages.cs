using System.Text.Json.Serialization;
using Srpo.Core.Results;
using Srpo.Core.Settings;

namespace Srpo.Grains.Interfaces;

/// <summary>What is needed to evaluate a policy: the shape of its network. Parameters come with <see cref="PolicySnapshot"/>.</summary>
/// <param name="Inputs">Length of an observation.</param>
/// <param name="Hidden">Widths of the hidden layers.</param>
/// <param name="Actions">Number of actions.</param>
/// <param name="Activation">Name of the nonlinearity, "Tanh" or "Relu".</param>
/// <param name="Encoding">Name of the observation encoding that the policy was trained with.</param>
[GenerateSerializer, Alias("srpo.NetworkDescription"), Immutable]
public sealed record NetworkDescription(
    [property: Id(0)] int Inputs,
    [property: Id(1)] int[] Hidden,
    [property: Id(2)] int Actions,
    [property: Id(3)] string Activation,
    [property: Id(4)] string Encoding)
{
    /// <summary>How many numbers the network carries from step to step: units of its recurrent layer; 0 for perceptrons. A build that knows only those refuses others.</summary>
    [Id(5)]
    public int Carried { get; init; }

    /// <summary>Whether hidden layers are normalised before their nonlinearity.</summary>
    [Id(6)]
    public bool LayerNorm { get; init; }

    /// <summary>The language model that the policy is, by its adapter: then there is no network, and all else is empty. A build that knows only networks refuses others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(7)]
    public AdapterDescription? Adapter { get; init; }

    /// <summary>The imported graph that the policy is, which runs from its file: then there are no hidden layers and no nonlinearity, and the parameters are the file. A build that knows only networks refuses others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(8)]
    public ImportedGraph? Graph { get; init; }

    /// <summary>The scripted player that the policy is, which plays by rules that every silo has: then there are no hidden layers and no nonlinearity, and the parameters are a hash. A build that knows only networks refuses others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(9)]
    public ScriptedReference? Scripted { get; init; }
}

/// <summary>A policy that is a language model: an adapter on weights that every silo has.</summary>
/// <param name="Model">The model as settings name it.</param>
/// <param name="Weights">SHA-256 of its files.</param>
/// <param name="Rank">Rank of the adapter; 0 for a copy of all weights.</param>
/// <param name="Alpha">Its alpha.</param>
/// <param name="Precision">How numbers are rounded, as <see cref="LanguagePrecision"/> calls it.</param>
/// <param name="Device">Name of the device that it learned on.</param>
/// <param name="Parameters">Length of its flat parameters.</param>
/// <param name="Environment">Name of the environment that it plays in.</param>
[GenerateSerializer, Alias("srpo.AdapterDescription"), Immutable]
public sealed record AdapterDescription(
    [property: Id(0)] string Model,
    [property: Id(1)] string Weights,
    [property: Id(2)] int Rank,
    [property: Id(3)] double Alpha,
    [property: Id(4)] string Precision,
    [property: Id(5)] string Device,
    [property: Id(6)] int Parameters,
    [property: Id(7)] string Environment);

/// <summary>A policy as it was at one version, ready to be played.</summary>
/// <param name="Key">Key of the agent or adversary.</param>
/// <param name="Version">Number of updates behind it.</param>
/// <param name="Network">Shape of its network.</param>
/// <param name="Parameters">Flat parameters of the policy's network.</param>
/// <param name="Older">Why it is not, or may not be, the newest that was stored; null if it is.</param>
/// <param name="Weights">Hash of the policy's weights: SHA-256, 64 hexadecimal digits, of the bytes with which the data of an exported file begins; null from builds that know none.</param>
[GenerateSerializer, Alias("srpo.PolicySnapshot"), Immutable]
public sealed record PolicySnapshot(
    [property: Id(0)] string Key,
    [property: Id(1)] int Version,
    [property: Id(2)] NetworkDescription Network,
    [property: Id(3)] FloatBlock Parameters,
    [property: Id(4)] string? Older = null,
    [property: Id(5)] string? Weights = null);

/// <summary>
/// Everything that learning changes in an agent or adversary: parameters of policy and critic, Adam's moments, and where rollouts continue episodes how far
/// these have come. The learner takes it, updates it and hands the next version back.
/// </summary>
/// <param name="Version">Number of updates behind it; 0 is the initial state.</param>
/// <param name="Parameters">Policy, then critic, flat.</param>
/// <param name="FirstMoment">Adam's first moment, same layout.</param>
/// <param name="SecondMoment">Adam's second moment, same layout.</param>
/// <param name="AdamSteps">Number of Adam steps taken.</param>
[GenerateSerializer, Alias("srpo.ActorState"), Immutable]
public sealed record ActorState(
    [property: Id(0)] int Version,
    [property: Id(1)] FloatBlock Parameters,
    [property: Id(2)] FloatBlock FirstMoment,
    [property: Id(3)] FloatBlock SecondMoment,
    [property: Id(4)] long AdamSteps)
{
    /// <summary>Where rollouts continue episodes: the state of the lanes of the environment instance that this actor keeps, after the rollout that the update is from. Null elsewhere.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(5)]
    public byte[]? LaneState { get; init; }
}

/// <summary>What an agent or adversary says of itself.</summary>
/// <param name="Key">Its key, population/team/seat.</param>
/// <param name="Kind">"agent" or "adversary".</param>
/// <param name="Method">The training method.</param>
/// <param name="Environment">Environment and variant.</param>
/// <param name="Version">Number of updates behind it.</param>
/// <param name="CheckpointVersions">Versions that storage holds, newest first; at most two.</param>
/// <param name="Parameters">Number of parameters of policy and critic.</param>
/// <param name="Network">Shape of the policy's network.</param>
/// <param name="Metrics">Measures of the last update, or null before the first.</param>
/// <param name="Warning">Trouble that was met and survived, for example a damaged checkpoint passed over; null if none.</param>
/// <param name="Older">Why what it stands at is not, or may not be, the newest that was stored; null if it is.</param>
/// <param name="Weights">Hash of the policy's weights, as in <see cref="PolicySnapshot"/>.</param>
[GenerateSerializer, Alias("srpo.ActorReport"), Immutable]
public sealed record ActorReport(
    [property: Id(0)] string Key,
    [property: Id(1)] string Kind,
    [property: Id(2)] string Method,
    [property: Id(3)] string Environment,
    [property: Id(4)] int Version,
    [property: Id(5)] int[] CheckpointVersions,
    [property: Id(6)] int Parameters,
    [property: Id(7)] NetworkDescription Network,
    [property: Id(8)] UpdateMetrics? Metrics,
    [property: Id(9)] string? Warning,
    [property: Id(10)] string? Older = null,
    [property: Id(11)] string? Weights = null)
{
    /// <summary>Where it comes from, where another program has trained it; null for what is trained here.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(12)]
    public ImportedPolicy? Imported { get; init; }
}

/// <summary>An agent's parameters as a file: safetensors, or the ONNX file that it was imported from.</summary>
/// <param name="Key">Key of the agent or adversary.</param>
/// <param name="Version">Number of updates behind it.</param>
/// <param name="Content">The file.</param>
/// <param name="Older">Why it is not, or may not be, the newest that was stored; null if it is.</param>
/// <param name="Weights">Hash of the policy's weights, as in <see cref="PolicySnapshot"/>.</param>
[GenerateSerializer, Alias("srpo.ActorExport"), Immutable]
public sealed record ActorExport(
    [property: Id(0)] string Key,
    [property: Id(1)] int Version,
    [property: Id(2)] byte[] Content,
    [property: Id(3)] string? Older = null,
    [property: Id(4)] string? Weights = null)
{
    /// <summary>What the file's name should end with, ".onnx"; null for ".safetensors".</summary>
    [Id(5)]
    public string? Extension { get; init; }
}
