using System.Globalization;
using Srpo.Core.Text;

namespace Srpo.Core.Settings;

/// <summary>
/// A training setting: path, range, explanation and accessors. Experiments, `--set`, the reference of keys, validation and the identity of a
/// spec all go by this.
/// </summary>
/// <param name="Path">Its path, for example "adversary.entropy".</param>
/// <param name="Description">What it means; the only description.</param>
public abstract record Setting(string Path, string Description)
{
    /// <summary>What can be written, in words.</summary>
    public abstract string Type { get; }

    /// <summary>Its value, as written in an experiment.</summary>
    public abstract object? Get(TrainingSettings settings);

    /// <summary>Its value as a text that is the same on every machine.</summary>
    public abstract string Text(TrainingSettings settings);

    /// <summary>What is wrong with its value by itself.</summary>
    public abstract IEnumerable<SettingsProblem> Check(TrainingSettings settings);

    /// <summary>A problem of this setting.</summary>
    protected SettingsProblem Problem(FormattableString reason, FormattableString remedy) =>
        new(Path, FormattableString.Invariant(reason), FormattableString.Invariant(remedy));
}

/// <summary>A setting that is a number.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Description">What it means.</param>
/// <param name="Range">The values that it may have.</param>
/// <param name="Value">Its value; null only where <paramref name="IsOptional"/>.</param>
/// <param name="With">Settings with another value.</param>
/// <param name="IsOptional">Whether null is a value.</param>
public sealed record NumberSetting(
    string Path, string Description, NumberRange Range, Func<TrainingSettings, double?> Value, Func<TrainingSettings, double?, TrainingSettings> With, bool IsOptional = false)
    : Setting(Path, Description)
{
    /// <inheritdoc/>
    public override string Type => IsOptional ? $"number {Range}, or null" : $"number {Range}";

    /// <inheritdoc/>
    public override object? Get(TrainingSettings settings) => Value(settings);

    /// <inheritdoc/>
    public override string Text(TrainingSettings settings) => Value(settings)?.ToString("R", CultureInfo.InvariantCulture) ?? "null";

    /// <inheritdoc/>
    public override IEnumerable<SettingsProblem> Check(TrainingSettings settings)
    {
        if (Value(settings) is { } value && !Range.Holds(value)) yield return Problem($"{value} is out of range", $"use a number {Range.Remedy(value)}");
    }
}

/// <summary>The values that a number may have.</summary>
/// <param name="Low">Least value.</param>
/// <param name="High">Largest value; the largest double for none.</param>
/// <param name="OpenLow">Whether the least value itself is excluded.</param>
/// <param name="OpenHigh">Whether the largest value itself is excluded.</param>
public readonly record struct NumberRange(double Low, double High, bool OpenLow = false, bool OpenHigh = false)
{
    /// <summary>Least values below this one stand for 0.</summary>
    private const double Tiny = 1e-9;

    /// <summary>Whether a number is in it.</summary>
    public bool Holds(double value) => double.IsFinite(value) && (OpenLow ? value > Low : value >= Low) && (OpenHigh ? value < High : value <= High);

    /// <summary>What to use instead of a number that is out of range. A least value that is there for the arithmetic alone is said only to whoever comes near it.</summary>
    /// <param name="value">The number.</param>
    internal string Remedy(double value) => !OpenLow && Low is > 0 and < Tiny && value <= 0 ? (this with { Low = 0, OpenLow = true }).ToString() : ToString();

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(OpenLow ? "above" : "at least")} {Low}{(High == double.MaxValue ? "" : $" and {(OpenHigh ? "below" : "at most")} {High}")}");
}

/// <summary>A setting that is a whole number.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Description">What it means.</param>
/// <param name="Low">Least value.</param>
/// <param name="High">Largest value.</param>
/// <param name="Value">Its value.</param>
/// <param name="With">Settings with another value.</param>
public sealed record WholeSetting(
    string Path, string Description, int Low, int High, Func<TrainingSettings, int> Value, Func<TrainingSettings, int, TrainingSettings> With)
    : Setting(Path, Description)
{
    /// <inheritdoc/>
    public override string Type => FormattableString.Invariant(High == int.MaxValue ? $"whole number, at least {Low}" : (FormattableString)$"whole number, {Low} to {High}");

    /// <inheritdoc/>
    public override object? Get(TrainingSettings settings) => Value(settings);

    /// <inheritdoc/>
    public override string Text(TrainingSettings settings) => Value(settings).ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override IEnumerable<SettingsProblem> Check(TrainingSettings settings)
    {
        if (Value(settings) is var value && (value < Low || value > High)) yield return Problem($"{value} is out of range", $"use a whole number from {Low} to {High}");
    }
}

/// <summary>A setting that is true or false.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Description">What it means.</param>
/// <param name="Value">Its value.</param>
/// <param name="With">Settings with another value.</param>
public sealed record FlagSetting(string Path, string Description, Func<TrainingSettings, bool> Value, Func<TrainingSettings, bool, TrainingSettings> With)
    : Setting(Path, Description)
{
    /// <inheritdoc/>
    public override string Type => "true or false";

    /// <inheritdoc/>
    public override object? Get(TrainingSettings settings) => Value(settings);

    /// <inheritdoc/>
    public override string Text(TrainingSettings settings) => Value(settings) ? "true" : "false";

    /// <inheritdoc/>
    public override IEnumerable<SettingsProblem> Check(TrainingSettings settings) => [];
}

/// <summary>A setting that is one of several words.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Description">What it means.</param>
/// <param name="Words">The words.</param>
/// <param name="Value">Its word; null for a value that has none.</param>
/// <param name="With">Settings with another word, one of those.</param>
public sealed record WordSetting(
    string Path, string Description, IReadOnlyList<string> Words, Func<TrainingSettings, string?> Value, Func<TrainingSettings, string, TrainingSettings> With)
    : Setting(Path, Description)
{
    /// <summary>Whether a word counts that is not among <see cref="Words"/>; null where those are all.</summary>
    public Func<string, bool>? AlsoAccepts { get; init; }

    /// <inheritdoc/>
    public override string Type => string.Join(", ", Words.Select(word => $"\"{word}\""));

    /// <summary>Whether it can have this word.</summary>
    public bool Accepts(string word) => Words.Contains(word) || AlsoAccepts?.Invoke(word) == true;

    /// <inheritdoc/>
    public override object? Get(TrainingSettings settings) => Value(settings);

    /// <inheritdoc/>
    public override string Text(TrainingSettings settings) => Value(settings) ?? "unknown";

    /// <inheritdoc/>
    public override IEnumerable<SettingsProblem> Check(TrainingSettings settings)
    {
        if (Value(settings) is var word && (word is null || !Accepts(word))) yield return Problem($"'{word ?? "an unknown number"}' is not known{(word is not null && NearestName.Find(word, Words) is { } nearest ? $", did you mean '{nearest}'?" : "")}", $"use one of {string.Join(", ", Words)}");
    }

    /// <summary>A setting whose words stand for the values of an enum.</summary>
    internal static WordSetting Of<T>(
        string path, string description, (string Word, T Value)[] words, Func<TrainingSettings, T> value, Func<TrainingSettings, T, TrainingSettings> with)
        where T : struct, Enum =>
        new(path, description, [.. words.Select(word => word.Word)],
            settings => Array.Find(words, word => word.Value.Equals(value(settings))).Word,
            (settings, text) => with(settings, Array.Find(words, word => word.Word == text).Value));
}

/// <summary>A setting that is a list of widths of layers.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Description">What it means.</param>
/// <param name="MostLayers">Most layers; at least 1.</param>
/// <param name="MostUnits">Most units of a layer; at least 1.</param>
/// <param name="Value">The widths.</param>
/// <param name="With">Settings with other widths.</param>
public sealed record WidthsSetting(
    string Path, string Description, int MostLayers, int MostUnits,
    Func<TrainingSettings, IReadOnlyList<int>> Value, Func<TrainingSettings, IReadOnlyList<int>, TrainingSettings> With)
    : Setting(Path, Description)
{
    /// <inheritdoc/>
    public override string Type => "list of whole numbers";

    /// <inheritdoc/>
    public override object? Get(TrainingSettings settings) => Value(settings);

    /// <inheritdoc/>
    public override string Text(TrainingSettings settings) => string.Join(',', Value(settings));

    /// <inheritdoc/>
    public override IEnumerable<SettingsProblem> Check(TrainingSettings settings)
    {
        var widths = Value(settings);
        if (widths.Count < 1 || widths.Count > MostLayers)
            yield return Problem($"{widths.Count} is out of range", $"use a whole number from 1 to {MostLayers}") with { Field = Path + " (number of layers)" };
        for (var i = 0; i < widths.Count; i++)
        {
            if (widths[i] < 1 || widths[i] > MostUnits)
                yield return Problem($"{widths[i]} is out of range", $"use a whole number from 1 to {MostUnits}") with { Field = FormattableString.Invariant($"{Path}[{i}]") };
        }
    }
}

/// <summary>A setting that is a text.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Description">What it means.</param>
/// <param name="MostCharacters">Most characters.</param>
/// <param name="Value">Its value.</param>
/// <param name="With">Settings with another value.</param>
public sealed record TextSetting(string Path, string Description, int MostCharacters, Func<TrainingSettings, string> Value, Func<TrainingSettings, string, TrainingSettings> With)
    : Setting(Path, Description)
{
    /// <inheritdoc/>
    public override string Type => "text";

    /// <inheritdoc/>
    public override object? Get(TrainingSettings settings) => Value(settings);

    /// <inheritdoc/>
    public override string Text(TrainingSettings settings) => Value(settings) ?? "";

    /// <inheritdoc/>
    public override IEnumerable<SettingsProblem> Check(TrainingSettings settings)
    {
        var value = Value(settings);
        if (value is null) yield return Problem($"it has no value", $"give a text, or leave it out");
        else if (value.Length > MostCharacters) yield return Problem($"it has {value.Length} characters", $"use at most {MostCharacters}");
        else if (value.Any(char.IsControl)) yield return Problem($"it has control characters", $"leave them out");
    }
}

/// <summary>All settings of training that do not belong to one method, besides the method itself.</summary>
public static class SettingsTable
{
    /// <summary>The settings, in the order in which people see them.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Number("tau", "Risk aversion; 1/tau is the weight of the adversary's KL price, and not infinite. Methods without that price ignore it.", new(1e-30, double.MaxValue), s => s.Tau, (s, v) => s with { Tau = v }),
        Flag("sharePolicy", "One policy plays all seats of the team; where there are adversaries, one takes a random seat. Some methods share in any case.", s => s.SharePolicy, (s, v) => s with { SharePolicy = v }),
        Number("entropy", "Weight of the policies' entropy bonus.", new(0, 1e6), s => s.Entropy, (s, v) => s with { Entropy = v }),
        Whole("iterations", "Updates of every agent.", 1, 1_000_000_000, s => s.Iterations, (s, v) => s with { Iterations = v }),
        Whole("lanes", "Environments played side by side in a rollout.", 1, 65536, s => s.Lanes, (s, v) => s with { Lanes = v }),
        Whole("horizon", "Steps of a rollout in every lane.", 1, 65536, s => s.Horizon, (s, v) => s with { Horizon = v }),
        Flag("splitLanes", "Where every agent has a rollout of its own: split the lanes of one among them instead.", s => s.SplitLanes, (s, v) => s with { SplitLanes = v }),
        Flag("continueEpisodes", "Rollouts go on with the episodes that the rollout before left unfinished, so that episodes longer than horizon are played to their end; else every rollout begins with fresh episodes.",
            s => s.ContinueEpisodes, (s, v) => s with { ContinueEpisodes = v }),
        Whole("epochs", "Passes over a rollout per update.", 1, 1000, s => s.Epochs, (s, v) => s with { Epochs = v }),
        Whole("minibatches", "Minibatches per pass; 1 uses the full batch.", 1, 1 << 24, s => s.Minibatches, (s, v) => s with { Minibatches = v }),
        Number("clip", "PPO's clipping range of the probability ratio.", new(0, 1, OpenLow: true, OpenHigh: true), s => s.Clip, (s, v) => s with { Clip = v }),
        Number("discount", "Discount factor gamma.", new(0, 1), s => s.Discount, (s, v) => s with { Discount = v }),
        Number("gaeLambda", "Lambda of generalised advantage estimation.", new(0, 1), s => s.GaeLambda, (s, v) => s with { GaeLambda = v }),
        Number("valueWeight", "Weight of the critic's squared error, which has no half before it: MAPPO's coefficient is twice this.", Above(0, 1e6), s => s.ValueWeight, (s, v) => s with { ValueWeight = v }),
        Flag("normaliseValues", "Critics predict returns that are shifted and scaled by their running mean and deviation, as MAPPO's ValueNorm; values are put back to scale for advantages.", s => s.NormaliseValues, (s, v) => s with { NormaliseValues = v }),
        new NumberSetting("valueClip", "Clipped value loss as in PPO2 and MAPPO: the larger one of the loss of V and of Vold + clamp(V - Vold) to so much, in units of normalised returns where values are normalised; null for the loss of V.",
            Above(0, 1e12), s => s.ValueClip, (s, v) => s with { ValueClip = v }, IsOptional: true),
        new NumberSetting("huberDelta", "From this error on the critic's loss grows linearly: 2 delta (|e| - delta/2) in place of e^2, in units of normalised returns where values are normalised; null for squares throughout.",
            Above(0, 1e12), s => s.HuberDelta, (s, v) => s with { HuberDelta = v }, IsOptional: true),
        Flag("normaliseAdvantages", "Advantages shifted and scaled to mean 0 and standard deviation 1 per minibatch.", s => s.NormaliseAdvantages, (s, v) => s with { NormaliseAdvantages = v }),
        Number("rewardScale", "Rewards are multiplied by this before learning; reports keep the plain rewards.", Above(0, 1e6), s => s.RewardScale, (s, v) => s with { RewardScale = v }),
        Number("learningRate", "Step size of Adam.", Above(0, 10), s => s.LearningRate, (s, v) => s with { LearningRate = v }),
        new NumberSetting("criticLearningRate", "Step size of the critics' Adam where critics are networks of their own; null for learningRate. Language models have language.criticLearningRate.", Above(0, 10),
            s => s.CriticLearningRate, (s, v) => s with { CriticLearningRate = v }, IsOptional: true),
        WordSetting.Of("learningRateDecay", "How step sizes change: not at all, or linearly, to 1 - (r - 1)/iterations of them in round r, as in MAPPO; policies, critics and adversaries alike.",
            [("none", LearningRateDecay.None), ("linear", LearningRateDecay.Linear)], s => s.LearningRateDecay, (s, v) => s with { LearningRateDecay = v }),
        Number("adamEpsilon", "Adam's epsilon.", Above(0, 1), s => s.AdamEpsilon, (s, v) => s with { AdamEpsilon = v }),
        new NumberSetting("maxGradientNorm", "Gradients are scaled down to this Euclidean norm per network; null leaves them alone.", Above(0, 1e12),
            s => s.MaxGradientNorm, (s, v) => s with { MaxGradientNorm = v }, IsOptional: true),
        new WidthsSetting("network.hidden", "Widths of the hidden layers, input side first.", 8, 4096, s => s.Network.Hidden, (s, v) => s with { Network = s.Network with { Hidden = v } }),
        WordSetting.Of("network.activation", "Nonlinearity after every hidden layer.", [("tanh", Activation.Tanh), ("relu", Activation.Relu), ("gelu", Activation.Gelu)],
            s => s.Network.Activation, (s, v) => s with { Network = s.Network with { Activation = v } }),
        WordSetting.Of("network.initialisation", "Initial parameters: uniform in +-1/sqrt(fan-in), or orthogonal weights and zero biases.",
            [("fanIn", Initialisation.FanIn), ("orthogonal", Initialisation.Orthogonal)],
            s => s.Network.Initialisation, (s, v) => s with { Network = s.Network with { Initialisation = v } }),
        Number("network.headGain", "Gain of the policy's head where the initialisation is orthogonal.", Above(0, 10), s => s.Network.HeadGain, (s, v) => s with { Network = s.Network with { HeadGain = v } }),
        Flag("network.oneHot", "Observations one-hot instead of plain numbers, where the environment offers it.", s => s.Network.OneHot, (s, v) => s with { Network = s.Network with { OneHot = v } }),
        Flag("network.sharedTrunk", "Policy and critic share the hidden layers and the memory; the gradient's norm is then limited as a whole.", s => s.Network.SharedTrunk, (s, v) => s with { Network = s.Network with { SharedTrunk = v } }),
        Flag("network.layerNorm", "Hidden layers are normalised over their units before the nonlinearity.", s => s.Network.LayerNorm, (s, v) => s with { Network = s.Network with { LayerNorm = v } }),
        Whole("network.gru", "Units of a gated recurrent layer (GRU) behind the hidden layers; 0 for networks that remember nothing.", 0, 1024, s => s.Network.Gru, (s, v) => s with { Network = s.Network with { Gru = v } }),
        Flag("network.centralCritic", "Critics see the observations of all seats, as in MAPPO; policies go on to see their own.", s => s.Network.CentralCritic, (s, v) => s with { Network = s.Network with { CentralCritic = v } }),
        WordSetting.Of("adversary.kl", "Direction of the KL price: KL(pi || p) as in the authors' code, or KL(p || pi) as in the paper.",
            [("policyToAdversary", KlDirection.PolicyToAdversary), ("adversaryToPolicy", KlDirection.AdversaryToPolicy)],
            s => s.Adversary.Kl, (s, v) => s with { Adversary = s.Adversary with { Kl = v } }),
        WordSetting.Of("adversary.critic", "Where the adversary's advantage comes from: a critic of its own, or minus the agent's advantage.",
            [("own", AdversaryCritic.Own), ("shared", AdversaryCritic.Shared)],
            s => s.Adversary.Critic, (s, v) => s with { Adversary = s.Adversary with { Critic = v } }),
        Number("adversary.entropy", "Weight of an entropy bonus for the adversary; the paper has none.", new(0, 1e6), s => s.Adversary.Entropy, (s, v) => s with { Adversary = s.Adversary with { Entropy = v } }),
        WordSetting.Of("adversary.start", "Whose parameters an adversary starts with: those of the agent that it trains, or of the partner whose seat it takes, as in the authors' code for Tag.",
            [("agent", AdversaryStart.Agent), ("partner", AdversaryStart.Partner)],
            s => s.Adversary.Start, (s, v) => s with { Adversary = s.Adversary with { Start = v } }),
        Whole("curveInterval", "A point of the learning curve every so many interactions per agent; 0 for none.", 0, int.MaxValue, s => s.CurveInterval, (s, v) => s with { CurveInterval = v }),
        Whole("curveEpisodes", "Episodes per point of the learning curve.", 1, 65536, s => s.CurveEpisodes, (s, v) => s with { CurveEpisodes = v }),
        new TextSetting("language.model", "Where agents are language models: their folder as Hugging Face lays it out, relative to this file, or \"trained:NAME\" for a small one that is trained on generated questions first.", 4096,
            s => Language(s).Model, (s, v) => With(s, Language(s) with { Model = v })),
        new TextSetting("language.weights", "SHA-256 of the model's files; a run fills it in, and is not gone on with when they are other ones.", 64,
            s => Language(s).Weights, (s, v) => With(s, Language(s) with { Weights = v })),
        WordSetting.Of("language.precision", "How a language model's numbers are rounded: bfloat16, with 32-bit floats where it learns, or 32-bit floats throughout.",
            [("bf16", LanguagePrecision.BFloat16), ("float32", LanguagePrecision.Float32)],
            s => Language(s).Precision, (s, v) => With(s, Language(s) with { Precision = v })),
        Whole("language.loraRank", "Rank of the adapters of all linear layers, of policies and critics; 0 trains all weights.", 0, 4096, s => Language(s).LoraRank, (s, v) => With(s, Language(s) with { LoraRank = v })),
        Number("language.loraAlpha", "Alpha of the adapters: what they add counts alpha/rank.", Above(0, 1e6), s => Language(s).LoraAlpha, (s, v) => With(s, Language(s) with { LoraAlpha = v })),
        Number("language.criticLearningRate", "Where agents are language models: step size of the critics' AdamW; learningRate is that of the policies.", Above(0, 10), s => Language(s).CriticLearningRate, (s, v) => With(s, Language(s) with { CriticLearningRate = v })),
        Number("language.weightDecay", "Weight decay of AdamW.", new(0, 10), s => Language(s).WeightDecay, (s, v) => With(s, Language(s) with { WeightDecay = v })),
        Number("language.dualClip", "The loss of a token with a negative advantage is at most so many times that.", new(1, 1e6, OpenLow: true), s => Language(s).DualClip, (s, v) => With(s, Language(s) with { DualClip = v })),
        WordSetting.Of("language.adversarySeat", "Which debater the adversary is, where one policy plays both seats: the first, as in the authors' code, the second, or drawn for every debate.",
            [("first", AdversarySeat.First), ("second", AdversarySeat.Second), ("drawn", AdversarySeat.Drawn)],
            s => Language(s).AdversarySeat, (s, v) => With(s, Language(s) with { AdversarySeat = v })),
        Number("language.temperature", "Logits are divided by it where responses are drawn in training.", Above(0, 100), s => Language(s).Temperature, (s, v) => With(s, Language(s) with { Temperature = v })),
        Whole("language.microBatchTokens", "Most tokens that go through a model at once while it learns; bounds memory.", 1, 1 << 24, s => Language(s).MicroBatchTokens, (s, v) => With(s, Language(s) with { MicroBatchTokens = v })),
        Whole("language.parallel", "Most responses of a model that are generated side by side; bounds memory.", 1, 65536, s => Language(s).Parallel, (s, v) => With(s, Language(s) with { Parallel = v })),
        Whole("evaluationSteps", "Steps from a reset that count as one episode on the learning curve, and in matches unless evaluation.steps says otherwise.", 1, 65536, s => s.EvaluationSteps, (s, v) => s with { EvaluationSteps = v }),
        WordSetting.Of("evaluationActions", "How policies act on the learning curve, and in matches unless evaluation.actions says otherwise: actions drawn from the policy, or the most likely legal one.",
            [("sampled", ActionChoice.Sampled), ("greedy", ActionChoice.Greedy)], s => s.EvaluationActions, (s, v) => s with { EvaluationActions = v }),
    ];

    private static readonly LanguageSettings NoLanguage = new();

    private static LanguageSettings Language(TrainingSettings settings) => settings.Language ?? NoLanguage;

    /// <summary>Settings that say nothing are as if they were not there.</summary>
    private static TrainingSettings With(TrainingSettings settings, LanguageSettings language) => settings with { Language = language == NoLanguage ? null : language };

    private static NumberRange Above(double low, double high = double.MaxValue) => new(low, high, OpenLow: true);

    private static NumberSetting Number(string path, string text, NumberRange range, Func<TrainingSettings, double> get, Func<TrainingSettings, double, TrainingSettings> with) =>
        new(path, text, range, s => get(s), (s, v) => with(s, v ?? double.NaN));

    private static WholeSetting Whole(string path, string text, int low, int high, Func<TrainingSettings, int> get, Func<TrainingSettings, int, TrainingSettings> with) =>
        new(path, text, low, high, get, with);

    private static FlagSetting Flag(string path, string text, Func<TrainingSettings, bool> get, Func<TrainingSettings, bool, TrainingSettings> with) => new(path, text, get, with);
}
