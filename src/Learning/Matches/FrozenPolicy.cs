using System.Globalization;
using Srpo.Environments;
using Srpo.Learning.Devices;
using Srpo.Learning.Devices.Cpu;

namespace Srpo.Learning;

/// <summary>A policy that plays and does not learn.</summary>
/// <param name="Parameters">Its flat parameters; those of a critic may follow and are ignored.</param>
public abstract record FrozenPolicy(float[] Parameters);

/// <summary>A frozen network that can be played or asked for its probabilities.</summary>
/// <param name="Shape">Shape of its network.</param>
/// <param name="Encoding">The observations it was trained with.</param>
/// <param name="Parameters">Its flat parameters; those of a critic may follow and are ignored.</param>
public sealed record NetworkPolicy(NetworkShape Shape, ObservationEncoding Encoding, float[] Parameters) : FrozenPolicy(Parameters)
{
    /// <summary>A policy as one that this room's players can play.</summary>
    /// <exception cref="ArgumentException">It is no network.</exception>
    internal static NetworkPolicy Of(FrozenPolicy policy) =>
        policy as NetworkPolicy ?? throw new ArgumentException("the policy is a language model, which observes no numbers; let it play in the environment debate", nameof(policy));


    /// <summary>The distribution over actions for one observation, for a policy with memory the first of an episode. Prepares the network anew: for a question, not for a loop.</summary>
    /// <param name="observation">[Shape.Inputs] an observation, finite.</param>
    /// <returns>[Shape.Outputs] probabilities, adding up to 1.</returns>
    /// <exception cref="ArgumentException">The observation has another length or a number is not finite.</exception>
    public double[] Probabilities(ReadOnlySpan<float> observation)
    {
        if (observation.Length != Shape.Inputs)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"the observation has {observation.Length} numbers; the policy takes {Shape.Inputs}"), nameof(observation));
        foreach (var number in observation)
        {
            if (!float.IsFinite(number)) throw new ArgumentException("the observation must be finite numbers", nameof(observation));
        }

        using var network = CpuDevice.Default.CreatePolicy(Shape);
        var probabilities = new float[Shape.Outputs];
        network.Load(Parameters);
        network.Evaluate(new PolicyBatch { Rows = 1, Observations = observation, State = new float[Shape.Gru], Probabilities = probabilities });
        return Array.ConvertAll(probabilities, probability => (double)probability);
    }
}

/// <summary>The frozen policies of one training run, by seat of the team.</summary>
/// <param name="Seats">A policy for every seat of the team; the same one everywhere where a run shares it.</param>
public sealed record FrozenTeam(IReadOnlyList<FrozenPolicy> Seats)
{
    /// <summary>A run that plays all seats with one policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="seats">Seats of the team.</param>
    public static FrozenTeam Shared(FrozenPolicy policy, int seats) => new([.. Enumerable.Repeat(policy, seats)]);
}
