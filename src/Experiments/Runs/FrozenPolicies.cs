using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Experiments.Runs;

/// <summary>Policies of messages as Learning plays them.</summary>
public static class FrozenPolicies
{
    /// <summary>A policy as it is played.</summary>
    /// <param name="snapshot">The message.</param>
    /// <exception cref="SrpoException">The message is of a later version of this program, or of a scripted player that is not here.</exception>
    public static FrozenPolicy Of(PolicySnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var network = snapshot.Network;
        if (network.Adapter is not null) throw new SrpoException(ErrorKind.Usage, $"policy {snapshot.Key} is a language model; `srpo language chat` talks with one");
        var known = Enum.TryParse<ObservationEncoding>(network.Encoding, out var encoding);
        if (known && network.Graph is { } graph) return new GraphPolicy(new(graph, network.Inputs, network.Actions), encoding, snapshot.Parameters.Values);
        if (network.Scripted is { } player) return ScriptedPolicy.Of(player, snapshot.Parameters.Values);
        if (!Enum.TryParse<Activation>(network.Activation, out var activation) || !known)
            throw new SrpoException(ErrorKind.Damaged, $"policy {snapshot.Key}: nonlinearity '{network.Activation}' or encoding '{network.Encoding}' is not known to this program");
        var shape = new NetworkShape(network.Inputs, network.Hidden, network.Actions, activation, network.LayerNorm, network.Carried);
        return snapshot.Parameters.Length >= shape.ParameterCount
            ? new NetworkPolicy(shape, encoding, snapshot.Parameters.Values)
            : throw new SrpoException(ErrorKind.Damaged, $"policy {snapshot.Key} has {snapshot.Parameters.Length} parameters; its network needs {shape.ParameterCount}");
    }
}
