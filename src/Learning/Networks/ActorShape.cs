using System.Globalization;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Methods;

namespace Srpo.Learning;

/// <summary>
/// Shape of an agent or adversary: a policy network and a critic. Parameters are flat: policy, then critic. The critic sees what the policy
/// sees, or what all seats see; with a shared trunk it is a linear head on the policy's last hidden layer or memory. Where values are normalised, the normaliser
/// stands behind the critic.
/// </summary>
/// <param name="Policy">Observation to logits of the actions.</param>
/// <param name="Critic">Observation, observations of all seats, or the policy's last hidden layer or memory, to one value.</param>
/// <param name="Encoding">How observations are written for it.</param>
/// <param name="SharedTrunk">Whether the critic is a head on the policy's last hidden layer or memory.</param>
public sealed record ActorShape(NetworkShape Policy, NetworkShape Critic, ObservationEncoding Encoding, bool SharedTrunk = false)
{
    /// <summary>Whether the critic sees the observations of all seats: its own, then those of the seats after it, round the table (MAPPO, Yu et al. 2022).</summary>
    public bool CentralCritic { get; init; }

    /// <summary>Whether policies and critics carry something from step to step.</summary>
    public bool IsRecurrent => Policy.Gru > 0;

    /// <summary>Whether the critic predicts normalised returns; its <see cref="ValueNormaliser"/> is at the end of the flat vector then, where Adam's moments are zero.</summary>
    public bool NormalisesValues { get; init; }

    /// <summary>Parameters of both networks, which is what Adam changes: the first ones of the flat vector.</summary>
    public int NetworkParameters => Policy.ParameterCount + Critic.ParameterCount;

    /// <summary>Length of the flat parameter vector.</summary>
    public int ParameterCount => NetworkParameters + (NormalisesValues ? ValueNormaliser.Length : 0);

    /// <summary>Length of what the critic is given for a value: an observation, or those of all seats.</summary>
    public int CriticInputs => SharedTrunk ? Policy.Inputs : Critic.Inputs;

    /// <summary>Length of what the critic carries from step to step; with a shared trunk it is what the policy carries.</summary>
    public int CriticState => SharedTrunk ? Policy.Gru : Critic.Gru;

    /// <summary>The observation encoding that settings ask for: one network for all seats must be told which seat it plays.</summary>
    public static ObservationEncoding EncodingFor(TrainingSettings settings) => (settings.Network.OneHot, settings.UsesOnePolicy()) switch
    {
        (true, true) => ObservationEncoding.OneHotOwnFirst,
        (true, false) => ObservationEncoding.OneHot,
        (false, true) => ObservationEncoding.OwnFirst,
        (false, false) => ObservationEncoding.Absolute,
    };

    /// <summary>What keeps a policy from playing in an environment: other observations or actions than it was trained on; null if it can.</summary>
    /// <param name="encoding">How observations are written for it.</param>
    /// <param name="inputs">Length of an observation that it takes.</param>
    /// <param name="actions">Number of its actions.</param>
    /// <param name="environment">The environment to play in.</param>
    public static string? Misfit(ObservationEncoding encoding, int inputs, int actions, EnvironmentInfo environment)
    {
        var length = environment.ObservationLengths[(int)encoding];
        return length == inputs && environment.Actions == actions ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"it observes {inputs} numbers ({encoding}) and has {actions} actions, {environment.Name} {environment.Variant} has {length} and {environment.Actions}");
    }

    /// <summary>The shape that settings ask for in an environment.</summary>
    /// <exception cref="ArgumentException">The environment does not offer the observation encoding.</exception>
    public static ActorShape For(TrainingSettings settings, EnvironmentInfo environment)
    {
        var encoding = EncodingFor(settings);
        var inputs = environment.ObservationLength(encoding);
        var network = settings.Network;
        var policy = new NetworkShape(inputs, network.Hidden, environment.Actions, network.Activation, network.LayerNorm, network.Gru);
        return new ActorShape(
            policy,
            network.SharedTrunk
                ? new NetworkShape(policy.Features, [], 1, network.Activation)
                : new NetworkShape(network.CentralCritic ? inputs * environment.Seats : inputs, network.Hidden, 1, network.Activation, network.LayerNorm, network.Gru),
            encoding,
            network.SharedTrunk)
        {
            CentralCritic = network.CentralCritic,
            NormalisesValues = settings.NormaliseValues,
        };
    }
}
