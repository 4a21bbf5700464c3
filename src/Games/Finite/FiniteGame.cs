using System.Collections.Immutable;
using System.Globalization;

namespace Srpo.Games.Finite;

/// <summary>
/// A finite game of n players: utility of player i = payoff_i(a) - cost_i(a_i). In the collaborative games of Qu et al.
/// (arXiv 2602.21515, section 3) all payoffs are one shared reward; in general they may differ. Immutable.
/// </summary>
/// <remarks>
/// Joint actions are numbered row by row: with actions (a_0, ..., a_n-1) the index is ((a_0 m_1 + a_1) m_2 + a_2) ..., the last
/// player's action running fastest. The joint actions of "the others" of player i leave a_i out of the same scheme.
/// </remarks>
public sealed class FiniteGame
{
    /// <summary>Most players.</summary>
    public const int MaxPlayers = 16;

    /// <summary>Most joint actions.</summary>
    public const int MaxJointActions = 1 << 22;

    private readonly double[][] _utilities;

    /// <summary>Makes a game.</summary>
    /// <param name="name">Label, not empty.</param>
    /// <param name="actions">[players] number of actions of every player, at least 1; at least two players.</param>
    /// <param name="payoffs">One array [joint actions] that all players share, or one per player; finite.</param>
    /// <param name="costs">[players][actions] private costs, finite; null for none.</param>
    /// <param name="actionNames">[players][actions] names of the actions; null for "0", "1", ...</param>
    /// <exception cref="ArgumentException">A size does not fit or a number is not finite; the message names it.</exception>
    public FiniteGame(
        string name,
        IReadOnlyList<int> actions,
        IReadOnlyList<double[]> payoffs,
        IReadOnlyList<double[]>? costs = null,
        IReadOnlyList<IReadOnlyList<string>>? actionNames = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(payoffs);
        Require(actions.Count is >= 2 and <= MaxPlayers, nameof(actions), $"a game needs 2 to {MaxPlayers} players, not {actions.Count}");
        Require(actions.All(count => count >= 1), nameof(actions), $"every player needs at least one action");
        var joint = actions.Aggregate(1L, (product, count) => Math.Min(product * count, long.MaxValue / int.MaxValue));
        Require(joint <= MaxJointActions, nameof(actions), $"a game has at most {MaxJointActions} joint actions, this one more");
        Require(payoffs.Count == 1 || payoffs.Count == actions.Count, nameof(payoffs), $"has {payoffs.Count} arrays; give one for all or one for each of the {actions.Count} players");
        foreach (var array in payoffs)
        {
            Require(array.Length == joint, nameof(payoffs), $"has {array.Length} entries; there are {joint} joint actions");
            Require(array.All(double.IsFinite), nameof(payoffs), $"must be finite numbers");
        }

        costs ??= [.. actions.Select(count => new double[count])];
        Require(costs.Count == actions.Count, nameof(costs), $"has {costs.Count} lists; there are {actions.Count} players");
        for (var player = 0; player < actions.Count; player++)
        {
            Require(costs[player].Length == actions[player], $"costs[{player}]", $"has {costs[player].Length} entries; player {player} has {actions[player]} actions");
            Require(costs[player].All(double.IsFinite), $"costs[{player}]", $"must be finite numbers");
        }

        actionNames ??= [.. actions.Select(count => (IReadOnlyList<string>)[.. Enumerable.Range(0, count).Select(action => action.ToString(CultureInfo.InvariantCulture))])];
        Require(
            actionNames.Count == actions.Count && actionNames.Zip(actions).All(pair => pair.First.Count == pair.Second),
            nameof(actionNames),
            $"must have one name for every action of every player");

        Name = name;
        Actions = [.. actions];
        JointActions = (int)joint;
        IsShared = payoffs.Count == 1 || payoffs.Skip(1).All(array => array.AsSpan().SequenceEqual(payoffs[0]));
        Payoffs = [.. Enumerable.Range(0, actions.Count).Select(player => ImmutableArray.Create(payoffs[payoffs.Count == 1 ? 0 : player]))];
        Costs = [.. costs.Select(list => list.ToImmutableArray())];
        ActionNames = [.. actionNames.Select(list => list.ToImmutableArray())];
        _utilities = [.. Enumerable.Range(0, actions.Count).Select(UtilitiesOf)];
    }

    /// <summary>Label, for example "volunteer".</summary>
    public string Name { get; }

    /// <summary>Number of players.</summary>
    public int Players => Actions.Length;

    /// <summary>Number of actions of every player.</summary>
    public ImmutableArray<int> Actions { get; }

    /// <summary>Number of joint actions: the product of <see cref="Actions"/>.</summary>
    public int JointActions { get; }

    /// <summary>Whether all players have the same payoffs: the collaborative games of the theory.</summary>
    public bool IsShared { get; }

    /// <summary>[players][joint actions] payoffs before private costs.</summary>
    public ImmutableArray<ImmutableArray<double>> Payoffs { get; }

    /// <summary>[players][actions] private costs.</summary>
    public ImmutableArray<ImmutableArray<double>> Costs { get; }

    /// <summary>[players][actions] names of the actions.</summary>
    public ImmutableArray<ImmutableArray<string>> ActionNames { get; }

    /// <summary>[joint actions] utilities of a player: payoff minus private cost.</summary>
    /// <param name="player">From 0.</param>
    public ReadOnlySpan<double> Utilities(int player) => _utilities[player];

    /// <summary>Step of the joint index when a player's action grows by one.</summary>
    /// <param name="player">From 0.</param>
    public int Stride(int player)
    {
        var stride = 1;
        for (var other = player + 1; other < Players; other++) stride *= Actions[other];
        return stride;
    }

    private double[] UtilitiesOf(int player)
    {
        var stride = Stride(player);
        var utilities = Payoffs[player].ToArray();
        for (var joint = 0; joint < utilities.Length; joint++) utilities[joint] -= Costs[player][joint / stride % Actions[player]];
        return utilities;
    }

    private static void Require(bool holds, string name, FormattableString rule)
    {
        if (!holds) throw new ArgumentException($"{name}: {rule.ToString(CultureInfo.InvariantCulture)}", name);
    }
}
