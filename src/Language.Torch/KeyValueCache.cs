using Srpo.Core.Errors;
using Srpo.Language.Models;
using Srpo.Learning.Torch;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Srpo.Language.Torch;

/// <summary>Keys and values of all layers; of each layer [rows * capacity, key heads * head width]. What no token has filled is zero.</summary>
internal sealed class KeyValueCache : IKeyValueCache
{
    private readonly ModelConfig _config;
    private readonly Device _device;
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;
    private readonly int[] _lengths;

    public KeyValueCache(ModelConfig config, int rows, int capacity, ScalarType type, Device device)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        (_config, _device, Rows, Capacity, _lengths) = (config, device, rows, capacity, new int[rows]);
        _keys = new Tensor[config.Layers];
        _values = new Tensor[config.Layers];
        try
        {
            for (var layer = 0; layer < config.Layers; layer++)
            {
                _keys[layer] = zeros((long)rows * capacity, config.KeyWidth, dtype: type, device: device).DetachFromDisposeScope();
                _values[layer] = zeros((long)rows * capacity, config.KeyWidth, dtype: type, device: device).DetachFromDisposeScope();
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Rows { get; }

    public int Capacity { get; }

    public int Length(int row) => _lengths[row];

    public void Truncate(int row, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _lengths[row]);
        _lengths[row] = length;
    }

    /// <summary>Makes room for tokens, and says how each layer attends to them and to what was there before.</summary>
    /// <param name="rows">The rows, each once.</param>
    /// <param name="counts">New tokens of each, at least one.</param>
    /// <exception cref="SrpoException">A row has no room.</exception>
    public CachedTokens Extend(ReadOnlySpan<int> rows, ReadOnlySpan<int> counts)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            if ((uint)rows[i] >= (uint)Rows) throw new ArgumentOutOfRangeException(nameof(rows), rows[i], $"the cache has rows 0 to {Rows - 1}");
            if (rows[..i].Contains(rows[i])) throw new ArgumentException($"row {rows[i]} is given twice", nameof(rows));
            if (_lengths[rows[i]] + counts[i] > Capacity)
                throw new SrpoException(ErrorKind.Usage, $"a sequence of {_lengths[rows[i]]} tokens has no room for {counts[i]} more: the cache holds {Capacity}; use shorter texts or a larger cache");
        }

        var (positions, slots, befores) = (new List<int>(), new List<long>(), new int[rows.Length]);
        for (var i = 0; i < rows.Length; i++)
        {
            befores[i] = _lengths[rows[i]];
            for (var t = 0; t < counts[i]; t++)
            {
                positions.Add(befores[i] + t);
                slots.Add((long)rows[i] * Capacity + befores[i] + t);
            }

            _lengths[rows[i]] += counts[i];
        }

        return new CachedTokens(this, rows.ToArray(), counts.ToArray(), befores, [.. positions], tensor(slots.ToArray(), device: _device));
    }

    public void Dispose()
    {
        foreach (var tensor in _keys) tensor?.Dispose();
        foreach (var tensor in _values) tensor?.Dispose();
    }

    /// <summary>New tokens of some rows, on their way through the layers.</summary>
    internal sealed class CachedTokens
    {
        private readonly KeyValueCache _cache;
        private readonly int[] _rows;
        private readonly int[] _counts;
        private readonly int[] _befores;
        private readonly Tensor _slots;
        private readonly Tensor? _mask;
        private readonly SequencePacking? _packing;
        private readonly bool _isStep;
        private readonly int _longest;

        public CachedTokens(KeyValueCache cache, int[] rows, int[] counts, int[] befores, int[] positions, Tensor slots)
        {
            (_cache, _rows, _counts, _befores, Positions, _slots) = (cache, rows, counts, befores, positions, slots);
            _isStep = Array.TrueForAll(counts, count => count == 1);
            var starts = new int[counts.Length + 1];
            for (var i = 0; i < counts.Length; i++) starts[i + 1] = starts[i] + counts[i];
            Lasts = [.. starts.Skip(1).Select(end => end - 1)];
            if (!_isStep)
            {
                if (Array.Exists(befores, before => before > 0)) return;
                _packing = new SequencePacking(cache._config, starts, cache._device);
                (Positions, Lasts) = (_packing.Arrange(positions), _packing.PlacesOf(Lasts));
                return;
            }

            var lengths = Array.ConvertAll(befores, before => before + 1L);
            _longest = (int)lengths.Max();
            if (lengths.Any(length => length != _longest))
                _mask = arange(Scalars.Of(0), Scalars.Of(_longest), Scalars.One, device: cache._device).unsqueeze(0).less(tensor(lengths, device: cache._device).unsqueeze(1)).view(rows.Length, 1, 1, _longest);
        }

        /// <summary>Positions of the new tokens, as they stand below each other.</summary>
        public IReadOnlyList<int> Positions { get; }

        /// <summary>Where the last token of each row stands.</summary>
        public IReadOnlyList<int> Lasts { get; }

        /// <summary>New tokens, row after row, as they stand below each other: where all rows are new, those of about one length are attended to together.</summary>
        public IReadOnlyList<int> Arrange(int[] tokens) => _packing?.Arrange(tokens) ?? tokens;

        /// <summary>Attention of a layer, which keeps the new keys and values.</summary>
        public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
        {
            var (config, kept, keptValues) = (_cache._config, _cache._keys[layer], _cache._values[layer]);
            kept.index_copy_(0, _slots, InOrder(keys));
            keptValues.index_copy_(0, _slots, InOrder(values));
            if (_isStep) return Step(queries, kept, keptValues);
            if (_packing is not null) return _packing.Attend(queries, keys, values);
            var parts = new Tensor[_rows.Length];
            var from = 0;
            for (var i = 0; i < parts.Length; i++)
            {
                var (own, count) = (queries.narrow(0, from, _counts[i]), _counts[i]);
                if (_befores[i] == 0)
                {
                    parts[i] = Transformer.Attend(own, keys.narrow(0, from, count), values.narrow(0, from, count), null, causal: count > 1);
                }
                else
                {
                    var (all, first) = (_befores[i] + count, (long)_rows[i] * _cache.Capacity);
                    var mask = ones(count, all, dtype: ScalarType.Bool, device: _cache._device).tril(_befores[i]).view(1, 1, count, all);
                    parts[i] = Transformer.Attend(own, Heads(kept.narrow(0, first, all)), Heads(keptValues.narrow(0, first, all)), mask, causal: false);
                }

                from += count;
            }

            return parts.Length == 1 ? parts[0] : cat(parts, 0);

            Tensor InOrder(Tensor rows)
            {
                var flat = rows.reshape(rows.shape[0], config.KeyWidth);
                return _packing?.InOrder(flat) ?? flat;
            }

            Tensor Heads(Tensor part) => part.view(part.shape[0], config.KeyValueHeads, config.HeadDim);
        }

        private Tensor Step(Tensor queries, Tensor keys, Tensor values)
        {
            var config = _cache._config;
            var q = queries.reshape(_rows.Length, config.KeyValueHeads, config.Heads / config.KeyValueHeads, config.HeadDim);
            return F.scaled_dot_product_attention(q, Rows(keys), Rows(values), _mask, 0, false).reshape(_rows.Length, config.QueryWidth);

            // [rows, key heads, longest, head width].
            Tensor Rows(Tensor kept)
            {
                var all = kept.view(_cache.Rows, _cache.Capacity, config.KeyValueHeads, config.HeadDim);
                var some = FollowEachOther() ? all.narrow(0, _rows[0], _rows.Length).narrow(1, 0, _longest) : all.narrow(1, 0, _longest).index_select(0, TensorMemory.Indices(_rows, _cache._device));
                return some.permute(0, 2, 1, 3);
            }
        }

        private bool FollowEachOther()
        {
            for (var i = 1; i < _rows.Length; i++)
            {
                if (_rows[i] != _rows[i - 1] + 1) return false;
            }

            return true;
        }
    }
}
