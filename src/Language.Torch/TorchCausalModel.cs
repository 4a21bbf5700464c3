using Srpo.Core.Errors;
using Srpo.Language.Models;
using Srpo.Language.Training;
using Srpo.Learning.Torch;
using static TorchSharp.torch;

namespace Srpo.Language.Torch;

/// <summary>
/// A decoder-only transformer on libtorch. Training keeps what a backward pass needs for as many layers as its memory allows and computes the others
/// again, a layer at a time; the bits are the same either way.
/// </summary>
public sealed class TorchCausalModel : ICausalModel
{
    /// <summary>Bytes that a pass of training may keep of its layers, where nothing else is said.</summary>
    public const long DefaultActivationBytes = 2L << 30;

    private readonly SharedTransformer _shared;
    private readonly ModelConfig _config;
    private readonly Device _device;
    private readonly ScalarType _type;
    private readonly TransformerWeights _weights;
    private readonly AdapterWeights? _adapter;
    private readonly LearnedVector? _learned;
    private readonly Tensor _angles;
    private readonly long _valueOffset = -1;
    private bool _disposed;

    private TorchCausalModel(SharedTransformer shared, LoraConfig? adapter, bool ownWeights, bool values, ulong seed)
    {
        (_shared, _config, _device, _type) = (shared, shared.Config, shared.Device, TensorMemory.TypeOf(shared.Precision));
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var parts = new List<(string, IReadOnlyList<int>)>();
        if (ownWeights) parts.AddRange(shared.Layout.Parts.Select(part => (part.Name, part.Shape)));
        if (adapter is not null) parts.AddRange(adapter.Tensors(_config).Select(tensor => (tensor.Name, tensor.Shape)));
        if (values) parts.AddRange([(TransformerLayout.ValueWeight, [_config.HiddenSize]), (TransformerLayout.ValueBias, [1])]);
        Learned = new ParameterLayout(parts);
        if (values) _valueOffset = Learned.Find(TransformerLayout.ValueWeight)!.Offset;
        if (Learned.Length > 0) _learned = new LearnedVector(Learned, _type, _device);
        try
        {
            if (ownWeights) _learned!.Parameters.narrow(0, 0, shared.Layout.Length).copy_(shared.Flat);
            if (adapter is not null) Initialise(adapter, seed);
            _learned?.Refresh();
            _weights = ownWeights ? new TransformerWeights(_config, Learned, _learned!.Working, learns: true) : shared.Weights;
            if (adapter is not null) _adapter = new AdapterWeights(_config, adapter, Learned, _learned!.Working);
            _angles = tensor(RotaryFrequencies.Of(_config), device: _device);
            scope.Detach([_angles, .. Keep()]);
        }
        catch
        {
            _learned?.Dispose();
            throw;
        }

        shared.Acquire();
    }

    /// <summary>Bytes that a pass of training may keep of its layers, at least 0; what does not fit is computed twice.</summary>
    public long ActivationBytes { get; set; } = DefaultActivationBytes;

    /// <inheritdoc/>
    public ModelConfig Config => _config;

    /// <inheritdoc/>
    public ModelPrecision Precision => _shared.Precision;

    /// <inheritdoc/>
    public ParameterLayout Learned { get; }

    /// <inheritdoc/>
    public bool HasValues => _valueOffset >= 0;

    /// <summary>The weights that its layers read.</summary>
    internal TransformerWeights Weights => _weights;

    /// <summary>The model of a folder, whose weights do not learn. Models of equal weights, precision and place share them in memory.</summary>
    /// <param name="folder">The folder; it may be closed afterwards.</param>
    /// <param name="precision">How numbers are rounded.</param>
    /// <param name="device">cpu, cuda, or cuda: and the number of a GPU.</param>
    /// <exception cref="SrpoException">libtorch cannot be loaded, has no such device, or there is not enough memory.</exception>
    public static TorchCausalModel Open(ModelFolder folder, ModelPrecision precision, string device = "cpu") => Open(folder, precision, device, rounded: false);

    /// <summary>The same with weights as bfloat16 holds them, whatever they are stored as and computed in.</summary>
    /// <inheritdoc cref="Open(ModelFolder, ModelPrecision, string)"/>
    public static TorchCausalModel OpenRounded(ModelFolder folder, ModelPrecision precision, string device = "cpu") => Open(folder, precision, device, rounded: true);

    /// <summary>A model with <see cref="RandomWeights"/>, which do not learn.</summary>
    /// <param name="config">What it is made of.</param>
    /// <param name="precision">How numbers are rounded.</param>
    /// <param name="seed">Of the weights.</param>
    /// <param name="device">cpu, cuda, or cuda: and the number of a GPU.</param>
    /// <exception cref="SrpoException">libtorch cannot be loaded, has no such device, or there is not enough memory.</exception>
    public static TorchCausalModel Create(ModelConfig config, ModelPrecision precision, ulong seed, string device = "cpu")
    {
        ArgumentNullException.ThrowIfNull(config);
        return Of(SharedTransformer.Create(config, precision, SharedTransformer.Find(device), seed));
    }

    private static TorchCausalModel Open(ModelFolder folder, ModelPrecision precision, string device, bool rounded) =>
        Of(SharedTransformer.Open(folder, precision, SharedTransformer.Find(device), rounded));

    /// <summary>A model on weights that are held for it.</summary>
    private static TorchCausalModel Of(SharedTransformer shared)
    {
        try
        {
            return new TorchCausalModel(shared, null, ownWeights: false, values: false, 0);
        }
        finally
        {
            shared.Release();
        }
    }

    /// <inheritdoc/>
    public ICausalModel WithAdapter(LoraConfig adapter, bool values, ulong seed) => Guard("an adapter", () =>
    {
        return new TorchCausalModel(_shared, adapter, ownWeights: false, values, seed) { ActivationBytes = ActivationBytes };
    });

    /// <inheritdoc/>
    public ICausalModel WithOwnWeights(bool values) =>
        Guard("a copy of all weights", () => new TorchCausalModel(_shared, null, ownWeights: true, values, 0) { ActivationBytes = ActivationBytes });

    /// <inheritdoc/>
    public IKeyValueCache CreateCache(int rows, int capacity) => Guard("a cache of keys and values", () => new KeyValueCache(_config, rows, capacity, _type, _device));

    /// <inheritdoc/>
    public void Prefill(IKeyValueCache cache, ReadOnlySpan<int> rows, IReadOnlyList<IReadOnlyList<int>> tokens, Span<float> logits)
    {
        if (tokens.Count != rows.Length) throw new ArgumentException("every row needs its tokens", nameof(tokens));
        Read(cache, rows, [.. tokens.SelectMany(some => some)], [.. tokens.Select(some => some.Count)], logits);
    }

    /// <inheritdoc/>
    public void Step(IKeyValueCache cache, ReadOnlySpan<int> rows, ReadOnlySpan<int> tokens, Span<float> logits)
    {
        if (tokens.Length != rows.Length) throw new ArgumentException("every row needs its token", nameof(tokens));
        Read(cache, rows, tokens.ToArray(), [.. Enumerable.Repeat(1, rows.Length)], logits);
    }

    private unsafe void Read(IKeyValueCache cache, ReadOnlySpan<int> rows, int[] tokens, int[] counts, Span<float> logits)
    {
        if (rows.IsEmpty) return;
        if (logits.Length != rows.Length * _config.VocabSize) throw new ArgumentException($"{rows.Length} rows have {(long)rows.Length * _config.VocabSize} logits", nameof(logits));
        if (Array.Exists(counts, count => count < 1)) throw new ArgumentException("every row needs at least one token", nameof(rows));
        TokenBatch.Of(tokens).ThrowIfOutside(_config.VocabSize);
        var own = (KeyValueCache)cache;
        var kept = rows.ToArray();
        fixed (float* target = logits)
        {
            var (first, length) = ((nint)target, logits.Length);
            Guard($"{tokens.Length} tokens of generation", () =>
            {
                using var scope = NewDisposeScope();
                using var noGradients = no_grad();
                var extended = own.Extend(kept, counts);
                try
                {
                    var hidden = Hidden(extended.Arrange(tokens), extended.Positions, extended.Attend);
                    var last = Select(hidden, extended.Lasts);
                    TensorMemory.Read(nn.functional.linear(Normalised(last), _weights.Head).view(-1), new Span<float>((float*)first, length));
                }
                catch
                {
                    // Whatever went wrong, the rows hold what they held.
                    for (var i = 0; i < kept.Length; i++) own.Truncate(kept[i], own.Length(kept[i]) - counts[i]);
                    throw;
                }

                return true;
            });
        }
    }

    /// <inheritdoc/>
    public unsafe void Logits(TokenBatch batch, Span<float> logits)
    {
        if (logits.Length != (long)batch.Count * _config.VocabSize) throw new ArgumentException($"{batch.Count} tokens have {(long)batch.Count * _config.VocabSize} logits", nameof(logits));
        fixed (float* target = logits)
        {
            var (first, length) = ((nint)target, logits.Length);
            Infer(batch, null, hidden => TensorMemory.Read(nn.functional.linear(Normalised(hidden), _weights.Head).view(-1), new Span<float>((float*)first, length)));
        }
    }

    /// <inheritdoc/>
    public void LogProbabilities(TokenBatch batch, Predictions predictions, double temperature, Span<float> logProbabilities, Span<float> entropies)
    {
        Check(batch, predictions.At, temperature);
        if (logProbabilities.Length != predictions.Count) throw new ArgumentException($"there are {predictions.Count} predictions", nameof(logProbabilities));
        if (!entropies.IsEmpty && entropies.Length != predictions.Count) throw new ArgumentException($"there are {predictions.Count} predictions", nameof(entropies));
        if (predictions.Count == 0) return;
        var (logs, spreads) = (new float[predictions.Count], new float[entropies.Length]);
        Infer(batch, predictions.At, hidden => LanguageHead.Score(Normalised(hidden), _weights.Head, predictions.Targets, temperature, logs, spreads));
        logs.CopyTo(logProbabilities);
        spreads.CopyTo(entropies);
    }

    /// <inheritdoc/>
    public void Values(TokenBatch batch, IReadOnlyList<int> at, Span<float> values)
    {
        RequireValues();
        Check(batch, at, 1);
        if (values.Length != at.Count) throw new ArgumentException($"there are {at.Count} values", nameof(values));
        if (at.Count == 0) return;
        var read = new float[at.Count];
        Infer(batch, at, hidden => TensorMemory.Read(ValuesOf(Normalised(hidden)), read));
        read.CopyTo(values);
    }

    /// <inheritdoc/>
    public void Backward(TokenBatch batch, Predictions predictions, double temperature, ITokenLoss loss)
    {
        Check(batch, predictions.At, temperature);
        if (predictions.Count == 0) return;
        var headLearns = _weights.FinalLeaves.Count > 0;
        Learn(batch, predictions.At, normalised => LanguageHead.Learn(
            normalised, _weights.Head, predictions.Targets, temperature, loss, headLearns ? _learned!.GradientOf(_weights.HeadOffset, _config.VocabSize, _config.HiddenSize) : null));
    }

    /// <inheritdoc/>
    public void Backward(TokenBatch batch, IReadOnlyList<int> at, IValueLoss loss)
    {
        RequireValues();
        Check(batch, at, 1);
        if (at.Count == 0) return;
        Learn(batch, at, normalised =>
        {
            var (values, slopes) = (new float[at.Count], new float[at.Count]);
            TensorMemory.Read(ValuesOf(normalised), values);
            loss.Add(0, values, slopes);
            var slope = tensor(slopes, device: _device);
            _learned!.GradientOf(_valueOffset, _config.HiddenSize).add_(mv(normalised.to(ScalarType.Float32).t(), slope), Scalars.One);
            _learned.GradientOf(_valueOffset + _config.HiddenSize, 1).add_(slope.sum(), Scalars.One);
            return outer(slope, ValueWeight).to(_type);
        });
    }

    /// <inheritdoc/>
    public double Step(AdamWSettings settings)
    {
        settings.ThrowIfInvalid();
        return Guard("a step of the optimiser", () =>
        {
            using var noGradients = no_grad();
            return RequireLearned().Step(settings);
        });
    }

    /// <inheritdoc/>
    public void ReadGradient(Span<float> gradient) => TensorMemory.Read(RequireLearned().Gradient, gradient);

    /// <inheritdoc/>
    public LearnedState Save() => _learned?.Save() ?? new LearnedState([], [], [], 0);

    /// <inheritdoc/>
    public void Restore(LearnedState state)
    {
        using var noGradients = no_grad();
        RequireLearned().Restore(state);
    }

    /// <inheritdoc/>
    public float[][] HiddenStates(TokenBatch batch)
    {
        batch.ThrowIfOutside(_config.VocabSize);
        var all = new float[_config.Layers + 1][];
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var packing = new SequencePacking(_config, batch.Starts, _device);
        var x = Embed(packing.Arrange(batch.Tokens));
        var rotations = RotationsAt(packing.Arrange(batch.Positions));
        for (var layer = 0; layer <= _config.Layers; layer++)
        {
            all[layer] = new float[(long)batch.Count * _config.HiddenSize];
            TensorMemory.Read(packing.InOrder(layer < _config.Layers ? x : Normalised(x)).reshape(-1), all[layer]);
            if (layer < _config.Layers) x = Layer(layer, x, rotations, packing.Attend);
        }

        return all;
    }

    /// <inheritdoc/>
    public float[][] Attentions(TokenBatch batch, int layer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(layer, _config.Layers);
        batch.ThrowIfOutside(_config.VocabSize);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var packing = new SequencePacking(_config, batch.Starts, _device);
        var x = Embed(packing.Arrange(batch.Tokens));
        var rotations = RotationsAt(packing.Arrange(batch.Positions));
        for (var before = 0; before < layer; before++) x = Layer(before, x, rotations, packing.Attend);
        float[][] all = [.. Enumerable.Range(0, batch.Sequences).Select(i => new float[(long)_config.Heads * batch.Length(i) * batch.Length(i)])];
        Layer(layer, x, rotations, (queries, keys, values) =>
        {
            for (var from = 0; from < Enumerable.Range(0, batch.Sequences).Max(batch.Length); from += _config.HeadDim) ReadAttentions(batch, packing, from, (queries, keys, values.dtype), all);
            return packing.Attend(queries, keys, values);
        });
        return all;
    }

    /// <summary>
    /// Weights of a layer's attention to as many tokens of each sequence as a head is wide. No kernel hands them out; but where the value of a token is a one at its own place, what is gathered of
    /// values is the weights.
    /// </summary>
    private void ReadAttentions(TokenBatch batch, SequencePacking packing, int from, (Tensor Queries, Tensor Keys, ScalarType Type) layer, float[][] all)
    {
        var (width, heads) = (_config.HeadDim, _config.Heads);
        var numbers = packing.Arrange([.. Enumerable.Range(0, batch.Sequences).SelectMany(i => Enumerable.Range(-from, batch.Length(i)))]);
        var ones = new float[packing.Count * width];
        for (var place = 0; place < packing.Count; place++)
        {
            if (numbers[place] >= 0 && numbers[place] < width) ones[(place * width) + numbers[place]] = 1;
        }

        using var scope = NewDisposeScope();
        var values = tensor(ones, device: _device).to(layer.Type).view(packing.Count, 1, width).expand(packing.Count, _config.KeyValueHeads, width);
        var gathered = new float[batch.Count * heads * width];
        TensorMemory.Read(packing.InOrder(packing.Attend(layer.Queries, layer.Keys, values)).reshape(-1), gathered);
        for (var i = 0; i < batch.Sequences; i++)
        {
            var length = batch.Length(i);
            for (var t = 0; t < length; t++)
            {
                for (var head = 0; head < heads; head++)
                {
                    if (from < length) gathered.AsSpan((((batch.Starts[i] + t) * heads) + head) * width, Math.Min(width, length - from)).CopyTo(all[i].AsSpan((((head * length) + t) * length) + from));
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _angles.Dispose();
        foreach (var tensor in Keep()) tensor.Dispose();
        _learned?.Dispose();
        _shared.Release();
    }

    /// <summary>Tensors that live as long as the model.</summary>
    private List<Tensor> Keep()
    {
        var tensors = new List<Tensor>();
        if (!ReferenceEquals(_weights, _shared.Weights)) tensors.AddRange(_weights.Tensors);
        if (_adapter is not null) tensors.AddRange(_adapter.Leaves.SelectMany(leaves => leaves.Select(leaf => leaf.Value)));
        return tensors;
    }

    /// <summary>Reads the states of some tokens behind the last layer, [tokens, width]; of all where none are named.</summary>
    private void Infer(TokenBatch batch, IReadOnlyList<int>? at, Action<Tensor> read) => Guard($"{batch.Count} tokens", () =>
    {
        batch.ThrowIfOutside(_config.VocabSize);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var packing = new SequencePacking(_config, batch.Starts, _device);
        var hidden = Hidden(packing.Arrange(batch.Tokens), packing.Arrange(batch.Positions), (_, q, k, v) => packing.Attend(q, k, v));
        read(at is null ? packing.InOrder(hidden) : Select(hidden, packing.PlacesOf(at)));
        return true;
    });

    /// <summary>[tokens, width] behind the last layer.</summary>
    private Tensor Hidden(IReadOnlyList<int> tokens, IReadOnlyList<int> positions, Func<int, Tensor, Tensor, Tensor, Tensor> attend)
    {
        var x = Embed(tokens);
        var rotations = RotationsAt(positions);
        for (var layer = 0; layer < _config.Layers; layer++)
        {
            var (number, last) = (layer, x);
            x = Layer(layer, last, rotations, (q, k, v) => attend(number, q, k, v));
            last.Dispose();
        }

        return x;
    }

    private Tensor Layer(int layer, Tensor x, Rotations rotations, Func<Tensor, Tensor, Tensor, Tensor> attend)
    {
        using var scope = NewDisposeScope();
        return Transformer.Layer(_config, x, _weights.Layers[layer], _adapter?.Layers[layer] ?? LayerAdapters.None, _adapter?.Scale ?? 1, rotations, attend).MoveToOuterDisposeScope();
    }

    /// <summary>Takes a loss back through the layers.</summary>
    /// <param name="batch">Sequences.</param>
    /// <param name="at">The tokens that the loss is of.</param>
    /// <param name="top">From their normalised states to the derivative by them.</param>
    private void Learn(TokenBatch batch, IReadOnlyList<int> at, Func<Tensor, Tensor> top) => Guard($"training with {batch.Count} tokens at a time", () =>
    {
        batch.ThrowIfOutside(_config.VocabSize);
        var learned = RequireLearned();
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var embeddingsLearn = _weights.FinalLeaves.Count > 0;
        var leaves = Enumerable.Range(0, _config.Layers).Select(layer => (IReadOnlyList<Leaf>)[.. _weights.LayerLeaves[layer], .. _adapter?.Leaves[layer] ?? []]).ToArray();

        // Below the first layer that learns, nothing is taken back.
        var lowest = embeddingsLearn ? 0 : Array.FindIndex(leaves, some => some.Count > 0);
        if (lowest < 0) lowest = _config.Layers;
        var packing = new SequencePacking(_config, batch.Starts, _device);
        var (tokens, places) = (packing.Arrange(batch.Tokens), packing.PlacesOf(at));
        var room = ActivationBytes / Math.Max(1, KeptBytes(packing));
        var firstKept = (int)Math.Max(lowest, _config.Layers - Math.Min(room, _config.Layers));
        var (inputs, outputs) = (new Tensor[_config.Layers], new Tensor?[_config.Layers]);
        var rotations = RotationsAt(packing.Arrange(batch.Positions));
        var x = Embed(tokens);
        for (var layer = 0; layer < _config.Layers; layer++)
        {
            inputs[layer] = x;
            if (layer >= firstKept)
            {
                outputs[layer] = LayerWithGradients(layer);
                x = outputs[layer]!.detach();
            }
            else
            {
                x = Layer(layer, x, rotations, packing.Attend);
                if (layer < lowest) inputs[layer].Dispose();
            }
        }

        Tensor slope;
        using (var topScope = NewDisposeScope())
        {
            Tensor states, normalised;
            using (enable_grad())
            {
                states = Select(x, places).detach().requires_grad_(true);
                normalised = Normalised(states);
            }

            var byNormalised = top(normalised.detach());
            var gradients = autograd.grad([normalised], [states, .. _weights.FinalLeaves.Select(leaf => leaf.Value)], [byNormalised]);
            learned.Add(_weights.FinalLeaves, [.. gradients.Skip(1)]);
            slope = zeros_like(x).index_add_(0, TensorMemory.Indices(places, _device), gradients[0], Scalars.One).MoveToOuterDisposeScope();
        }

        x.Dispose();
        for (var layer = _config.Layers - 1; layer >= lowest; layer--)
        {
            using var layerScope = NewDisposeScope();
            var output = outputs[layer] ?? LayerWithGradients(layer);
            var goesOn = layer > lowest || embeddingsLearn;
            var gradients = autograd.grad([output], [.. goesOn ? new[] { inputs[layer] } : [], .. leaves[layer].Select(leaf => leaf.Value)], [slope]);
            learned.Add(leaves[layer], goesOn ? [.. gradients.Skip(1)] : [.. gradients]);
            slope.Dispose();
            output.Dispose();
            inputs[layer].Dispose();
            if (goesOn) slope = gradients[0].MoveToOuterDisposeScope();
        }

        if (embeddingsLearn)
        {
            learned.GradientOf(_weights.EmbeddingsOffset, _config.VocabSize, _config.HiddenSize)
                .index_add_(0, TensorMemory.Indices(tokens, _device), slope.to(ScalarType.Float32), Scalars.One);
        }

        return true;

        Tensor LayerWithGradients(int layer)
        {
            using var gradients = enable_grad();
            if (layer > lowest || embeddingsLearn) inputs[layer].requires_grad_(true);
            return Layer(layer, inputs[layer], rotations, packing.Attend);
        }
    });

    /// <summary>About how many bytes a layer keeps for a backward pass.</summary>
    private long KeptBytes(SequencePacking packing)
    {
        var size = _type == ScalarType.Float32 ? 4 : 2;
        return (_config.KeptBytes(size) * packing.Count) + (packing.KeptWeights(_config) * (4 + size) * 3 / 4);
    }

    private Tensor Embed(IReadOnlyList<int> tokens) => _weights.Embeddings.index_select(0, TensorMemory.Indices(tokens, _device));

    private Rotations RotationsAt(IReadOnlyList<int> positions) => Rotations.At(_angles, TensorMemory.Indices(positions, _device));

    private Tensor Normalised(Tensor hidden) => Transformer.Norm(hidden, _weights.FinalNorm, _config.RmsNormEps);

    private Tensor Select(Tensor hidden, IReadOnlyList<int> at)
    {
        for (var i = 0; i < at.Count; i++)
        {
            if (at[i] != i) return hidden.index_select(0, TensorMemory.Indices(at, _device));
        }

        return hidden.narrow(0, 0, at.Count);
    }

    private Tensor ValueWeight => _learned!.Parameters.narrow(0, _valueOffset, _config.HiddenSize);

    private Tensor ValuesOf(Tensor normalised) => mv(normalised.to(ScalarType.Float32), ValueWeight).add(_learned!.Parameters.narrow(0, _valueOffset + _config.HiddenSize, 1), Scalars.One);

    /// <summary>As PyTorch's linear layers begin: A uniform within 1 / sqrt(inputs), B zero, and with it all that the adapter adds.</summary>
    private void Initialise(LoraConfig adapter, ulong seed)
    {
        var numbers = new float[Learned.Length];
        LoraConfig.Begin(Learned, seed, numbers);
        TensorMemory.Write(numbers, _learned!.Parameters);
    }

    private void Check(TokenBatch batch, IReadOnlyList<int> at, double temperature)
    {
        if (!(temperature > 0) || !double.IsFinite(temperature)) throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "the temperature must be above 0");
        foreach (var index in at)
        {
            if ((uint)index >= (uint)batch.Count) throw new ArgumentOutOfRangeException(nameof(at), index, $"the batch has tokens 0 to {batch.Count - 1}");
        }
    }

    private LearnedVector RequireLearned() => _learned ?? throw new InvalidOperationException("nothing of this model learns; take one with an adapter or with its own weights");

    private void RequireValues()
    {
        if (!HasValues) throw new InvalidOperationException("this model has no value head");
    }

    private T Guard<T>(string what, Func<T> work)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return SharedTransformer.Guard(what, work);
    }
}
