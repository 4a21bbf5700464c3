using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Srpo.Learning.Devices.Cpu;

/// <summary>Scalar functions whose results depend on IEEE arithmetic only, not on the platform's mathematics library.</summary>
internal static class DeterministicMath
{
    private const double Ln2 = 0.69314718055994530942;
    private const double SqrtHalf = 0.70710678118654752440;

    /// <summary>Natural logarithm of a positive normal number, to 1e-15 relative: ln m = 2 artanh((m-1)/(m+1)) by its series.</summary>
    public static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)((bits >> 52) & 0x7FF) - 1022;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FE0_0000_0000_0000);
        if (mantissa < SqrtHalf)
        {
            mantissa *= 2;
            exponent--;
        }

        // |t| is at most 0.1716, so the first left-out term is below 1e-16.
        var t = (mantissa - 1) / (mantissa + 1);
        var u = t * t;
        var series = (1.0 / 19) * u + (1.0 / 17);
        series = (series * u) + (1.0 / 15);
        series = (series * u) + (1.0 / 13);
        series = (series * u) + (1.0 / 11);
        series = (series * u) + (1.0 / 9);
        series = (series * u) + (1.0 / 7);
        series = (series * u) + (1.0 / 5);
        series = (series * u) + (1.0 / 3);
        return (exponent * Ln2) + (2 * t * ((series * u) + 1));
    }

    /// <summary>The logarithms of positive normal numbers, rounded to float: for each the same bits as <c>(float)Log(x)</c>.</summary>
    /// <param name="values">[count] numbers, changed in place.</param>
    /// <param name="count">A multiple of 4.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Log(float* values, int count)
    {
        for (var i = 0; i < count; i += 4)
        {
            // Operation by operation as in the scalar function.
            var bits = Vector256.Create(Vector128.WidenLower(Vector128.Load(values + i)), Vector128.WidenUpper(Vector128.Load(values + i))).AsInt64();
            var mantissa = ((bits & Vector256.Create(0x000F_FFFF_FFFF_FFFF)) | Vector256.Create(0x3FE0_0000_0000_0000)).AsDouble();
            var small = Vector256.LessThan(mantissa, Vector256.Create(SqrtHalf));
            mantissa = Vector256.ConditionalSelect(small, mantissa + mantissa, mantissa);
            var exponents = (Vector256.ShiftRightLogical(bits, 52) & Vector256.Create(0x7FFL)) - Vector256.Create(1022L) + small.AsInt64();

            // A whole number below 2^51 becomes a double by way of the bits of 1.5 * 2^52.
            var shift = Vector256.Create(0x4338_0000_0000_0000);
            var exponent = (exponents + shift).AsDouble() - shift.AsDouble();
            var t = (mantissa - Vector256<double>.One) / (mantissa + Vector256<double>.One);
            var u = t * t;
            var series = (Vector256.Create(1.0 / 19) * u) + Vector256.Create(1.0 / 17);
            series = (series * u) + Vector256.Create(1.0 / 15);
            series = (series * u) + Vector256.Create(1.0 / 13);
            series = (series * u) + Vector256.Create(1.0 / 11);
            series = (series * u) + Vector256.Create(1.0 / 9);
            series = (series * u) + Vector256.Create(1.0 / 7);
            series = (series * u) + Vector256.Create(1.0 / 5);
            series = (series * u) + Vector256.Create(1.0 / 3);
            var result = (exponent * Vector256.Create(Ln2)) + ((t + t) * ((series * u) + Vector256<double>.One));
            Vector128.Narrow(result.GetLower(), result.GetUpper()).Store(values + i);
        }
    }

    /// <summary>base^exponent for a whole exponent of at least 0, by squaring.</summary>
    public static double Power(double value, long exponent)
    {
        var result = 1.0;
        for (; exponent > 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0) result *= value;
            value *= value;
        }

        return result;
    }
}
