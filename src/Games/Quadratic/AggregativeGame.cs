using System.Collections.Immutable;
using MathNet.Numerics.LinearAlgebra;

namespace Srpo.Games.Quadratic;

/// <summary>Makes the aggregative games of Qu et al. (arXiv 2602.21515, section 4.1; Example 4.1 is two players in one dimension).</summary>
public static class AggregativeGame
{
    /// <summary>
    /// Players whose actions should add up to a goal: u_i = -1/2 (sum_j a_j - goal)^T Q (sum_j a_j - goal) - 1/2 a_i^T R_i a_i. The game
    /// keeps its structure (<see cref="QuadraticGame.Aggregative"/>), with which the solver needs only matrices of the goal's dimension.
    /// </summary>
    /// <param name="players">At least 2.</param>
    /// <param name="q">[dimension x dimension] Q, symmetric, positive definite.</param>
    /// <param name="rs">One R [dimension x dimension] for all players, or one per player; symmetric, positive definite.</param>
    /// <param name="goal">[dimension] what the actions should add up to, finite, at least one entry.</param>
    /// <exception cref="ArgumentException">A part does not fit or is not positive definite; the message names it.</exception>
    public static QuadraticGame Create(int players, Matrix<double> q, IReadOnlyList<Matrix<double>> rs, Vector<double> goal)
    {
        ArgumentNullException.ThrowIfNull(q);
        ArgumentNullException.ThrowIfNull(rs);
        ArgumentNullException.ThrowIfNull(goal);
        QuadraticChecks.Require(players >= 2, nameof(players), $"a game needs at least 2 players, not {players}");
        QuadraticChecks.Require(goal.Count >= 1, nameof(goal), $"must have at least one entry");
        QuadraticChecks.Sized(goal, nameof(goal), goal.Count, "the dimension");
        var weight = Checked(q, "Q", goal.Count);
        QuadraticChecks.Require(
            rs.Count == 1 || rs.Count == players, "R", $"has {rs.Count} matrices; give one for all or one for each of the {players} players");
        Matrix<double>[] costs = [.. rs.Select((r, player) => Checked(r, rs.Count == 1 ? "R" : $"R[{player}]", goal.Count))];
        ImmutableArray<Matrix<double>> all = [.. Enumerable.Range(0, players).Select(player => costs[costs.Length == 1 ? 0 : player])];
        return new QuadraticGame(new AggregativeStructure(weight, all, goal.Clone()));
    }

    private static Matrix<double> Checked(Matrix<double> matrix, string field, int dimension)
    {
        QuadraticChecks.Require(matrix is not null, field, $"is missing");
        QuadraticChecks.Symmetric(matrix!, field);
        QuadraticChecks.Sized(matrix!, field, dimension, dimension, "the goal's dimension twice");
        QuadraticChecks.PositiveDefinite(matrix!, field);
        return Matrices.Symmetric(matrix!);
    }
}

/// <summary>
/// What makes a quadratic game aggregative (theory.md section 3; Qu et al., arXiv 2602.21515, section 4.1): all players
/// share the reward r(a) = -1/2 (sum_j a_j - goal)^T Q (sum_j a_j - goal), player i pays 1/2 a_i^T R_i a_i.
/// </summary>
public sealed class AggregativeStructure
{
    private readonly Matrix<double> _q;
    private readonly ImmutableArray<Matrix<double>> _rs;
    private readonly Vector<double> _goal;

    internal AggregativeStructure(Matrix<double> q, ImmutableArray<Matrix<double>> rs, Vector<double> goal)
    {
        _q = q;
        _rs = rs;
        _goal = goal;
    }

    /// <summary>Number of players.</summary>
    public int Players => _rs.Length;

    /// <summary>Dimension of every player's action.</summary>
    public int Dimension => _goal.Count;

    /// <summary>[dimension x dimension] weight of the shared reward, positive definite; a copy.</summary>
    public Matrix<double> Q => _q.Clone();

    /// <summary>[dimension] what the actions should add up to; a copy.</summary>
    public Vector<double> Goal => _goal.Clone();

    internal Matrix<double> SharedQ => _q;

    internal Vector<double> SharedGoal => _goal;

    /// <summary>[dimension x dimension] weight of a player's private cost, positive definite; a copy.</summary>
    /// <param name="player">From 0.</param>
    public Matrix<double> R(int player) => _rs[player].Clone();

    internal Matrix<double> SharedR(int player) => _rs[player];

    /// <summary>The dense blocks: A = -(Q+R), B = -[Q..Q], D = -(11^T kron Q), e = Q g, d = 1 kron Q g, constant -1/2 g^T Q g.</summary>
    internal QuadraticUtility Utility(int player)
    {
        var others = Players - 1;
        var pull = _q * _goal;
        return new QuadraticUtility(
            -(_q + _rs[player]),
            Matrix<double>.Build.Dense(Dimension, others * Dimension, (row, column) => -_q[row, column % Dimension]),
            Matrix<double>.Build.Dense(others * Dimension, others * Dimension, (row, column) => -_q[row % Dimension, column % Dimension]),
            pull,
            Vector<double>.Build.Dense(others * Dimension, row => pull[row % Dimension]),
            -0.5 * (_goal * pull),
            new QuadraticCost(_rs[player].Clone()));
    }
}
