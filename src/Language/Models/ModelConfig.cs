using Srpo.Core.Checkpoints;

namespace Srpo.Language.Models;

/// <summary>The families of decoder-only transformers that are known. They differ in biases and in what normalises queries and keys.</summary>
public enum ModelFamily
{
    /// <summary>Qwen2 and Qwen2.5: queries, keys and values have a bias.</summary>
    Qwen2,

    /// <summary>Qwen3: queries and keys are normalised head by head.</summary>
    Qwen3,

    /// <summary>Llama 2 and 3, and other models of their form.</summary>
    Llama,
}

/// <summary>What a decoder-only transformer is made of, as its config.json says.</summary>
public sealed record ModelConfig
{
    /// <summary>The family.</summary>
    public required ModelFamily Family { get; init; }

    /// <summary>Number of tokens, at least 1: rows of the embedding.</summary>
    public required int VocabSize { get; init; }

    /// <summary>Width of a token's state.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the perceptron of a layer.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Heads of queries; a multiple of <see cref="KeyValueHeads"/>.</summary>
    public required int Heads { get; init; }

    /// <summary>Heads of keys and values, each shared by Heads / KeyValueHeads heads of queries that follow each other.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of a head, even. Heads * HeadDim need not be the hidden size.</summary>
    public required int HeadDim { get; init; }

    /// <summary>What is added to the mean square in RMSNorm.</summary>
    public double RmsNormEps { get; init; } = 1e-6;

    /// <summary>The rotary positions.</summary>
    public RopeConfig Rope { get; init; } = new();

    /// <summary>Longest text in tokens that the model was made for.</summary>
    public int MaxPositions { get; init; } = 32768;

    /// <summary>Whether the head's weights are those of the embedding, so that there is no lm_head.</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>What attention_bias says; Qwen2 has biases of its own, whatever it says.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Whether the perceptron's layers have a bias; only in <see cref="ModelFamily.Llama"/>.</summary>
    public bool MlpBias { get; init; }

    /// <summary>Standard deviation of weights before training.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>The type that weights are said to be stored in; null where nothing is said. What counts is what the files hold.</summary>
    public TensorType? StoredType { get; init; }

    /// <summary>The token that a text begins with, or null.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>Tokens that end a text; may be empty.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>The token that fills batches up, or null.</summary>
    public int? PadTokenId { get; init; }

    /// <summary>Whether queries, keys and values have a bias.</summary>
    public bool QueryKeyValueBias => Family == ModelFamily.Qwen2 || AttentionBias;

    /// <summary>Whether what attention gives out is projected with a bias.</summary>
    public bool OutputBias => Family != ModelFamily.Qwen2 && AttentionBias;

    /// <summary>Whether queries and keys are normalised head by head.</summary>
    public bool QueryKeyNorm => Family == ModelFamily.Qwen3;

    /// <summary>The family as config.json's model_type has it.</summary>
    public string ModelType => Family switch
    {
        ModelFamily.Qwen2 => "qwen2",
        ModelFamily.Qwen3 => "qwen3",
        _ => "llama",
    };

    /// <summary>The family as config.json's architectures has it.</summary>
    public string Architecture => Family switch
    {
        ModelFamily.Qwen2 => "Qwen2ForCausalLM",
        ModelFamily.Qwen3 => "Qwen3ForCausalLM",
        _ => "LlamaForCausalLM",
    };

    /// <summary>Number of parameters; a head that is tied to the embedding counts once.</summary>
    public long ParameterCount => ModelTensors.Of(this).Sum(tensor => tensor.Count);

    /// <summary>Numbers that keys and values of one token take in the cache, over all layers.</summary>
    public long CachePerToken => 2L * Layers * KeyValueHeads * HeadDim;
}

/// <summary>Rotary positions.</summary>
public sealed record RopeConfig
{
    /// <summary>Base of the frequencies: that of pair i of a head is Theta^(-2i / HeadDim).</summary>
    public double Theta { get; init; } = 10000;

    /// <summary>How Llama 3 stretches them; null for not at all.</summary>
    public LlamaRopeScaling? Llama3 { get; init; }
}

/// <summary>
/// Llama 3's scaling: frequencies whose wavelength is above OriginalMaxPositions / LowFreqFactor are divided by the factor, those below
/// OriginalMaxPositions / HighFreqFactor stay, and between the two lies a linear passage.
/// </summary>
/// <param name="Factor">At least 1.</param>
/// <param name="LowFreqFactor">Above 0.</param>
/// <param name="HighFreqFactor">Above the low one.</param>
/// <param name="OriginalMaxPositions">Longest text before the model was stretched, in tokens.</param>
public sealed record LlamaRopeScaling(double Factor, double LowFreqFactor, double HighFreqFactor, int OriginalMaxPositions);
