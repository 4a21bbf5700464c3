using System.Globalization;
using Srpo.Games.Finite;

namespace Srpo.Games;

/// <summary>
/// A finite two-player game. Utility of player i = payoff_i[a0, a1] - cost_i[a_i]. In the collaborative games of Qu et
/// al. (arXiv 2602.21515, section 3) both payoffs are one shared reward; in general they may differ. Immutable: the arrays are copied.
/// </summary>
public sealed class MatrixGame
{
    /// <summary>Most actions of a player.</summary>
    public const int MaxActions = 255;

    private readonly double[][,] _payoffs;
    private readonly double[][] _costs;

    /// <summary>Makes a game.</summary>
    /// <param name="name">Label, not empty.</param>
    /// <param name="payoffs0">[actions of player 0 x actions of player 1] payoff of player 0, finite.</param>
    /// <param name="payoffs1">The same shape: payoff of player 1, finite; null if both share the first.</param>
    /// <param name="costs0">[actions of player 0] private cost, finite, not negative; null for none.</param>
    /// <param name="costs1">[actions of player 1] private cost, finite, not negative; null for none.</param>
    /// <param name="actionNames">Names of the actions of both players; null for "0", "1", ...</param>
    /// <exception cref="ArgumentException">A size does not fit or a number is not finite; the message names it.</exception>
    public MatrixGame(
        string name,
        double[,] payoffs0,
        double[,]? payoffs1 = null,
        double[]? costs0 = null,
        double[]? costs1 = null,
        IReadOnlyList<string>? actionNames = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(payoffs0);
        var actions0 = payoffs0.GetLength(0);
        var actions1 = payoffs0.GetLength(1);
        Require(
            actions0 is >= 1 and <= MaxActions && actions1 is >= 1 and <= MaxActions,
            nameof(payoffs0),
            $"a game needs 1 to {MaxActions} actions per player, not {actions0} and {actions1}");
        if (payoffs1 is not null)
        {
            Require(
                payoffs1.GetLength(0) == actions0 && payoffs1.GetLength(1) == actions1,
                nameof(payoffs1),
                $"has {payoffs1.GetLength(0)} x {payoffs1.GetLength(1)} entries, the first player's payoffs {actions0} x {actions1}");
        }

        costs0 ??= new double[actions0];
        costs1 ??= new double[actions1];
        Require(costs0.Length == actions0, nameof(costs0), $"has {costs0.Length} entries; player 0 has {actions0} actions");
        Require(costs1.Length == actions1, nameof(costs1), $"has {costs1.Length} entries; player 1 has {actions1} actions");
        RequireFinite(payoffs0.Cast<double>(), nameof(payoffs0));
        if (payoffs1 is not null) RequireFinite(payoffs1.Cast<double>(), nameof(payoffs1));
        RequireCosts(costs0, nameof(costs0));
        RequireCosts(costs1, nameof(costs1));
        var most = Math.Max(actions0, actions1);
        actionNames ??= [.. Enumerable.Range(0, most).Select(action => action.ToString(CultureInfo.InvariantCulture))];
        Require(actionNames.Count == most, nameof(actionNames), $"has {actionNames.Count} entries; there are {most} actions");
        Require(
            actionNames.All(action => !string.IsNullOrWhiteSpace(action)) && actionNames.Distinct(StringComparer.Ordinal).Count() == most,
            nameof(actionNames),
            $"must be different and not empty");

        Name = name;
        IsShared = payoffs1 is null || payoffs0.Cast<double>().SequenceEqual(payoffs1.Cast<double>());
        _payoffs = [(double[,])payoffs0.Clone(), (double[,])(payoffs1 ?? payoffs0).Clone()];
        _costs = [[.. costs0], [.. costs1]];
        ActionNames = [.. actionNames];
    }

    /// <summary>Label, for example "volunteer".</summary>
    public string Name { get; }

    /// <summary>Whether both players have the same payoffs: the collaborative games of the theory.</summary>
    public bool IsShared { get; }

    /// <summary>Names of the actions, as many as the player with more actions has.</summary>
    public IReadOnlyList<string> ActionNames { get; }

    /// <summary>Number of actions of a player.</summary>
    /// <param name="player">0 or 1.</param>
    public int Actions(int player) => _costs[player].Length;

    /// <summary>Payoff of a player before her private cost.</summary>
    /// <param name="player">0 or 1.</param>
    /// <param name="action0">Action of player 0.</param>
    /// <param name="action1">Action of player 1.</param>
    public double Payoff(int player, int action0, int action1) => _payoffs[player][action0, action1];

    /// <summary>Private cost of an action.</summary>
    /// <param name="player">0 or 1.</param>
    /// <param name="action">Her action.</param>
    public double Cost(int player, int action) => _costs[player][action];

    /// <summary>Utility of a player: payoff minus private cost.</summary>
    /// <param name="player">0 or 1.</param>
    /// <param name="action0">Action of player 0.</param>
    /// <param name="action1">Action of player 1.</param>
    public double Utility(int player, int action0, int action1) =>
        Payoff(player, action0, action1) - Cost(player, player == 0 ? action0 : action1);

    /// <summary>The same game for the solvers of <see cref="Srpo.Games.Finite"/>: joint action (a0, a1) has the index a0 * Actions(1) + a1.</summary>
    public FiniteGame ToFiniteGame() => new(
        Name,
        [Actions(0), Actions(1)],
        IsShared ? [[.. _payoffs[0].Cast<double>()]] : [[.. _payoffs[0].Cast<double>()], [.. _payoffs[1].Cast<double>()]],
        _costs,
        [[.. ActionNames.Take(Actions(0))], [.. ActionNames.Take(Actions(1))]]);

    private static void RequireFinite(IEnumerable<double> values, string name) =>
        Require(values.All(double.IsFinite), name, $"must be finite numbers");

    private static void RequireCosts(double[] costs, string name)
    {
        RequireFinite(costs, name);
        Require(costs.All(cost => cost >= 0), name, $"must not be negative; a gain belongs into the payoffs");
    }

    private static void Require(bool holds, string name, FormattableString rule)
    {
        if (!holds) throw new ArgumentException($"{name}: {rule.ToString(CultureInfo.InvariantCulture)}", name);
    }
}
