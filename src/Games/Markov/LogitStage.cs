using Srpo.Games.Finite;

namespace Srpo.Games.Markov;

/// <summary>
/// The risk-averse logit best response in one state: the policy that maximises
/// g(pi) = -(1/tau) log E_{b~pi_-i} exp(-tau E_{a~pi} Q(a, b)) - eps nu(pi). It is the only root of F(theta) = theta - Q p*(pi) / eps with
/// pi = softmax(theta), up to a constant. Newton's method on F, whose matrix has eigenvalues of at least 1, gives directions of ascent
/// of the strictly concave g; a line search makes it converge from anywhere. Reused over states: it holds the buffers.
/// </summary>
internal sealed class LogitStage
{
    private const int MaxSteps = 60;
    private const double Precision = 1e-13;

    private readonly int _own;
    private readonly double[] _x;
    private readonly double[] _adversary;
    private readonly double[] _mean;
    private readonly double[] _force;
    private readonly double[] _theta;
    private readonly double[] _trial;
    private readonly double[] _trialPolicy;
    private readonly double[] _covariance;
    private readonly double[] _matrix;
    private readonly double[] _step;

    internal LogitStage(int own, int others)
    {
        _own = own;
        _x = new double[others];
        _adversary = new double[others];
        (_mean, _force, _theta, _trial, _trialPolicy, _step) =
            (new double[own], new double[own], new double[own], new double[own], new double[own], new double[own]);
        _covariance = new double[own * own];
        _matrix = new double[own * own];
    }

    /// <summary>Finds the best response.</summary>
    /// <param name="q">[own actions x others' joint actions] Q.</param>
    /// <param name="reference">[others' joint actions] pi_-i.</param>
    /// <param name="tau">Risk aversion, at least 0.</param>
    /// <param name="epsilon">Bounded rationality, above 0.</param>
    /// <param name="policy">[own actions] a guess, replaced by the best response.</param>
    internal void Solve(ReadOnlySpan<double> q, ReadOnlySpan<double> reference, double tau, double epsilon, Span<double> policy)
    {
        if (tau == 0)
        {
            StageGame.OverOthers(q, reference, _mean);
            for (var a = 0; a < _own; a++) _theta[a] = _mean[a] / epsilon;
            SoftMath.Softmax(_theta, policy);
            return;
        }

        // A guess too close to the border is flat in its small entries; the bound leaves warm starts of use alone.
        for (var a = 0; a < _own; a++) _theta[a] = Math.Log(Math.Max(policy[a], 1e-100));
        SoftMath.Softmax(_theta, policy);
        if (Newton(q, reference, tau, epsilon, policy)) return;

        // Large tau over eps: reach it in steps from a tau that is small for these payoffs, beginning with the logit response to pi_-i.
        var range = Range(q);
        Solve(q, reference, 0, epsilon, policy);
        Array.ConvertAll(policy.ToArray(), p => Math.Log(Math.Max(p, 1e-100))).CopyTo(_theta, 0);
        for (var level = Math.Min(tau, 1 / range); level < tau; level *= 2) Newton(q, reference, level, epsilon, policy);
        Newton(q, reference, tau, epsilon, policy);
    }

    /// <summary>Newton's method from theta, of which the policy is the softmax; both end at the last point.</summary>
    private bool Newton(ReadOnlySpan<double> q, ReadOnlySpan<double> reference, double tau, double epsilon, Span<double> policy)
    {
        for (var step = 0; step < MaxSteps; step++)
        {
            var value = Objective(q, reference, tau, epsilon, policy);
            StageGame.OverOthers(q, _adversary, _mean);
            var size = 1.0;
            for (var a = 0; a < _own; a++)
            {
                _force[a] = _theta[a] - (_mean[a] / epsilon);
                size = Math.Max(size, Math.Abs(_mean[a] / epsilon));
            }

            var spread = Range(_force);
            if (spread <= Precision * size) return true;
            Direction(q, tau, epsilon, policy);
            var slope = Slope(policy, epsilon);
            if (!Search(q, reference, tau, epsilon, policy, value, slope, spread)) return spread <= 1e-10 * size;
        }

        return false;
    }

    /// <summary>d = -J^-1 F with J = I + (tau / eps) Q Cov_p Q^T (diag pi - pi pi^T).</summary>
    private void Direction(ReadOnlySpan<double> q, double tau, double epsilon, ReadOnlySpan<double> policy)
    {
        var others = _x.Length;
        for (var a = 0; a < _own; a++)
        {
            for (var c = 0; c <= a; c++)
            {
                var sum = 0.0;
                for (var b = 0; b < others; b++) sum += _adversary[b] * (q[(a * others) + b] - _mean[a]) * (q[(c * others) + b] - _mean[c]);
                _covariance[(a * _own) + c] = _covariance[(c * _own) + a] = sum * tau / epsilon;
            }
        }

        for (var a = 0; a < _own; a++)
        {
            var row = _covariance.AsSpan(a * _own, _own);
            var mean = SoftMath.Dot(row, policy);
            for (var c = 0; c < _own; c++) _matrix[(a * _own) + c] = (a == c ? 1 : 0) + (policy[c] * (row[c] - mean));
            _step[a] = -_force[a];
        }

        DenseSolve.InPlace(_matrix, _step, _step.Length);
    }

    /// <summary>Derivative of g along the direction: -eps F^T (diag pi - pi pi^T) d, not negative but for rounding.</summary>
    private double Slope(ReadOnlySpan<double> policy, double epsilon)
    {
        var meanForce = SoftMath.Dot(_force, policy);
        var sum = 0.0;
        for (var a = 0; a < _own; a++) sum -= policy[a] * (_force[a] - meanForce) * _step[a];
        return epsilon * sum;
    }

    private bool Search(
        ReadOnlySpan<double> q, ReadOnlySpan<double> reference, double tau, double epsilon, Span<double> policy, double value, double slope, double spread)
    {
        for (var length = 1.0; length > 1e-9; length /= 2)
        {
            for (var a = 0; a < _own; a++) _trial[a] = _theta[a] + (length * _step[a]);
            Centre(_trial);
            SoftMath.Softmax(_trial, _trialPolicy);
            var trial = Objective(q, reference, tau, epsilon, _trialPolicy);
            var gain = trial - value;
            var enough = gain >= 1e-4 * length * slope && gain > 1e-14 * (1 + Math.Abs(value));

            // Near the maximum g is flat to rounding, and the root itself must judge.
            var flat = Math.Abs(gain) <= 1e-12 * (1 + Math.Abs(value)) && TrialSpread(q, epsilon) < spread;
            if (!enough && !flat) continue;
            _trial.CopyTo(_theta, 0);
            _trialPolicy.CopyTo(policy);
            return true;
        }

        return false;
    }

    private double Objective(ReadOnlySpan<double> q, ReadOnlySpan<double> reference, double tau, double epsilon, ReadOnlySpan<double> policy)
    {
        StageGame.OverOwn(q, policy, _x);
        return SoftMath.Risk(_x, reference, tau, _adversary) - (epsilon * SoftMath.NegativeEntropy(policy));
    }

    private double TrialSpread(ReadOnlySpan<double> q, double epsilon)
    {
        var (least, largest) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var a = 0; a < _own; a++)
        {
            var force = _trial[a] - (SoftMath.Dot(q.Slice(a * _x.Length, _x.Length), _adversary) / epsilon);
            (least, largest) = (Math.Min(least, force), Math.Max(largest, force));
        }

        return largest - least;
    }

    private static void Centre(double[] theta)
    {
        var largest = theta.Max();
        for (var a = 0; a < theta.Length; a++) theta[a] -= largest;
    }

    private static double Range(ReadOnlySpan<double> numbers)
    {
        var (least, largest) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var number in numbers) (least, largest) = (Math.Min(least, number), Math.Max(largest, number));
        return largest - least;
    }
}
