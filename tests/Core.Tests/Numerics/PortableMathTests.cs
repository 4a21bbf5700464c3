using System.Numerics;
using Srpo.Core.Numerics;

namespace Srpo.Core.Tests.Numerics;

/// <summary>The tables were computed with 300 bits and rounded.</summary>
public class PortableMathTests
{
    public static TheoryData<double, double> Exponentials => new()
    {
        { 1.0, 2.718281828459045 },
        { -1.0, 0.36787944117144233 },
        { 0.5, 1.6487212707001282 },
        { -0.34657, 0.7071093199024199 },
        { 0.34658, 1.41422262711514 },
        { 10.0, 22026.465794806718 },
        { -36.9, 9.430476078526808e-17 },
        { -100.25, 2.897198083210148e-44 },
        { -700.1, 8.921404266525102e-305 },
        { -708.5, 2.006132305331306e-308 },
        { -720.0, 2.0322308024e-313 },
        { -740.0, 4.2e-322 },
        { -745.1, 5e-324 },
        { 700.0, 1.0142320547350045e+304 },
        { 709.7, 1.6549840276802644e+308 },
        { 1e-10, 1.0000000001 },
        { -1e-300, 1.0 },
    };

    public static TheoryData<double, double> Logarithms => new()
    {
        { 1e-300, 1e-300 },
        { 1e-17, 1e-17 },
        { 1e-09, 9.999999995e-10 },
        { 0.001, 0.0009995003330835331 },
        { 0.1, 0.09531017980432487 },
        { 0.3, 0.26236426446749106 },
        { 0.4142135, 0.3465735461755332 },
        { 0.4142136, 0.34657361688621197 },
        { 0.4142137, 0.34657368759688567 },
        { 0.5, 0.4054651081081644 },
        { 0.75, 0.5596157879354227 },
        { 1.0, 0.6931471805599453 },
    };

    public static TheoryData<double, double> Softpluses => new()
    {
        { 0.0, 0.6931471805599453 },
        { 0.1, 0.7443966600735709 },
        { -0.1, 0.6443966600735709 },
        { 1.0, 1.3132616875182228 },
        { -1.0, 0.3132616875182228 },
        { 5.0, 5.006715348489118 },
        { -5.0, 0.006715348489118068 },
        { 36.9, 36.9 },
        { -36.9, 9.430476078526807e-17 },
        { 37.1, 37.1 },
        { -37.1, 7.721020781656124e-17 },
        { 250.0, 250.0 },
        { -250.0, 2.6691902155412764e-109 },
        { -744.0, 1e-323 },
        { 1e-20, 0.6931471805599453 },
    };

    [Theory]
    [MemberData(nameof(Exponentials))]
    public void ExpIsAccurate(double x, double expected) => Close(expected, PortableMath.Exp(x), 1);

    [Theory]
    [MemberData(nameof(Logarithms))]
    public void Log1PIsAccurate(double x, double expected) => Close(expected, PortableMath.Log1P(x), 1);

    [Theory]
    [MemberData(nameof(Softpluses))]
    public void SoftplusIsAccurate(double x, double expected) => Close(expected, PortableMath.Softplus(x), 2);

    [Fact]
    public void EndsAreExact()
    {
        Assert.Equal(1, PortableMath.Exp(0));
        Assert.Equal(1, PortableMath.Exp(-0.0));
        Assert.Equal(0, PortableMath.Exp(-745.2));
        Assert.Equal(0, PortableMath.Exp(double.NegativeInfinity));
        Assert.Equal(double.PositiveInfinity, PortableMath.Exp(709.8));
        Assert.Equal(double.PositiveInfinity, PortableMath.Exp(double.PositiveInfinity));
        Assert.Equal(double.NaN, PortableMath.Exp(double.NaN));
        Assert.Equal(0, PortableMath.Log1P(0));
        Assert.Equal(Math.Log(2), PortableMath.Log1P(1));
        Assert.Equal(0, PortableMath.Softplus(-746));
        Assert.Equal(1e300, PortableMath.Softplus(1e300));
    }

    /// <summary>Against the platform's functions, which err by a unit themselves, all over the range.</summary>
    [Fact]
    public void RangesAgreeWithThePlatform()
    {
        for (var i = 0; i <= 20_000; i++)
        {
            var x = -708 + (i * 0.0708);
            Close(Math.Exp(x), PortableMath.Exp(x), 2);
            Close(Math.Exp(x / 700), PortableMath.Exp(x / 700), 2);
        }
    }

    /// <summary>An element does not depend on its neighbours, although work is skipped where no element needs it.</summary>
    [Fact]
    public void ElementsAreIndependent()
    {
        double[] values = [-800, -745, -709, -300, -40, -37, -36, -1, -1e-9, 0, 0.3, 1, 20, 36, 38, 500];
        foreach (var value in values)
        {
            foreach (var neighbour in values)
            {
                var mixed = Vector.WithElement(new Vector<double>(neighbour), Vector<double>.Count - 1, value);
                Assert.Equal(Bits(PortableMath.Exp(value)), Bits(PortableMath.Exp(mixed)[Vector<double>.Count - 1]));
                Assert.Equal(Bits(PortableMath.Softplus(value)), Bits(PortableMath.Softplus(mixed)[Vector<double>.Count - 1]));
            }
        }
    }

    /// <summary>The bits as they must be on every machine and at every vector width.</summary>
    [Fact]
    public void BitsAreTheSameEverywhere()
    {
        var hash = 14695981039346656037;
        for (var i = -80_000; i < 80_000; i++)
        {
            hash = (hash ^ (ulong)Bits(PortableMath.Exp(i * 0.01))) * 1099511628211;
            hash = (hash ^ (ulong)Bits(PortableMath.Softplus(i * 0.001))) * 1099511628211;
        }

        Assert.Equal(6189925993604531490UL, hash);
    }

    private static long Bits(double value) => BitConverter.DoubleToInt64Bits(value);

    /// <summary>Doubles of one sign are ordered like their bits.</summary>
    private static void Close(double expected, double actual, int units) =>
        Assert.True(Math.Abs(Bits(expected) - Bits(actual)) <= units, $"{actual:R} is {Math.Abs(Bits(expected) - Bits(actual))} units from {expected:R}");
}
