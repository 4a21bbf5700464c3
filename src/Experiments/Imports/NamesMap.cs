using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Json;
using Srpo.Core.Settings;
using Srpo.Environments;

namespace Srpo.Experiments.Imports;

/// <summary>How the tensors of another program's network are called and arranged: a perceptron from an observation to the logits of the actions.</summary>
/// <param name="Layers">The layers, input side first; the last one is the head.</param>
/// <param name="Activation">Nonlinearity after every layer but the last.</param>
/// <param name="Encoding">How the observations are written that it was trained on.</param>
/// <param name="Actions">[actions] For every action of the environment, the output of the network that stands for it; null where the order is the same.</param>
/// <param name="Text">The map as it was written.</param>
public sealed record NamesMap(IReadOnlyList<NamedLayer> Layers, Activation Activation, ObservationEncoding Encoding, IReadOnlyList<int>? Actions, string Text) : PolicyMap(Encoding, Actions, Text)
{
    private const string Example = """{ "activation": "tanh", "axes": "out,in", "layers": [ { "weight": "0.weight", "bias": "0.bias" }, { "weight": "2.weight", "bias": "2.bias" } ] }""";
    private const string OutIn = "out,in";
    private const string InOut = "in,out";

    /// <summary>Most layers: eight hidden ones and the head.</summary>
    private const int MostLayers = 9;

    /// <summary>Whether hidden layers are normalised.</summary>
    public bool LayerNorm => Layers[0].Scale is not null;

    /// <summary>Reads a map.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <exception cref="SrpoException">It is not there, or a field of it is wrong; the message names it.</exception>
    public static NamesMap Load(string path) => Parse(ReadFile(path), path);

    /// <summary>Reads the text of a map.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">Its file, as messages name it.</param>
    /// <exception cref="SrpoException">A field of it is wrong; the message names it.</exception>
    public static NamesMap Parse(string text, string file) => Parse(text, file, Example, root => Read(root, text));

    private static NamesMap Read(JsonObjectValue root, string text)
    {
        JsonFields.RequireKnown(root, "", ["activation", "axes", "layers", "encoding", "head", "actions"]);
        var activation = Word(root, "activation", Enum.GetValues<Activation>(), Activation.Tanh, required: true);
        var encoding = EncodingOf(root);
        if (root["head"] is { } head && JsonFields.Text(head, "head") is not "logits")
            throw JsonFields.Wrong("head", $"{JsonFields.Quote(head)} is not possible: actions are drawn from the softmax of the last layer's outputs; write \"logits\"");
        var axes = Axes(root, "", required: true);
        var items = JsonFields.Elements(JsonFields.Required(root, "layers", "\"layers\": [ { \"weight\": \"0.weight\", \"bias\": \"0.bias\" } ]"), "layers");
        if (items.Count is < 2 or > MostLayers) throw JsonFields.Wrong("layers", $"has {items.Count} layers; use 2 to {MostLayers}, the last of which gives the logits");
        NamedLayer[] layers = [.. items.Select((item, i) => Layer(item, JsonFields.Indexed("layers", i), axes))];
        if (layers[^1].Scale is not null) throw JsonFields.Wrong(JsonFields.Indexed("layers", layers.Length - 1) + ".norm", $"the last layer gives the logits, which are not normalised; leave it out");
        if (layers[..^1].Select(layer => layer.Scale is not null).Distinct().Count() > 1) throw JsonFields.Wrong("layers", $"some hidden layers have a norm and some have none; all of them must have one, or none");
        return new NamesMap(layers, activation, encoding, ActionOrder(root), text);
    }

    private static NamedLayer Layer(JsonValue item, string path, bool axes)
    {
        if (item is not JsonObjectValue layer) throw JsonFields.Wrong(path, $"must be an object such as {{ \"weight\": \"0.weight\", \"bias\": \"0.bias\" }}, not {JsonFields.Quote(item)}");
        JsonFields.RequireKnown(layer, path + ".", ["weight", "bias", "axes", "norm"]);
        var weight = JsonFields.Text(layer["weight"] ?? throw JsonFields.Wrong(path + ".weight", $"is missing; name the tensor of the layer's weights"), path + ".weight");
        var named = new NamedLayer(weight, layer["bias"] is { } bias ? JsonFields.Text(bias, path + ".bias") : null, layer["axes"] is null ? axes : Axes(layer, path + ".", required: true));
        if (layer["norm"] is not { } norm) return named;
        if (norm is not JsonObjectValue { } parts || parts["scale"] is not { } scale || parts["shift"] is not { } shift)
            throw JsonFields.Wrong(path + ".norm", $"must be an object such as {{ \"scale\": \"1.weight\", \"shift\": \"1.bias\" }}, not {JsonFields.Quote(norm)}");
        JsonFields.RequireKnown(parts, path + ".norm.", ["scale", "shift"]);
        return named with { Scale = JsonFields.Text(scale, path + ".norm.scale"), Shift = JsonFields.Text(shift, path + ".norm.shift") };
    }

    /// <returns>Whether the outputs are the first axis.</returns>
    private static bool Axes(JsonObjectValue item, string prefix, bool required)
    {
        if (item["axes"] is not { } value)
            return required ? throw JsonFields.Wrong(prefix + "axes", $"is missing; write \"{OutIn}\" for weights of PyTorch's nn.Linear, \"{InOut}\" for kernels of Flax and Haiku") : true;
        return JsonFields.Text(value, prefix + "axes").Replace(" ", "", StringComparison.Ordinal) switch
        {
            OutIn => true,
            InOut => false,
            _ => throw JsonFields.Wrong(prefix + "axes", $"{JsonFields.Quote(value)} is not possible; write \"{OutIn}\" or \"{InOut}\""),
        };
    }
}

/// <summary>The tensors of a layer.</summary>
/// <param name="Weight">Name of its weights.</param>
/// <param name="Bias">Name of its bias; null for none.</param>
/// <param name="OutputsFirst">Whether its weights are [outputs, inputs]; else [inputs, outputs].</param>
public sealed record NamedLayer(string Weight, string? Bias, bool OutputsFirst)
{
    /// <summary>Name of the scale of the normalisation behind it; null for none.</summary>
    public string? Scale { get; init; }

    /// <summary>Name of its shift; null for none.</summary>
    public string? Shift { get; init; }

    /// <summary>All of its tensors.</summary>
    public IEnumerable<string> Names => new[] { Weight, Bias, Scale, Shift }.OfType<string>();

    /// <summary>The shape of weights of this order.</summary>
    public int[] WeightShape(int inputs, int outputs) => OutputsFirst ? [outputs, inputs] : [inputs, outputs];

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Weight}{(Bias is null ? "" : " and " + Bias)}");
}
