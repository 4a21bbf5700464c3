using System.Collections.Immutable;
using System.Globalization;
using Srpo.Games.Finite;

namespace Srpo.Games.Markov;

/// <summary>
/// A tabular discounted Markov game of n players (Qu et al., arXiv 2602.21515, appendix C; theory.md section 4). In every state all
/// players act at once; rewards and the next state depend on the joint action. Immutable: the arrays are copied.
/// </summary>
/// <remarks>
/// Joint actions are numbered as in <see cref="FiniteGame"/>: row by row, the last player's action running fastest. The joint actions of
/// "the others" of player i leave a_i out of the same scheme. Tables [states x joint actions] hold entry state * joint actions + joint.
/// </remarks>
public sealed class MarkovGame
{
    private readonly double[][] _rewards;
    private readonly double[][]? _costs;
    private readonly int[][] _jointOf;

    /// <summary>Makes a game.</summary>
    /// <param name="name">Label, not empty.</param>
    /// <param name="actions">[players] number of actions of every player, at least 1; at least two players.</param>
    /// <param name="rewards">One array [states x joint actions] that all players share, or one per player: expected reward, private cost already taken off; finite.</param>
    /// <param name="transitions">Successors of every state and joint action; their number of states is the game's.</param>
    /// <param name="discount">gamma, at least 0 and below 1.</param>
    /// <param name="initial">[states] distribution of the first state; sums to 1 within 1e-6 and is scaled to it.</param>
    /// <param name="costs">[players][states x joint actions] expected private costs that the rewards already contain, for reports; finite; null for none.</param>
    /// <exception cref="ArgumentException">A size does not fit or a number is out of range; the message names it.</exception>
    public MarkovGame(
        string name,
        IReadOnlyList<int> actions,
        IReadOnlyList<double[]> rewards,
        MarkovTransitions transitions,
        double discount,
        IReadOnlyList<double> initial,
        IReadOnlyList<double[]>? costs = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(rewards);
        ArgumentNullException.ThrowIfNull(transitions);
        ArgumentNullException.ThrowIfNull(initial);
        Texts.Require(actions.Count is >= 2 and <= FiniteGame.MaxPlayers, nameof(actions), $"a game needs 2 to {FiniteGame.MaxPlayers} players, not {actions.Count}");
        Texts.Require(actions.All(count => count >= 1), nameof(actions), $"every player needs at least one action");
        var joint = actions.Aggregate(1L, (product, count) => Math.Min(product * count, int.MaxValue));
        Texts.Require(joint == transitions.JointActions, nameof(transitions), $"have {transitions.JointActions} joint actions; the players' actions make {joint}");
        Texts.Require(rewards.Count == 1 || rewards.Count == actions.Count, nameof(rewards), $"has {rewards.Count} arrays; give one for all or one for each of the {actions.Count} players");
        Texts.Require(costs is null || costs.Count == actions.Count, nameof(costs), $"has {costs?.Count} arrays; there are {actions.Count} players");
        Texts.Require(discount is >= 0 and < 1, nameof(discount), $"must be at least 0 and below 1, not {discount}");
        Texts.Require(initial.Count == transitions.States, nameof(initial), $"has {initial.Count} entries; there are {transitions.States} states");
        Texts.Require(initial.All(p => p >= 0) && Math.Abs(initial.Sum() - 1) <= 1e-6, nameof(initial), $"must be a distribution: not negative, sum 1, not {initial.Sum()}");
        for (var i = 0; i < rewards.Count; i++) CheckTable(rewards[i], $"rewards[{i}]", transitions);
        for (var i = 0; i < (costs?.Count ?? 0); i++) CheckTable(costs![i], $"costs[{i}]", transitions);

        Name = name;
        Actions = [.. actions];
        Transitions = transitions;
        Discount = discount;
        var total = initial.Sum();
        Initial = [.. initial.Select(p => p / total)];
        var copies = rewards.Select(table => (double[])table.Clone()).ToArray();
        _rewards = [.. actions.Select((_, player) => copies[rewards.Count == 1 ? 0 : player])];
        _costs = costs is null ? null : [.. costs.Select(table => (double[])table.Clone())];
        _jointOf = [.. Enumerable.Range(0, actions.Count).Select(JointsOf)];
    }

    private MarkovGame(MarkovGame other, double discount)
    {
        Texts.Require(discount is >= 0 and < 1, nameof(discount), $"must be at least 0 and below 1, not {discount}");
        (Name, Actions, Transitions, Discount, Initial) = (other.Name, other.Actions, other.Transitions, discount, other.Initial);
        (_rewards, _costs, _jointOf) = (other._rewards, other._costs, other._jointOf);
    }

    /// <summary>Label.</summary>
    public string Name { get; }

    /// <summary>Number of players.</summary>
    public int Players => Actions.Length;

    /// <summary>Number of actions of every player, the same in all states.</summary>
    public ImmutableArray<int> Actions { get; }

    /// <summary>Number of states.</summary>
    public int States => Transitions.States;

    /// <summary>Number of joint actions: the product of <see cref="Actions"/>.</summary>
    public int JointActions => Transitions.JointActions;

    /// <summary>Successors of every state and joint action.</summary>
    public MarkovTransitions Transitions { get; }

    /// <summary>gamma, in [0, 1).</summary>
    public double Discount { get; }

    /// <summary>[states] distribution of the first state.</summary>
    public ImmutableArray<double> Initial { get; }

    /// <summary>Whether private costs are told apart, so that they can be reported.</summary>
    public bool HasCosts => _costs is not null;

    /// <summary>[states x joint actions] rewards of a player, private costs already taken off.</summary>
    /// <param name="player">From 0.</param>
    public ReadOnlySpan<double> Rewards(int player) => _rewards[player];

    /// <summary>[states x joint actions] private costs of a player that her rewards contain; empty without <see cref="HasCosts"/>.</summary>
    /// <param name="player">From 0.</param>
    public ReadOnlySpan<double> Costs(int player) => _costs is null ? default : _costs[player];

    /// <summary>Number of joint actions of the others: the size of a player's adversary in a state.</summary>
    /// <param name="player">From 0.</param>
    public int OtherActions(int player) => JointActions / Actions[player];

    /// <summary>The joint action of a player's action and the others' joint action.</summary>
    /// <param name="player">From 0.</param>
    /// <param name="action">Her action, from 0.</param>
    /// <param name="others">The others' joint action, 0 to <see cref="OtherActions"/> - 1.</param>
    public int Joint(int player, int action, int others) => _jointOf[player][(action * OtherActions(player)) + others];

    /// <summary>The same game with another discount; the tables are shared.</summary>
    /// <param name="discount">gamma, at least 0 and below 1.</param>
    public MarkovGame WithDiscount(double discount) => new(this, discount);

    /// <summary>
    /// A finite game repeated for ever as a game of one state. Its RQE are those of the finite game at the same tau and eps: the
    /// future adds the same constant to all entries of the stage game, and values are the objectives over 1 - gamma.
    /// </summary>
    /// <param name="game">The game.</param>
    /// <param name="discount">gamma, at least 0 and below 1.</param>
    public static MarkovGame FromMatrixGame(FiniteGame game, double discount)
    {
        ArgumentNullException.ThrowIfNull(game);
        var builder = new MarkovTransitionsBuilder(game.JointActions);
        for (var joint = 0; joint < game.JointActions; joint++)
        {
            builder.Add(0, 1);
            builder.EndRow();
        }

        return FromStages(game.Name, [game], builder.Build(), discount, [1]);
    }

    /// <summary>Finite games, one a state, between which joint actions lead.</summary>
    /// <param name="name">Label, not empty.</param>
    /// <param name="stages">[states] the game of every state; all have the same numbers of actions.</param>
    /// <param name="transitions">Successors of every state and joint action.</param>
    /// <param name="discount">gamma, at least 0 and below 1.</param>
    /// <param name="initial">[states] distribution of the first state.</param>
    /// <exception cref="ArgumentException">A size does not fit or a number is out of range; the message names it.</exception>
    public static MarkovGame FromStages(
        string name, IReadOnlyList<FiniteGame> stages, MarkovTransitions transitions, double discount, IReadOnlyList<double> initial)
    {
        ArgumentNullException.ThrowIfNull(stages);
        Texts.Require(stages.Count > 0 && stages.All(stage => stage.Actions.SequenceEqual(stages[0].Actions)), nameof(stages), $"must be at least one game, all with the same numbers of actions");
        var players = Enumerable.Range(0, stages[0].Players).ToArray();
        return new MarkovGame(
            name,
            stages[0].Actions,
            [.. players.Select(player => stages.SelectMany(stage => stage.Utilities(player).ToArray()).ToArray())],
            transitions,
            discount,
            initial,
            [.. players.Select(player => stages.SelectMany(stage => CostsOf(stage, player)).ToArray())]);
    }

    /// <summary>A two-player matrix game, as a matrix environment plays it, repeated for ever as a game of one state.</summary>
    /// <param name="game">The game.</param>
    /// <param name="discount">gamma, at least 0 and below 1.</param>
    public static MarkovGame FromMatrixGame(MatrixGame game, double discount)
    {
        ArgumentNullException.ThrowIfNull(game);
        return FromMatrixGame(game.ToFiniteGame(), discount);
    }

    /// <summary>[joint actions] a player's private costs.</summary>
    private static IEnumerable<double> CostsOf(FiniteGame game, int player)
    {
        var stride = game.Stride(player);
        return Enumerable.Range(0, game.JointActions).Select(joint => game.Costs[player][joint / stride % game.Actions[player]]);
    }

    /// <summary>[actions of the player x joint actions of the others] joint actions.</summary>
    internal ReadOnlySpan<int> JointOf(int player) => _jointOf[player];

    private int[] JointsOf(int player)
    {
        var stride = 1;
        for (var other = player + 1; other < Players; other++) stride *= Actions[other];
        var joints = new int[JointActions];
        var others = JointActions / Actions[player];
        for (var joint = 0; joint < JointActions; joint++)
        {
            var action = joint / stride % Actions[player];
            joints[(action * others) + (joint / (stride * Actions[player]) * stride) + (joint % stride)] = joint;
        }

        return joints;
    }

    private static void CheckTable(double[]? table, string name, MarkovTransitions transitions)
    {
        Texts.Require(table is not null, name, $"is missing");
        var needed = (long)transitions.States * transitions.JointActions;
        Texts.Require(table!.Length == needed, name, $"has {table.Length} entries; {transitions.States} states x {transitions.JointActions} joint actions need {needed}");
        for (var k = 0; k < table.Length; k++)
        {
            // The text is made only where it is needed.
            if (!double.IsFinite(table[k])) throw Texts.Error(name, $"state {k / transitions.JointActions}, joint action {k % transitions.JointActions} must be a finite number");
        }
    }
}

/// <summary>A Markov game with names for people.</summary>
/// <param name="Game">The game.</param>
/// <param name="ActionNames">[players][actions] names of the actions.</param>
/// <param name="StateName">The name of a state, one line; its number where states have no names.</param>
public sealed record TabularGame(MarkovGame Game, IReadOnlyList<IReadOnlyList<string>> ActionNames, Func<int, string> StateName)
{
    /// <summary>Draws a state as plain text of several lines; null where its name says it all.</summary>
    public Func<int, string>? Draw { get; init; }

    /// <summary>The state with a name or a number.</summary>
    /// <param name="text">A state's name, or its number from 0.</param>
    /// <returns>Its number; null if there is no such state.</returns>
    public int? Find(string text)
    {
        for (var state = 0; state < Game.States; state++)
        {
            if (StateName(state) == text) return state;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < Game.States ? number : null;
    }
}

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

/// <summary>Texts of errors, written alike in every culture.</summary>
internal static class Texts
{
    internal static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    internal static void Require(bool holds, string name, FormattableString rule)
    {
        if (!holds) throw Error(name, rule);
    }

    /// <summary>The exception itself, for loops where the text must not be made for every entry.</summary>
    internal static ArgumentException Error(string name, FormattableString rule) => new($"{name}: {Invariant(rule)}", name);
}
