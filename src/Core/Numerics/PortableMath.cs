using System.Numerics;
using System.Runtime.CompilerServices;

namespace Srpo.Core.Numerics;

/// <summary>
/// Exponential functions in double precision whose bits depend on IEEE arithmetic only: not on the platform's mathematics
/// library, not on fused multiply-add, and not on the width of <see cref="Vector{T}"/>, since every element is computed by the
/// same operations in the same order. Errors are below 1 unit in the last place, those of the softplus below 2.
/// </summary>
public static class PortableMath
{
    /// <summary>Below this, e^x is less than half the least positive double and rounds to 0.</summary>
    private const double Underflow = -746;

    /// <summary>Above this, e^x is infinite.</summary>
    private const double Overflow = 710;

    /// <summary>Below this log1p(e^t) and e^t are the same double, since e^t is below 2^-53.</summary>
    private const double LinearBelow = -37;

    /// <summary>1.5 * 2^52: adding it rounds to a whole number, which then stands in the low bits.</summary>
    private const double Shifter = 6755399441055744.0;

    private const double Log2E = 1.4426950408889634;

    /// <summary>ln 2 in two parts; products of the first with whole numbers of 20 bits are exact.</summary>
    private const double Ln2High = 6.93147180369123816490e-01;

    private const double Ln2Low = 1.90821492927058770002e-10;

    /// <summary>sqrt(2) - 1, a little above.</summary>
    private const double SqrtTwoMinusOne = 0.4142136573791504;

    /// <summary>e^x; 0 below about -745.13, infinite above about 709.78, NaN for NaN.</summary>
    /// <param name="x">Any number.</param>
    public static double Exp(double x) => Exp(new Vector<double>(x))[0];

    /// <summary>e^x of every element; see <see cref="Exp(double)"/>.</summary>
    /// <param name="x">Any numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Exp(Vector<double> x)
    {
        x = Vector.ConditionalSelect(Vector.LessThan(x, new Vector<double>(Underflow)), new Vector<double>(Underflow), x);
        x = Vector.ConditionalSelect(Vector.GreaterThan(x, new Vector<double>(Overflow)), new Vector<double>(Overflow), x);

        // x = n ln 2 + r + rest with |r| at most 0.35; rest is what rounding r lost.
        var shifter = new Vector<double>(Shifter);
        var n = ((x * new Vector<double>(Log2E)) + shifter) - shifter;
        var high = x - (n * new Vector<double>(Ln2High));
        var low = n * new Vector<double>(Ln2Low);
        var r = high - low;
        var rest = (high - r) - low;

        // (e^r - 1 - r) / r^2 by its series; the first term left out is below 2^-57.
        var q = new Vector<double>(1.0 / 6227020800);
        q = (q * r) + new Vector<double>(1.0 / 479001600);
        q = (q * r) + new Vector<double>(1.0 / 39916800);
        q = (q * r) + new Vector<double>(1.0 / 3628800);
        q = (q * r) + new Vector<double>(1.0 / 362880);
        q = (q * r) + new Vector<double>(1.0 / 40320);
        q = (q * r) + new Vector<double>(1.0 / 5040);
        q = (q * r) + new Vector<double>(1.0 / 720);
        q = (q * r) + new Vector<double>(1.0 / 120);
        q = (q * r) + new Vector<double>(1.0 / 24);
        q = (q * r) + new Vector<double>(1.0 / 6);
        q = (q * r) + new Vector<double>(0.5);

        // 1 + r is split into a double and its rounding error, which leaves the last addition as the only large error.
        var sum = Vector<double>.One + r;
        var lost = r - (sum - Vector<double>.One);
        var value = sum + (lost + (rest + ((r * r) * q)));

        // Far out 2^n is no normal number. Two factors, of which the first is exact, round once.
        var bound = new Vector<double>(1000);
        if (!Vector.GreaterThanAny(Vector.Abs(n), bound)) return value * PowerOfTwo(n);
        var first = Vector.ConditionalSelect(Vector.LessThan(n, -bound), -bound, n);
        first = Vector.ConditionalSelect(Vector.GreaterThan(n, bound), bound, first);
        return value * PowerOfTwo(first) * PowerOfTwo(n - first);
    }

    /// <summary>ln(1 + x).</summary>
    /// <param name="x">0 to 1; not checked, other numbers give inaccurate results.</param>
    public static double Log1P(double x) => Log1P(new Vector<double>(x))[0];

    /// <summary>
    /// ln(1 + x) of every element, by the method and constants of FDLIBM's log1p (Sun Microsystems, 1993): with
    /// 1 + x = 2^k (1 + f) and s = f / (2 + f), ln(1 + f) = f - f^2/2 + s (f^2/2 + R(s^2)).
    /// </summary>
    /// <param name="x">0 to 1; not checked, other numbers give inaccurate results.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Log1P(Vector<double> x)
    {
        var one = Vector<double>.One;
        var half = new Vector<double>(0.5);
        var halved = Vector.GreaterThanOrEqual(x, new Vector<double>(SqrtTwoMinusOne));
        var u = one + x;
        var f = Vector.ConditionalSelect(halved, (u * half) - one, x);
        var halfSquare = half * f * f;
        var s = f / (new Vector<double>(2) + f);
        var z = s * s;
        var z2 = z * z;
        var z4 = z2 * z2;
        var r2 = new Vector<double>(3.999999999940941908e-01) + (z * new Vector<double>(2.857142874366239149e-01));
        var r3 = new Vector<double>(2.222219843214978396e-01) + (z * new Vector<double>(1.818357216161805012e-01));
        var r4 = new Vector<double>(1.531383769920937332e-01) + (z * new Vector<double>(1.479819860511658591e-01));
        var series = (z * new Vector<double>(6.666666666666735130e-01)) + (z2 * r2) + (z4 * r3) + (z4 * z2 * r4);
        var product = s * (halfSquare + series);
        var plain = f - (halfSquare - product);

        // What rounding 1 + x lost, as a part of the logarithm.
        var correction = (x - (u - one)) / u;
        var withLn2 = new Vector<double>(Ln2High) - ((halfSquare - (product + (new Vector<double>(Ln2Low) + correction))) - f);
        return Vector.ConditionalSelect(halved, withLn2, plain);
    }

    /// <summary>ln(1 + e^y), the smooth form of max(y, 0).</summary>
    /// <param name="y">Any number.</param>
    public static double Softplus(double y) => Softplus(new Vector<double>(y))[0];

    /// <summary>ln(1 + e^y) of every element, as max(y, 0) + log1p(e^-|y|).</summary>
    /// <param name="y">Any numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Softplus(Vector<double> y)
    {
        var t = -Vector.Abs(y);
        var e = Exp(t);
        var linear = Vector.LessThan(t, new Vector<double>(LinearBelow));

        // The logarithm is rarely needed: skipping it where no element would take it changes no bit.
        if (linear != Vector<long>.AllBitsSet) e = Vector.ConditionalSelect(linear, e, Log1P(e));
        return Vector.ConditionalSelect(Vector.GreaterThan(y, Vector<double>.Zero), y, Vector<double>.Zero) + e;
    }

    /// <summary>2^n for whole n from -1022 to 1023.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> PowerOfTwo(Vector<double> n) =>
        Vector.AsVectorDouble((Vector.AsVectorInt64(n + new Vector<double>(Shifter)) + new Vector<long>(1023)) << 52);
}
