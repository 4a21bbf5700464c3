using System.Numerics;
using System.Runtime.InteropServices;

namespace Srpo.Grains;

/// <summary>Finds infinite parameters and ones that are not a number.</summary>
internal static class FiniteCheck
{
    /// <summary>Whether all numbers are finite.</summary>
    public static bool IsFinite(ReadOnlySpan<float> values)
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
