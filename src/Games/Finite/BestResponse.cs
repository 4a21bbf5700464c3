using MathNet.Numerics.LinearAlgebra;

namespace Srpo.Games.Finite;

/// <summary>
/// Risk-averse logit best responses in a finite game (Qu et al., arXiv 2602.21515, section 3; theory.md section 2): the maximiser of
/// f_i^eps(., pi_-i), which is the unique solution of pi_i proportional to exp(E_p*[u_i] / eps_i) with p* the adversary against pi_i.
/// Found by a safeguarded Newton method in logits, to about 1e-14 for the usual tau and eps, and to about 1e-12 at tau = 10^4, eps = 10^-3.
/// </summary>
/// <remarks>
/// Makes its work space once, so calls in loops allocate nothing. One thread at a time. The others are given by probabilities: what they do
/// with less than 1e-308 counts as impossible, which matters only where tau times the range of utilities exceeds some 700.
/// </remarks>
public sealed class BestResponse
{
    private readonly ResponseNewton[] _newton;
    private readonly double[][] _others;

    /// <summary>Prepares the work space.</summary>
    /// <param name="game">The game.</param>
    /// <param name="risk">tau and eps of every player.</param>
    /// <exception cref="ArgumentException">The profile is for another number of players.</exception>
    public BestResponse(FiniteGame game, RiskProfile risk)
    {
        MixedProfile.RequireRisk(game, risk);
        (Game, Risk) = (game, risk);
        _newton = [.. game.Actions.Select((actions, player) => new ResponseNewton(MixedProfile.Matrix(game, player), actions))];
        _others = [.. game.Actions.Select((_, player) => new double[MixedProfile.Others(game, player)])];
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
        }

        if (response.Length != Game.Actions[player])
            throw new ArgumentException(FormattableString.Invariant($"response: has {response.Length} entries; player {player} has {Game.Actions[player]} actions"), nameof(response));
        MixedProfile.OthersProbabilities(Game, player, strategies, _others[player]);
        _newton[player].Solve(_others[player], Risk.Tau[player], Risk.Epsilon[player], strategies[player], response);
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

    /// <summary>The work space of a player, for what needs more than the response.</summary>
    internal ResponseNewton Newton(int player) => _newton[player];
}

/// <summary>
/// Derivative of the best responses by the implicit function theorem. With theta = logits of pi_i, g = U p*, C the covariance of U's
/// columns under p* and S = diag(pi_i) - pi_i pi_i^T: (eps I + tau C S) dtheta = dg, dpi_i = S dtheta, and a change of the others'
/// probabilities q moves g by the sum over b of (p*(b)/q(b)) (U(., b) - g) dq(b).
/// </summary>
internal static class BestResponseJacobian
{
    /// <summary>
    /// Derivative of pi -> BR(pi) at a profile, restricted to directions that keep every row's sum, in an orthonormal basis of them:
    /// a square matrix with the sum of (actions - 1) rows.
    /// </summary>
    /// <param name="responses">The solver of the game's best responses.</param>
    /// <param name="strategies">[players][actions].</param>
    public static Matrix<double> OnTangentSpace(BestResponse responses, IReadOnlyList<double[]> strategies)
    {
        var game = responses.Game;
        var offsets = new int[game.Players + 1];
        for (var player = 0; player < game.Players; player++) offsets[player + 1] = offsets[player] + game.Actions[player] - 1;
        var jacobian = Matrix<double>.Build.Dense(offsets[^1], offsets[^1]);
        var bases = game.Actions.Select(TangentBasis).ToArray();
        for (var player = 0; player < game.Players; player++)
        {
            if (game.Actions[player] == 1) continue;
            var response = new double[game.Actions[player]];
            responses.Solve(player, strategies, response);
            var left = bases[player].TransposeThisAndMultiply(StrategyPerGradient(responses, player, response));
            for (var other = 0; other < game.Players; other++)
            {
                if (other == player || game.Actions[other] == 1) continue;
                var block = left * GradientPerStrategy(responses, player, other, strategies) * bases[other];
                jacobian.SetSubMatrix(offsets[player], offsets[other], block);
            }
        }

        return jacobian;
    }

    /// <summary>[actions x actions] S (eps I + tau C S)^-1 at the response just solved.</summary>
    private static Matrix<double> StrategyPerGradient(BestResponse responses, int player, double[] response)
    {
        var (tau, eps, actions) = (responses.Risk.Tau[player], responses.Risk.Epsilon[player], response.Length);
        var product = new double[actions * actions];
        responses.Newton(player).CovarianceTimesSpread(response, product);
        var system = Matrix<double>.Build.Dense(actions, actions, (a, c) => (tau * product[(a * actions) + c]) + (a == c ? eps : 0));
        var spread = Matrix<double>.Build.Dense(actions, actions, (a, c) => (a == c ? response[a] : 0) - (response[a] * response[c]));
        return spread * system.Inverse();
    }

    /// <summary>[actions of the player x actions of the other] derivative of U p* with the player's own strategy held fixed.</summary>
    private static Matrix<double> GradientPerStrategy(BestResponse responses, int player, int other, IReadOnlyList<double[]> strategies)
    {
        var game = responses.Game;
        var (tau, utilities, others) = (responses.Risk.Tau[player], MixedProfile.Matrix(game, player), MixedProfile.Others(game, player));
        var newton = responses.Newton(player);
        var response = new double[game.Actions[player]];
        responses.Solve(player, strategies, response);
        var (values, q, rest) = (new double[others], new double[others], new double[others]);
        MixedProfile.Values(utilities, response, values);
        MixedProfile.OthersProbabilities(game, player, strategies, q);
        MixedProfile.OthersProbabilities(game, player, strategies, rest, skipped: other);
        var risk = EntropicRisk.Evaluate(values, q, tau, []);
        // The other's action within the joint index that leaves the player out.
        var stride = game.Stride(other) / (player > other ? game.Actions[player] : 1);
        var derivative = Matrix<double>.Build.Dense(response.Length, game.Actions[other]);
        for (var b = 0; b < others; b++)
        {
            // p*(b)/q(b) = exp(-tau (X(b) - f)), also where q(b) is zero.
            var weight = Math.Exp(-tau * (values[b] - risk)) * rest[b];
            if (weight == 0) continue;
            var action = b / stride % game.Actions[other];
            for (var a = 0; a < response.Length; a++) derivative[a, action] += weight * (utilities[(a * others) + b] - newton.Gradient[a]);
        }

        return derivative;
    }

    /// <summary>[actions x (actions - 1)] orthonormal columns that sum to 0 (Helmert's).</summary>
    private static Matrix<double> TangentBasis(int actions)
    {
        var basis = Matrix<double>.Build.Dense(actions, Math.Max(1, actions - 1));
        for (var k = 1; k < actions; k++)
        {
            var norm = Math.Sqrt(k * (k + 1.0));
            for (var a = 0; a < k; a++) basis[a, k - 1] = 1 / norm;
            basis[k, k - 1] = -k / norm;
        }

        return basis;
    }
}
