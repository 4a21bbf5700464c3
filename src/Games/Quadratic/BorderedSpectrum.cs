using MathNet.Numerics.LinearAlgebra;

namespace Srpo.Games.Quadratic;

/// <summary>
/// Smallest eigenvalue of the symmetric matrix with blocks delta_ij R_i + (K_i + K_j)/2, of size n d, from matrices of size 2 d.
/// </summary>
/// <remarks>
/// The matrix is blockdiag(R_i) + U C U^T with U = [K, 1 kron I], C = 1/2 [[0, I], [I, 0]]. By Haynsworth's inertia additivity the
/// number of its eigenvalues below x is that of the R_i plus the number of positive eigenvalues of
/// C^-1 + U^T (blockdiag(R_i) - x)^-1 U minus d. Bisection on x.
/// </remarks>
internal sealed class BorderedSpectrum
{
    private readonly int _dimension;
    private readonly double[] _poles;
    private readonly Matrix<double> _border;
    private readonly double _low;
    private readonly double _high;

    public BorderedSpectrum(AggregativeStructure structure, IReadOnlyList<Matrix<double>> weights)
    {
        _dimension = structure.Dimension;
        _poles = new double[structure.Players * _dimension];
        _border = Matrix<double>.Build.Dense(_poles.Length, 2 * _dimension);
        var square = 0.0;
        _high = double.PositiveInfinity;
        for (var player = 0; player < structure.Players; player++)
        {
            var decomposition = structure.SharedR(player).Evd(Symmetricity.Symmetric);
            var at = player * _dimension;
            for (var axis = 0; axis < _dimension; axis++) _poles[at + axis] = decomposition.EigenValues[axis].Real;
            var axes = decomposition.EigenVectors.Transpose();
            _border.SetSubMatrix(at, 0, axes * weights[player]);
            _border.SetSubMatrix(at, _dimension, axes);
            square += Math.Pow(weights[player].FrobeniusNorm(), 2);

            // A diagonal block's smallest eigenvalue is not below the whole matrix's.
            _high = Math.Min(_high, Matrices.Eigenvalues(Matrices.Symmetric(structure.SharedR(player) + weights[player]))[0]);
        }

        // The second term's norm is at most |K| |1 kron I|.
        _low = Math.Min(_poles.Min(), _high) - Math.Sqrt(square * structure.Players);
    }

    public double Smallest()
    {
        var (low, high) = (_low, _high);
        var resolution = 1e-16 * Math.Max(Math.Abs(low), Math.Abs(high));
        while (high - low > Math.Max(resolution, 1e-13 * Math.Max(Math.Abs(low), Math.Abs(high))))
        {
            var middle = 0.5 * (low + high);
            if (CountBelow(middle) > 0) high = middle;
            else low = middle;
        }

        return 0.5 * (low + high);
    }

    private int CountBelow(double x)
    {
        var inverse = new double[_poles.Length];
        var below = 0;
        for (var pole = 0; pole < inverse.Length; pole++)
        {
            var distance = _poles[pole] - x;
            if (distance < 0) below++;
            // Exactly on a pole: a step aside by rounding, which bisection does not notice.
            inverse[pole] = 1 / (distance == 0 ? 1e-16 * _poles[pole] : distance);
        }

        var weighted = Matrix<double>.Build.Dense(_border.RowCount, _border.ColumnCount, (row, column) => _border[row, column] * inverse[row]);
        var inner = Matrices.Symmetric(_border.TransposeThisAndMultiply(weighted));
        for (var axis = 0; axis < _dimension; axis++)
        {
            inner[axis, _dimension + axis] += 2;
            inner[_dimension + axis, axis] += 2;
        }

        return below + Matrices.Eigenvalues(inner).Count(value => value > 0) - _dimension;
    }
}
