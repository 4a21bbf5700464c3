using Srpo.Language.Models;

namespace Srpo.Language.Torch;

/// <summary>How a model's weights stand in one vector.</summary>
internal static class TransformerLayout
{
    /// <summary>How the weights of a value head are called.</summary>
    public const string ValueWeight = "value_head.weight";

    /// <summary>How the bias of a value head is called.</summary>
    public const string ValueBias = "value_head.bias";

    extension(ModelConfig config)
    {
        /// <summary>Numbers of all queries of a token.</summary>
        public int QueryWidth => config.Heads * config.HeadDim;

        /// <summary>Numbers of all keys of a token, and of all values.</summary>
        public int KeyWidth => config.KeyValueHeads * config.HeadDim;

        /// <summary>
        /// All weights. Those of queries, keys and values follow each other, then their biases, and so do both gates of the perceptron: one product makes
        /// them all.
        /// </summary>
        public ParameterLayout Layout() => new(ModelTensors.Of(config)
            .Select((tensor, index) => (tensor, index))
            .GroupBy(item => Group(item.tensor))
            .SelectMany(group => group.OrderBy(item => item.tensor.IsBias).ThenBy(item => item.index))
            .Select(item => (item.tensor.Name, item.tensor.Shape)));

        /// <summary>
        /// About how many bytes autograd keeps of a token in a layer: inputs and halves of the norms, queries, keys, values and what attention makes of them,
        /// both gates and their product.
        /// </summary>
        /// <param name="size">Bytes of a number.</param>
        public long KeptBytes(int size) =>
            (2L * (8 + size) * config.HiddenSize) + (2L * size * (config.QueryWidth + config.KeyWidth)) + (4L * size * config.IntermediateSize)
            + (config.QueryKeyNorm ? (8L + size) * (config.QueryWidth + config.KeyWidth) : 0);
    }

    /// <summary>What tensors have in common that follow each other; of all others their name.</summary>
    private static string Group(ModelTensor tensor)
    {
        foreach (var projection in new[] { "q_proj.", "k_proj.", "v_proj." })
        {
            if (tensor.Name.Contains(projection, StringComparison.Ordinal)) return tensor.Name[..tensor.Name.IndexOf(projection, StringComparison.Ordinal)] + "qkv";
        }

        foreach (var projection in new[] { "gate_proj.", "up_proj." })
        {
            if (tensor.Name.Contains(projection, StringComparison.Ordinal)) return tensor.Name[..tensor.Name.IndexOf(projection, StringComparison.Ordinal)] + "gates";
        }

        return tensor.Name;
    }
}
