using Srpo.Language.Models;

namespace Srpo.Language.Torch.Tests;

/// <summary>The same model in doubles, a token, a head and a number at a time, in the order in which the papers write it.</summary>
internal sealed class PlainTransformer(ModelFolder folder)
{
    private readonly ModelConfig _config = folder.Config;
    private readonly Dictionary<string, float[]> _tensors = folder.Tensors.ToDictionary(tensor => tensor.Name, tensor =>
    {
        var values = new float[tensor.Count];
        folder.CopyTo(tensor.Name, values);
        return values;
    });

    /// <summary>Logits [tokens][vocabulary] of one sequence.</summary>
    public double[][] Logits(int[] tokens, int[] positions)
    {
        var states = States(tokens, positions, _config.Layers);
        var head = _config.TieWordEmbeddings ? ModelTensors.Embedding : ModelTensors.Head;
        return [.. states.Select(state =>
        {
            var normal = Norm(state, _tensors[ModelTensors.FinalNorm]);
            return Enumerable.Range(0, _config.VocabSize).Select(token => Dot(Row(head, token, _config.HiddenSize), normal)).ToArray();
        })];
    }

    /// <summary>Weights of attention of a layer, [heads * tokens * tokens] of one sequence.</summary>
    public double[] Attentions(int[] tokens, int[] positions, int layer)
    {
        var found = new double[_config.Heads * tokens.Length * tokens.Length];
        Layer(ModelTensors.Layer(layer), States(tokens, positions, layer), positions, (head, t, weights) => weights.CopyTo(found, ((head * tokens.Length) + t) * tokens.Length));
        return found;
    }

    private double[][] States(int[] tokens, int[] positions, int layers)
    {
        var states = tokens.Select(token => Row(ModelTensors.Embedding, token, _config.HiddenSize)).ToArray();
        for (var layer = 0; layer < layers; layer++) states = Layer(ModelTensors.Layer(layer), states, positions);
        return states;
    }

    private double[][] Layer(string prefix, double[][] states, int[] positions, Action<int, int, double[]>? seeWeights = null)
    {
        var normal = Array.ConvertAll(states, state => Norm(state, _tensors[prefix + "input_layernorm.weight"]));
        var queries = normal.Select((state, t) => Heads(Linear(prefix + "self_attn.q_proj", state), prefix + "self_attn.q_norm.weight", positions[t])).ToArray();
        var keys = normal.Select((state, t) => Heads(Linear(prefix + "self_attn.k_proj", state), prefix + "self_attn.k_norm.weight", positions[t])).ToArray();
        var values = normal.Select(state => Linear(prefix + "self_attn.v_proj", state).Chunk(_config.HeadDim).ToArray()).ToArray();
        var result = new double[states.Length][];
        for (var t = 0; t < states.Length; t++)
        {
            var gathered = new List<double>();
            for (var head = 0; head < _config.Heads; head++)
            {
                var shared = head / (_config.Heads / _config.KeyValueHeads);
                var weights = Enumerable.Range(0, t + 1).Select(s => Math.Exp(Dot(queries[t][head], keys[s][shared]) / Math.Sqrt(_config.HeadDim))).ToArray();
                seeWeights?.Invoke(head, t, [.. weights.Select(weight => weight / weights.Sum())]);
                for (var i = 0; i < _config.HeadDim; i++) gathered.Add(weights.Select((weight, s) => weight * values[s][shared][i]).Sum() / weights.Sum());
            }

            var middle = Add(states[t], Linear(prefix + "self_attn.o_proj", [.. gathered]));
            var inner = Norm(middle, _tensors[prefix + "post_attention_layernorm.weight"]);
            var gate = Linear(prefix + "mlp.gate_proj", inner);
            var up = Linear(prefix + "mlp.up_proj", inner);
            result[t] = Add(middle, Linear(prefix + "mlp.down_proj", [.. gate.Select((x, i) => x / (1 + Math.Exp(-x)) * up[i])]));
        }

        return result;
    }

    private double[][] Heads(double[] all, string norm, int position)
    {
        var angles = RotaryFrequencies.Of(_config);
        var half = _config.HeadDim / 2;
        return [.. all.Chunk(_config.HeadDim).Select(head =>
        {
            if (_config.QueryKeyNorm) head = Norm(head, _tensors[norm]);
            var turned = new double[head.Length];
            for (var i = 0; i < half; i++)
            {
                var (sin, cos) = Math.SinCos(position * (double)angles[i]);
                turned[i] = (head[i] * cos) - (head[i + half] * sin);
                turned[i + half] = (head[i + half] * cos) + (head[i] * sin);
            }

            return turned;
        })];
    }

    private double[] Linear(string name, double[] input)
    {
        var weights = _tensors[name + ".weight"];
        var bias = _tensors.GetValueOrDefault(name + ".bias");
        return [.. Enumerable.Range(0, weights.Length / input.Length).Select(row => Dot(Array.ConvertAll(weights[(row * input.Length)..((row + 1) * input.Length)], x => (double)x), input) + (bias?[row] ?? 0))];
    }

    private double[] Norm(double[] x, float[] weight)
    {
        var scale = 1 / Math.Sqrt(x.Average(value => value * value) + _config.RmsNormEps);
        return [.. x.Select((value, i) => value * scale * weight[i])];
    }

    private double[] Row(string name, int row, int width) => Array.ConvertAll(_tensors[name][(row * width)..((row + 1) * width)], x => (double)x);

    private static double[] Add(double[] x, double[] y) => [.. x.Zip(y, (a, b) => a + b)];

    private static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();
}
