using Srpo.Games.Finite;

namespace Srpo.Games.Tests.Finite;

public class EntropicRiskTests
{
    private static readonly double[] Values = [0.3, -1.2, 2.5, 0.9];
    private static readonly double[] Q = [0.4, 0.1, 0.3, 0.2];

    [Theory]
    [InlineData(0.3)]
    [InlineData(1)]
    [InlineData(20)]
    public void ValueIsTheLogOfTheMeanExponential(double tau) =>
        Assert.Equal(-Math.Log(Values.Zip(Q, (x, q) => q * Math.Exp(-tau * x)).Sum()) / tau, EntropicRisk.Value(Values, Q, tau), 1e-13);

    [Fact]
    public void SmallTauFollowsTheCumulants()
    {
        var mean = Values.Zip(Q, (x, q) => q * x).Sum();
        var variance = Values.Zip(Q, (x, q) => q * (x - mean) * (x - mean)).Sum();
        var third = Values.Zip(Q, (x, q) => q * Math.Pow(x - mean, 3)).Sum();

        Assert.Equal(mean, EntropicRisk.Value(Values, Q, 0), 1e-15);
        foreach (var tau in new[] { 1e-300, 1e-12, 1e-8, 1e-5 })
            Assert.Equal(mean - (tau * variance / 2) + (tau * tau * third / 6), EntropicRisk.Value(Values, Q, tau), 1e-15);
    }

    [Fact]
    public void ValueIsContinuousWhereTheFormulasMeet()
    {
        var border = 1 / (2.5 + 1.2);
        Assert.Equal(EntropicRisk.Value(Values, Q, border * (1 - 1e-13)), EntropicRisk.Value(Values, Q, border * (1 + 1e-13)), 1e-12);
    }

    [Fact]
    public void HugeTauIsTheWorstPossibleOutcome()
    {
        Assert.Equal(-1.2, EntropicRisk.Value(Values, Q, double.PositiveInfinity));
        Assert.Equal(-1.2, EntropicRisk.Value(Values, Q, 1e300), 1e-15);
        Assert.Equal(0.3, EntropicRisk.Value(Values, [0.5, 0, 0.5, 0], double.PositiveInfinity));
        Assert.Equal(-1.2 - (Math.Log(1e-300) / 1e4), EntropicRisk.Value([0, -1.2], [1, 1e-300], 1e4), 1e-12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1e8)]
    [InlineData(double.PositiveInfinity)]
    public void AdversaryIsADistributionOnTheSupport(double tau)
    {
        double[] q = [0.5, 0, 0.3, 0.2];
        var adversary = new double[4];
        EntropicRisk.Adversary(Values, q, tau, adversary);

        Assert.Equal(1, adversary.Sum(), 1e-15);
        Assert.Equal(0, adversary[1]);
        if (tau == 0) Assert.Equal(q, adversary);
        if (tau > 1e6) Assert.Equal([1.0, 0, 0, 0], adversary);
    }

    [Fact]
    public void AdversaryAttainsTheDualValueAndNothingLiesBelow()
    {
        var random = new Random(1);
        foreach (var tau in new[] { 1e-9, 0.1, 2.0, 300 })
        {
            var adversary = new double[4];
            EntropicRisk.Adversary(Values, Q, tau, adversary);
            var value = EntropicRisk.Value(Values, Q, tau);
            Assert.Equal(value, EntropicRisk.Objective(Values, Q, tau, adversary), 1e-12);
            for (var trial = 0; trial < 50; trial++)
                Assert.True(EntropicRisk.Objective(Values, Q, tau, RandomGames.Distribution(random, 4)) > value);
        }
    }

    [Fact]
    public void PrimalIsInfiniteOutsideTheSupportAndAtTauZero()
    {
        Assert.Equal(double.PositiveInfinity, EntropicRisk.Objective([1, 2], [1, 0], 3, [0.5, 0.5]));
        Assert.Equal(double.PositiveInfinity, EntropicRisk.Objective([1, 2], [0.5, 0.5], 0, [0.4, 0.6]));
        Assert.Equal(1.5, EntropicRisk.Objective([1, 2], [0.5, 0.5], 0, [0.5, 0.5]));
        Assert.Equal(1.6, EntropicRisk.Objective([1, 2], [0.5, 0.5], double.PositiveInfinity, [0.4, 0.6]), 1e-15);
    }

    [Fact]
    public void DivergenceKeepsItsDigitsNearZero()
    {
        // KL((1+d)/2, (1-d)/2 || 1/2, 1/2) = d^2/2 + d^4/12 + ...; 2^-30 leaves the probabilities exact.
        var d = Math.Pow(2, -30);
        Assert.Equal(d * d / 2, EntropicRisk.Divergence([(1 + d) / 2, (1 - d) / 2], [0.5, 0.5]), 1e-12 * d * d);
        Assert.Equal(Math.Log(2), EntropicRisk.Divergence([1, 0], [0.5, 0.5]), 1e-15);
        Assert.Equal((0.3 * Math.Log(0.6)) + (0.7 * Math.Log(1.4)), EntropicRisk.Divergence([0.3, 0.7], [0.5, 0.5]), 1e-15);
    }

    [Fact]
    public void WrongInputIsNamed()
    {
        Assert.Equal("values", Assert.Throws<ArgumentException>(() => EntropicRisk.Value([], [], 1)).ParamName);
        Assert.Equal("probabilities", Assert.Throws<ArgumentException>(() => EntropicRisk.Value([1], [0.5, 0.5], 1)).ParamName);
        Assert.Equal("probabilities", Assert.Throws<ArgumentException>(() => EntropicRisk.Value([1], [0], 1)).ParamName);
        Assert.Equal("tau", Assert.Throws<ArgumentException>(() => EntropicRisk.Value([1], [1], double.NaN)).ParamName);
        Assert.Equal("adversary", Assert.Throws<ArgumentException>(() => EntropicRisk.Adversary([1], [1], 1, new double[2])).ParamName);
    }
}
