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
