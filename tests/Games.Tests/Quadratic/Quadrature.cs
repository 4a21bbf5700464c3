using MathNet.Numerics.LinearAlgebra;
using Srpo.Games.Quadratic;

namespace Srpo.Games.Tests.Quadratic;

/// <summary>Equation (1) by brute force: sums over a grid of the others' actions, from the utility as a plain function of actions.</summary>
internal static class Quadrature
{
    /// <summary>-(1/tau) log E_y exp(-tau E_a u(a, y)) by the trapezoid rule on y = m + L z, z in [-reach, reach]^dimension.</summary>
    public static double RiskAdjusted(
        Func<Vector<double>, Vector<double>, double> utility, GaussianStrategy own, GaussianStrategy others, double tau, double reach, int points)
    {
        var factor = others.Covariance.Cholesky().Factor;
        var dimension = others.Mean.Count;
        var step = 2 * reach / (points - 1);
        var total = (int)Math.Pow(points, dimension);
        var (sum, weightSum) = (0.0, 0.0);
        var z = Vector<double>.Build.Dense(dimension);
        for (var index = 0; index < total; index++)
        {
            var rest = index;
            for (var axis = 0; axis < dimension; axis++, rest /= points) z[axis] = (step * (rest % points)) - reach;
            var x = Average(utility, own, others.Mean + (factor * z));
            sum += tau == 0 ? Math.Exp(-0.5 * (z * z)) * x : Math.Exp((-0.5 * (z * z)) - (tau * x));
            weightSum += Math.Exp(-0.5 * (z * z));
        }

        return tau == 0 ? sum / weightSum : -Math.Log(sum / weightSum) / tau;
    }

    /// <summary>E_a u(a, y): the mean over the points m +- sqrt(d) L_k, which is exact for polynomials of degree three.</summary>
    private static double Average(Func<Vector<double>, Vector<double>, double> utility, GaussianStrategy own, Vector<double> others)
    {
        var steps = own.Covariance.Cholesky().Factor * Math.Sqrt(own.Mean.Count);
        var sum = 0.0;
        for (var axis = 0; axis < own.Mean.Count; axis++)
            sum += utility(own.Mean + steps.Column(axis), others) + utility(own.Mean - steps.Column(axis), others);
        return sum / (2 * own.Mean.Count);
    }

    /// <summary>Differential entropy by its textbook formula.</summary>
    public static double Entropy(Matrix<double> covariance) =>
        0.5 * Math.Log(Math.Pow(2 * Math.PI * Math.E, covariance.RowCount) * covariance.Determinant());

    /// <summary>u_i entry by entry.</summary>
    public static double Utility(QuadraticUtility blocks, Vector<double> own, Vector<double> others)
    {
        var sum = blocks.Constant;
        for (var i = 0; i < own.Count; i++)
        {
            sum += blocks.OwnLinear[i] * own[i];
            for (var j = 0; j < own.Count; j++) sum += 0.5 * own[i] * blocks.A[i, j] * own[j];
            for (var j = 0; j < others.Count; j++) sum += own[i] * blocks.B[i, j] * others[j];
        }

        for (var i = 0; i < others.Count; i++)
        {
            sum += blocks.OthersLinear[i] * others[i];
            for (var j = 0; j < others.Count; j++) sum += 0.5 * others[i] * blocks.D[i, j] * others[j];
        }

        return sum;
    }
}
