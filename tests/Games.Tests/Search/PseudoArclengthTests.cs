using Srpo.Games.Continuation;
using Srpo.Games.Finite.Search;

namespace Srpo.Games.Tests.Search;

public class PseudoArclengthTests
{
    [Fact]
    public void WalksRoundACircleAndFindsItsFolds()
    {
        var walk = new PseudoArclength(new Scalar((x, p) => ((x * x) + (p * p) - 4, 2 * x, 2 * p)));
        var curve = new CurveTracer(walk, -5, 5).Trace(walk.Start([2], 0, 1)!);
        Assert.All(curve.Points, point => Assert.Equal(2, Vectors.Norm(point.X), 1e-9));
        Assert.Equal([-2, 2], curve.Events.Select(one => one.Point.Parameter).Order(), (a, b) => Math.Abs(a - b) < 1e-10);
        Assert.All(curve.Events, one => Assert.True(one.Turns && !one.IsCrossing));
        Assert.Equal(curve.Points[0].X, curve.Points[^1].X);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    public void SeesACrossingAndTheOtherCurve(double shift)
    {
        // x (p - shift - x): the lines x = 0 and x = p - shift.
        var walk = new PseudoArclength(new Scalar((x, p) => (x * (p - shift - x), p - shift - (2 * x), x)));
        var curve = new CurveTracer(walk, -1, 2).Trace(walk.Start([0], -1, 1)!);
        var one = Assert.Single(curve.Events);
        Assert.True(one.IsCrossing && !one.Turns);
        Assert.Equal(shift, one.Point.Parameter, 1e-9);
        var crossings = new Crossings(walk, null!);
        var (forward, backward) = crossings.Switch(one)!.Value;
        Assert.All([forward, backward], point => Assert.Equal(point.Parameter - shift, point.X[0], 1e-10));
        Assert.Equal(BifurcationKind.Transcritical, crossings.Classify(one, forward, backward));
    }

    [Theory]
    [InlineData(-1e-4, 0)]
    [InlineData(1e-4, 2)]
    public void TellsAnSApartFromASlope(double width, int folds)
    {
        // p = x^3 - width x folds twice for positive width, 1e-6 of each other in p.
        var walk = new PseudoArclength(new Scalar((x, p) => ((x * x * x) - (width * x) - p, (3 * x * x) - width, -1)));
        var start = new[] { Root(-1, width) };
        var curve = new CurveTracer(walk, -1, 1).Trace(walk.Start(start, -1, 1)!);
        Assert.Equal(folds, curve.Events.Count);
        Assert.All(curve.Events, one => Assert.Equal(width / 3, one.Point.X[0] * one.Point.X[0], 1e-9));
    }

    private static double Root(double p, double width)
    {
        var x = p;
        for (var i = 0; i < 50; i++) x -= ((x * x * x) - (width * x) - p) / ((3 * x * x) - width);
        return x;
    }

    private sealed class Scalar(Func<double, double, (double F, double X, double P)> function) : IRootCurve
    {
        public int Size => 1;

        public void Evaluate(ReadOnlySpan<double> x, double parameter, Span<double> residual, Span<double> jacobian, int stride, Span<double> derivative) =>
            (residual[0], jacobian[0], derivative[0]) = function(x[0], parameter);
    }
}
