using Srpo.Core.Random;
using Srpo.Language.Models;
using Srpo.Language.Training;

namespace Srpo.Language.Tests.Debate;

/// <summary>Computes without libtorch: the next token depends on the last one alone, by numbers that are drawn and one parameter each.</summary>
internal sealed class PlainBackend : ICausalModelBackend
{
    public int Gpus => 0;

    public ICausalModel Open(ModelFolder folder, ModelPrecision precision, string device) => new PlainModel(folder.Config, new ParameterLayout([]), false);

    public ICausalModel Create(ModelConfig config, ModelPrecision precision, ulong seed, string device) => new PlainModel(config, new ParameterLayout([]), false);

    public ParameterLayout Weights(ModelConfig config) => new(ModelTensors.Of(config).Select(tensor => (tensor.Name, tensor.Shape)));
}

internal sealed class PlainModel(ModelConfig config, ParameterLayout learned, bool values) : ICausalModel
{
    private float[] _parameters = new float[learned.Length];
    private float[] _first = new float[learned.Length];
    private float[] _second = new float[learned.Length];
    private long _steps;
    private double[] _gradient = new double[learned.Length];

    public ModelConfig Config => config;

    public ModelPrecision Precision => ModelPrecision.Float32;

    public ParameterLayout Learned => learned;

    public bool HasValues => values;

    /// <summary>Told what every pass of training was of, in order: "policy" or "value", and the number of sequences.</summary>
    public static Action<string>? Watch { get; set; }

    public ICausalModel WithAdapter(LoraConfig adapter, bool withValues, ulong seed)
    {
        IEnumerable<(string, IReadOnlyList<int>)> parts = adapter.Tensors(config).Select(tensor => (tensor.Name, tensor.Shape));
        if (withValues) parts = parts.Concat([("value_head.weight", [config.HiddenSize]), ("value_head.bias", [1])]);
        var model = new PlainModel(config, new ParameterLayout(parts), withValues);
        LoraConfig.Begin(model.Learned, seed, model._parameters);
        return model;
    }

    public ICausalModel WithOwnWeights(bool withValues) => throw new NotSupportedException();

    public IKeyValueCache CreateCache(int rows, int capacity) => new Cache(rows, capacity);

    public void Prefill(IKeyValueCache cache, ReadOnlySpan<int> rows, IReadOnlyList<IReadOnlyList<int>> tokens, Span<float> logits)
    {
        for (var i = 0; i < rows.Length; i++) Logits(tokens[i][^1], logits.Slice(i * config.VocabSize, config.VocabSize));
    }

    public void Step(IKeyValueCache cache, ReadOnlySpan<int> rows, ReadOnlySpan<int> tokens, Span<float> logits)
    {
        for (var i = 0; i < rows.Length; i++) Logits(tokens[i], logits.Slice(i * config.VocabSize, config.VocabSize));
    }

    public void Logits(TokenBatch batch, Span<float> logits) => throw new NotSupportedException();

    public float[][] HiddenStates(TokenBatch batch) => throw new NotSupportedException();

    public float[][] Attentions(TokenBatch batch, int layer) => throw new NotSupportedException();

    public void LogProbabilities(TokenBatch batch, Predictions predictions, double temperature, Span<float> logProbabilities, Span<float> entropies)
    {
        for (var i = 0; i < predictions.Count; i++)
        {
            var logs = LogSoftmax(batch.Tokens[predictions.At[i]], temperature);
            logProbabilities[i] = (float)logs[predictions.Targets[i]];
            if (!entropies.IsEmpty) entropies[i] = (float)-logs.Sum(log => Math.Exp(log) * log);
        }
    }

    public void Values(TokenBatch batch, IReadOnlyList<int> at, Span<float> found)
    {
        for (var i = 0; i < at.Count; i++) found[i] = _parameters[^1] + _parameters[ValueAt(batch.Tokens[at[i]])];
    }

    public void Backward(TokenBatch batch, Predictions predictions, double temperature, ITokenLoss loss)
    {
        Watch?.Invoke(FormattableString.Invariant($"policy {batch.Sequences}"));
        var (logs, entropies, byLog, byEntropy) = (new float[predictions.Count], new float[predictions.Count], new float[predictions.Count], new float[predictions.Count]);
        LogProbabilities(batch, predictions, temperature, logs, entropies);
        loss.Add(0, logs, entropies, byLog, byEntropy);
        for (var i = 0; i < predictions.Count; i++)
        {
            var last = batch.Tokens[predictions.At[i]];
            var all = LogSoftmax(last, temperature);
            for (var token = 0; token < all.Length; token++)
            {
                var p = Math.Exp(all[token]);
                _gradient[PolicyAt(last, token)] += ((byLog[i] * ((token == predictions.Targets[i] ? 1 : 0) - p)) - (byEntropy[i] * p * (all[token] + entropies[i]))) / temperature;
            }
        }
    }

    public void Backward(TokenBatch batch, IReadOnlyList<int> at, IValueLoss loss)
    {
        Watch?.Invoke(FormattableString.Invariant($"value {batch.Sequences}"));
        var (found, slopes) = (new float[at.Count], new float[at.Count]);
        Values(batch, at, found);
        loss.Add(0, found, slopes);
        for (var i = 0; i < at.Count; i++)
        {
            _gradient[^1] += slopes[i];
            _gradient[ValueAt(batch.Tokens[at[i]])] += slopes[i];
        }
    }

    public double Step(AdamWSettings settings)
    {
        _steps++;
        var norm = Math.Sqrt(_gradient.Sum(g => g * g));
        if (!double.IsFinite(norm)) throw new Core.Errors.SrpoException(Core.Errors.ErrorKind.Failed, "the gradient is not finite");
        var (first, second) = (1 - Math.Pow(settings.FirstBeta, _steps), 1 - Math.Pow(settings.SecondBeta, _steps));
        for (var i = 0; i < _parameters.Length; i++)
        {
            _first[i] = (float)((settings.FirstBeta * _first[i]) + ((1 - settings.FirstBeta) * _gradient[i]));
            _second[i] = (float)((settings.SecondBeta * _second[i]) + ((1 - settings.SecondBeta) * _gradient[i] * _gradient[i]));
            _parameters[i] -= (float)(settings.LearningRate * ((settings.WeightDecay * _parameters[i]) + (_first[i] / first / (Math.Sqrt(_second[i] / second) + settings.Epsilon))));
        }

        _gradient.AsSpan().Clear();
        return norm;
    }

    public void ReadGradient(Span<float> gradient) => throw new NotSupportedException();

    public LearnedState Save() => new([.. _parameters], [.. _first], [.. _second], _steps);

    public void Restore(LearnedState state)
    {
        (_parameters, _first, _second, _steps) = ([.. state.Parameters], [.. state.FirstMoments], [.. state.SecondMoments], state.Steps);
        _gradient = new double[_parameters.Length];
    }

    public void Dispose()
    {
    }

    /// <summary>The parameter of a token after another one.</summary>
    private int PolicyAt(int last, int token) => ((last * 31) + token) % (int)(values ? learned.Length - config.HiddenSize - 1 : learned.Length);

    private int ValueAt(int token) => (int)learned.Length - 1 - config.HiddenSize + (token % config.HiddenSize);

    private void Logits(int last, Span<float> logits)
    {
        var random = new StreamId(5, 0, (uint)last, StreamPurpose.Tooling).Lane(0);
        for (var token = 0; token < logits.Length; token++) logits[token] = (float)random.NextNormal() + (learned.Length > 0 ? _parameters[PolicyAt(last, token)] : 0);
    }

    private double[] LogSoftmax(int last, double temperature)
    {
        var logits = new float[config.VocabSize];
        Logits(last, logits);
        var largest = logits.Max() / temperature;
        var sum = Math.Log(logits.Sum(logit => Math.Exp((logit / temperature) - largest)));
        return Array.ConvertAll(logits, logit => (logit / temperature) - largest - sum);
    }

    private sealed class Cache(int rows, int capacity) : IKeyValueCache
    {
        public int Rows => rows;

        public int Capacity => capacity;

        public int Length(int row) => 0;

        public void Truncate(int row, int length)
        {
        }

        public void Dispose()
        {
        }
    }
}
