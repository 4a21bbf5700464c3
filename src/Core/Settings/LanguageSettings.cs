using Orleans;

namespace Srpo.Core.Settings;

/// <summary>Which debater is the adversary. The numbers are part of stored state: never renumber.</summary>
public enum AdversarySeat
{
    /// <summary>Debater 0, as in the authors' code.</summary>
    First = 0,

    /// <summary>Debater 1.</summary>
    Second = 1,

    /// <summary>Drawn for every debate, each with probability 1/2.</summary>
    Drawn = 2,
}

/// <summary>How the numbers of a language model are rounded. The numbers are part of stored state: never renumber.</summary>
public enum LanguagePrecision
{
    /// <summary>Weights and activations in bfloat16; what learns, sums, norms and losses in 32-bit floats.</summary>
    BFloat16 = 0,

    /// <summary>32-bit floats throughout.</summary>
    Float32 = 1,
}

/// <summary>Language models as policies, adversaries and critics: the weights that they share, and what of them learns. The defaults are those of the authors' configuration.</summary>
[GenerateSerializer, Alias("srpo.LanguageSettings"), Immutable]
public sealed record LanguageSettings
{
    /// <summary>The model: a folder as Hugging Face lays it out, or "trained:NAME" for one that is trained on generated questions first.</summary>
    [Id(0)]
    public string Model { get; init; } = "";

    /// <summary>
    /// SHA-256 of all files of the folder that decide what the model says, 64 hexadecimal digits; empty before a run has looked at them. Where the
    /// files are other ones later, the population is not trained on.
    /// </summary>
    [Id(1)]
    public string Weights { get; init; } = "";

    /// <summary>Rank of the adapters (LoRA) of all linear layers, of policies and critics; 0 trains all weights.</summary>
    [Id(2)]
    public int LoraRank { get; init; } = 32;

    /// <summary>What adapters add counts alpha/rank.</summary>
    [Id(3)]
    public double LoraAlpha { get; init; } = 32;

    /// <summary>Step size of the critics' AdamW, above 0.</summary>
    [Id(4)]
    public double CriticLearningRate { get; init; } = 1e-5;

    /// <summary>Weight decay of AdamW, at least 0.</summary>
    [Id(5)]
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>The loss of a token with a negative advantage is at most so many times that, above 1.</summary>
    [Id(6)]
    public double DualClip { get; init; } = 3;

    /// <summary>Which debater is the adversary.</summary>
    [Id(7)]
    public AdversarySeat AdversarySeat { get; init; }

    /// <summary>How numbers are rounded.</summary>
    [Id(8)]
    public LanguagePrecision Precision { get; init; }

    /// <summary>Most tokens that go through a model at once while it learns, prompts included: bounds memory, and changes nothing but the order of sums.</summary>
    [Id(9)]
    public int MicroBatchTokens { get; init; } = 8192;

    /// <summary>Most debates of a model that are generated side by side.</summary>
    [Id(10)]
    public int Parallel { get; init; } = 256;

    /// <summary>Logits are divided by it where responses are drawn in training, above 0; the policy that learns is the one at this temperature.</summary>
    [Id(11)]
    public double Temperature { get; init; } = 1;
}
