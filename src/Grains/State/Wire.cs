using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>Between messages and what Learning works with. Arrays are shared, never copied.</summary>
internal static class Wire
{
    public static ActorState ToMessage(LearnerState state) =>
        new(state.Version, new(state.Parameters), new(state.FirstMoment), new(state.SecondMoment), state.AdamSteps);

    public static LearnerState FromMessage(ActorState state) =>
        new(state.Version, state.Parameters.Values, state.FirstMoment.Values, state.SecondMoment.Values, state.AdamSteps);

    public static NetworkDescription Describe(ActorShape shape) => new(
        shape.Policy.Inputs, [.. shape.Policy.Hidden], shape.Policy.Outputs, shape.Policy.Activation.ToString(), shape.Encoding.ToString());

    /// <exception cref="SrpoGrainException">The snapshot is inconsistent in itself.</exception>
    public static FrozenPolicy ToPolicy(PolicySnapshot snapshot)
    {
        var network = snapshot?.Network ?? throw new SrpoGrainException("a policy is missing, or has no network");
        PolicyChecks.Check(snapshot);
        if (!Enum.TryParse<Activation>(network.Activation, out var activation) || !Enum.IsDefined(activation))
            throw new SrpoGrainException($"policy '{snapshot.Key}': the nonlinearity '{network.Activation}' is not known; use one of {string.Join(", ", Enum.GetNames<Activation>())}");
        if (!Enum.TryParse<ObservationEncoding>(network.Encoding, out var encoding) || !Enum.IsDefined(encoding))
            throw new SrpoGrainException($"policy '{snapshot.Key}': the observation encoding '{network.Encoding}' is not known; use one of {string.Join(", ", Enum.GetNames<ObservationEncoding>())}");
        var shape = new MlpShape(network.Inputs, network.Hidden, network.Actions, activation);
        return new FrozenPolicy(shape, encoding, snapshot.Parameters.Values);
    }

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
