using Srpo.Language.Models;
using Srpo.Learning.Torch;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Srpo.Language.Torch;

/// <summary>
/// How complete sequences stand below each other so that attention takes many of them at a time. On a processor short ones of about one length are filled up to the longest of them, at their end,
/// where no token sees what fills them; the others, and all on a GPU, stand as they are. A place is where a token stands then. It lives as long as the scope that it is made in.
/// </summary>
internal sealed class SequencePacking
{
    /// <summary>Tokens of a sequence up to which it is short.</summary>
    private const int Longest = 128;

    /// <summary>Numbers of the weights of attention that there are at the same time.</summary>
    private const long MostWeights = 1L << 22;

    /// <summary>A sequence is filled up by no more than this part of the longest one's tokens, or a few.</summary>
    private const int FilledPart = 8;

    private const int FewTokens = 4;

    private readonly List<Group> _groups = [];
    private readonly int[]? _places;
    private readonly Device _device;

    /// <param name="config">The model's.</param>
    /// <param name="starts">Index of the first token of every sequence, and behind them the number of tokens.</param>
    /// <param name="device">Where it is.</param>
    public SequencePacking(ModelConfig config, IReadOnlyList<int> starts, Device device)
    {
        _device = device;
        var lengths = Enumerable.Range(0, starts.Count - 1).Select(i => starts[i + 1] - starts[i]).ToArray();
        var packs = device.type == DeviceType.CPU && lengths.Count(length => length <= Longest) > 1;
        int[] order = [.. packs ? Enumerable.Range(0, lengths.Length).OrderByDescending(i => lengths[i]) : Enumerable.Range(0, lengths.Length)];
        var places = new int[starts[^1]];
        for (var i = 0; i < order.Length;)
        {
            var (length, count) = (lengths[order[i]], 1);
            if (packs && length <= Longest)
            {
                var most = Math.Max(1, MostWeights / ((long)config.Heads * length * length));
                while (i + count < order.Length && count < most && lengths[order[i + count]] >= length - Math.Max(FewTokens, length / FilledPart)) count++;
            }

            for (var j = 0; j < count; j++)
            {
                var sequence = order[i + j];
                for (var t = 0; t < lengths[sequence]; t++) places[starts[sequence] + t] = Count + (j * length) + t;
            }

            _groups.Add(new Group(Count, count, length, count == 1 ? null : Ahead(length, config.Heads / config.KeyValueHeads, device)));
            Count += count * length;
            i += count;
        }

        if (packs) _places = places;
    }

    /// <summary>Number of places.</summary>
    public int Count { get; }

    /// <summary>About how many weights of attention a layer keeps for a backward pass.</summary>
    public long KeptWeights(ModelConfig config) => _groups.Sum(group => group.Count > 1 || Transformer.InBlocks(group.Length, _device) ? config.Heads * group.Count * (long)group.Length * group.Length : 0);

    /// <summary>What belongs to the tokens, by their places; 0 where none stands.</summary>
    public IReadOnlyList<int> Arrange(IReadOnlyList<int> values)
    {
        if (_places is null) return values;
        var arranged = new int[Count];
        for (var i = 0; i < _places.Length; i++) arranged[_places[i]] = values[i];
        return arranged;
    }

    /// <summary>The places of tokens.</summary>
    /// <param name="at">Their indices.</param>
    public IReadOnlyList<int> PlacesOf(IReadOnlyList<int> at) => _places is null ? at : [.. at.Select(index => _places[index])];

    /// <summary>Rows of all tokens in the order of their indices, of rows by places.</summary>
    public Tensor InOrder(Tensor rows) => _places is null ? rows : rows.index_select(0, TensorMemory.Indices(_places, _device));

    /// <summary>Attention of each token to those before it in its sequence and itself.</summary>
    /// <param name="queries">[places, heads, head width].</param>
    /// <param name="keys">[places, key heads, head width].</param>
    /// <param name="values">[places, key heads, head width].</param>
    /// <returns>[places, heads * head width].</returns>
    public Tensor Attend(Tensor queries, Tensor keys, Tensor values)
    {
        var parts = new Tensor[_groups.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            var (from, count, length, ahead) = _groups[i];
            var (q, k, v) = parts.Length == 1 ? (queries, keys, values) : (queries.narrow(0, from, count * length), keys.narrow(0, from, count * length), values.narrow(0, from, count * length));
            parts[i] = ahead is null ? Transformer.Attend(q, k, v, null, causal: length > 1) : Together(q, k, v, count, length, ahead);
        }

        return parts.Length == 1 ? parts[0] : cat(parts, 0);
    }

    /// <summary>Sequences of one length: two products and a softmax. The queries that share a key head are rows of one product.</summary>
    private static Tensor Together(Tensor queries, Tensor keys, Tensor values, int count, int length, Tensor ahead)
    {
        var (heads, width, keyHeads) = (queries.shape[1], queries.shape[2], keys.shape[1]);
        var (group, batch) = (heads / keyHeads, count * keyHeads);
        var q = queries.reshape(count, length, keyHeads, group, width).permute(0, 2, 3, 1, 4).reshape(batch, group * length, width);
        var k = keys.reshape(count, length, keyHeads, width).permute(0, 2, 3, 1).reshape(batch, width, length);
        var v = values.reshape(count, length, keyHeads, width).permute(0, 2, 1, 3).reshape(batch, length, width);
        var scale = 1 / MathF.Sqrt(width);

        // The bindings take what is added last, and call it the second factor.
        var scores = q.dtype == ScalarType.Float32 ? q.baddbmm(k, ahead, 1, scale) : bmm(q, k).to(ScalarType.Float32).mul_(Scalars.Of(scale)).add_(ahead, Scalars.One);
        var weights = F.softmax(scores, -1).to(values.dtype);
        return bmm(weights, v).view(count, keyHeads, group, length, width).permute(0, 3, 1, 2, 4).reshape((long)count * length, heads * width);
    }

    /// <summary>[1, group * length, length] minus infinity where a key comes after its query, else 0.</summary>
    private static Tensor Ahead(int length, int group, Device device) =>
        zeros(length, length, device: device).masked_fill_(ones(length, length, dtype: ScalarType.Bool, device: device).triu(1), Scalars.Of(float.NegativeInfinity)).repeat(group, 1).unsqueeze(0);

    /// <summary>Sequences that follow each other and have one length, with what is not seen where they are several.</summary>
    private sealed record Group(int From, int Count, int Length, Tensor? Ahead);
}
