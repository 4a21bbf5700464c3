using System.Numerics;
using System.Runtime.InteropServices;

namespace Srpo.Learning;

/// <summary>
/// Everything that learning changes in an agent or adversary. Immutable by convention: an update makes new arrays, so that
/// whoever holds a state may keep it.
/// </summary>
/// <param name="Version">Number of updates behind it; 0 is the initial state.</param>
/// <param name="Parameters">[ActorShape.ParameterCount] policy, then critic, then its <see cref="ValueNormaliser"/> where values are normalised.</param>
/// <param name="FirstMoment">Adam's first moment, same layout; 0 for what is no parameter of a network.</param>
/// <param name="SecondMoment">Adam's second moment, same layout.</param>
/// <param name="AdamSteps">Number of Adam steps taken.</param>
public sealed record LearnerState(int Version, float[] Parameters, float[] FirstMoment, float[] SecondMoment, long AdamSteps)
{
    /// <summary>
    /// Where rollouts continue episodes and it is the <see cref="InstancePlan.Keeper"/> of an environment instance: the state of the instance's lanes after the
    /// rollout that the update is from, which the next one goes on from. It travels and is stored with the state of the actor, so that the two never belong to
    /// different rounds. Null elsewhere, and at version 0: the first rollout begins with fresh episodes.
    /// </summary>
    public byte[]? LaneState { get; init; }

    /// <summary>Whether all parameters and moments are finite.</summary>
    public bool IsFinite => AreFinite(Parameters) && AreFinite(FirstMoment) && AreFinite(SecondMoment);

    /// <summary>Whether all numbers are finite.</summary>
    public static bool AreFinite(ReadOnlySpan<float> values)
    {
        // x * 0 is 0 for finite x and NaN for all others, and a sum of those stays NaN. Four sums, so that none waits for itself.
        var zero = Vector<float>.Zero;
        var (a, b, c, d) = (zero, zero, zero, zero);
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var i = 0;
        for (; i + 4 <= vectors.Length; i += 4)
        {
            a += vectors[i] * zero;
            b += vectors[i + 1] * zero;
            c += vectors[i + 2] * zero;
            d += vectors[i + 3] * zero;
        }

        for (; i < vectors.Length; i++) a += vectors[i] * zero;
        var rest = Vector.Sum(a + b + c + d);
        foreach (var value in values[(vectors.Length * Vector<float>.Count)..]) rest += value * 0f;
        return rest == 0f;
    }
}
