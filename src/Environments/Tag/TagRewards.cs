using System.Numerics;
using System.Runtime.InteropServices;
using Srpo.Core.Numerics;

namespace Srpo.Environments.Tag;

/// <summary>
/// Rewards of the present state, unscaled: +10 to every chaser per pair of a chaser and a runner that touch; for a runner -10 per
/// chaser that touches it, less what it pays for being near or beyond the border.
/// </summary>
internal sealed class TagRewards
{
    internal const double Catch = 10;
    private const double RampFrom = 0.9;
    private const double Border = 1;
    private const double RampSlope = 10;
    private const double MostPerAxis = 10;

    private readonly TagWorld _world;
    private readonly double[] _team;
    private readonly double[] _runners;
    private readonly int _stride;

    internal TagRewards(TagState state)
    {
        _world = state.World;
        _stride = state.Stride;
        _team = new double[_stride];
        _runners = new double[_world.Runners * _stride];
    }

    /// <summary>[stride] what every chaser got.</summary>
    internal ReadOnlySpan<double> Team => _team;

    /// <summary>[stride] what runner 0, 1, ... got.</summary>
    internal ReadOnlySpan<double> OfRunner(int runner) => _runners.AsSpan(runner * _stride, _stride);

    internal void Update(TagState state)
    {
        Array.Clear(_team);
        var team = MemoryMarshal.Cast<double, Vector<double>>(_team.AsSpan());
        for (var runner = 0; runner < _world.Runners; runner++)
        {
            var entity = _world.Chasers + runner;
            var reward = MemoryMarshal.Cast<double, Vector<double>>(_runners.AsSpan(runner * _stride, _stride));
            var x = Plane(state.X, entity);
            var y = Plane(state.Y, entity);
            reward.Clear();
            for (var chaser = 0; chaser < _world.Chasers; chaser++)
                Touch(Plane(state.X, chaser), Plane(state.Y, chaser), x, y, _world.Sizes[chaser] + _world.Sizes[entity], team, reward);
            for (var i = 0; i < reward.Length; i++) reward[i] = reward[i] - OutOfBounds(x[i]) - OutOfBounds(y[i]);
        }
    }

    private static void Touch(
        ReadOnlySpan<Vector<double>> chaserX,
        ReadOnlySpan<Vector<double>> chaserY,
        ReadOnlySpan<Vector<double>> x,
        ReadOnlySpan<Vector<double>> y,
        double reach,
        Span<Vector<double>> team,
        Span<Vector<double>> reward)
    {
        var within = new Vector<double>(reach);
        var amount = new Vector<double>(Catch);
        for (var i = 0; i < x.Length; i++)
        {
            var dx = chaserX[i] - x[i];
            var dy = chaserY[i] - y[i];
            var caught = Vector.LessThan(Vector.SquareRoot((dx * dx) + (dy * dy)), within);
            var paid = Vector.ConditionalSelect(caught, amount, Vector<double>.Zero);
            team[i] += paid;
            reward[i] -= paid;
        }
    }

    /// <summary>0 inside, a ramp from 0.9, an exponential from the border at 1, at most 10.</summary>
    private static Vector<double> OutOfBounds(Vector<double> coordinate)
    {
        var z = Vector.Abs(coordinate);
        var from = new Vector<double>(RampFrom);
        if (Vector.LessThanAll(z, from)) return Vector<double>.Zero;
        var paid = Vector.ConditionalSelect(Vector.LessThan(z, from), Vector<double>.Zero, (z - from) * new Vector<double>(RampSlope));
        var outside = Vector.GreaterThanOrEqual(z, new Vector<double>(Border));
        if (outside == Vector<long>.Zero) return paid;
        var two = new Vector<double>(2);
        var most = new Vector<double>(MostPerAxis);
        var beyond = PortableMath.Exp((two * z) - two);
        beyond = Vector.ConditionalSelect(Vector.GreaterThan(beyond, most), most, beyond);
        return Vector.ConditionalSelect(outside, beyond, paid);
    }

    private ReadOnlySpan<Vector<double>> Plane(double[] planes, int number) =>
        MemoryMarshal.Cast<double, Vector<double>>(planes.AsSpan(number * _stride, _stride));
}
