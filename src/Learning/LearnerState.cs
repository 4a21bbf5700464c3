using System.Numerics;
using System.Runtime.InteropServices;

namespace Srpo.Learning;

/// <summary>
/// Everything that learning changes in an agent or adversary. Immutable by convention: an update makes new arrays, so that
/// whoever holds a state may keep it.
/// </summary>
/// <param name="Version">Number of updates behind it; 0 is the initial state.</param>
/// <param name="Parameters">[ActorShape.ParameterCount] policy, then critic.</param>
/// <param name="FirstMoment">Adam's first moment, same layout.</param>
/// <param name="SecondMoment">Adam's second moment, same layout.</param>
/// <param name="AdamSteps">Number of Adam steps taken.</param>
public sealed record LearnerState(int Version, float[] Parameters, float[] FirstMoment, float[] SecondMoment, long AdamSteps)
{
    /// <summary>Whether all parameters and moments are finite.</summary>
    public bool IsFinite => AreFinite(Parameters) && AreFinite(FirstMoment) && AreFinite(SecondMoment);

    /// <summary>Whether all numbers are finite.</summary>
    public static bool AreFinite(ReadOnlySpan<float> values)
    {
        // x * 0 is 0 for finite x and NaN for all others, and a sum of those stays NaN.
        var sum = Vector<float>.Zero;
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        foreach (ref readonly var vector in vectors) sum += vector * Vector<float>.Zero;
        var rest = Vector.Sum(sum);
        foreach (var value in values[(vectors.Length * Vector<float>.Count)..]) rest += value * 0f;
        return rest == 0f;
    }
}

/// <summary>Measures of one update; see the fields of the message of the same meaning for units.</summary>
/// <param name="Return">Mean reward of a seat per lane of the rollout, plain; in turn-based environments as far as finished samples hold it.</param>
/// <param name="PrivateCost">Mean private cost of a seat per lane of the rollout, likewise.</param>
/// <param name="Entropy">Mean entropy of the policy over its samples in the last epoch, nats.</param>
/// <param name="ClipFraction">Share of samples whose ratio was clipped in the last epoch.</param>
/// <param name="ExplainedVariance">1 - Var(returns - values)/Var(returns) of the critic that watched the rollout.</param>
/// <param name="Kl">Adversaries: mean KL to the partner's policy in the last epoch, in the direction of the settings; else 0.</param>
/// <param name="ValueLoss">Mean squared error of the critic in the last epoch.</param>
public sealed record UpdateStatistics(
    double Return, double PrivateCost, double Entropy, double ClipFraction, double ExplainedVariance, double Kl, double ValueLoss);
