using Srpo.Core.Settings;
using Srpo.Learning.Devices;
using Srpo.Learning.Methods;

namespace Srpo.Client.Experiments;

/// <summary>A key of the training settings.</summary>
/// <param name="Path">Its path, for example "adversary.entropy".</param>
/// <param name="Type">What can be written, in words.</param>
/// <param name="Description">What it means; the only description, shown by `srpo experiments --keys` and docs/experiments.md.</param>
/// <param name="Get">Its value, as written in an experiment.</param>
/// <param name="Set">Settings with a new value; problems go to the reader.</param>
internal sealed record TrainingKey(
    string Path,
    string Type,
    string Description,
    Func<TrainingSettings, object?> Get,
    Func<TrainingSettings, JsonValue, string, ValueReader, TrainingSettings> Set);

/// <summary>All keys of the training settings.</summary>
internal static class TrainingKeys
{
    private static readonly IReadOnlyList<(string, KlDirection)> Directions =
        [("policyToAdversary", KlDirection.PolicyToAdversary), ("adversaryToPolicy", KlDirection.AdversaryToPolicy)];

    private static readonly IReadOnlyList<(string, AdversaryCritic)> Critics = [("own", AdversaryCritic.Own), ("shared", AdversaryCritic.Shared)];

    private static readonly IReadOnlyList<(string, Activation)> Activations = [("tanh", Activation.Tanh), ("relu", Activation.Relu)];

    private static readonly IReadOnlyList<(string, Initialisation)> Initialisations =
        [("fanIn", Initialisation.FanIn), ("orthogonal", Initialisation.Orthogonal)];

    public static IReadOnlyList<TrainingKey> All { get; } =
    [
        Name("method", "How teams are trained.", MethodRegistry.Ids, s => s.Method, (s, v) => s with { Method = v }),
        Number("tau", "Risk aversion, at least 1e-30; 1/tau is the weight of the adversary's KL price. Methods without that price ignore it.", s => s.Tau, (s, v) => s with { Tau = v }),
        Flag("sharePolicy", "One policy plays all seats of the team; where there are adversaries, one takes a random seat. Some methods share in any case.", s => s.SharePolicy, (s, v) => s with { SharePolicy = v }),
        Number("entropy", "Weight of the policies' entropy bonus, at least 0.", s => s.Entropy, (s, v) => s with { Entropy = v }),
        Whole("iterations", "Updates of every agent.", s => s.Iterations, (s, v) => s with { Iterations = v }),
        Whole("lanes", "Environments played side by side in a rollout, 1 to 65536.", s => s.Lanes, (s, v) => s with { Lanes = v }),
        Whole("horizon", "Steps of a rollout in every lane, 1 to 65536.", s => s.Horizon, (s, v) => s with { Horizon = v }),
        Flag("splitLanes", "Where every agent has a rollout of its own: split the lanes of one among them instead.", s => s.SplitLanes, (s, v) => s with { SplitLanes = v }),
        Whole("epochs", "Passes over a rollout per update, 1 to 1000.", s => s.Epochs, (s, v) => s with { Epochs = v }),
        Whole("minibatches", "Minibatches per pass; 1 uses the full batch.", s => s.Minibatches, (s, v) => s with { Minibatches = v }),
        Number("clip", "PPO's clipping range of the probability ratio, between 0 and 1.", s => s.Clip, (s, v) => s with { Clip = v }),
        Number("discount", "Discount factor gamma, 0 to 1.", s => s.Discount, (s, v) => s with { Discount = v }),
        Number("gaeLambda", "Lambda of generalised advantage estimation, 0 to 1.", s => s.GaeLambda, (s, v) => s with { GaeLambda = v }),
        Number("valueWeight", "Weight of the critic's squared error, above 0.", s => s.ValueWeight, (s, v) => s with { ValueWeight = v }),
        Flag("normaliseAdvantages", "Advantages shifted and scaled to mean 0 and standard deviation 1 per minibatch.", s => s.NormaliseAdvantages, (s, v) => s with { NormaliseAdvantages = v }),
        Number("rewardScale", "Rewards are multiplied by this before learning; reports keep the plain rewards.", s => s.RewardScale, (s, v) => s with { RewardScale = v }),
        Number("learningRate", "Step size of Adam, above 0.", s => s.LearningRate, (s, v) => s with { LearningRate = v }),
        Number("adamEpsilon", "Adam's epsilon, above 0.", s => s.AdamEpsilon, (s, v) => s with { AdamEpsilon = v }),
        new("maxGradientNorm", "number or null", "Gradients are scaled down to this Euclidean norm per network; null leaves them alone.", s => s.MaxGradientNorm,
            (s, value, field, reader) => value is JsonNullValue ? s with { MaxGradientNorm = null }
                : reader.Number(value, field) is { } norm ? s with { MaxGradientNorm = norm } : s),
        new("network.hidden", "list of whole numbers", "Widths of the hidden layers, input side first.", s => s.Network.Hidden,
            (s, value, field, reader) => reader.Wholes(value, field) is { } widths ? s with { Network = s.Network with { Hidden = widths } } : s),
        Word("network.activation", "Nonlinearity after every hidden layer.", Activations, s => s.Network.Activation, (s, v) => s with { Network = s.Network with { Activation = v } }),
        Word("network.initialisation", "Initial parameters: uniform in +-1/sqrt(fan-in), or orthogonal weights and zero biases.", Initialisations,
            s => s.Network.Initialisation, (s, v) => s with { Network = s.Network with { Initialisation = v } }),
        Flag("network.oneHot", "Observations one-hot instead of plain numbers, where the environment offers it.", s => s.Network.OneHot, (s, v) => s with { Network = s.Network with { OneHot = v } }),
        Flag("network.sharedTrunk", "Policy and critic share the hidden layers; the gradient's norm is then limited as a whole.", s => s.Network.SharedTrunk, (s, v) => s with { Network = s.Network with { SharedTrunk = v } }),
        Word("adversary.kl", "Direction of the KL price: KL(pi || p) as in the authors' code, or KL(p || pi) as in the paper.", Directions,
            s => s.Adversary.Kl, (s, v) => s with { Adversary = s.Adversary with { Kl = v } }),
        Word("adversary.critic", "Where the adversary's advantage comes from: a critic of its own, or minus the agent's advantage.", Critics,
            s => s.Adversary.Critic, (s, v) => s with { Adversary = s.Adversary with { Critic = v } }),
        Number("adversary.entropy", "Weight of an entropy bonus for the adversary, at least 0; the paper has none.", s => s.Adversary.Entropy,
            (s, v) => s with { Adversary = s.Adversary with { Entropy = v } }),
        Whole("curveInterval", "A point of the learning curve every so many interactions per agent; 0 for none.", s => s.CurveInterval, (s, v) => s with { CurveInterval = v }),
        Whole("curveEpisodes", "Episodes per point of the learning curve.", s => s.CurveEpisodes, (s, v) => s with { CurveEpisodes = v }),
        Whole("evaluationSteps", "Steps from a reset that count as one episode on the learning curve, and in matches unless evaluation.steps says otherwise.",
            s => s.EvaluationSteps, (s, v) => s with { EvaluationSteps = v }),
        Name("learner.device", "Where networks run: the processor's vector kernels, or plain doubles to check them with, slowly.", LearnerDevices.Names, s => s.Device, (s, v) => s with { Device = v }),
        .. MethodRegistry.All.SelectMany(method => method.OwnSettings.Select(setting => Own(method, setting))),
    ];

    public static IReadOnlyList<string> Paths { get; } = [.. All.Select(key => key.Path)];

    public static TrainingKey? Find(string path) => All.FirstOrDefault(key => key.Path == path);

    /// <summary>Names that can follow a prefix: "" gives "method", "network", ...; "network." gives "hidden", ...</summary>
    public static IReadOnlyList<string> NamesUnder(string prefix) =>
        [.. Paths.Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).Select(path => path[prefix.Length..].Split('.')[0]).Distinct()];

    private static TrainingKey Own(Method method, OwnSetting setting) =>
        Number(setting.Path, FormattableString.Invariant($"{method.Title}: {setting.Description} {setting.Low} to {setting.High}."),
            s => s.Own?[setting.Path] ?? setting.Default,
            (s, v) => s with { Own = OwnSettings.With(s.Own, setting.Path, v == setting.Default ? null : v) });

    private static TrainingKey Name(string path, string text, IReadOnlyList<string> names, Func<TrainingSettings, string> get, Func<TrainingSettings, string, TrainingSettings> set) =>
        new(path, string.Join(", ", names.Select(name => $"\"{name}\"")), text, get,
            (s, value, field, reader) => reader.Word(value, field, [.. names]) is { } name ? set(s, name) : s);

    private static TrainingKey Number(string path, string text, Func<TrainingSettings, double> get, Func<TrainingSettings, double, TrainingSettings> set) =>
        new(path, "number", text, s => get(s), (s, value, field, reader) => reader.Number(value, field) is { } number ? set(s, number) : s);

    private static TrainingKey Whole(string path, string text, Func<TrainingSettings, int> get, Func<TrainingSettings, int, TrainingSettings> set) =>
        new(path, "whole number", text, s => get(s), (s, value, field, reader) => reader.Whole(value, field) is { } number ? set(s, number) : s);

    private static TrainingKey Flag(string path, string text, Func<TrainingSettings, bool> get, Func<TrainingSettings, bool, TrainingSettings> set) =>
        new(path, "true or false", text, s => get(s), (s, value, field, reader) => reader.Boolean(value, field) is { } flag ? set(s, flag) : s);

    private static TrainingKey Word<T>(
        string path, string text, IReadOnlyList<(string Word, T Value)> words, Func<TrainingSettings, T> get, Func<TrainingSettings, T, TrainingSettings> set)
        where T : struct =>
        new(path, string.Join(", ", words.Select(word => $"\"{word.Word}\"")), text,
            s => words.First(word => EqualityComparer<T>.Default.Equals(word.Value, get(s))).Word,
            (s, value, field, reader) => reader.Word(value, field, words) is { } word ? set(s, word) : s);
}
