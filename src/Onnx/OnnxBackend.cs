using Srpo.Core.Errors;
using Srpo.Learning;
using Srpo.Learning.Devices;

namespace Srpo.Onnx;

/// <summary>ONNX Runtime as what runs imported graphs, on the processor, in single precision. Its library is loaded when the first one is run.</summary>
public sealed class OnnxBackend : IGraphBackend
{
    /// <summary>Observations of random numbers on which a graph is tried, besides one of zeros.</summary>
    private const int Trials = 16;

    /// <inheritdoc/>
    public GraphReport Inspect(byte[] file, GraphForm form)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(form);
        using var policy = OnnxPolicy.Open(file, form);
        Try(policy, form);
        return new(
            OnnxLibrary.Name, OnnxSession.Plain(policy.File.Producer), policy.File.Opset, policy.File.Nodes, policy.File.Parameters,
            Plain(policy.Input), [.. policy.Outputs.Select(Plain)], OnnxSession.Plain(policy.Output));

        static GraphTensor Plain(GraphTensor tensor) => tensor with { Name = OnnxSession.Plain(tensor.Name), Shape = OnnxSession.Plain(tensor.Shape) };
    }

    /// <inheritdoc/>
    public IPolicyNetwork CreatePolicy(GraphForm form)
    {
        ArgumentNullException.ThrowIfNull(form);
        return new OnnxNetwork(form);
    }

    /// <summary>Answers of some observations must be finite numbers, and the same when they are asked again.</summary>
    private static void Try(OnnxPolicy policy, GraphForm form)
    {
        var random = new Random(1);
        var (observation, first, again) = (new float[form.Inputs], new double[form.Actions], new double[form.Actions]);
        for (var trial = 0; trial <= Trials; trial++)
        {
            policy.Ask(observation, first);
            policy.Ask(observation, again);
            if (!first.AsSpan().SequenceEqual(again))
                throw new SrpoException(ErrorKind.Usage, "it answers the same observation with other numbers when it is asked again; expected a function of the observation");

            // Half of them are as most observations are, of zeros and ones.
            for (var i = 0; i < observation.Length; i++) observation[i] = trial % 2 == 0 ? random.Next(2) : (float)((2 * random.NextDouble()) - 1);
        }
    }
}

/// <summary>A graph in the place of a policy's network. Not thread-safe.</summary>
/// <param name="form">How it is asked.</param>
internal sealed class OnnxNetwork(GraphForm form) : IPolicyNetwork
{
    private readonly double[] _logits = new double[form.Actions];
    private readonly double[] _probabilities = new double[form.Actions];
    private readonly double[] _logs = new double[form.Actions];
    private OnnxPolicy? _policy;

    /// <inheritdoc/>
    public void Load(ReadOnlySpan<float> parameters)
    {
        byte[] file;
        try
        {
            file = PackedFile.Unpack(parameters);
        }
        catch (FormatException error)
        {
            throw new SrpoException(ErrorKind.Damaged, $"an imported graph cannot be played: {error.Message}", error);
        }

        _policy?.Dispose();
        _policy = null;
        _policy = OnnxPolicy.Open(file, form);
    }

    /// <inheritdoc/>
    public void Evaluate(in PolicyBatch batch)
    {
        var policy = _policy ?? throw new InvalidOperationException("no file was loaded");
        for (var row = 0; row < batch.Rows; row++)
        {
            var legal = batch.Legal.IsEmpty ? default : batch.Legal.Slice(row * form.Actions, form.Actions);
            policy.Ask(batch.Observations.Slice(row * form.Inputs, form.Inputs), _logits);
            if (!HasChoice(legal)) _logits.AsSpan().Clear();
            Losses.Softmax(_logits, legal, _probabilities, _logs);
            for (var a = 0; a < form.Actions; a++)
            {
                batch.Probabilities[(row * form.Actions) + a] = (float)_probabilities[a];
                if (!batch.LogProbabilities.IsEmpty) batch.LogProbabilities[(row * form.Actions) + a] = (float)_logs[a];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _policy?.Dispose();
        _policy = null;
    }

    /// <summary>Whether it gives a legal action any probability; where it gives none, all legal ones are alike.</summary>
    private bool HasChoice(ReadOnlySpan<byte> legal)
    {
        for (var a = 0; a < _logits.Length; a++)
        {
            if ((legal.IsEmpty || legal[a] != 0) && !double.IsNegativeInfinity(_logits[a])) return true;
        }

        return false;
    }
}
