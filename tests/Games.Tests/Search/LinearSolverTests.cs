using MathNet.Numerics.LinearAlgebra;
using Srpo.Games.Finite.Search;

namespace Srpo.Games.Tests.Search;

public class LinearSolverTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(40)]
    public void SolvesBothWaysAndKnowsTheDeterminant(int size)
    {
        var random = new Random(size);
        var values = Enumerable.Range(0, size * size).Select(_ => (2 * random.NextDouble()) - 1).ToArray();
        values[0] = 0; // needs a pivot, unless it is the whole matrix
        if (size == 1) values[0] = -2;
        var matrix = Matrix<double>.Build.Dense(size, size, (row, column) => values[(row * size) + column]);
        var right = Vector<double>.Build.Dense(size, i => i + 1.0);
        var solver = new LinearSolver(size);
        Assert.True(solver.Factor(values));
        double[] solution = [.. right], transposed = [.. right];
        solver.Solve(solution);
        solver.SolveTransposed(transposed);
        Assert.True((matrix * Vector<double>.Build.Dense(solution) - right).AbsoluteMaximum() < 1e-9);
        Assert.True((matrix.Transpose() * Vector<double>.Build.Dense(transposed) - right).AbsoluteMaximum() < 1e-9);
        var determinant = matrix.Determinant();
        Assert.Equal(1, solver.DeterminantSign * Math.Exp(solver.LogDeterminant) / determinant, 1e-8);
    }

    [Fact]
    public void ASingularMatrixIsSaidToBe()
    {
        var solver = new LinearSolver(2);
        Assert.False(solver.Factor([0, 1, 0, 2]));
        Assert.Equal(0, solver.DeterminantSign);
    }
}
