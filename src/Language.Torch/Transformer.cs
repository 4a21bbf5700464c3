using Srpo.Language.Models;
using Srpo.Learning.Torch;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Srpo.Language.Torch;

/// <summary>
/// The layers of a model. Tokens of all sequences stand one below the other, [tokens, width], so that products waste nothing on padding; attention takes them
/// apart again.
/// </summary>
internal static class Transformer
{
    /// <summary>Queries that are attended from at a time, on a processor.</summary>
    private const int Block = 128;

    /// <summary>Tokens up to which that is done; longer sequences would have too many weights at a time.</summary>
    private const int LongestInBlocks = 1024;

    /// <summary>One layer.</summary>
    /// <param name="config">The model's.</param>
    /// <param name="x">[tokens, width].</param>
    /// <param name="weights">The layer's.</param>
    /// <param name="adapters">The layer's.</param>
    /// <param name="scale">Of the adapters.</param>
    /// <param name="rotations">Of every token.</param>
    /// <param name="attend">From queries [tokens, heads, head width], keys and values [tokens, key heads, head width] to [tokens, heads * head width].</param>
    /// <returns>[tokens, width].</returns>
    public static Tensor Layer(ModelConfig config, Tensor x, LayerWeights weights, LayerAdapters adapters, float scale, Rotations rotations, Func<Tensor, Tensor, Tensor, Tensor> attend)
    {
        var tokens = x.shape[0];
        var qkv = Apply(weights.Qkv, adapters.Qkv, scale, Norm(x, weights.InputNorm, config.RmsNormEps));
        var turned = config.QueryWidth + config.KeyWidth;
        Tensor queries, keys;
        if (weights.QueryNorm is { } queryNorm)
        {
            queries = rotations.Turn(Norm(qkv.narrow(1, 0, config.QueryWidth).view(tokens, config.Heads, config.HeadDim), queryNorm, config.RmsNormEps));
            keys = rotations.Turn(Norm(qkv.narrow(1, config.QueryWidth, config.KeyWidth).view(tokens, config.KeyValueHeads, config.HeadDim), weights.KeyNorm!, config.RmsNormEps));
        }
        else
        {
            var both = rotations.Turn(qkv.narrow(1, 0, turned).view(tokens, config.Heads + config.KeyValueHeads, config.HeadDim));
            (queries, keys) = (both.narrow(1, 0, config.Heads), both.narrow(1, config.Heads, config.KeyValueHeads));
        }

        var values = qkv.narrow(1, turned, config.KeyWidth).view(tokens, config.KeyValueHeads, config.HeadDim);
        x = x.add(Apply(weights.Output, adapters.Output, scale, attend(queries, keys, values)), Scalars.One);
        var gates = Apply(weights.Gates, adapters.Gates, scale, Norm(x, weights.PostNorm, config.RmsNormEps));
        var halves = gates.chunk(2, 1);
        return x.add(Apply(weights.Down, adapters.Down, scale, halves[0].silu().mul(halves[1])), Scalars.One);
    }

    /// <summary>x / sqrt(mean(x^2) + epsilon), times a weight; the mean in 32-bit floats.</summary>
    public static Tensor Norm(Tensor x, Tensor weight, double epsilon)
    {
        var wide = x.to(ScalarType.Float32);
        return wide.mul(wide.mul(wide).mean([-1], keepdim: true).add(Scalars.Of(epsilon), Scalars.One).rsqrt()).to(x.dtype).mul(weight);
    }

    /// <summary>A linear layer with what adapters add to it.</summary>
    private static Tensor Apply(Projection projection, LoraPair?[] adapters, float scale, Tensor x)
    {
        var pairs = adapters.OfType<LoraPair>().ToArray();
        if (pairs.Length == 0) return F.linear(x, projection.Weight, projection.Bias);
        if (IsMerged(projection, pairs, x.dtype)) return F.linear(x, projection.Weight.add(SideBySide(projection, adapters, x, pair => mm(pair.B, pair.A), x.shape[1]), Scalars.Of(scale)), projection.Bias);
        var y = F.linear(x, projection.Weight, projection.Bias);
        var (down, up) = adapters.Length == 1 ? (pairs[0].A, pairs[0].B) : (cat([.. pairs.Select(pair => pair.A)], 0), Diagonal(projection, adapters, x));
        return y.addmm_(F.linear(x, down).mul(Scalars.Of(scale)), up.t(), 1, 1);
    }

    /// <summary>
    /// Whether pairs are added to the weight before it is used. That costs a token nothing on the way up and the derivative by the whole weight on the way down; pairs beside it cost three products
    /// with A and three with B. It is less work where layers are hardly wider than the rank. A weight of 16 bits would swallow what a pair adds.
    /// </summary>
    private static bool IsMerged(Projection projection, LoraPair[] pairs, ScalarType type)
    {
        var (outputs, inputs, rank) = (projection.Weight.shape[0], projection.Weight.shape[1], pairs.Sum(pair => pair.A.shape[0]));
        return type == ScalarType.Float32 && outputs * inputs < 3 * rank * (outputs + inputs);
    }

    /// <summary>What belongs to projections side by side, one below the other; zeros for those without adapters.</summary>
    private static Tensor SideBySide(Projection projection, LoraPair?[] adapters, Tensor x, Func<LoraPair, Tensor> part, long width)
    {
        if (adapters.Length == 1) return part(adapters[0]!);
        return cat([.. adapters.Select((pair, i) => pair is null ? zeros(projection.Widths[i], width, dtype: x.dtype, device: x.device) : part(pair))], 0);
    }

    /// <summary>The B of pairs side by side along the diagonal of one.</summary>
    private static Tensor Diagonal(Projection projection, LoraPair?[] adapters, Tensor x)
    {
        var (rank, before, all) = (0L, 0L, adapters.Sum(pair => pair?.A.shape[0] ?? 0));
        return SideBySide(projection, adapters, x, pair =>
        {
            (before, rank) = (before + rank, pair.A.shape[0]);
            return cat([Zeros(pair, before), pair.B, Zeros(pair, all - before - rank)], 1);
        }, all);

        Tensor Zeros(LoraPair pair, long width) => zeros(pair.B.shape[0], width, dtype: x.dtype, device: x.device);
    }

    /// <summary>Whether sequences are attended to in blocks, which keeps the weights of attention for a backward pass.</summary>
    public static bool InBlocks(long length, Device device) => device.type == DeviceType.CPU && length is > 1 and <= LongestInBlocks;

    /// <summary>Attention of one sequence. Key heads are the batch, and the queries that share one its heads: nothing is copied for them.</summary>
    /// <param name="queries">[new, heads, head width].</param>
    /// <param name="keys">[all, key heads, head width].</param>
    /// <param name="values">[all, key heads, head width].</param>
    /// <param name="mask">[1, 1, new, all] what is seen; null for all, or for what is causal.</param>
    /// <param name="causal">Whether new tokens are all, and see those before them and themselves.</param>
    public static Tensor Attend(Tensor queries, Tensor keys, Tensor values, Tensor? mask, bool causal)
    {
        var (length, heads, width, keyHeads, all) = (queries.shape[0], queries.shape[1], queries.shape[2], keys.shape[1], keys.shape[0]);
        if (causal && InBlocks(length, queries.device)) return AttendInBlocks(queries, keys, values);
        var group = heads / keyHeads;
        var q = queries.reshape(length, keyHeads, group, width).permute(1, 2, 0, 3);
        var k = keys.reshape(all, keyHeads, 1, width).permute(1, 2, 0, 3).expand(keyHeads, group, all, width);
        var v = values.reshape(all, keyHeads, 1, width).permute(1, 2, 0, 3).expand(keyHeads, group, all, width);
        return F.scaled_dot_product_attention(q, k, v, mask, 0, causal).permute(2, 0, 1, 3).reshape(length, heads * width);
    }

    /// <summary>
    /// The same of a complete sequence by two products and a softmax for some queries at a time: on a processor that takes half the time of the fused kernel. The
    /// queries that share a key head are rows of one product.
    /// </summary>
    private static Tensor AttendInBlocks(Tensor queries, Tensor keys, Tensor values)
    {
        var (length, heads, width, keyHeads) = ((int)queries.shape[0], queries.shape[1], queries.shape[2], keys.shape[1]);
        var group = heads / keyHeads;
        var folded = queries.reshape(length, keyHeads, group, width).permute(1, 2, 0, 3);
        var (columns, rows) = (keys.permute(1, 2, 0), values.permute(1, 0, 2));
        var parts = new List<Tensor>();
        for (var from = 0; from < length; from += Block)
        {
            var (size, seen) = (Math.Min(Block, length - from), Math.Min(from + Block, length));
            var scores = bmm(folded.narrow(2, from, size).reshape(keyHeads, group * size, width), columns.narrow(2, 0, seen));
            var ahead = ones(size, seen, dtype: ScalarType.Bool, device: queries.device).triu(from + 1);
            var weights = F.softmax(scores.view(keyHeads, group, size, seen).to(ScalarType.Float32).mul_(Scalars.Of(1 / Math.Sqrt(width))).masked_fill_(ahead, Scalars.Of(float.NegativeInfinity)), -1).to(values.dtype);
            parts.Add(bmm(weights.view(keyHeads, group * size, seen), rows.narrow(1, 0, seen)).view(keyHeads, group, size, width).permute(2, 0, 1, 3).reshape(size, heads * width));
        }

        return parts.Count == 1 ? parts[0] : cat(parts, 0);
    }
}

/// <summary>Cosines and sines by which the heads of tokens are turned: [tokens, 1, head width] in 32-bit floats, the sines of the first half negative.</summary>
internal sealed record Rotations(Tensor Cosines, Tensor Sines)
{
    /// <summary>Of tokens at positions.</summary>
    /// <param name="angles">Per position, [head width / 2].</param>
    /// <param name="positions">[tokens].</param>
    public static Rotations At(Tensor angles, Tensor positions)
    {
        var turns = positions.to(ScalarType.Float32).unsqueeze(1).mul(angles.unsqueeze(0)).unsqueeze(1);
        var (cosines, sines) = (turns.cos(), turns.sin());
        return new Rotations(cat([cosines, cosines], 2), cat([sines.neg(), sines], 2));
    }

    /// <summary>Turns heads: a number of the first half and its like in the second are a point in the plane.</summary>
    /// <param name="heads">[tokens, heads, head width].</param>
    public Tensor Turn(Tensor heads) =>
        heads.to(ScalarType.Float32).mul(Cosines).addcmul_(heads.roll(heads.shape[2] / 2, 2).to(ScalarType.Float32), Sines, Scalars.One).to(heads.dtype);
}
