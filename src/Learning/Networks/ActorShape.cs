using Srpo.Core.Settings;
using Srpo.Environments;

namespace Srpo.Learning;

/// <summary>Shape of an agent or adversary: a policy network and a critic on the same observations. Parameters are flat: policy, then critic.</summary>
/// <param name="Policy">Observation to logits of the actions.</param>
/// <param name="Critic">Observation to one value.</param>
/// <param name="Encoding">How observations are written for it.</param>
public sealed record ActorShape(MlpShape Policy, MlpShape Critic, ObservationEncoding Encoding)
{
    /// <summary>Length of the flat parameter vector.</summary>
    public int ParameterCount => Policy.ParameterCount + Critic.ParameterCount;

    /// <summary>The shape that settings ask for in an environment.</summary>
    /// <exception cref="ArgumentException">The environment does not offer the observation encoding.</exception>
    public static ActorShape For(TrainingSettings settings, EnvironmentInfo environment)
    {
        var ownFirst = settings.Method == Method.SelfPlay;
        var encoding = settings.Network.OneHot
            ? ownFirst ? ObservationEncoding.OneHotOwnFirst : ObservationEncoding.OneHot
            : ownFirst ? ObservationEncoding.OwnFirst : ObservationEncoding.Absolute;
        var inputs = environment.ObservationLength(encoding);
        var network = settings.Network;
        return new ActorShape(
            new MlpShape(inputs, network.Hidden, environment.Actions, network.Activation),
            new MlpShape(inputs, network.Hidden, 1, network.Activation),
            encoding);
    }
}
