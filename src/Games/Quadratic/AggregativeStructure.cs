using System.Collections.Immutable;
using MathNet.Numerics.LinearAlgebra;

namespace Srpo.Games.Quadratic;

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
