namespace Srpo.Games.Markov;

/// <summary>Checks of arguments that the solvers of Markov games share.</summary>
internal static class MarkovChecks
{
    internal static void Player(MarkovGame game, int player) =>
        Texts.Require((uint)player < (uint)game.Players, nameof(player), $"{player} is none of the game's {game.Players} players, numbered from 0");

    internal static void Profile(MarkovGame game, IReadOnlyList<MarkovPolicy> policies)
    {
        ArgumentNullException.ThrowIfNull(game);
        ArgumentNullException.ThrowIfNull(policies);
        Texts.Require(policies.Count == game.Players, nameof(policies), $"has {policies.Count}; game '{game.Name}' has {game.Players} players");
        for (var player = 0; player < policies.Count; player++) Policy(game, policies[player], game.Actions[player], $"policies[{player}]");
    }

    internal static void Policy(MarkovGame game, MarkovPolicy? policy, int actions, string name)
    {
        Texts.Require(policy is not null, name, $"is missing");
        Texts.Require(
            policy!.States == game.States && policy.Actions == actions,
            name,
            $"has {policy.States} states and {policy.Actions} actions; game '{game.Name}' needs {game.States} and {actions}");
    }

    internal static void Risk(double tau, double epsilon)
    {
        Texts.Require(tau >= 0 && double.IsFinite(tau), nameof(tau), $"must be a finite number of at least 0, not {tau}");
        Texts.Require(epsilon >= 0 && double.IsFinite(epsilon), nameof(epsilon), $"must be a finite number of at least 0, not {epsilon}");
    }

    internal static void Risk(MarkovGame game, RiskProfile risk)
    {
        ArgumentNullException.ThrowIfNull(risk);
        Texts.Require(risk.Players == game.Players, nameof(risk), $"is for {risk.Players} players; game '{game.Name}' has {game.Players}");
    }
}
