using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>Checks of policies in messages.</summary>
internal static class PolicyChecks
{
    private const int MaxKeyLength = 200;
    private const int MaxInputs = 1 << 20;
    private const int MaxLayers = 8;
    private const int MaxWidth = 4096;

    /// <summary>Most parameters of a policy: 4 bytes each must fit into one array.</summary>
    private const long MaxParameters = 1 << 28;

    /// <summary>Refuses a network that no spec allows, and parameters that are not finite.</summary>
    /// <exception cref="SrpoGrainException">Names the policy and the field.</exception>
    public static void Check(PolicySnapshot snapshot)
    {
        var network = snapshot.Network;
        if (snapshot.Key is null || snapshot.Key.Length > MaxKeyLength) throw new SrpoGrainException($"policy: its key is missing or longer than {MaxKeyLength} characters");
        if (network.Activation is null or { Length: > MaxKeyLength } || network.Encoding is null or { Length: > MaxKeyLength })
            throw Refuse(snapshot, "network.activation or network.encoding is missing or not known");
        if (network.Hidden is null) throw Refuse(snapshot, "its network has no hidden layers; give their widths");
        if (network.Hidden.Length > MaxLayers) throw Refuse(snapshot, $"network.hidden: {network.Hidden.Length} layers are too many; use at most {MaxLayers}");
        Width(snapshot, "network.inputs", network.Inputs, MaxInputs);
        Width(snapshot, "network.actions", network.Actions, MaxWidth);
        long count = 0, inputs = network.Inputs;
        foreach (var width in network.Hidden.Append(network.Actions))
        {
            Width(snapshot, "network.hidden", width, MaxWidth);
            count += (inputs + 1) * width;
            inputs = width;
        }

        if (count > MaxParameters) throw Refuse(snapshot, $"its network has {count} parameters; {MaxParameters} are the most");
        if (snapshot.Parameters.Length != count) throw Refuse(snapshot, $"it has {snapshot.Parameters.Length} parameters, its network has {count}");
        GrainChecks.Finite(snapshot.Parameters, "parameters", snapshot.Key);
    }

    private static void Width(PolicySnapshot snapshot, string field, int value, int high)
    {
        if (value < 1 || value > high) throw Refuse(snapshot, FormattableString.Invariant($"{field}: {value} is out of range; use a whole number from 1 to {high}"));
    }

    private static SrpoGrainException Refuse(PolicySnapshot snapshot, string reason) => new($"policy '{snapshot.Key}': {reason}");
}
