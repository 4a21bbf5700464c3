using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Learning.Devices;

namespace Srpo.Onnx;

/// <summary>
/// A graph between an observation and the actions: its input and output found and held against what is expected, and asked for one observation at a time, so that the bits of an
/// answer do not depend on what else is asked. Not thread-safe; the session below is shared.
/// </summary>
internal sealed class OnnxPolicy : IDisposable
{
    /// <summary>How far probabilities may be from adding up to 1.</summary>
    private const double Tolerance = 1e-3;

    private readonly OnnxSession _session;
    private readonly GraphForm _form;
    private readonly RunOptions _options = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly float[] _observation;
    private readonly float[] _answer;
    private readonly OrtValue[] _inputs;
    private readonly OrtValue[] _outputs;

    private OnnxPolicy(OnnxSession session, GraphForm form)
    {
        (_session, _form) = (session, form);
        var (input, shape) = FindInput();
        Input = input;
        Outputs = [.. session.Session.OutputNames.Select(name => Describe(name, session.Session.OutputMetadata[name]))];
        Output = FindOutput();
        (_inputNames, _outputNames) = ([input.Name], [Output]);
        (_observation, _answer) = (new float[form.Inputs], new float[form.Actions]);
        _inputs = [OrtValue.CreateTensorValueFromMemory(_observation, shape)];
        try
        {
            // What a file says of the shape of its output may be nothing: it shows when it is asked.
            _outputs = [OrtValue.CreateTensorValueFromMemory(_answer, OutputShape())];
        }
        catch
        {
            _inputs[0].Dispose();
            _options.Dispose();
            throw;
        }
    }

    /// <summary>The input that takes an observation.</summary>
    public GraphTensor Input { get; }

    /// <summary>All outputs.</summary>
    public IReadOnlyList<GraphTensor> Outputs { get; }

    /// <summary>Name of the output that is used.</summary>
    public string Output { get; }

    /// <summary>What its file says of itself.</summary>
    public OnnxFile File => _session.File;

    /// <summary>Opens a graph. Dispose it.</summary>
    /// <param name="file">The bytes of its file.</param>
    /// <param name="form">How it is asked.</param>
    /// <exception cref="SrpoException">It cannot play; the message says what was expected and what was found.</exception>
    public static OnnxPolicy Open(byte[] file, GraphForm form)
    {
        if (form.Graph.Actions is { } order && order.Count != form.Actions)
            throw new SrpoException(ErrorKind.Usage, string.Create(CultureInfo.InvariantCulture, $"the map's 'actions' names {order.Count} outputs; expected {form.Actions}, one for each action"));
        var session = OnnxSession.Acquire(file);
        try
        {
            return new OnnxPolicy(session, form);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>What actions are drawn from, before illegal ones are left out: logits, or the logarithms of probabilities.</summary>
    /// <param name="observation">[Inputs].</param>
    /// <param name="logits">[Actions] is set, by the environment's numbers of actions; minus infinity for a probability of 0.</param>
    /// <exception cref="SrpoException">The graph fails on it, or its answer is not finite or no distribution.</exception>
    public void Ask(ReadOnlySpan<float> observation, Span<double> logits)
    {
        observation.CopyTo(_observation);
        try
        {
            _session.Session.Run(_options, _inputNames, _inputs, _outputNames, _outputs);
        }
        catch (OnnxRuntimeException error)
        {
            throw Fails(error);
        }

        var sum = 0.0;
        for (var i = 0; i < _answer.Length; i++)
        {
            if (!float.IsFinite(_answer[i])) throw Wrong($"number {i} of its output '{Output}' is {_answer[i]} for an observation; expected finite numbers");
            sum += _answer[i];
        }

        var isLogit = _form.Graph.Head == GraphHead.Logits;
        if (!isLogit && (Math.Abs(sum - 1) > Tolerance || Array.Exists(_answer, number => number < 0)))
            throw Wrong($"its output '{Output}' is [{Numbers()}] for an observation, which adds up to {sum:0.####}; expected probabilities, which add up to 1. Logits need \"head\": \"logits\"");
        var order = _form.Graph.Actions;
        for (var a = 0; a < logits.Length; a++)
        {
            var number = _answer[order?[a] ?? a];
            logits[a] = isLogit ? number : Math.Log(number);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _outputs[0].Dispose();
        _inputs[0].Dispose();
        _options.Dispose();
        _session.Dispose();
    }

    private string Numbers() => string.Join(", ", _answer.Take(8).Select(number => number.ToString("0.####", CultureInfo.InvariantCulture))) + (_answer.Length > 8 ? ", ..." : "");

    private (GraphTensor Input, long[] Shape) FindInput()
    {
        var (names, metadata) = (_session.Session.InputNames, _session.Session.InputMetadata);
        GraphTensor[] inputs = [.. names.Select(name => Describe(name, metadata[name]))];
        var expected = $"expected one input of type float, [N, {_form.Inputs.ToString(CultureInfo.InvariantCulture)}]: an observation";
        if (inputs.Length != 1)
        {
            throw Wrong(inputs.Length == 0
                ? $"it has no input; {expected}"
                : $"it has {inputs.Length} inputs: {string.Join(", ", inputs.Select(Shown))}; {expected}. Networks with memory, whose state is an input, cannot be imported");
        }

        var (input, dimensions) = (inputs[0], metadata[names[0]].Dimensions);
        if (!IsFloat(metadata[names[0]])) throw Wrong($"its input is {Shown(input)}; {expected}");
        return Fit(dimensions) is { } shape ? (input, shape) : throw Wrong($"its input is {Shown(input)}; {expected}, or that many numbers on several axes after the first, which is N or 1");
    }

    /// <summary>The shape of one observation; null where it does not fit.</summary>
    private long[]? Fit(int[] dimensions)
    {
        // With an axis for several observations, of any length or 1; or without one.
        if (dimensions.Length >= 2 && dimensions[0] is -1 or 1 && Filled(dimensions.AsSpan(1)) is { } rest) return [1, .. rest];
        return Filled(dimensions);
    }

    /// <summary>Axes with the one that is open, at most, filled so that they hold an observation; null where they cannot.</summary>
    private long[]? Filled(ReadOnlySpan<int> dimensions)
    {
        long known = 1;
        var open = 0;
        foreach (var size in dimensions)
        {
            if (size < 0) open++;
            else known *= size;
            if (known == 0 || known > _form.Inputs) return null;
        }

        if (dimensions.Length == 0 || open > 1 || _form.Inputs % known != 0 || (open == 0 && known != _form.Inputs)) return null;
        var shape = new long[dimensions.Length];
        for (var i = 0; i < shape.Length; i++) shape[i] = dimensions[i] < 0 ? _form.Inputs / known : dimensions[i];
        return shape;
    }

    private string FindOutput()
    {
        var wanted = _form.Graph.Output;
        var all = string.Join(", ", Outputs.Select(Shown));
        var found = wanted is null ? (Outputs.Count == 1 ? Outputs[0] : null) : Outputs.FirstOrDefault(output => output.Name == wanted);
        if (found is null)
        {
            throw Wrong(wanted is null
                ? $"it has {Outputs.Count} outputs: {all}; expected one, or a names map that says which: {{ \"output\": \"{Outputs.FirstOrDefault()?.Name}\" }}"
                : $"it has no output '{wanted}', which the names map asks for; it has {all}");
        }

        return IsFloat(_session.Session.OutputMetadata[found.Name]) ? found.Name : throw Wrong($"its output is {Shown(found)}; {ExpectedOutput}");
    }

    private string ExpectedOutput => $"expected type float, [N, {_form.Actions.ToString(CultureInfo.InvariantCulture)}]: a number for every action";

    /// <summary>The shape of an answer, found by asking.</summary>
    private long[] OutputShape()
    {
        try
        {
            using var answers = _session.Session.Run(_options, _inputNames, _inputs, _outputNames);
            var shape = answers[0].GetTensorTypeAndShape().Shape;
            var fits = shape is [1, var wide] && wide == _form.Actions || shape is [var only] && only == _form.Actions;
            return fits ? shape : throw Wrong($"its output '{Output}' is [{string.Join(", ", shape)}] for one observation; expected [1, {_form.Actions}]: a number for every action");
        }
        catch (OnnxRuntimeException error)
        {
            throw Fails(error);
        }
    }

    private static bool IsFloat(NodeMetadata metadata) => metadata is { IsTensor: true, ElementDataType: TensorElementType.Float };

    private static GraphTensor Describe(string name, NodeMetadata metadata)
    {
        if (!metadata.IsTensor) return new(name, metadata.OnnxValueType.ToString()["ONNX_TYPE_".Length..].ToLowerInvariant(), "");
        var names = metadata.SymbolicDimensions;
        var sizes = metadata.Dimensions.Select((size, i) => size >= 0 ? size.ToString(CultureInfo.InvariantCulture) : i < names.Length && names[i].Length > 0 ? names[i] : "any");
        return new(name, metadata.ElementDataType.ToString().ToLowerInvariant(), $"[{string.Join(", ", sizes)}]");
    }

    private static string Shown(GraphTensor tensor) => $"'{tensor.Name}' of type {tensor.Type}{(tensor.Shape.Length > 0 ? $", {tensor.Shape}" : "")}";

    private static SrpoException Fails(OnnxRuntimeException error) => OnnxSession.Refuse(ErrorKind.Usage, $"it fails when it is given one observation: {OnnxSession.Reason(error)}", error);

    private static SrpoException Wrong(string why) => OnnxSession.Refuse(ErrorKind.Usage, why);
}
