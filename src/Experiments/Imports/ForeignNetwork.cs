using Srpo.Core.Checkpoints;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning;

namespace Srpo.Experiments.Imports;

/// <summary>A policy whose weights were read from a safetensors file.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Sha256">SHA-256 of all of its bytes, lower-case hexadecimal.</param>
/// <param name="Names">How it was read.</param>
/// <param name="Tensors">What every tensor was read as, those of the map in its order.</param>
/// <param name="Shape">The network.</param>
/// <param name="Values">[Shape.ParameterCount] its parameters, in this program's order.</param>
public sealed record ForeignNetwork(string File, string Sha256, NamesMap Names, IReadOnlyList<ReadTensor> Tensors, NetworkShape Shape, float[] Values) : ForeignPolicy(File, Sha256, Names, Tensors)
{
    /// <inheritdoc/>
    public override ObservingPolicy Playing => new NetworkPolicy(Shape, Map.Encoding, Values);

    /// <inheritdoc/>
    public override string Weights => NetworkTensors.Hash(Shape, Values);

    /// <inheritdoc/>
    public override long ParameterCount => Shape.ParameterCount;

    /// <inheritdoc/>
    public override NetworkSettings Network => new() { Hidden = Shape.Hidden, Activation = Shape.Activation, LayerNorm = Shape.LayerNorm, OneHot = Map.OneHot };

    /// <inheritdoc/>
    public override ImportedPolicy Source(string imported) => new(File, Sha256, Map.Text, imported);

    /// <summary>Reads a safetensors file.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="map">What its tensors are.</param>
    /// <param name="environment">What it is to play.</param>
    /// <exception cref="SrpoException">Tensors are missing or do not fit each other or the environment; the message names each with what is expected and what was found.</exception>
    public static ForeignNetwork Load(string path, NamesMap map, EnvironmentInfo environment)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(environment);
        var (bytes, sha256) = Read(path, "safetensors file");
        return Read(Path.GetFileName(path), sha256, Safetensors.Read(bytes, path), map, environment);
    }

    private static ForeignNetwork Read(string file, string sha256, SafetensorsFile content, NamesMap map, EnvironmentInfo environment)
    {
        var inputs = InputsOf(map, environment);
        var reader = new TensorReader(content);
        var parts = new List<(NamedLayer Layer, SafetensorsTensor Weight, int Outputs)>();
        var width = inputs;
        for (var i = 0; i < map.Layers.Count; i++)
        {
            // The widths of hidden layers are what the file says; those of observations and actions are what the environment says.
            var layer = map.Layers[i];
            int? outputs = i == map.Layers.Count - 1 ? environment.Actions : null;
            var what = $"layer {i + 1}";
            var weight = reader.Weight(layer, what, width, outputs);
            if (weight is null) return reader.Fail<ForeignNetwork>(file, environment);
            width = outputs ?? weight.Shape[layer.OutputsFirst ? 0 : 1];
            reader.Vector(layer.Bias, $"{what} bias", width);
            reader.Vector(layer.Scale, $"{what} scale of its normalisation", width);
            reader.Vector(layer.Shift, $"{what} shift of its normalisation", width);
            parts.Add((layer, weight, width));
        }

        if (map.Actions is { } order && order.Count != environment.Actions)
            reader.Problem($"the map's 'actions': {environment.Name} {environment.Variant} has {environment.Actions} actions, {order.Count} are named");
        if (reader.HasProblems) return reader.Fail<ForeignNetwork>(file, environment);

        var shape = new NetworkShape(inputs, [.. parts.SkipLast(1).Select(part => part.Outputs)], environment.Actions, map.Activation, map.LayerNorm);
        var parameters = new float[shape.ParameterCount];
        for (var i = 0; i < parts.Count; i++) Put(content, parts[i].Layer, parts[i].Weight, shape.Body, i, i == parts.Count - 1 ? map.Actions : null, parameters);
        if (Array.FindIndex(parameters, value => !float.IsFinite(value)) >= 0) throw new SrpoException(ErrorKind.Damaged, $"{file}: some weights are infinite or not a number; such a policy cannot play");
        return new ForeignNetwork(file, sha256, map, reader.Table(), shape, parameters);
    }

    /// <summary>Writes a layer where this program has it: weights [inputs x outputs], bias, then scale and shift.</summary>
    private static void Put(SafetensorsFile content, NamedLayer layer, SafetensorsTensor weight, MlpShape shape, int number, IReadOnlyList<int>? order, float[] parameters)
    {
        var place = shape.Layers[number];
        for (var output = 0; output < place.Outputs; output++)
        {
            var from = order is null ? output : order[output];
            for (var input = 0; input < place.Inputs; input++)
                parameters[place.WeightOffset + input * place.Outputs + output] = weight.Values[layer.OutputsFirst ? from * place.Inputs + input : input * place.Outputs + from];
            if (layer.Bias is not null) parameters[place.BiasOffset + output] = content[layer.Bias].Values[from];
        }

        if (layer.Scale is null) return;
        content[layer.Scale].Values.CopyTo(parameters, shape.Norms[number].ScaleOffset);
        content[layer.Shift!].Values.CopyTo(parameters, shape.Norms[number].ShiftOffset);
    }

    /// <summary>Finds tensors, holds their shapes against what is expected, and notes both.</summary>
    private sealed class TensorReader(SafetensorsFile content)
    {
        private const string Any = "any";

        private readonly List<string> _problems = [];
        private readonly List<ReadTensor> _read = [];

        public bool HasProblems => _problems.Count > 0;

        public void Problem(string text) => _problems.Add(text);

        /// <returns>Null where it is of no use for what follows.</returns>
        public SafetensorsTensor? Weight(NamedLayer layer, string what, int inputs, int? outputs)
        {
            var (rows, columns) = layer.OutputsFirst ? (outputs, (int?)inputs) : ((int?)inputs, outputs);
            var expected = $"[{Text(rows)}, {Text(columns)}]";
            if (Find(layer.Weight, $"{what} weights", expected) is not { } tensor) return null;
            if (tensor.Shape.Count != 2 || (rows ?? tensor.Shape[0]) != tensor.Shape[0] || (columns ?? tensor.Shape[1]) != tensor.Shape[1] || tensor.Shape.Contains(0))
            {
                var turned = tensor.Shape.Count == 2 && (rows ?? tensor.Shape[1]) == tensor.Shape[1] && (columns ?? tensor.Shape[0]) == tensor.Shape[0];
                Problem($"{layer.Weight} ({what} weights): expected {expected} ({(layer.OutputsFirst ? "outputs, inputs" : "inputs, outputs")}), found {SafetensorsEntry.Shown(tensor.Shape)}{(turned ? "; it fits with the other order of \"axes\"" : "")}");
                return tensor.Shape.Count == 2 && !tensor.Shape.Contains(0) ? tensor : null;
            }

            _read.Add(new ReadTensor(layer.Weight, SafetensorsEntry.Shown(tensor.Shape), $"{what} weights, {inputs} to {outputs ?? tensor.Shape[layer.OutputsFirst ? 0 : 1]}"));
            return tensor;
        }

        public void Vector(string? name, string what, int length)
        {
            if (name is null || Find(name, what, $"[{length}]") is not { } tensor) return;
            if (tensor.Shape.Count != 1 || tensor.Shape[0] != length) Problem($"{name} ({what}): expected [{length}], found {SafetensorsEntry.Shown(tensor.Shape)}");
            else _read.Add(new ReadTensor(name, SafetensorsEntry.Shown(tensor.Shape), what));
        }

        public IReadOnlyList<ReadTensor> Table() =>
            [.. _read, .. content.Tensors.Where(tensor => !_read.Exists(read => read.Tensor == tensor.Name)).Select(tensor => new ReadTensor(tensor.Name, SafetensorsEntry.Shown(tensor.Shape), ""))];

        public T Fail<T>(string file, EnvironmentInfo environment) => throw new SrpoException(
            ErrorKind.Usage, $"{file} does not fit the map and {environment.Name} {environment.Variant}:\n{string.Join('\n', _problems)}\nTensors there: {string.Join(", ", content.Tensors.Select(tensor => $"{tensor.Name} {SafetensorsEntry.Shown(tensor.Shape)}"))}");

        private static string Text(int? size) => size?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? Any;

        private SafetensorsTensor? Find(string name, string what, string expected)
        {
            var tensor = content.Tensors.FirstOrDefault(known => known.Name == name);
            if (tensor is null) Problem($"{name} ({what}): expected {expected}, found no such tensor");
            return tensor;
        }
    }
}
