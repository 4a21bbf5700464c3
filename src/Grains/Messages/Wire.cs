using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>Between messages and what Learning works with. Arrays are shared, never copied.</summary>
internal static class Wire
{
    public static ActorState ToMessage(LearnerState state) =>
        new(state.Version, new(state.Parameters), new(state.FirstMoment), new(state.SecondMoment), state.AdamSteps) { LaneState = state.LaneState };

    public static LearnerState FromMessage(ActorState state) =>
        new(state.Version, state.Parameters.Values, state.FirstMoment.Values, state.SecondMoment.Values, state.AdamSteps) { LaneState = state.LaneState };

    public static NetworkDescription Describe(ActorArchitecture architecture)
    {
        if (architecture is NetworkArchitecture { Shape: var shape })
        {
            return new(shape.Policy.Inputs, [.. shape.Policy.Hidden], shape.Policy.Outputs, shape.Policy.Activation.ToString(), shape.Encoding.ToString())
            {
                Carried = shape.Policy.Gru,
                LayerNorm = shape.Policy.LayerNorm,
            };
        }

        if (architecture is GraphArchitecture graph) return new(graph.Form.Inputs, [], graph.Form.Actions, "", graph.Encoding.ToString()) { Graph = graph.Form.Graph };
        if (architecture is ScriptedArchitecture scripted) return new(scripted.Inputs, [], scripted.Actions, "", scripted.Encoding.ToString()) { Scripted = scripted.Player };
        var adapter = architecture.Adapter ?? throw new ArgumentException($"{architecture.GetType().Name} does not say what its policies are", nameof(architecture));
        return new(0, [], 0, "", "")
        {
            Adapter = new(adapter.Model, adapter.Weights, adapter.Rank, adapter.Alpha, adapter.Precision.ToString(), adapter.Device, architecture.PolicyParameters, adapter.Environment),
        };
    }

    /// <exception cref="SrpoGrainException">The snapshot is inconsistent in itself.</exception>
    public static FrozenPolicy ToPolicy(PolicySnapshot snapshot)
    {
        var network = snapshot?.Network ?? throw new SrpoGrainException("a policy is missing, or has no network");
        PolicyChecks.Check(snapshot);
        if (network.Adapter is { } adapter) return ToPolicy(snapshot, adapter);
        if (network.Graph is { } graph) return new GraphPolicy(new(graph, network.Inputs, network.Actions), Encoding(snapshot.Key, network), snapshot.Parameters.Values);
        if (network.Scripted is { } scripted) return ToPolicy(snapshot, scripted);
        if (!Enum.TryParse<Activation>(network.Activation, out var activation) || !Enum.IsDefined(activation))
            throw new SrpoGrainException($"policy '{snapshot.Key}': the nonlinearity '{network.Activation}' is not known; use one of {string.Join(", ", Enum.GetNames<Activation>())}");
        var shape = new NetworkShape(network.Inputs, network.Hidden, network.Actions, activation, network.LayerNorm, network.Carried);
        return new NetworkPolicy(shape, Encoding(snapshot.Key, network), snapshot.Parameters.Values);
    }

    private static ScriptedPolicy ToPolicy(PolicySnapshot snapshot, ScriptedReference player)
    {
        try
        {
            return ScriptedPolicy.Of(player, snapshot.Parameters.Values);
        }
        catch (SrpoException error)
        {
            throw new SrpoGrainException(error.Kind, $"policy '{snapshot.Key}': {error.Message}", error);
        }
    }

    private static FrozenPolicy ToPolicy(PolicySnapshot snapshot, AdapterDescription adapter)
    {
        if (!Enum.TryParse<LanguagePrecision>(adapter.Precision, out var precision) || !Enum.IsDefined(precision))
            throw new SrpoGrainException($"policy '{snapshot.Key}': the precision '{adapter.Precision}' is not known; use one of {string.Join(", ", Enum.GetNames<LanguagePrecision>())}");
        var source = ArchitectureRegistry.Source(adapter.Environment)
            ?? throw new SrpoGrainException($"policy '{snapshot.Key}' is a language model, which this program does not bring");
        try
        {
            return source.Freeze(new AdapterForm(adapter.Environment, adapter.Model, adapter.Weights, adapter.Rank, adapter.Alpha, precision, adapter.Device), snapshot.Parameters.Values);
        }
        catch (Exception error) when (error is ArgumentException or SrpoException)
        {
            throw new SrpoGrainException($"policy '{snapshot.Key}': {SrpoException.MessageOf(error)}", error);
        }
    }

    /// <summary>What keeps a policy from playing in an environment; null if it can.</summary>
    /// <exception cref="SrpoGrainException">Its encoding is not known.</exception>
    public static string? Misfit(string key, NetworkDescription network, EnvironmentInfo environment)
    {
        if (network.Adapter is { } adapter)
            return environment.Name == adapter.Environment ? null : $"it is the language model {adapter.Model}, which plays in the environment {adapter.Environment}";
        if (ArchitectureRegistry.Source(environment.Name) is null && network.Scripted is { } scripted) return ScriptedPolicy.Misfit(scripted, environment);
        return ArchitectureRegistry.Source(environment.Name) is not null
            ? "it is a network that observes numbers; language models play there"
            : ActorShape.Misfit(Encoding(key, network), network.Inputs, network.Actions, environment);
    }

    /// <summary>The encoding of observations that a policy was trained with.</summary>
    /// <exception cref="SrpoGrainException">It is not known.</exception>
    public static ObservationEncoding Encoding(string key, NetworkDescription network) =>
        Enum.TryParse<ObservationEncoding>(network.Encoding, out var encoding) && Enum.IsDefined(encoding)
            ? encoding
            : throw new SrpoGrainException($"policy '{key}': the observation encoding '{network.Encoding}' is not known; use one of {string.Join(", ", Enum.GetNames<ObservationEncoding>())}");

    /// <summary>Policies of a message, each distinct snapshot converted once, so that equal ones stay one.</summary>
    /// <exception cref="SrpoGrainException">A snapshot is missing or inconsistent in itself.</exception>
    public static FrozenPolicy[] ToPolicies(PolicySnapshot[]? snapshots)
    {
        var known = new Dictionary<PolicySnapshot, FrozenPolicy>(ReferenceEqualityComparer.Instance);
        var policies = new FrozenPolicy[snapshots?.Length ?? 0];
        for (var i = 0; i < policies.Length; i++)
        {
            if (snapshots![i] is not { } snapshot) throw new SrpoGrainException("a policy is missing");
            if (!known.TryGetValue(snapshot, out var policy)) known.Add(snapshot, policy = ToPolicy(snapshot));
            policies[i] = policy;
        }

        return policies;
    }
}

/// <summary>Checks of policies in messages.</summary>
internal static class PolicyChecks
{
    private const int MaxKeyLength = 200;
    private const int MaxPath = 4096;
    private const int MaxInputs = 1 << 20;
    private const int MaxLayers = 8;
    private const int MaxWidth = 4096;
    private const int MaxMemory = 1024;

    /// <summary>Most parameters of a policy: 4 bytes each must fit into one array.</summary>
    private const long MaxParameters = 1 << 28;

    /// <summary>Refuses a network that no spec allows, and parameters that are not finite.</summary>
    /// <exception cref="SrpoGrainException">Names the policy and the field.</exception>
    public static void Check(PolicySnapshot snapshot)
    {
        var network = snapshot.Network;
        if (snapshot.Key is null || snapshot.Key.Length > MaxKeyLength) throw new SrpoGrainException($"policy: its key is missing or longer than {MaxKeyLength} characters");
        if (network.Adapter is { } adapter)
        {
            Check(snapshot, adapter);
            return;
        }

        if (network.Graph is { } graph)
        {
            Check(snapshot, graph);
            return;
        }

        if (network.Scripted is { } scripted)
        {
            Check(snapshot, scripted);
            return;
        }

        if (network.Activation is null or { Length: > MaxKeyLength } || network.Encoding is null or { Length: > MaxKeyLength })
            throw Refuse(snapshot, "network.activation or network.encoding is missing or not known");
        if (network.Carried is < 0 or > MaxMemory) throw Refuse(snapshot, FormattableString.Invariant($"network.gru: {network.Carried} is out of range; use a whole number from 0 to {MaxMemory}"));
        if (network.Hidden is null) throw Refuse(snapshot, "its network has no hidden layers; give their widths");
        if (network.Hidden.Length > MaxLayers) throw Refuse(snapshot, $"network.hidden: {network.Hidden.Length} layers are too many; use at most {MaxLayers}");
        Width(snapshot, "network.inputs", network.Inputs, MaxInputs);
        Width(snapshot, "network.actions", network.Actions, MaxWidth);
        long count = 0, inputs = network.Inputs;
        foreach (var width in network.Hidden)
        {
            Width(snapshot, "network.hidden", width, MaxWidth);
            count += (inputs + (network.LayerNorm ? 3 : 1)) * width;
            inputs = width;
        }

        if (network.Carried > 0)
        {
            if (network.Hidden.Length == 0) throw Refuse(snapshot, "a network with memory needs a hidden layer before it");
            count += (inputs + network.Carried + 2L) * 3 * network.Carried;
            inputs = network.Carried;
        }

        count += (inputs + 1) * network.Actions;
        if (count > MaxParameters) throw Refuse(snapshot, $"its network has {count} parameters; {MaxParameters} are the most");
        if (snapshot.Parameters.Length != count) throw Refuse(snapshot, $"it has {snapshot.Parameters.Length} parameters, its network has {count}");
        GrainChecks.Finite(snapshot.Parameters, "parameters", snapshot.Key);
    }

    private static void Check(PolicySnapshot snapshot, AdapterDescription adapter)
    {
        if (adapter.Model is null or { Length: 0 or > MaxPath } || adapter.Weights is null || adapter.Weights.Length > MaxKeyLength || adapter.Device is null or { Length: > MaxKeyLength }
            || adapter.Environment is null or { Length: > EnvironmentSettings.MaxNameLength })
            throw Refuse(snapshot, "adapter.model, adapter.weights, adapter.device or adapter.environment is missing or too long");
        if (adapter.Parameters < 0 || snapshot.Parameters.Length != adapter.Parameters) throw Refuse(snapshot, $"it has {snapshot.Parameters.Length} parameters, its adapter has {adapter.Parameters}");
        if (adapter.Rank is < 0 or > MaxWidth || !(adapter.Alpha > 0 && double.IsFinite(adapter.Alpha))) throw Refuse(snapshot, "adapter.rank or adapter.alpha is out of range");
        GrainChecks.Finite(snapshot.Parameters, "parameters", snapshot.Key);
    }

    private static void Check(PolicySnapshot snapshot, ImportedGraph graph)
    {
        var network = snapshot.Network;
        if (network.Encoding is null or { Length: > MaxKeyLength }) throw Refuse(snapshot, "network.encoding is missing or not known");
        Width(snapshot, "network.inputs", network.Inputs, MaxInputs);
        Width(snapshot, "network.actions", network.Actions, MaxWidth);
        if (graph.Problem() is { } problem) throw Refuse(snapshot, $"network.graph: {problem}");
        if (graph.Actions is { } order && order.Count != network.Actions) throw Refuse(snapshot, $"network.graph.actions: {order.Count} actions are named, it has {network.Actions}");
        var count = PackedFile.Length(graph.Bytes);
        if (snapshot.Parameters.Length != count) throw Refuse(snapshot, $"it has {snapshot.Parameters.Length} parameters, a file of {graph.Bytes} bytes has {count}");
        GrainChecks.Finite(snapshot.Parameters, "parameters", snapshot.Key);
    }

    private static void Check(PolicySnapshot snapshot, ScriptedReference player)
    {
        var network = snapshot.Network;
        if (network.Encoding is null or { Length: > MaxKeyLength }) throw Refuse(snapshot, "network.encoding is missing or not known");
        Width(snapshot, "network.inputs", network.Inputs, MaxInputs);
        Width(snapshot, "network.actions", network.Actions, MaxWidth);
        if (player.Problem() is { } problem) throw Refuse(snapshot, $"network.scripted: {problem}");
        if (!snapshot.Parameters.Span.SequenceEqual(ScriptedArchitecture.ParametersOf(player))) throw Refuse(snapshot, $"its parameters are not the hash of the {player}");
    }

    private static void Width(PolicySnapshot snapshot, string field, int value, int high)
    {
        if (value < 1 || value > high) throw Refuse(snapshot, FormattableString.Invariant($"{field}: {value} is out of range; use a whole number from 1 to {high}"));
    }

    private static SrpoGrainException Refuse(PolicySnapshot snapshot, string reason) => new($"policy '{snapshot.Key}': {reason}");
}
