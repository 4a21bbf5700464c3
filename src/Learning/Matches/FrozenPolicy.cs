using System.Globalization;
using Srpo.Environments;
using Srpo.Learning.Kernels;

namespace Srpo.Learning;

/// <summary>A frozen policy that can be played or asked for its probabilities.</summary>
/// <param name="Shape">Shape of its network.</param>
/// <param name="Encoding">The observations it was trained with.</param>
/// <param name="Parameters">Its flat parameters; those of a critic may follow and are ignored.</param>
public sealed record FrozenPolicy(MlpShape Shape, ObservationEncoding Encoding, float[] Parameters)
{
    /// <summary>The distribution over actions for one observation. Prepares the network anew: for a question, not for a loop.</summary>
    /// <param name="observation">[Shape.Inputs] an observation, finite.</param>
    /// <returns>[Shape.Outputs] probabilities, adding up to 1.</returns>
    /// <exception cref="ArgumentException">The observation has another length or a number is not finite.</exception>
    public unsafe double[] Probabilities(ReadOnlySpan<float> observation)
    {
        if (observation.Length != Shape.Inputs)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"the observation has {observation.Length} numbers; the policy takes {Shape.Inputs}"), nameof(observation));
        foreach (var number in observation)
        {
            if (!float.IsFinite(number)) throw new ArgumentException("the observation must be finite numbers", nameof(observation));
        }

        using var evaluator = new PolicyEvaluator(Shape, KernelSet.Default);
        evaluator.Network.Load(Parameters.AsSpan(0, Shape.ParameterCount), forBackward: false);
        fixed (float* x = observation) evaluator.Evaluate(x, 1);
        var probabilities = new double[Shape.Outputs];
        for (var action = 0; action < probabilities.Length; action++) probabilities[action] = evaluator.Probabilities[action];
        return probabilities;
    }
}
