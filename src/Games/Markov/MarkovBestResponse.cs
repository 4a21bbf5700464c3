using Srpo.Games.Finite;

namespace Srpo.Games.Markov;

/// <summary>
/// The exact best response of a player to fixed policies of the others: the policy whose risk-adjusted value less eps times its
/// negative entropy is largest in every state at once (theory.md section 4).
/// </summary>
/// <param name="Policy">The best response; unique since eps is above 0.</param>
/// <param name="Value">Its risk-adjusted value.</param>
/// <param name="Residual">Largest change of a probability in the last improvement.</param>
/// <param name="Iterations">Improvements made.</param>
/// <param name="Converged">Whether the residual is within the tolerance.</param>
public sealed record MarkovBestResponse(MarkovPolicy Policy, RiskAdjustedValue Value, double Residual, int Iterations, bool Converged)
{
    /// <summary>
    /// Computes it by regularised policy iteration: the exact risk-adjusted value of the present policy, then the risk-averse logit
    /// response of every state's stage game. Values rise monotonically and converge at least as fast as gamma^k.
    /// </summary>
    /// <param name="game">The game.</param>
    /// <param name="policies">[players] policies; the player's own is where the iteration begins.</param>
    /// <param name="player">From 0.</param>
    /// <param name="tau">Risk aversion, finite, at least 0.</param>
    /// <param name="epsilon">Bounded rationality, finite, above 0.</param>
    /// <param name="tolerance">Largest change of a probability that counts as convergence.</param>
    /// <param name="maxIterations">Most improvements.</param>
    /// <exception cref="ArgumentException">A policy or number does not fit; the message names it.</exception>
    public static MarkovBestResponse Compute(
        MarkovGame game,
        IReadOnlyList<MarkovPolicy> policies,
        int player,
        double tau,
        double epsilon,
        double tolerance = 1e-10,
        int maxIterations = 1000)
    {
        MarkovChecks.Risk(tau, epsilon);
        Texts.Require(epsilon > 0, nameof(epsilon), $"must be above 0: without it a best response need not be unique");
        Texts.Require(tolerance > 0, nameof(tolerance), $"must be above 0, not {tolerance}");
        Texts.Require(maxIterations >= 1, nameof(maxIterations), $"must be at least 1, not {maxIterations}");
        var reference = MarkovPolicy.OfOthers(game, policies, player);
        var policy = policies[player];
        double[]? guess = null;
        for (var iteration = 1; ; iteration++)
        {
            var value = RiskAdjustedValue.Compute(game, player, policy, reference, tau, epsilon, 1e-13, guess);
            guess = [.. value.Values];
            var improved = Improve(game, player, policy, reference, tau, epsilon, guess);
            var residual = improved.Distance(policy);
            if (residual <= tolerance || iteration == maxIterations)
                return new MarkovBestResponse(policy, value, residual, iteration, residual <= tolerance);
            policy = improved;
        }
    }

    /// <summary>The risk-averse logit response in every state, given values of the next.</summary>
    internal static MarkovPolicy Improve(
        MarkovGame game, int player, MarkovPolicy policy, MarkovPolicy reference, double tau, double epsilon, ReadOnlySpan<double> values)
    {
        var stage = new LogitStage(policy.Actions, reference.Actions);
        var improved = policy.Probabilities.ToArray();
        var q = new double[game.JointActions];
        for (var state = 0; state < game.States; state++)
        {
            StageGame.Fill(game, player, state, game.Discount, values, q);
            stage.Solve(q, reference.Row(state), tau, epsilon, improved.AsSpan(state * policy.Actions, policy.Actions));
        }

        return MarkovPolicy.Own(game.States, policy.Actions, improved);
    }
}

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

/// <summary>
/// The game that a player faces in one state given values of the next: Q(a, b) = r(s, a, b) + gamma E V(s') for her action a and the
/// others' joint action b (theory.md section 4).
/// </summary>
internal static class StageGame
{
    /// <summary>Writes Q of a state.</summary>
    /// <param name="game">The game.</param>
    /// <param name="player">From 0.</param>
    /// <param name="state">From 0.</param>
    /// <param name="discount">gamma; 1 is allowed where the number of steps is finite.</param>
    /// <param name="values">[states] V.</param>
    /// <param name="q">Receives [own actions x others' joint actions] Q.</param>
    internal static void Fill(MarkovGame game, int player, int state, double discount, ReadOnlySpan<double> values, Span<double> q)
    {
        var jointOf = game.JointOf(player);
        var rewards = game.Rewards(player).Slice(state * game.JointActions, game.JointActions);
        for (var k = 0; k < q.Length; k++)
            q[k] = rewards[jointOf[k]] + (discount * game.Transitions.Expect(state, jointOf[k], values));
    }

    /// <summary>X(b) = E_{a~policy} Q(a, b).</summary>
    internal static void OverOwn(ReadOnlySpan<double> q, ReadOnlySpan<double> own, Span<double> x)
    {
        x.Clear();
        for (var a = 0; a < own.Length; a++)
        {
            if (own[a] == 0) continue;
            var row = q.Slice(a * x.Length, x.Length);
            for (var b = 0; b < x.Length; b++) x[b] += own[a] * row[b];
        }
    }

    /// <summary>E_{b~adversary} Q(a, b).</summary>
    internal static void OverOthers(ReadOnlySpan<double> q, ReadOnlySpan<double> adversary, Span<double> y)
    {
        for (var a = 0; a < y.Length; a++) y[a] = SoftMath.Dot(q.Slice(a * adversary.Length, adversary.Length), adversary);
    }
}
