using System.Globalization;
using Srpo.Core.Checkpoints;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>
/// An actor as a safetensors file with PyTorch's names and orientation: of networks, policy and critic are the modules that
/// <see cref="NetworkTensors.Of"/> names, weights are [out, in].
/// </summary>
internal static class ActorExporter
{
    /// <summary>Metadata entry with the hash of the policy's weights, see <see cref="ActorArchitecture.Hash"/>.</summary>
    private const string HashKey = "policy.sha256";

    public static byte[] Write(MemberKey key, string kind, PopulationSpec spec, ActorArchitecture architecture, ActorState state, string weights)
    {
        // The policy first: whoever checks its hash finds its bytes where the header ends.
        SafetensorsTensor[] tensors =
        [
            .. architecture.Tensors("", state.Parameters.Values), .. architecture.Tensors("adam.first.", state.FirstMoment.Values),
            .. architecture.Tensors("adam.second.", state.SecondMoment.Values),
        ];
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
            ["adam.steps"] = Text(state.AdamSteps),
            [HashKey] = weights,
        };
        if (Actor.ImportedFrom(spec, key) is { } from) (metadata["imported.file"], metadata["imported.sha256"], metadata["imported.date"]) = (from.File, from.Sha256, from.Imported);
        foreach (var (name, value) in architecture.Metadata) metadata[name] = value;
        return Safetensors.Write(new SafetensorsFile(tensors, metadata));
    }

    private static string Text<T>(T value) where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
