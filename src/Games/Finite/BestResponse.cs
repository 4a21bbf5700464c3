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
