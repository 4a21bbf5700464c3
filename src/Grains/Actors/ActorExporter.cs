using System.Globalization;
using Srpo.Core.Checkpoints;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>
/// An actor as a safetensors file with PyTorch's names and orientation: policy and critic load into
/// nn.Sequential(Linear, nonlinearity, Linear, ...), where linear layers have the even numbers and weights are [out, in].
/// </summary>
internal static class ActorExporter
{
    public static byte[] Write(MemberKey key, string kind, PopulationSpec spec, ActorShape shape, ActorState state)
    {
        var tensors = new List<SafetensorsTensor>();
        Add(tensors, "", shape, state.Parameters);
        Add(tensors, "adam.first.", shape, state.FirstMoment);
        Add(tensors, "adam.second.", shape, state.SecondMoment);
        var metadata = new Dictionary<string, string>
        {
            ["format"] = "pt",
            ["population"] = key.Population,
            ["team"] = Text(key.Team),
            ["seat"] = Text(key.Seat),
            ["kind"] = kind,
            ["method"] = spec.Training.Method,
            ["environment"] = $"{spec.Environment.Name} {spec.Environment.Variant}",
            ["version"] = Text(state.Version),
            ["seed"] = Text(spec.Seed),
            ["activation"] = shape.Policy.Activation.ToString().ToLowerInvariant(),
            ["encoding"] = shape.Encoding.ToString(),
            ["hidden"] = string.Join(',', shape.Policy.Hidden.Select(width => Text(width))),
            ["adam.steps"] = Text(state.AdamSteps),
        };
        return Safetensors.Write(new SafetensorsFile(tensors, metadata));
    }

    private static void Add(List<SafetensorsTensor> tensors, string prefix, ActorShape shape, FloatBlock block)
    {
        Add(tensors, prefix + "policy", shape.Policy, block.Span[..shape.Policy.ParameterCount]);
        Add(tensors, prefix + "critic", shape.Critic, block.Span[shape.Policy.ParameterCount..]);
    }

    private static void Add(List<SafetensorsTensor> tensors, string prefix, MlpShape shape, ReadOnlySpan<float> flat)
    {
        for (var i = 0; i < shape.Layers.Count; i++)
        {
            var layer = shape.Layers[i];
            var name = $"{prefix}.{Text(2 * i)}";
            var weights = flat.Slice(layer.WeightOffset, layer.WeightCount);
            var turned = new float[layer.WeightCount];
            for (var input = 0; input < layer.Inputs; input++)
            {
                for (var output = 0; output < layer.Outputs; output++)
                    turned[output * layer.Inputs + input] = weights[input * layer.Outputs + output];
            }

            tensors.Add(new SafetensorsTensor(name + ".weight", [layer.Outputs, layer.Inputs], turned));
            tensors.Add(new SafetensorsTensor(name + ".bias", [layer.Outputs], flat.Slice(layer.BiasOffset, layer.Outputs).ToArray()));
        }
    }

    private static string Text<T>(T value) where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
