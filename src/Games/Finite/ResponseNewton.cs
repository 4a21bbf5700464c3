using Srpo.Games.Finite.Search;

namespace Srpo.Games.Finite;

/// <summary>
/// One player's risk-averse logit response to a distribution q over the others' joint actions, given by its logarithms: the maximiser x of
/// -(1/tau) log E_q[exp(-tau (U^T x)(b))] + eps H(x), which solves x proportional to exp(U p*(x) / eps) (theory.md section 2).
/// Newton's method in logits theta: the residual g - eps theta with g = U p* has the Jacobian -(eps I + tau C S), C the covariance of
/// U's columns under p*, S = diag(x) - x x^T. Its step is an ascent direction of the concave objective, so a line search is safe.
/// Holds its work space; one thread at a time.
/// </summary>
internal sealed class ResponseNewton
{
    private const int MaxIterations = 500;

    // Smaller probabilities move nobody else's; their logits are set from the gradient at the end.
    private const double Floor = -45;
    private const double Negligible = 1e-10;
    private const double LongestStep = 5;
    private const int MostSharpenings = 6;

    private readonly double[] _utilities;
    private readonly int _actions;
    private readonly double[] _values;
    private readonly double[] _p;
    private readonly double[] _logP;
    private readonly double[] _theta;
    private readonly double[] _before;
    private readonly double[] _kept;
    private readonly double[] _x;
    private readonly double[] _gradient;
    private readonly double[] _step;
    private readonly double[] _covariance;
    private readonly double[] _jacobian;

    /// <param name="utilities">[actions x joint actions of the others], row by row.</param>
    /// <param name="actions">Number of actions.</param>
    public ResponseNewton(double[] utilities, int actions)
    {
        _utilities = utilities;
        _actions = actions;
        var others = utilities.Length / actions;
        (_values, _p, _logP) = (new double[others], new double[others], new double[others]);
        (_theta, _before, _kept, _x, _gradient, _step) =
            (new double[actions], new double[actions], new double[actions], new double[actions], new double[actions], new double[actions]);
        (_covariance, _jacobian) = (new double[actions * actions], new double[actions * actions]);
    }

    /// <summary>The utilities it works with.</summary>
    public ReadOnlySpan<double> Utilities => _utilities;

    /// <summary>p* at the last solution.</summary>
    public ReadOnlySpan<double> Adversary => _p;

    /// <summary>Its logarithm.</summary>
    public ReadOnlySpan<double> LogAdversary => _logP;

    /// <summary>U p* at the last solution.</summary>
    public ReadOnlySpan<double> Gradient => _gradient;

    /// <summary>Newton steps of the last solution.</summary>
    public int Iterations { get; private set; }

    /// <summary>Solves.</summary>
    /// <param name="q">[joint actions of the others] log probabilities; minus infinity where they never play.</param>
    /// <param name="tau">Risk aversion, at least 0.</param>
    /// <param name="eps">Bounded rationality, above 0.</param>
    /// <param name="start">[actions] log probabilities of a guess, or empty.</param>
    /// <param name="response">[actions] receives the response's log probabilities; may be the start.</param>
    public void Solve(ReadOnlySpan<double> q, double tau, double eps, ReadOnlySpan<double> start, Span<double> response)
    {
        Iterations = 0;
        q.CopyTo(_logP);
        for (var b = 0; b < q.Length; b++) _p[b] = Math.Exp(q[b]);
        UpdateGradient();
        for (var a = 0; a < _actions; a++) _theta[a] = _gradient[a] / eps;
        if (tau > 0 && _actions > 1)
        {
            var objective = ChooseStart(q, tau, eps, start);
            Ascend(q, tau, eps, objective);
            Sharpen(q, tau, eps);
            SetNegligible(eps);
        }

        _theta.CopyTo(response);
        Vectors.LogSoftmax(response, _x);
        MixedProfile.Values(_utilities, _x, _values);
        EntropicRisk.EvaluateLogs(_values, q, tau, _logP, _p);
        UpdateGradient();
    }

    /// <summary>Takes a response that was found otherwise, with its adversary, as the last solution.</summary>
    /// <param name="response">[actions] log probabilities.</param>
    /// <param name="adversary">[joint actions of the others] log p*.</param>
    public void Accept(ReadOnlySpan<double> response, ReadOnlySpan<double> adversary)
    {
        adversary.CopyTo(_logP);
        for (var b = 0; b < _p.Length; b++) _p[b] = Math.Exp(_logP[b]);
        for (var a = 0; a < _actions; a++) _x[a] = Math.Exp(response[a]);
        UpdateGradient();
    }

    /// <summary>C S (not yet times tau) at the strategy and gradient of the last solution, row by row: what the Jacobian of the response needs.</summary>
    public void CovarianceTimesSpread(ReadOnlySpan<double> strategy, Span<double> product)
    {
        var others = _values.Length;
        for (var a = 0; a < _actions; a++)
        {
            for (var c = 0; c <= a; c++)
            {
                var sum = 0.0;
                for (var b = 0; b < others; b++)
                    sum += _p[b] * (_utilities[(a * others) + b] - _gradient[a]) * (_utilities[(c * others) + b] - _gradient[c]);
                _covariance[(a * _actions) + c] = _covariance[(c * _actions) + a] = sum;
            }
        }

        for (var a = 0; a < _actions; a++)
        {
            var row = _covariance.AsSpan(a * _actions, _actions);
            var mean = 0.0;
            for (var c = 0; c < _actions; c++) mean += row[c] * strategy[c];
            for (var c = 0; c < _actions; c++) product[(a * _actions) + c] = strategy[c] * (row[c] - mean);
        }
    }

    private double ChooseStart(ReadOnlySpan<double> q, double tau, double eps, ReadOnlySpan<double> start)
    {
        Clamp();
        var best = Evaluate(q, tau, eps);
        _theta.CopyTo(_before, 0);
        for (var candidate = 0; candidate < 2; candidate++)
        {
            if (candidate == 1 && start.IsEmpty) break;
            for (var a = 0; a < _actions; a++) _theta[a] = candidate == 0 ? 0 : Math.Max(start[a], Floor);
            var objective = Evaluate(q, tau, eps);
            if (!(objective > best)) continue;
            best = objective;
            _theta.CopyTo(_before, 0);
        }

        _before.CopyTo(_theta, 0);
        return Evaluate(q, tau, eps);
    }

    private void Ascend(ReadOnlySpan<double> q, double tau, double eps, double objective)
    {
        var last = double.PositiveInfinity;
        for (; Iterations < MaxIterations; Iterations++)
        {
            var slope = NewtonStep(tau, eps, out var change, out var scale);
            var noise = slope * scale <= 1e-12 * (1e-3 + Math.Abs(objective));
            if (change <= 1e-16 || (noise && change <= 1e-9 && change >= last / 2)) return;
            last = change;
            _theta.CopyTo(_before, 0);
            while (true)
            {
                for (var a = 0; a < _actions; a++) _theta[a] = _before[a] + (scale * _step[a]);
                Clamp();
                var next = Evaluate(q, tau, eps);
                if (noise || next >= objective + (1e-4 * scale * slope) || scale < 1e-12)
                {
                    objective = next;
                    break;
                }

                scale /= 2;
            }
        }
    }

    /// <summary>
    /// The ascent ends when no probability changes any more; the logits of unlikely actions may still be off by much more. Plain Newton steps
    /// while they help.
    /// </summary>
    private void Sharpen(ReadOnlySpan<double> q, double tau, double eps)
    {
        var error = Error(eps);
        for (var iteration = 0; iteration < MostSharpenings; iteration++)
        {
            _theta.CopyTo(_kept, 0);
            NewtonStep(tau, eps, out _, out _);
            for (var a = 0; a < _actions; a++) _theta[a] = _kept[a] + _step[a];
            Clamp();
            Evaluate(q, tau, eps);
            var next = Error(eps);
            if (next < error)
            {
                error = next;
                continue;
            }

            _kept.CopyTo(_theta, 0);
            Evaluate(q, tau, eps);
            return;
        }
    }

    /// <summary>Largest |g/eps - theta| of actions that matter, up to a constant.</summary>
    private double Error(double eps)
    {
        var (least, most) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var a = 0; a < _actions; a++)
        {
            if (_x[a] < Negligible) continue;
            var excess = (_gradient[a] / eps) - _theta[a];
            (least, most) = (Math.Min(least, excess), Math.Max(most, excess));
        }

        return most - least;
    }

    /// <summary>Fills the step; gives the objective's slope along it, the largest change of a probability, and the longest scale to try.</summary>
    private double NewtonStep(double tau, double eps, out double change, out double scale)
    {
        CovarianceTimesSpread(_x, _jacobian);
        for (var i = 0; i < _jacobian.Length; i++) _jacobian[i] *= tau;
        var mean = 0.0;
        for (var a = 0; a < _actions; a++)
        {
            _jacobian[(a * _actions) + a] += eps;
            _step[a] = _gradient[a] - (eps * _theta[a]);
            mean += _x[a] * _step[a];
        }

        for (var a = 0; a < _actions; a++) _before[a] = _step[a] -= mean;
        DenseSolve.InPlace(_jacobian, _step, _actions);
        mean = 0;
        for (var a = 0; a < _actions; a++) mean += _x[a] * _step[a];
        (change, scale) = (0, 1);
        var slope = 0.0;
        for (var a = 0; a < _actions; a++)
        {
            _step[a] -= mean;
            if (_x[a] < Negligible)
            {
                // An action that was all but given up and wants to come back: far from done, however little it moves now.
                if (_step[a] > 0.1) change = double.PositiveInfinity;
                _step[a] = Math.Clamp(_step[a], -LongestStep, LongestStep);
            }
            else
            {
                scale = Math.Min(scale, LongestStep / Math.Abs(_step[a]));
            }

            slope += _x[a] * _before[a] * _step[a];
            change = Math.Max(change, _x[a] * Math.Abs(_step[a]));
        }

        return slope;
    }

    private double Evaluate(ReadOnlySpan<double> q, double tau, double eps)
    {
        Softmax(_theta, _x);
        MixedProfile.Values(_utilities, _x, _values);
        var value = EntropicRisk.EvaluateLogs(_values, q, tau, _logP, _p);
        UpdateGradient();
        return value + (eps * MixedProfile.Entropy(_x));
    }

    private void UpdateGradient()
    {
        var others = _values.Length;
        for (var a = 0; a < _actions; a++)
        {
            var row = _utilities.AsSpan(a * others, others);
            var sum = 0.0;
            for (var b = 0; b < row.Length; b++) sum += _p[b] * row[b];
            _gradient[a] = sum;
        }
    }

    private void SetNegligible(double eps)
    {
        var top = 0;
        for (var a = 1; a < _actions; a++) top = _x[a] > _x[top] ? a : top;
        for (var a = 0; a < _actions; a++)
        {
            if (_x[a] < Negligible) _theta[a] = _theta[top] + ((_gradient[a] - _gradient[top]) / eps);
        }
    }

    private void Clamp()
    {
        var top = _theta.Max();
        for (var a = 0; a < _actions; a++) _theta[a] = Math.Max(_theta[a] - top, Floor);
    }

    private static void Softmax(ReadOnlySpan<double> theta, Span<double> x)
    {
        var top = double.NegativeInfinity;
        foreach (var logit in theta) top = Math.Max(top, logit);
        var sum = 0.0;
        for (var a = 0; a < x.Length; a++) sum += x[a] = Math.Exp(theta[a] - top);
        for (var a = 0; a < x.Length; a++) x[a] /= sum;
    }
}
