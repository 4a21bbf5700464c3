using System.Globalization;
using Srpo.Core.Settings;
using Srpo.Language.Questions;
using Srpo.Language.Sampling;

namespace Srpo.Language.Debate;

/// <summary>How two debaters are trained.</summary>
public enum DebateMethod
{
    /// <summary>Both debaters learn, each from its own answers and what they lead to.</summary>
    Ippo = 0,

    /// <summary>One debater learns, the other is its adversary, who deviates from it at a KL price.</summary>
    Srpo = 1,
}

/// <summary>Which debater is the adversary.</summary>
public enum AdversarySeat
{
    /// <summary>Debater 0, as in the authors' code.</summary>
    First = 0,

    /// <summary>Debater 1.</summary>
    Second = 1,

    /// <summary>Drawn for every debate, each with probability 1/2.</summary>
    Drawn = 2,
}

/// <summary>A debate and what is learned from it. The defaults are the values of the authors' configuration; <see cref="All"/> has ranges and explanations.</summary>
public sealed record DebateSettings
{
    /// <summary>Rounds; both debaters answer in each.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>Questions of an update; one debate each.</summary>
    public int Questions { get; init; } = 256;

    /// <summary>Most tokens of a first round's prompt.</summary>
    public int PromptTokens { get; init; } = 2048;

    /// <summary>Most tokens of a response.</summary>
    public int ResponseTokens { get; init; } = 512;

    /// <summary>Most tokens of a later round's prompt and response together.</summary>
    public int HistoryTokens { get; init; } = 4096;

    /// <summary>The words of the prompts.</summary>
    public DebateWording Wording { get; init; } = DebateWording.Full;

    /// <summary>Which number of a response is rewarded.</summary>
    public AnswerRule Reward { get; init; } = AnswerRule.Strict;

    /// <summary>Gamma, between rounds and between tokens.</summary>
    public double Discount { get; init; } = 1;

    /// <summary>Lambda of generalised advantage estimation over tokens.</summary>
    public double GaeLambda { get; init; } = 1;

    /// <summary>Risk aversion; 1/tau is the adversary's price a nat.</summary>
    public double Tau { get; init; } = 10;

    /// <summary>Which debater is the adversary.</summary>
    public AdversarySeat AdversarySeat { get; init; } = AdversarySeat.First;

    /// <summary>Weight of the entropy bonus of those who learn and are kept.</summary>
    public double Entropy { get; init; } = 0.001;

    /// <summary>Weight of the adversary's entropy bonus.</summary>
    public double AdversaryEntropy { get; init; } = 0.05;

    /// <summary>PPO's clipping range.</summary>
    public double Clip { get; init; } = 0.2;

    /// <summary>Dual clip: the loss of a token with a negative advantage is at most so many times that.</summary>
    public double DualClip { get; init; } = 3;

    /// <summary>Passes over an update's responses.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Responses of a step of the optimiser.</summary>
    public int Minibatch { get; init; } = 256;

    /// <summary>Step size of the policies' AdamW.</summary>
    public double ActorLearningRate { get; init; } = 1e-6;

    /// <summary>Step size of the critics' AdamW.</summary>
    public double CriticLearningRate { get; init; } = 1e-5;

    /// <summary>Weight decay of AdamW.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Rank of the adapters (LoRA) of all linear layers; 0 trains all weights.</summary>
    public int LoraRank { get; init; } = 32;

    /// <summary>Alpha of the adapters: they count alpha/rank.</summary>
    public double LoraAlpha { get; init; } = 32;

    /// <summary>Updates.</summary>
    public int Updates { get; init; } = 200;

    /// <summary>Validation every so many updates; 0 for none.</summary>
    public int ValidationInterval { get; init; } = 20;

    /// <summary>How responses are drawn in training.</summary>
    public SamplingSettings Sampling { get; init; } = SamplingSettings.Plain;

    /// <summary>Every setting with path, range and explanation, in the order in which people see them.</summary>
    public static IReadOnlyList<DebateSetting> All { get; } =
    [
        Whole("debate.rounds", "Rounds; both debaters answer in each, at the same time.", 1, TokenStream.MaxRounds, s => s.Rounds, (s, v) => s with { Rounds = v }),
        Whole("debate.questions", "Questions of an update, one debate each, one response a prompt.", 1, 1 << 20, s => s.Questions, (s, v) => s with { Questions = v }),
        Whole("debate.promptTokens", "Most tokens of a first round's prompt.", 8, 1 << 20, s => s.PromptTokens, (s, v) => s with { PromptTokens = v }),
        Whole("debate.responseTokens", "Most tokens of a response.", 1, 1 << 20, s => s.ResponseTokens, (s, v) => s with { ResponseTokens = v }),
        Whole("debate.historyTokens", "Most tokens of a later round's prompt and response together; earlier responses are cut to fit, their ends are kept.", 16, 1 << 22, s => s.HistoryTokens, (s, v) => s with { HistoryTokens = v }),
        Words("debate.wording", "Words of the prompts: full instructions, or a few marks for tiny models that are trained on them.", ["full", "short"],
            s => s.Wording == DebateWording.Full ? 0 : s.Wording == DebateWording.Short ? 1 : -1, (s, v) => s with { Wording = v == 0 ? DebateWording.Full : DebateWording.Short }, "their own words"),
        Words("debate.reward", "Which number of a response is rewarded: the one after ####, or without marks the last one.", ["strict", "flexible"], s => (int)s.Reward, (s, v) => s with { Reward = (AnswerRule)v }),
        Number("discount", "Gamma: of rewards over rounds and of token rewards.", new(0, 1), s => s.Discount, (s, v) => s with { Discount = v }),
        Number("gaeLambda", "Lambda of generalised advantage estimation over tokens.", new(0, 1), s => s.GaeLambda, (s, v) => s with { GaeLambda = v }),
        Number("tau", "Risk aversion; 1/tau is the adversary's price a nat of deviation.", new(1e-30, double.MaxValue), s => s.Tau, (s, v) => s with { Tau = v }),
        Words("adversary.seat", "Which debater is the adversary.", ["first", "second", "drawn"], s => (int)s.AdversarySeat, (s, v) => s with { AdversarySeat = (AdversarySeat)v }),
        Number("entropy", "Weight of the policies' entropy bonus, a token.", new(0, 1e6), s => s.Entropy, (s, v) => s with { Entropy = v }),
        Number("adversary.entropy", "Weight of the adversary's entropy bonus, a token; 0.001 in the authors' arm without asymmetry.", new(0, 1e6), s => s.AdversaryEntropy, (s, v) => s with { AdversaryEntropy = v }),
        Number("clip", "PPO's clipping range of the probability ratio.", new(0, 1, OpenLow: true, OpenHigh: true), s => s.Clip, (s, v) => s with { Clip = v }),
        Number("dualClip", "The loss of a token with a negative advantage is at most so many times that.", new(1, 1e6, OpenLow: true), s => s.DualClip, (s, v) => s with { DualClip = v }),
        Whole("epochs", "Passes over the responses of an update.", 1, 1000, s => s.Epochs, (s, v) => s with { Epochs = v }),
        Whole("debate.minibatch", "Responses of a step of the optimiser.", 1, 1 << 20, s => s.Minibatch, (s, v) => s with { Minibatch = v }),
        Number("learningRate", "Step size of the policies' AdamW, without warm-up.", new(0, 10, OpenLow: true), s => s.ActorLearningRate, (s, v) => s with { ActorLearningRate = v }),
        Number("critic.learningRate", "Step size of the critics' AdamW.", new(0, 10, OpenLow: true), s => s.CriticLearningRate, (s, v) => s with { CriticLearningRate = v }),
        Number("weightDecay", "Weight decay of AdamW.", new(0, 10), s => s.WeightDecay, (s, v) => s with { WeightDecay = v }),
        Whole("lora.rank", "Rank of the adapters of all linear layers, of policies and critics; 0 trains all weights.", 0, 4096, s => s.LoraRank, (s, v) => s with { LoraRank = v }),
        Number("lora.alpha", "Alpha of the adapters: what they add counts alpha/rank.", new(0, 1e6, OpenLow: true), s => s.LoraAlpha, (s, v) => s with { LoraAlpha = v }),
        Whole("iterations", "Updates.", 1, 1_000_000_000, s => s.Updates, (s, v) => s with { Updates = v }, "200 to 250"),
        Whole("debate.validationInterval", "Validation every so many updates; 0 for none.", 0, int.MaxValue, s => s.ValidationInterval, (s, v) => s with { ValidationInterval = v }),
        Number("sampling.temperature", "Logits are divided by it; 0 takes the most likely token.", new(0, 100), s => s.Sampling.Temperature, (s, v) => s with { Sampling = s.Sampling with { Temperature = v } }),
        Whole("sampling.topK", "Only so many most likely tokens remain; 0 leaves all.", 0, int.MaxValue, s => s.Sampling.TopK, (s, v) => s with { Sampling = s.Sampling with { TopK = v } }),
        Number("sampling.topP", "Only the most likely tokens remain that hold so much of the probability; 1 leaves all.", new(0, 1, OpenLow: true), s => s.Sampling.TopP, (s, v) => s with { Sampling = s.Sampling with { TopP = v } }),
        Number("sampling.minP", "Only tokens remain with at least so much of the most likely one's probability; 0 leaves all.", new(0, 1), s => s.Sampling.MinP, (s, v) => s with { Sampling = s.Sampling with { MinP = v } }),
        Number("sampling.repetitionPenalty", "Logits of tokens that were there before are divided by it where positive, else multiplied; 1 leaves them alone.", new(0, 100, OpenLow: true),
            s => s.Sampling.RepetitionPenalty, (s, v) => s with { Sampling = s.Sampling with { RepetitionPenalty = v } }),
    ];

    /// <summary>All problems of the settings, none if they can be used.</summary>
    public IReadOnlyList<SettingsProblem> Validate()
    {
        var problems = All.SelectMany(setting => setting.Check(this)).ToList();
        if (problems.Count == 0 && (long)PromptTokens + ResponseTokens > HistoryTokens)
        {
            problems.Add(new("debate.historyTokens", string.Create(CultureInfo.InvariantCulture, $"{HistoryTokens} tokens hold no prompt of {PromptTokens} and response of {ResponseTokens}"),
                string.Create(CultureInfo.InvariantCulture, $"use at least {(long)PromptTokens + ResponseTokens}, or smaller debate.promptTokens and debate.responseTokens")));
        }

        return problems;
    }

    /// <summary>Throws if the settings cannot be used.</summary>
    /// <exception cref="SettingsException">With every problem.</exception>
    public void ThrowIfInvalid()
    {
        var problems = Validate();
        if (problems.Count > 0) throw new SettingsException(problems);
    }

    /// <summary>The settings as a table for a page: path, values, default, the authors' value, explanation.</summary>
    public static string ToMarkdown()
    {
        var defaults = new DebateSettings();
        var rows = All.Select(setting => $"| `{setting.Path}` | {setting.Type} | {setting.Text(defaults)} | {setting.Authors ?? setting.Text(defaults)} | {setting.Description} |");
        return string.Join('\n', rows.Prepend("|---|---|---|---|---|").Prepend("| setting | values | default | authors' | meaning |"));
    }

    private static DebateSetting Number(string path, string text, NumberRange range, Func<DebateSettings, double> get, Func<DebateSettings, double, DebateSettings> with) => new(path, text, range, get, with);

    private static DebateSetting Whole(string path, string text, int low, int high, Func<DebateSettings, int> get, Func<DebateSettings, int, DebateSettings> with, string? authors = null) =>
        new(path, text, new(low, high), s => get(s), (s, v) => with(s, (int)v)) { IsWhole = true, Authors = authors };

    private static DebateSetting Words(string path, string text, string[] words, Func<DebateSettings, int> get, Func<DebateSettings, int, DebateSettings> with, string? authors = null) =>
        new(path, text, new(0, words.Length - 1), s => get(s), (s, v) => with(s, (int)v)) { IsWhole = true, Words = words, Authors = authors };
}

/// <summary>A setting of a debate: path, range, explanation and accessors.</summary>
/// <param name="Path">Its path, for example "debate.rounds".</param>
/// <param name="Description">What it means; the only description.</param>
/// <param name="Range">The numbers that it may be.</param>
/// <param name="Value">Its value; of one that is a word the number of that.</param>
/// <param name="With">Settings with another value, one of the range.</param>
public sealed record DebateSetting(string Path, string Description, NumberRange Range, Func<DebateSettings, double> Value, Func<DebateSettings, double, DebateSettings> With)
{
    /// <summary>Whether it is a whole number.</summary>
    public bool IsWhole { get; init; }

    /// <summary>The words that it may be; null where it is a number.</summary>
    public IReadOnlyList<string>? Words { get; init; }

    /// <summary>The value of the authors' configuration where that is not the default; null where it is.</summary>
    public string? Authors { get; init; }

    /// <summary>What can be written, in words.</summary>
    public string Type => Words is not null
        ? string.Join(", ", Words.Select(word => $"\"{word}\""))
        : IsWhole ? FormattableString.Invariant(Range.High == int.MaxValue ? $"whole number, at least {Range.Low}" : (FormattableString)$"whole number, {Range.Low} to {Range.High}") : $"number {Range}";

    /// <summary>Its value as a text.</summary>
    public string Text(DebateSettings settings) => Value(settings) switch
    {
        var value when Words is null => value.ToString("R", CultureInfo.InvariantCulture),
        var value when Range.Holds(value) => Words[(int)value],
        _ => "unknown",
    };

    /// <summary>What is wrong with its value.</summary>
    public IEnumerable<SettingsProblem> Check(DebateSettings settings)
    {
        var value = Value(settings);
        if (!Range.Holds(value))
            yield return new(Path, Words is null ? FormattableString.Invariant($"{value} is out of range") : "its value is not known", Words is null ? $"use a {(IsWhole ? "whole " : "")}number {Range}" : $"use one of {string.Join(", ", Words)}");
    }
}
