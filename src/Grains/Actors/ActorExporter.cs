using System.Globalization;
using Srpo.Core.Checkpoints;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>
/// An actor as a safetensors file with PyTorch's names and orientation: policy and critic are the modules that
/// <see cref="NetworkTensors.Of"/> names, weights are [out, in].
/// </summary>
internal static class ActorExporter
{
    /// <summary>Metadata entry with the hash of the policy's weights, see <see cref="NetworkTensors.Hash"/>.</summary>
    private const string HashKey = "policy.sha256";

    public static byte[] Write(MemberKey key, string kind, PopulationSpec spec, ActorShape shape, ActorState state, string weights)
    {
        // The policy first: whoever checks its hash finds its bytes where the header ends.
        SafetensorsTensor[] tensors = [.. Tensors("", shape, state.Parameters), .. Tensors("adam.first.", shape, state.FirstMoment), .. Tensors("adam.second.", shape, state.SecondMoment)];
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
            [HashKey] = weights,
        };
        if (shape.Policy.LayerNorm) metadata["layernorm"] = "true";
        if (shape.IsRecurrent) metadata["gru"] = Text(shape.Policy.Gru);
        if (shape.CentralCritic) metadata["critic.inputs"] = "all seats, own first";
        return Safetensors.Write(new SafetensorsFile(tensors, metadata));
    }

    private static IEnumerable<SafetensorsTensor> Tensors(string prefix, ActorShape shape, FloatBlock block) =>
        NetworkTensors.Of(prefix + "policy", shape.Policy, block.Values.AsMemory(0, shape.Policy.ParameterCount))
            .Concat(NetworkTensors.Of(prefix + "critic", shape.Critic, block.Values.AsMemory(shape.Policy.ParameterCount)));

    private static string Text<T>(T value) where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
