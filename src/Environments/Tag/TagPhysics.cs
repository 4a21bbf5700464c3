using System.Numerics;
using System.Runtime.InteropServices;
using Srpo.Core.Numerics;

namespace Srpo.Environments.Tag;

/// <summary>
/// One physics step of all lanes, as in the Multi-Agent Particle Environment: forces from the positions before the step, pair
/// after pair, then integration. The order of all operations is part of the result.
/// </summary>
internal sealed class TagPhysics
{
    /// <summary>With a gap between two bodies beyond this, the softplus is exactly 0: e^-750 underflows.</summary>
    private const double NoForceBeyond = 0.75;

    private readonly TagWorld _world;
    private readonly double[] _forceX;
    private readonly double[] _forceY;

    internal TagPhysics(TagState state)
    {
        _world = state.World;
        _forceX = new double[state.VelocityX.Length];
        _forceY = new double[state.VelocityX.Length];
    }

    /// <param name="state">The state to advance.</param>
    /// <param name="actions">[agents x lanes], valid actions.</param>
    internal void Step(TagState state, ReadOnlySpan<byte> actions)
    {
        for (var agent = 0; agent < _world.Agents; agent++)
            Control(actions.Slice(agent * state.Lanes, state.Lanes), _world.Accelerations[agent], agent * state.Stride);
        for (var a = 0; a < _world.Agents; a++)
        {
            for (var b = a + 1; b < _world.Entities; b++) Contact(state, a, b);
        }

        for (var agent = 0; agent < _world.Agents; agent++) Integrate(state, agent);
    }

    private void Control(ReadOnlySpan<byte> actions, double acceleration, int plane)
    {
        ReadOnlySpan<double> right = [0, -acceleration, acceleration, 0, 0, 0, 0, 0];
        ReadOnlySpan<double> up = [0, 0, 0, -acceleration, acceleration, 0, 0, 0];
        var x = _forceX.AsSpan(plane, actions.Length);
        var y = _forceY.AsSpan(plane, actions.Length);
        for (var lane = 0; lane < actions.Length; lane++)
        {
            x[lane] = right[actions[lane] & 7];
            y[lane] = up[actions[lane] & 7];
        }
    }

    /// <summary>
    /// Adds the force between agent a and entity b (a before b). At a distance of exactly 0 there is no direction and no force;
    /// the reference divides by zero there.
    /// </summary>
    private void Contact(TagState state, int a, int b)
    {
        var reach = new Vector<double>(_world.Sizes[a] + _world.Sizes[b]);
        var far = new Vector<double>(NoForceBeyond);
        var strength = new Vector<double>(TagWorld.ContactForce);
        var margin = new Vector<double>(TagWorld.ContactMargin);
        var moves = b < _world.Agents;
        var ax = Plane(state.X, state, a);
        var ay = Plane(state.Y, state, a);
        var bx = Plane(state.X, state, b);
        var by = Plane(state.Y, state, b);
        var forceAx = Plane(_forceX, state, a);
        var forceAy = Plane(_forceY, state, a);
        var forceBx = moves ? Plane(_forceX, state, b) : default;
        var forceBy = moves ? Plane(_forceY, state, b) : default;
        for (var i = 0; i < ax.Length; i++)
        {
            var dx = ax[i] - bx[i];
            var dy = ay[i] - by[i];
            var distance = Vector.SquareRoot((dx * dx) + (dy * dy));
            var gap = distance - reach;

            // Adding a force of 0 changes no bit: sums of forces are never -0.
            if (Vector.GreaterThanAll(gap, far)) continue;
            var penetration = margin * PortableMath.Softplus(-gap / margin);
            var x = strength * dx / distance * penetration;
            var y = strength * dy / distance * penetration;
            var apart = Vector.GreaterThan(distance, Vector<double>.Zero);
            x = Vector.ConditionalSelect(apart, x, Vector<double>.Zero);
            y = Vector.ConditionalSelect(apart, y, Vector<double>.Zero);
            forceAx[i] += x;
            forceAy[i] += y;
            if (!moves) continue;
            forceBx[i] -= x;
            forceBy[i] -= y;
        }
    }

    /// <summary>Positions move with the velocity from before the step; then damping, force and the limit on the speed.</summary>
    private void Integrate(TagState state, int agent)
    {
        var step = new Vector<double>(TagWorld.TimeStep);
        var kept = new Vector<double>(1 - TagWorld.Damping);
        var mass = new Vector<double>(_world.Masses[agent]);
        var limit = new Vector<double>(_world.MaxSpeeds[agent]);
        var x = Plane(state.X, state, agent);
        var y = Plane(state.Y, state, agent);
        var velocityX = Plane(state.VelocityX, state, agent);
        var velocityY = Plane(state.VelocityY, state, agent);
        var forceX = Plane(_forceX, state, agent);
        var forceY = Plane(_forceY, state, agent);
        for (var i = 0; i < x.Length; i++)
        {
            var vx = velocityX[i];
            var vy = velocityY[i];
            x[i] += vx * step;
            y[i] += vy * step;
            vx = (vx * kept) + (forceX[i] / mass * step);
            vy = (vy * kept) + (forceY[i] / mass * step);
            var speed = Vector.SquareRoot((vx * vx) + (vy * vy));
            var fast = Vector.GreaterThan(speed, limit);
            velocityX[i] = Vector.ConditionalSelect(fast, vx / speed * limit, vx);
            velocityY[i] = Vector.ConditionalSelect(fast, vy / speed * limit, vy);
        }
    }

    private static Span<Vector<double>> Plane(double[] planes, TagState state, int number) =>
        MemoryMarshal.Cast<double, Vector<double>>(planes.AsSpan(number * state.Stride, state.Stride));
}
