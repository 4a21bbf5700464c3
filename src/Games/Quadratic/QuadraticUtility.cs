using MathNet.Numerics.LinearAlgebra;

namespace Srpo.Games.Quadratic;

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
