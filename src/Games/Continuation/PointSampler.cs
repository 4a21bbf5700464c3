using System.Collections.Immutable;
using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;
using Srpo.Games.Finite.Search;

namespace Srpo.Games.Continuation;

/// <summary>Equilibria of traced curves at given taus, and what diagrams show of them.</summary>
internal sealed class PointSampler(RqeSystem system, PseudoArclength walk)
{
    private readonly double[] _x = new double[system.Size];
    private readonly double[] _jacobian = new double[system.Size * system.Size];
    private readonly double[] _residual = new double[system.Size];

    /// <summary>The equilibrium between two neighbouring points of a curve.</summary>
    /// <param name="from">The point before.</param>
    /// <param name="to">The point after.</param>
    /// <param name="tau">Between their taus.</param>
    /// <returns>The equilibrium, or null where the equations are too singular.</returns>
    public DiagramPoint? Sample(PathPoint from, PathPoint to, double tau)
    {
        var steep = Math.Min(Math.Abs(from.Slope), Math.Abs(to.Slope)) < 0.05;
        var index = steep ? 0 : PathRoots.At(walk, from, to, tau, _x);
        if (index == 0 || (from.Index == to.Index && index != from.Index)) index = AlongChord(from, to, tau);
        return index == 0 ? null : Describe(_x, tau, index);
    }

    /// <summary>
    /// Number of unstable directions of damped best response at an equilibrium: eigenvalues above 1 of its Jacobian. Null where they do not
    /// converge.
    /// </summary>
    public int? Unstable(ReadOnlySpan<double> z, double tau, int index)
    {
        if (system.Size == 4) return index < 0 ? 1 : 0;
        system.Tau.AsSpan().Fill(tau);
        system.Evaluate(z, _residual);
        system.Jacobian(_jacobian, system.Size);
        var jacobian = Matrix<double>.Build.Dense(system.Size, system.Size, (row, column) => _jacobian[(row * system.Size) + column]);
        // In F a player's own block is how her reply reacts to herself; without it remains the true best response.
        var own = Matrix<double>.Build.Dense(system.Size, system.Size);
        for (var player = 0; player < system.Offsets.Length; player++)
        {
            var (at, count) = (system.Offsets[player], system.Game.Actions[player]);
            own.SetSubMatrix(at, at, jacobian.SubMatrix(at, count, at, count));
        }

        try
        {
            return own.Solve(jacobian).Evd().EigenValues.Count(value => value.Real < 0);
        }
        catch (NonConvergenceException)
        {
            return null;
        }
    }

    private int AlongChord(PathPoint from, PathPoint to, double tau)
    {
        var chord = new double[to.X.Length];
        for (var i = 0; i < chord.Length; i++) chord[i] = to.X[i] - from.X[i];
        var length = Vectors.Norm(chord);
        for (var i = 0; i < chord.Length; i++) chord[i] /= length;
        var (lowLength, highLength) = (0.0, length);
        var (lowTau, highTau) = (from.Parameter, to.Parameter);
        PathPoint? best = null;
        for (var iteration = 0; iteration < 60; iteration++)
        {
            var middle = iteration % 3 == 2 ? 0.5 * (lowLength + highLength) : lowLength + ((highLength - lowLength) * (tau - lowTau) / (highTau - lowTau));
            var point = walk.Correct(from.X, chord, middle);
            if (point is null) break;
            best = point;
            if (Math.Abs(point.Parameter - tau) < 1e-12 * (1 + tau) || highLength - lowLength < 1e-13) break;
            if (point.Parameter < tau == lowTau < highTau) (lowLength, lowTau) = (middle, point.Parameter);
            else (highLength, highTau) = (middle, point.Parameter);
        }

        if (best is null || Math.Abs(best.Parameter - tau) > 1e-9 * (1 + tau)) return 0;
        best.Unknowns.CopyTo(_x);
        return best.Index;
    }

    private DiagramPoint Describe(ReadOnlySpan<double> z, double tau, int index)
    {
        var game = system.Game;
        var strategies = system.Strategies(z);
        var utilities = new double[game.Players];
        var costs = new double[game.Players];
        for (var player = 0; player < game.Players; player++)
        {
            for (var action = 0; action < game.Actions[player]; action++) costs[player] += strategies[player][action] * game.Costs[player][action];
            var payoffs = game.Utilities(player);
            for (var joint = 0; joint < payoffs.Length; joint++) utilities[player] += Probability(strategies, joint) * payoffs[joint];
        }

        return new DiagramPoint(
            tau,
            strategies,
            index < 0 ? false : Unstable(z, tau, index) switch { 0 => true, null => null, _ => false },
            ImmutableArray.Create(utilities),
            game.IsShared ? utilities[0] + costs[0] : null,
            ImmutableArray.Create(costs),
            costs.Max() - costs.Min());
    }

    private double Probability(ImmutableArray<ImmutableArray<double>> strategies, int joint)
    {
        var probability = 1.0;
        for (var player = strategies.Length - 1; player >= 0; player--)
        {
            var count = system.Game.Actions[player];
            probability *= strategies[player][joint % count];
            joint /= count;
        }

        return probability;
    }
}
