using System.Globalization;
using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Devices;
using Srpo.Learning.Devices.Cpu;

namespace Srpo.Learning;

/// <summary>A policy that plays and does not learn.</summary>
/// <param name="Parameters">Its flat parameters; those of a critic may follow and are ignored.</param>
public abstract record FrozenPolicy(float[] Parameters);

/// <summary>A frozen policy that observes numbers; it can be played, or asked for its probabilities.</summary>
/// <param name="Encoding">The observations that it was trained with.</param>
/// <param name="Parameters">Its flat parameters; those of a critic may follow and are ignored.</param>
public abstract record ObservingPolicy(ObservationEncoding Encoding, float[] Parameters) : FrozenPolicy(Parameters)
{
    /// <summary>Length of an observation.</summary>
    public abstract int Inputs { get; }

    /// <summary>Number of actions.</summary>
    public abstract int Actions { get; }

    /// <summary>How many numbers it carries from step to step; 0 for policies without memory.</summary>
    public abstract int Carried { get; }

    /// <summary>What evaluates it, once it has loaded <see cref="FrozenPolicy.Parameters"/>.</summary>
    /// <param name="device">Where networks run.</param>
    public abstract IPolicyNetwork CreateNetwork(ILearnerDevice device);

    /// <summary>Whether it is told which seat it plays, and given random numbers, at every turn: then what it does at an observation cannot be looked up.</summary>
    public virtual bool KnowsTurns => false;

    /// <summary>The policy as it plays in an environment; the same one where it knows all that it needs.</summary>
    /// <param name="environment">The environment.</param>
    /// <exception cref="ArgumentException">It cannot play there.</exception>
    public virtual ObservingPolicy In(EnvironmentSettings environment) => this;

    /// <summary>A policy as one that this room's players can play in an environment.</summary>
    /// <exception cref="ArgumentException">It observes no numbers, or cannot play there.</exception>
    internal static ObservingPolicy Of(FrozenPolicy policy, EnvironmentSettings environment) => (policy as ObservingPolicy)?.In(environment)
        ?? throw new ArgumentException("the policy is a language model, which observes no numbers; let it play in the environment debate", nameof(policy));

    /// <summary>The distribution over actions for one observation, for a policy with memory the first of an episode. Prepares the network anew: for a question, not for a loop.</summary>
    /// <param name="observation">[Inputs] an observation, finite.</param>
    /// <param name="seat">The seat that observes it; only policies that know turns ask for it.</param>
    /// <param name="legal">[Actions] 1 for legal actions, at least one; 0 for others. Empty where all are.</param>
    /// <returns>[Actions] probabilities, adding up to 1.</returns>
    /// <exception cref="ArgumentException">The observation has another length or a number is not finite.</exception>
    public double[] Probabilities(ReadOnlySpan<float> observation, int seat = 0, ReadOnlySpan<byte> legal = default)
    {
        if (observation.Length != Inputs)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"the observation has {observation.Length} numbers; the policy takes {Inputs}"), nameof(observation));
        foreach (var number in observation)
        {
            if (!float.IsFinite(number)) throw new ArgumentException("the observation must be finite numbers", nameof(observation));
        }

        using var network = CreateNetwork(CpuDevice.Default);
        var probabilities = new float[Actions];
        network.Load(Parameters);
        network.Evaluate(new PolicyBatch
        {
            Rows = 1,
            Observations = observation,
            Legal = legal,
            Seats = [seat],
            Draws = new RandomStream[] { new(default, lane: 0) },
            State = new float[Carried],
            Probabilities = probabilities,
        });
        return Array.ConvertAll(probabilities, probability => (double)probability);
    }
}

/// <summary>A frozen network.</summary>
/// <param name="Shape">Shape of its network.</param>
/// <param name="Encoding">The observations it was trained with.</param>
/// <param name="Parameters">Its flat parameters; those of a critic may follow and are ignored.</param>
public sealed record NetworkPolicy(NetworkShape Shape, ObservationEncoding Encoding, float[] Parameters) : ObservingPolicy(Encoding, Parameters)
{
    /// <inheritdoc/>
    public override int Inputs => Shape.Inputs;

    /// <inheritdoc/>
    public override int Actions => Shape.Outputs;

    /// <inheritdoc/>
    public override int Carried => Shape.Gru;

    /// <inheritdoc/>
    public override IPolicyNetwork CreateNetwork(ILearnerDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.CreatePolicy(Shape);
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
