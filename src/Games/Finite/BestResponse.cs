using MathNet.Numerics.LinearAlgebra;

namespace Srpo.Games.Finite;

/// <summary>
/// Risk-averse logit best responses in a finite game (Qu et al., arXiv 2602.21515, section 3; theory.md section 2): the maximiser of
/// f_i^eps(., pi_-i), which is the unique solution of pi_i proportional to exp(E_p*[u_i] / eps_i) with p* the adversary against pi_i.
/// Found by a safeguarded Newton method in logits, to about 1e-14 for the usual tau and eps, and to about 1e-12 at tau = 10^4, eps = 10^-3
/// with utilities of order one. The same in every unit of the utilities.
/// </summary>
/// <remarks>Makes its work space once, so calls in loops allocate nothing. One thread at a time.</remarks>
public sealed class BestResponse
{
    private readonly ResponseNewton[] _newton;
    private readonly LogitPlayer[] _logit;
    private readonly double[] _scales;
    private readonly double[][] _others;
    private readonly double[][] _logs;
    private readonly double[][] _answers;

    /// <summary>Prepares the work space.</summary>
    /// <param name="game">The game.</param>
    /// <param name="risk">tau and eps of every player.</param>
    /// <exception cref="ArgumentException">The profile is for another number of players.</exception>
    public BestResponse(FiniteGame game, RiskProfile risk)
    {
        MixedProfile.RequireRisk(game, risk);
        (Game, Risk) = (game, risk);
        (_newton, _scales) = (new ResponseNewton[game.Players], new double[game.Players]);
        for (var player = 0; player < game.Players; player++)
        {
            (var utilities, _scales[player]) = MixedProfile.Scaled(game, player);
            _newton[player] = new ResponseNewton(utilities, game.Actions[player]);
        }

        _logit = [];
        if (game.Players == 2 && game.Actions[0] == 2 && game.Actions[1] == 2)
        {
            var (first, second) = TwoByTwoSolver.Players(game, risk);
            _logit = [first, second];
        }

        _others = [.. game.Actions.Select((_, player) => new double[MixedProfile.Others(game, player)])];
        _logs = [.. game.Actions.Select(count => new double[count])];
        _answers = [.. game.Actions.Select(count => new double[count])];
    }

    /// <summary>The game.</summary>
    public FiniteGame Game { get; }

    /// <summary>tau and eps of every player.</summary>
    public RiskProfile Risk { get; }

    /// <summary>The best response of a player to the others' strategies. Her own row is only the first guess.</summary>
    /// <param name="player">From 0.</param>
    /// <param name="strategies">[players][actions], rows summing to 1; the values are not checked.</param>
    /// <param name="response">[actions] receives the response; may be the player's own row.</param>
    /// <exception cref="ArgumentException">There is no such player, or a size does not fit.</exception>
    public void Solve(int player, IReadOnlyList<double[]> strategies, Span<double> response)
    {
        MixedProfile.RequirePlayer(Game, player);
        ArgumentNullException.ThrowIfNull(strategies);
        if (strategies.Count != Game.Players)
            throw new ArgumentException(FormattableString.Invariant($"strategies: has {strategies.Count} rows; there are {Game.Players} players"), nameof(strategies));
        for (var other = 0; other < Game.Players; other++)
        {
            if (strategies[other].Length != Game.Actions[other])
                throw new ArgumentException(FormattableString.Invariant($"strategies[{other}]: has {strategies[other].Length} entries; player {other} has {Game.Actions[other]} actions"), nameof(strategies));
            for (var action = 0; action < _logs[other].Length; action++) _logs[other][action] = Math.Log(strategies[other][action]);
        }

        if (response.Length != Game.Actions[player])
            throw new ArgumentException(FormattableString.Invariant($"response: has {response.Length} entries; player {player} has {Game.Actions[player]} actions"), nameof(response));
        var answer = _answers[player];
        SolveLogs(player, _logs, answer);
        for (var action = 0; action < answer.Length; action++) response[action] = Math.Exp(answer[action]);
    }

    /// <summary>The best responses of all players to a profile, [players][actions].</summary>
    /// <param name="strategies">[players][actions], rows summing to 1.</param>
    /// <exception cref="ArgumentException">A row is no distribution over the player's actions; the message names it.</exception>
    public double[][] SolveAll(IReadOnlyList<double[]> strategies)
    {
        MixedProfile.Require(Game, strategies);
        var responses = Game.Actions.Select(actions => new double[actions]).ToArray();
        for (var player = 0; player < responses.Length; player++) Solve(player, strategies, responses[player]);
        return responses;
    }

    /// <summary>The best response of a player in log probabilities, which also hold what underflows.</summary>
    /// <param name="player">From 0.</param>
    /// <param name="logs">[players][actions] log probabilities; her own row is only the first guess.</param>
    /// <param name="response">[actions] receives the response's.</param>
    internal void SolveLogs(int player, IReadOnlyList<double[]> logs, Span<double> response)
    {
        var scale = _scales[player];
        MixedProfile.OthersLogs(Game, player, logs, _others[player]);
        if (_logit.Length > 0 && double.IsFinite(_others[player][0]) && double.IsFinite(_others[player][1]))
        {
            var near = 0.0;
            var logit = _logit[player].Respond(_others[player][0] - _others[player][1], ref near, out _);
            Logistic.LogPair(logit).CopyTo(response);
            _newton[player].Accept(response, Logistic.LogPair(near));
            return;
        }

        _newton[player].Solve(_others[player], Risk.Tau[player] * scale, Risk.Epsilon[player] / scale, logs[player], response);
    }

    /// <summary>The work space of a player, in units of <see cref="Scale"/>, for what needs more than the response last solved.</summary>
    internal ResponseNewton Newton(int player) => _newton[player];

    /// <summary>The unit of a player's utilities in her work space.</summary>
    internal double Scale(int player) => _scales[player];
}

/// <summary>
/// Derivative of the best responses by the implicit function theorem, in log probabilities. With theta = logits of pi_i, g = U p*, C the
/// covariance of U's columns under p* and S = diag(pi_i) - pi_i pi_i^T: (eps I + tau C S) dtheta = dg, and a change of the log probabilities
/// of another player's actions moves g by the sum over b of p*(b) (U(., b) - g) d log q(b). Nothing is divided by a probability.
/// </summary>
internal static class BestResponseJacobian
{
    /// <summary>
    /// Derivative of log pi -> log BR(pi) at a profile: square, with all players' actions in turn. Directions that only scale a player's row
    /// are in its kernel, so it has the eigenvalues of the derivative of pi -> BR(pi) on directions that keep every row's sum, and zeros.
    /// </summary>
    /// <param name="responses">The solver of the game's best responses.</param>
    /// <param name="logs">[players][actions] log probabilities.</param>
    public static Matrix<double> OfLogs(BestResponse responses, IReadOnlyList<double[]> logs)
    {
        var game = responses.Game;
        var offsets = new int[game.Players + 1];
        for (var player = 0; player < game.Players; player++) offsets[player + 1] = offsets[player] + game.Actions[player];
        var jacobian = Matrix<double>.Build.Dense(offsets[^1], offsets[^1]);
        for (var player = 0; player < game.Players; player++)
        {
            if (game.Actions[player] == 1) continue;
            var response = new double[game.Actions[player]];
            responses.SolveLogs(player, logs, response);
            for (var a = 0; a < response.Length; a++) response[a] = Math.Exp(response[a]);
            var left = LogsPerGradient(responses, player, response);
            for (var other = 0; other < game.Players; other++)
            {
                if (other == player || game.Actions[other] == 1) continue;
                jacobian.SetSubMatrix(offsets[player], offsets[other], left * GradientPerLogs(responses, player, other));
            }
        }

        return jacobian;
    }

    /// <summary>[actions x actions] (I - 1 x^T)(eps I + tau C S)^-1 at the response just solved.</summary>
    private static Matrix<double> LogsPerGradient(BestResponse responses, int player, double[] response)
    {
        var scale = responses.Scale(player);
        var (tau, eps, actions) = (responses.Risk.Tau[player] * scale, responses.Risk.Epsilon[player] / scale, response.Length);
        var product = new double[actions * actions];
        responses.Newton(player).CovarianceTimesSpread(response, product);
        var system = Matrix<double>.Build.Dense(actions, actions, (a, c) => (tau * product[(a * actions) + c]) + (a == c ? eps : 0));
        var inverse = system.Inverse();
        return inverse - Matrix<double>.Build.Dense(actions, actions, (_, c) => Enumerable.Range(0, actions).Sum(a => response[a] * inverse[a, c]));
    }

    /// <summary>[actions of the player x actions of the other] derivative of U p* with the player's own strategy held fixed.</summary>
    private static Matrix<double> GradientPerLogs(BestResponse responses, int player, int other)
    {
        var game = responses.Game;
        var newton = responses.Newton(player);
        var utilities = newton.Utilities;
        var gradient = newton.Gradient;
        var adversary = newton.Adversary;
        // The other's action within the joint index that leaves the player out.
        var stride = game.Stride(other) / (player > other ? game.Actions[player] : 1);
        var derivative = Matrix<double>.Build.Dense(game.Actions[player], game.Actions[other]);
        for (var b = 0; b < adversary.Length; b++)
        {
            if (adversary[b] == 0) continue;
            var action = b / stride % game.Actions[other];
            for (var a = 0; a < gradient.Length; a++) derivative[a, action] += adversary[b] * (utilities[(a * adversary.Length) + b] - gradient[a]);
        }

        return derivative;
    }
}
