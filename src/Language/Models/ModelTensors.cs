using System.Globalization;

namespace Srpo.Language.Models;

/// <summary>A tensor that an architecture needs.</summary>
/// <param name="Name">Its name, as files have it.</param>
/// <param name="Shape">Its dimensions, outermost first; weights are [outputs, inputs].</param>
public sealed record ModelTensor(string Name, IReadOnlyList<int> Shape)
{
    /// <summary>How many numbers it has.</summary>
    public long Count => Shape.Aggregate(1L, static (count, dimension) => count * dimension);

    /// <summary>Whether it is the scale of a normalisation.</summary>
    public bool IsNorm => Shape.Count == 1 && Name.EndsWith("weight", StringComparison.Ordinal);

    /// <summary>Whether it is a bias.</summary>
    public bool IsBias => Name.EndsWith(".bias", StringComparison.Ordinal);
}

/// <summary>A linear layer of a transformer's layers.</summary>
/// <param name="Name">Its name, for example model.layers.0.self_attn.q_proj; its weights have ".weight" behind it.</param>
/// <param name="Inputs">Numbers that go in.</param>
/// <param name="Outputs">Numbers that come out.</param>
/// <param name="Bias">Whether it has a bias.</param>
public sealed record ModelLinear(string Name, int Inputs, int Outputs, bool Bias);

/// <summary>The tensors of an architecture, with the names that Hugging Face's transformers gives them.</summary>
public static class ModelTensors
{
    /// <summary>The embedding: [tokens, hidden size].</summary>
    public const string Embedding = "model.embed_tokens.weight";

    /// <summary>The scale of the last normalisation: [hidden size].</summary>
    public const string FinalNorm = "model.norm.weight";

    /// <summary>The head, where it is not tied to the embedding: [tokens, hidden size].</summary>
    public const string Head = "lm_head.weight";

    /// <summary>What the names of a layer's tensors begin with.</summary>
    /// <param name="layer">The layer, from 0.</param>
    public static string Layer(int layer) => string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.");

    /// <summary>All tensors in order: the embedding, layer after layer, the last normalisation, and the head where it is not tied.</summary>
    /// <param name="config">The model.</param>
    public static IReadOnlyList<ModelTensor> Of(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var tensors = new List<ModelTensor> { new(Embedding, [config.VocabSize, config.HiddenSize]) };
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var prefix = Layer(layer);
            tensors.Add(new ModelTensor(prefix + "input_layernorm.weight", [config.HiddenSize]));
            foreach (var linear in Attention(config, prefix)) Add(linear);
            if (config.QueryKeyNorm)
            {
                tensors.Add(new ModelTensor(prefix + "self_attn.q_norm.weight", [config.HeadDim]));
                tensors.Add(new ModelTensor(prefix + "self_attn.k_norm.weight", [config.HeadDim]));
            }

            tensors.Add(new ModelTensor(prefix + "post_attention_layernorm.weight", [config.HiddenSize]));
            foreach (var linear in Perceptron(config, prefix)) Add(linear);
        }

        tensors.Add(new ModelTensor(FinalNorm, [config.HiddenSize]));
        if (!config.TieWordEmbeddings) tensors.Add(new ModelTensor(Head, [config.VocabSize, config.HiddenSize]));
        return tensors;

        void Add(ModelLinear linear)
        {
            tensors.Add(new ModelTensor(linear.Name + ".weight", [linear.Outputs, linear.Inputs]));
            if (linear.Bias) tensors.Add(new ModelTensor(linear.Name + ".bias", [linear.Outputs]));
        }
    }

    /// <summary>The linear layers of all layers in order: q, k, v, o, gate, up, down of each. The head is none of them.</summary>
    /// <param name="config">The model.</param>
    public static IEnumerable<ModelLinear> Linears(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Enumerable.Range(0, config.Layers).SelectMany(layer => Attention(config, Layer(layer)).Concat(Perceptron(config, Layer(layer))));
    }

    private static IEnumerable<ModelLinear> Attention(ModelConfig config, string prefix)
    {
        var (queries, keys) = (config.Heads * config.HeadDim, config.KeyValueHeads * config.HeadDim);
        yield return new ModelLinear(prefix + "self_attn.q_proj", config.HiddenSize, queries, config.QueryKeyValueBias);
        yield return new ModelLinear(prefix + "self_attn.k_proj", config.HiddenSize, keys, config.QueryKeyValueBias);
        yield return new ModelLinear(prefix + "self_attn.v_proj", config.HiddenSize, keys, config.QueryKeyValueBias);
        yield return new ModelLinear(prefix + "self_attn.o_proj", queries, config.HiddenSize, config.OutputBias);
    }

    private static IEnumerable<ModelLinear> Perceptron(ModelConfig config, string prefix)
    {
        yield return new ModelLinear(prefix + "mlp.gate_proj", config.HiddenSize, config.IntermediateSize, config.MlpBias);
        yield return new ModelLinear(prefix + "mlp.up_proj", config.HiddenSize, config.IntermediateSize, config.MlpBias);
        yield return new ModelLinear(prefix + "mlp.down_proj", config.IntermediateSize, config.HiddenSize, config.MlpBias);
    }
}
