using Srpo.Core.Settings;

namespace Srpo.Language.Sampling;

/// <summary>How tokens are drawn from a model's logits. The filters are those of Hugging Face's generation, in its order: repetition penalty, temperature, top-k, top-p, min-p.</summary>
public sealed record SamplingSettings
{
    /// <summary>Logits are divided by it; 0 takes the most likely token, without any draw.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Only so many most likely tokens remain, and those that are as likely as the last of them; 0 leaves all.</summary>
    public int TopK { get; init; }

    /// <summary>Only the most likely tokens remain that hold so much of the probability together; 1 leaves all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Only tokens remain whose probability is at least so much of the most likely one's; 0 leaves all.</summary>
    public double MinP { get; init; }

    /// <summary>Logits of tokens that are in the context are divided by it where they are positive, and multiplied where they are negative; 1 leaves them alone.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Draws from the model's own distribution: temperature 1 and no filter.</summary>
    public static SamplingSettings Plain { get; } = new();

    /// <summary>The most likely token, always.</summary>
    public static SamplingSettings Greedy { get; } = new() { Temperature = 0 };

    /// <summary>Whether what is drawn has the model's own probabilities, so that its log-probabilities are those of the policy that learns.</summary>
    public bool IsPlain => Temperature == 1 && TopK == 0 && TopP == 1 && MinP == 0 && RepetitionPenalty == 1;

    /// <summary>All problems of the settings, none if they can be used.</summary>
    /// <param name="prefix">What the paths of the settings begin with, for example "sampling.".</param>
    public IReadOnlyList<SettingsProblem> Validate(string prefix = "sampling.")
    {
        var problems = new List<SettingsProblem>();
        Check("temperature", Temperature, new NumberRange(0, 100));
        Check("topP", TopP, new NumberRange(0, 1, OpenLow: true));
        Check("minP", MinP, new NumberRange(0, 1));
        Check("repetitionPenalty", RepetitionPenalty, new NumberRange(0, 100, OpenLow: true));
        if (TopK < 0) problems.Add(new(prefix + "topK", FormattableString.Invariant($"{TopK} is out of range"), "use a whole number from 1, or 0 for all tokens"));
        return problems;

        void Check(string name, double value, NumberRange range)
        {
            if (!range.Holds(value)) problems.Add(new(prefix + name, FormattableString.Invariant($"{value} is out of range"), $"use a number {range}"));
        }
    }
}
