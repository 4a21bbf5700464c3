using Srpo.Core.Errors;
using Srpo.Core.Text;

namespace Srpo.Language.Models;

/// <summary>Shapes of models that people use, as their config.json says, to measure with where the weights do not matter.</summary>
public static class ModelShapes
{
    private static readonly ModelConfig Qwen25 = new()
    {
        Family = ModelFamily.Qwen2,
        VocabSize = 151936,
        HiddenSize = 896,
        IntermediateSize = 4864,
        Layers = 24,
        Heads = 14,
        KeyValueHeads = 2,
        HeadDim = 64,
        Rope = new RopeConfig { Theta = 1e6 },
        MaxPositions = 32768,
        TieWordEmbeddings = true,
        BosTokenId = 151643,
        EosTokenIds = [151645],
    };

    private static readonly ModelConfig Qwen3 = new()
    {
        Family = ModelFamily.Qwen3,
        VocabSize = 151936,
        HiddenSize = 1024,
        IntermediateSize = 3072,
        Layers = 28,
        Heads = 16,
        KeyValueHeads = 8,
        HeadDim = 128,
        Rope = new RopeConfig { Theta = 1e6 },
        MaxPositions = 40960,
        TieWordEmbeddings = true,
        BosTokenId = 151643,
        EosTokenIds = [151645],
    };

    private static readonly Dictionary<string, ModelConfig> Known = new(StringComparer.Ordinal)
    {
        ["qwen2.5-0.5b"] = Qwen25,
        ["qwen2.5-3b"] = Qwen25 with { HiddenSize = 2048, IntermediateSize = 11008, Layers = 36, Heads = 16, HeadDim = 128 },
        ["qwen3-0.6b"] = Qwen3,
        ["qwen3-4b"] = Qwen3 with { HiddenSize = 2560, IntermediateSize = 9728, Layers = 36, Heads = 32, Rope = new RopeConfig { Theta = 5e6 }, MaxPositions = 262144 },
        ["llama-3.2-1b"] = new()
        {
            Family = ModelFamily.Llama,
            VocabSize = 128256,
            HiddenSize = 2048,
            IntermediateSize = 8192,
            Layers = 16,
            Heads = 32,
            KeyValueHeads = 8,
            HeadDim = 64,
            RmsNormEps = 1e-5,
            Rope = new RopeConfig { Theta = 5e5, Llama3 = new LlamaRopeScaling(32, 1, 4, 8192) },
            MaxPositions = 131072,
            TieWordEmbeddings = true,
            BosTokenId = 128000,
            EosTokenIds = [128001, 128008, 128009],
        },
    };

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Keys];

    /// <summary>The shape of a name, in upper or lower case.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="SrpoException">There is none; the message lists them.</exception>
    public static ModelConfig Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Known.GetValueOrDefault(name.ToLowerInvariant()) ?? throw new SrpoException(ErrorKind.Usage, NearestName.Unknown("shape", name, Names));
    }
}
