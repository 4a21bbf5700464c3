using System.Collections.Immutable;
using MathNet.Numerics.LinearAlgebra;

namespace Srpo.Games.Quadratic;

/// <summary>
/// A game of n players with continuous actions and concave quadratic utilities (theory.md section 3; Qu et al., arXiv
/// 2602.21515, section 4.1). Immutable: blocks are copied on the way in and out.
/// </summary>
public sealed class QuadraticGame
{
    /// <summary>Blocks of two players are the same reward if they differ by at most this times the largest entry.</summary>
    private const double Rounding = 1e-9;

    private readonly QuadraticUtility[]? _utilities;

    /// <summary>Makes a game from the blocks of every player. Costs one factorisation of the whole Hessian per player.</summary>
    /// <param name="utilities">[players] at least two; the dimension of a player's action is the size of her A.</param>
    /// <exception cref="ArgumentException">
    /// A block is missing, does not fit, is not symmetric, not finite or not (semi)definite; the message names it, as in "A[0]: ...".
    /// </exception>
    public QuadraticGame(IReadOnlyList<QuadraticUtility> utilities)
    {
        ArgumentNullException.ThrowIfNull(utilities);
        QuadraticChecks.Require(utilities.Count >= 2, nameof(utilities), $"a game needs at least 2 players, not {utilities.Count}");
        for (var player = 0; player < utilities.Count; player++)
        {
            QuadraticChecks.Require(utilities[player] is not null, $"utilities[{player}]", $"is missing");
            QuadraticChecks.Require(utilities[player].A is not null, $"A[{player}]", $"is missing");
        }

        Dimensions = [.. utilities.Select(utility => utility.A.RowCount)];
        _utilities = [.. utilities.Select(Checked)];
        IsShared = SameReward();
    }

    internal QuadraticGame(AggregativeStructure structure)
    {
        Aggregative = structure;
        Dimensions = [.. Enumerable.Repeat(structure.Dimension, structure.Players)];
        IsShared = true;
    }

    /// <summary>Number of players.</summary>
    public int Players => Dimensions.Length;

    /// <summary>[players] dimension of every player's action.</summary>
    public ImmutableArray<int> Dimensions { get; }

    /// <summary>Dimension of the joint action: the sum of <see cref="Dimensions"/>.</summary>
    public int TotalDimension => Dimensions.Sum();

    /// <summary>Whether all u_i + c_i are the same function, to rounding: the collaborative games of the theory.</summary>
    public bool IsShared { get; }

    /// <summary>The structure of a game made by <see cref="AggregativeGame"/>, which the solver uses; null for other games.</summary>
    public AggregativeStructure? Aggregative { get; }

    /// <summary>
    /// The blocks of a player's utility, as copies. For aggregative games they are made here: D takes
    /// 8 ((n-1) dimension)^2 bytes.
    /// </summary>
    /// <param name="player">From 0.</param>
    public QuadraticUtility Utility(int player) => Aggregative?.Utility(player) ?? _utilities![player].Copy();

    /// <summary>The blocks without copying.</summary>
    internal QuadraticUtility Blocks(int player) => Aggregative?.Utility(player) ?? _utilities![player];

    internal double ExpectedCost(int player, Vector<double> mean, Matrix<double> covariance) => Aggregative is { } structure
        ? new QuadraticCost(structure.SharedR(player)).Expected(mean, covariance)
        : _utilities![player].Cost?.Expected(mean, covariance) ?? 0;

    private QuadraticUtility Checked(QuadraticUtility utility, int player)
    {
        var own = Dimensions[player];
        var others = TotalDimension - own;
        var (a, b, d) = ($"A[{player}]", $"B[{player}]", $"D[{player}]");
        QuadraticChecks.Require(own >= 1, a, $"must have at least one row");
        QuadraticChecks.Symmetric(utility.A, a);
        QuadraticChecks.NegativeDefinite(utility.A, a);
        QuadraticChecks.Sized(utility.B, b, own, others, "own dimension x dimension of the others");
        QuadraticChecks.Sized(utility.D, d, others, others, "dimension of the others twice");
        QuadraticChecks.Symmetric(utility.D, d);
        QuadraticChecks.Sized(utility.OwnLinear, $"e[{player}]", own, "own dimension");
        QuadraticChecks.Sized(utility.OthersLinear, $"d[{player}]", others, "dimension of the others");
        QuadraticChecks.Require(double.IsFinite(utility.Constant), $"constant[{player}]", $"must be finite, not {utility.Constant}");
        if (utility.Cost is { } cost)
        {
            QuadraticChecks.Sized(cost.R, $"R[{player}]", own, own, "own dimension twice");
            QuadraticChecks.Symmetric(cost.R, $"R[{player}]");
            QuadraticChecks.PositiveSemidefinite(cost.R, $"R[{player}]");
            if (cost.Linear is not null) QuadraticChecks.Sized(cost.Linear, $"r[{player}]", own, "own dimension");
        }

        QuadraticChecks.Concave(utility, player);
        return utility.Copy() with { A = Matrices.Symmetric(utility.A), D = Matrices.Symmetric(utility.D) };
    }

    private bool SameReward()
    {
        var first = Reward(0);
        var scale = Matrices.Scale(first);
        for (var player = 1; player < Players; player++)
        {
            var other = Reward(player);
            if (Matrices.Scale(first - other) > Rounding * Math.Max(scale, Matrices.Scale(other))) return false;
        }

        return true;
    }

    /// <summary>u_i + c_i in the order of the players: Hessian, and in the last column linear part and, below it, constant.</summary>
    private Matrix<double> Reward(int player)
    {
        var utility = _utilities![player];
        var hessian = QuadraticChecks.Hessian(utility);
        var linear = Vector<double>.Build.DenseOfEnumerable(utility.OwnLinear.Concat(utility.OthersLinear).Append(utility.Constant));
        var own = Dimensions[player];
        if (utility.Cost is { } cost)
        {
            hessian.SetSubMatrix(0, 0, utility.A + cost.R);
            if (cost.Linear is not null) linear.SetSubVector(0, own, utility.OwnLinear + cost.Linear);
        }

        var start = Dimensions.Take(player).Sum();
        var total = TotalDimension;

        // Where a coordinate of the joint action stands in the player's own order: herself first, then the others.
        int Local(int joint) => joint < start ? own + joint : joint < start + own ? joint - start : joint;
        return Matrix<double>.Build.Dense(
            total + 1,
            total + 1,
            (row, column) => column == total ? linear[Local(row)] : row == total ? 0 : hessian[Local(row), Local(column)]);
    }
}

/// <summary>
/// Utility of one player of a quadratic game: u_i(a, y) = 1/2 a^T A a + a^T B y + 1/2 y^T D y + e^T a + d^T y + constant, where a is
/// her own action and y stacks the actions of the others in the order of the players (theory.md section 3; Qu et al., arXiv
/// 2602.21515, section 4.1). Private cost is part of u_i: A and e already contain -R and -r.
/// </summary>
/// <param name="A">[own dimension x own dimension] symmetric, negative definite.</param>
/// <param name="B">[own dimension x dimension of the others].</param>
/// <param name="D">[dimension of the others x dimension of the others] symmetric, negative semidefinite.</param>
/// <param name="OwnLinear">[own dimension] e.</param>
/// <param name="OthersLinear">[dimension of the others] d.</param>
/// <param name="Constant">Term that no action changes; finite.</param>
/// <param name="Cost">Which part of u_i is private cost: reward = u_i + c_i; null for none.</param>
public sealed record QuadraticUtility(
    Matrix<double> A,
    Matrix<double> B,
    Matrix<double> D,
    Vector<double> OwnLinear,
    Vector<double> OthersLinear,
    double Constant = 0,
    QuadraticCost? Cost = null)
{
    /// <summary>u_i of one joint action.</summary>
    /// <param name="own">[own dimension] a.</param>
    /// <param name="others">[dimension of the others] y.</param>
    public double Evaluate(Vector<double> own, Vector<double> others)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(others);
        return (0.5 * (own * (A * own))) + (own * (B * others)) + (0.5 * (others * (D * others)))
            + (OwnLinear * own) + (OthersLinear * others) + Constant;
    }

    internal QuadraticUtility Copy() =>
        new(A.Clone(), B.Clone(), D.Clone(), OwnLinear.Clone(), OthersLinear.Clone(), Constant, Cost?.Copy());
}

/// <summary>Private cost of a player in a quadratic game: c_i(a) = 1/2 a^T R a + r^T a (Qu et al., arXiv 2602.21515, section 4.1, without r).</summary>
/// <param name="R">[own dimension x own dimension] symmetric, positive semidefinite, in units of utility per squared unit of action.</param>
/// <param name="Linear">[own dimension] r, in units of utility per unit of action; null for none.</param>
public sealed record QuadraticCost(Matrix<double> R, Vector<double>? Linear = null)
{
    internal QuadraticCost Copy() => new(R.Clone(), Linear?.Clone());

    /// <summary>E[c_i] if a is Gaussian.</summary>
    internal double Expected(Vector<double> mean, Matrix<double> covariance) =>
        (0.5 * (mean * (R * mean))) + (0.5 * Matrices.TraceOfProduct(R, covariance)) + (Linear is null ? 0 : Linear * mean);
}
