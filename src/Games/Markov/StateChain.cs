using MathNet.Numerics.LinearAlgebra;

namespace Srpo.Games.Markov;

/// <summary>
/// The Markov chain of states that a policy and an adversary make, stored by rows, with exact solutions of
/// (I - gamma P) x = b and of its transpose: dense elimination for few states, BiCGSTAB with checked residual for many.
/// </summary>
internal sealed class StateChain
{
    /// <summary>Most states that are solved by dense elimination.</summary>
    internal const int DenseStates = 128;

    private readonly double _discount;
    private readonly int[] _starts;
    private readonly int[] _columns;
    private readonly double[] _values;

    private StateChain(double discount, int[] starts, int[] columns, double[] values) =>
        (_discount, _starts, _columns, _values) = (discount, starts, columns, values);

    private int States => _starts.Length - 1;

    /// <summary>The chain of a player's policy and her adversary's.</summary>
    internal static StateChain Of(MarkovGame game, int player, MarkovPolicy policy, MarkovPolicy adversary)
    {
        var starts = new int[game.States + 1];
        var columns = new List<int>();
        var values = new List<double>();
        var weights = new double[game.States];
        var touched = new List<int>();
        var jointOf = game.JointOf(player);
        var others = adversary.Actions;
        for (var state = 0; state < game.States; state++)
        {
            var own = policy.Row(state);
            var other = adversary.Row(state);
            for (var a = 0; a < own.Length; a++)
            {
                for (var b = 0; b < others; b++)
                {
                    var weight = own[a] * other[b];
                    if (weight == 0) continue;
                    var joint = jointOf[(a * others) + b];
                    var successors = game.Transitions.Successors(state, joint);
                    var probabilities = game.Transitions.Probabilities(state, joint);
                    for (var k = 0; k < successors.Length; k++)
                    {
                        if (weights[successors[k]] == 0) touched.Add(successors[k]);
                        weights[successors[k]] += weight * probabilities[k];
                    }
                }
            }

            foreach (var next in touched)
            {
                // A weight that underflowed to 0 may be listed twice.
                if (weights[next] == 0) continue;
                columns.Add(next);
                values.Add(weights[next]);
                weights[next] = 0;
            }

            touched.Clear();
            starts[state + 1] = columns.Count;
        }

        return new StateChain(game.Discount, starts, [.. columns], [.. values]);
    }

    /// <summary>Solves (I - gamma P) x = b, or (I - gamma P)^T x = b.</summary>
    /// <param name="right">b, one entry a state.</param>
    /// <param name="transposed">Whether the matrix is transposed.</param>
    /// <param name="guess">Where an iteration begins; null for b.</param>
    internal double[] Solve(double[] right, bool transposed = false, double[]? guess = null)
    {
        if (_discount == 0) return [.. right];
        return States <= DenseStates ? SolveDense(right, transposed) : new SparseSolver(this, transposed).Solve(right, guess ?? right);
    }

    /// <summary>y = (I - gamma P) x, or with the transpose.</summary>
    internal void Apply(ReadOnlySpan<double> x, Span<double> y, bool transposed)
    {
        if (transposed)
        {
            x.CopyTo(y);
            for (var state = 0; state < States; state++)
            {
                var weight = _discount * x[state];
                for (var k = _starts[state]; k < _starts[state + 1]; k++) y[_columns[k]] -= weight * _values[k];
            }

            return;
        }

        for (var state = 0; state < States; state++)
        {
            var sum = 0.0;
            for (var k = _starts[state]; k < _starts[state + 1]; k++) sum += _values[k] * x[_columns[k]];
            y[state] = x[state] - (_discount * sum);
        }
    }

    private double[] SolveDense(double[] right, bool transposed)
    {
        var matrix = Matrix<double>.Build.DenseIdentity(States);
        for (var state = 0; state < States; state++)
        {
            for (var k = _starts[state]; k < _starts[state + 1]; k++)
            {
                var (row, column) = transposed ? (_columns[k], state) : (state, _columns[k]);
                matrix[row, column] -= _discount * _values[k];
            }
        }

        return matrix.LU().Solve(Vector<double>.Build.Dense(right)).ToArray();
    }
}
