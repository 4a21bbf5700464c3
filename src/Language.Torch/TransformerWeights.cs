using Srpo.Language.Models;
using static TorchSharp.torch;

namespace Srpo.Language.Torch;

/// <summary>A weight that learns: a tensor of which gradients are taken, and where in the vector of parameters it is.</summary>
internal sealed record Leaf(Tensor Value, long Offset);

/// <summary>A low-rank pair: A [rank, inputs] and B [outputs, rank].</summary>
internal sealed record LoraPair(Tensor A, Tensor B);

/// <summary>A linear layer, of one or several projections of the same input side by side.</summary>
/// <param name="Weight">[outputs, inputs].</param>
/// <param name="Bias">[outputs] or null.</param>
/// <param name="Widths">Outputs of each projection.</param>
internal sealed record Projection(Tensor Weight, Tensor? Bias, int[] Widths);

/// <summary>The weights of a layer.</summary>
internal sealed record LayerWeights(Tensor InputNorm, Projection Qkv, Tensor? QueryNorm, Tensor? KeyNorm, Projection Output, Tensor PostNorm, Projection Gates, Projection Down);

/// <summary>The low-rank pairs of a layer, for each projection of each linear layer; null where there is none.</summary>
internal sealed record LayerAdapters(LoraPair?[] Qkv, LoraPair?[] Output, LoraPair?[] Gates, LoraPair?[] Down)
{
    public static LayerAdapters None { get; } = new(new LoraPair?[3], new LoraPair?[1], new LoraPair?[2], new LoraPair?[1]);
}

/// <summary>The weights of a model as parts of one flat vector.</summary>
internal sealed class TransformerWeights
{
    private readonly Tensor _flat;
    private readonly ParameterLayout _layout;
    private readonly List<Leaf>? _learning;

    /// <param name="config">The model's.</param>
    /// <param name="layout">The model's layout; more may follow it in the vector.</param>
    /// <param name="flat">The vector.</param>
    /// <param name="learns">Whether gradients will be asked for.</param>
    public TransformerWeights(ModelConfig config, ParameterLayout layout, Tensor flat, bool learns)
    {
        (_flat, _layout) = (flat, layout);
        Embeddings = View(ModelTensors.Embedding, [config.VocabSize, config.HiddenSize]);
        Head = config.TieWordEmbeddings ? Embeddings : View(ModelTensors.Head, [config.VocabSize, config.HiddenSize]);
        EmbeddingsOffset = Offset(ModelTensors.Embedding);
        HeadOffset = config.TieWordEmbeddings ? EmbeddingsOffset : Offset(ModelTensors.Head);
        Layers = new LayerWeights[config.Layers];
        LayerLeaves = new IReadOnlyList<Leaf>[config.Layers];
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var prefix = ModelTensors.Layer(layer);
            _learning = learns ? [] : null;
            Layers[layer] = new LayerWeights(
                Part(prefix + "input_layernorm.weight", config.HiddenSize),
                Linear(prefix + "self_attn.", ["q_proj", "k_proj", "v_proj"], config.HiddenSize, [config.QueryWidth, config.KeyWidth, config.KeyWidth], config.QueryKeyValueBias),
                config.QueryKeyNorm ? Part(prefix + "self_attn.q_norm.weight", config.HeadDim) : null,
                config.QueryKeyNorm ? Part(prefix + "self_attn.k_norm.weight", config.HeadDim) : null,
                Linear(prefix + "self_attn.", ["o_proj"], config.QueryWidth, [config.HiddenSize], config.OutputBias),
                Part(prefix + "post_attention_layernorm.weight", config.HiddenSize),
                Linear(prefix + "mlp.", ["gate_proj", "up_proj"], config.HiddenSize, [config.IntermediateSize, config.IntermediateSize], config.MlpBias),
                Linear(prefix + "mlp.", ["down_proj"], config.IntermediateSize, [config.HiddenSize], config.MlpBias));
            LayerLeaves[layer] = _learning ?? [];
        }

        _learning = learns ? [] : null;
        FinalNorm = Part(ModelTensors.FinalNorm, config.HiddenSize);
        FinalLeaves = _learning ?? [];
    }

    /// <summary>[vocabulary, width].</summary>
    public Tensor Embeddings { get; }

    /// <summary>[vocabulary, width]; the embeddings where they are tied.</summary>
    public Tensor Head { get; }

    public long EmbeddingsOffset { get; }

    public long HeadOffset { get; }

    public LayerWeights[] Layers { get; }

    public Tensor FinalNorm { get; }

    /// <summary>All views of the vector, to be disposed of.</summary>
    public List<Tensor> Tensors { get; } = [];

    /// <summary>What learns of each layer.</summary>
    public IReadOnlyList<Leaf>[] LayerLeaves { get; }

    /// <summary>What learns of the final norm.</summary>
    public IReadOnlyList<Leaf> FinalLeaves { get; }

    private Projection Linear(string prefix, string[] names, int inputs, int[] widths, bool bias) =>
        new(Part($"{prefix}{names[0]}.weight", widths.Sum(), inputs), bias ? Part($"{prefix}{names[0]}.bias", widths.Sum()) : null, widths);

    /// <summary>A part, and where several follow each other all of them; one that gradients are taken of where it learns.</summary>
    private Tensor Part(string first, params long[] shape)
    {
        var view = View(first, shape);
        if (_learning is null) return view;
        _learning.Add(new Leaf(view.detach().requires_grad_(true), Offset(first)));
        Tensors.Add(_learning[^1].Value);
        return _learning[^1].Value;
    }

    private Tensor View(string first, long[] shape)
    {
        Tensors.Add(_flat.narrow(0, Offset(first), shape.Aggregate(1L, (a, b) => a * b)).view(shape));
        return Tensors[^1];
    }

    private long Offset(string name) => _layout.Find(name)!.Offset;
}

/// <summary>The low-rank pairs of an adapter as parts of one flat vector.</summary>
internal sealed class AdapterWeights
{
    /// <param name="config">The model's.</param>
    /// <param name="adapter">The adapter's.</param>
    /// <param name="layout">Has the tensors of the adapter; more may follow them in the vector.</param>
    /// <param name="flat">The vector.</param>
    public AdapterWeights(ModelConfig config, LoraConfig adapter, ParameterLayout layout, Tensor flat)
    {
        Scale = (float)adapter.Scale;
        Layers = new LayerAdapters[config.Layers];
        Leaves = new IReadOnlyList<Leaf>[config.Layers];
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var (prefix, leaves) = (ModelTensors.Layer(layer), new List<Leaf>());
            Layers[layer] = new LayerAdapters(
                [Pair("self_attn.q_proj"), Pair("self_attn.k_proj"), Pair("self_attn.v_proj")], [Pair("self_attn.o_proj")], [Pair("mlp.gate_proj"), Pair("mlp.up_proj")], [Pair("mlp.down_proj")]);
            Leaves[layer] = leaves;

            LoraPair? Pair(string linear) => layout.Find(LoraConfig.TensorName(prefix + linear, First)) is { } first
                ? new LoraPair(Leaf(first), Leaf(layout.Find(LoraConfig.TensorName(prefix + linear, "lora_B"))!))
                : null;

            Tensor Leaf(ParameterPart part)
            {
                leaves.Add(new Leaf(flat.narrow(0, part.Offset, part.Length).view(part.Shape[0], part.Shape[1]).detach().requires_grad_(true), part.Offset));
                return leaves[^1].Value;
            }
        }
    }

    /// <summary>How A is called in names.</summary>
    public const string First = "lora_A";

    /// <summary>What the output of B A is multiplied by.</summary>
    public float Scale { get; }

    public LayerAdapters[] Layers { get; }

    /// <summary>What learns of each layer.</summary>
    public IReadOnlyList<Leaf>[] Leaves { get; }
}
