using System.Globalization;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Methods;

namespace Srpo.Learning;

/// <summary>
/// Shape of an agent or adversary: a policy network and a critic on the same observations. Parameters are flat: policy,
/// then critic. With a shared trunk the critic is a linear head on the policy's last hidden layer.
/// </summary>
/// <param name="Policy">Observation to logits of the actions.</param>
/// <param name="Critic">Observation, or the policy's last hidden layer, to one value.</param>
/// <param name="Encoding">How observations are written for it.</param>
/// <param name="SharedTrunk">Whether the critic is a head on the policy's last hidden layer.</param>
public sealed record ActorShape(MlpShape Policy, MlpShape Critic, ObservationEncoding Encoding, bool SharedTrunk = false)
{
    /// <summary>Length of the flat parameter vector.</summary>
    public int ParameterCount => Policy.ParameterCount + Critic.ParameterCount;

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
        return new ActorShape(
            new MlpShape(inputs, network.Hidden, environment.Actions, network.Activation),
            network.SharedTrunk
                ? new MlpShape(network.Hidden[^1], [], 1, network.Activation)
                : new MlpShape(inputs, network.Hidden, 1, network.Activation),
            encoding,
            network.SharedTrunk);
    }
}
