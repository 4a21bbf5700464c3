using Srpo.Client.Cli;
using Srpo.Experiments.Equilibria;
using Srpo.Games.Files;
using Srpo.Reporting.Text;

namespace Srpo.Client.Output;

/// <summary>A solved game on the terminal.</summary>
internal static class SolvedGameView
{
    /// <summary>Players beyond this number are left out of the tables.</summary>
    private const int MostPlayers = 16;

    public static void Print(Shell shell, GameFile game, SolvedGame solved)
    {
        Prose.Print(shell, $"{solved.Game}{(game.Title.Length > 0 ? $" ({game.Title})" : "")}, tau {List(solved.Tau)}, epsilon {List(solved.Epsilon)}");
        Prose.Print(shell, Found(solved));
        for (var i = 0; i < solved.Equilibria.Count; i++) PrintOne(shell, solved, i);
        if (solved.Bounds is { } bounds)
        {
            Prose.Print(shell, $"Theorem 4.2: at any equilibrium the strategies differ by at most {bounds.L1Distance:0.####} in sum, free-riding is at most {bounds.FreeRiding:0.####}, and every action has a probability of at least {bounds.ProbabilityFloor:g4} (K = {bounds.K:0.####}).");
        }

        if (solved.LargestAdmissibleTau is { Common: { } largest })
            Prose.Print(shell, $"With one tau for all players there is an equilibrium below tau = {largest:0.######} only (condition (14)).");
        if (solved.Limits is { } limits) PrintLimits(shell, solved, limits);
    }

    private static string Found(SolvedGame solved)
    {
        var count = solved.Equilibria.Count == 1 ? "1 equilibrium" : $"{solved.Equilibria.Count} equilibria";
        return (solved.Complete, solved.Starts) switch
        {
            (true, _) => $"{count}; there are no others: {solved.Proof}",
            (false, > 0) => $"{count} found from {solved.Starts} starts, {solved.Converged} of which converged; there may be others",
            _ when solved.Tolerance is not null => $"{count} found; there may be others: next to a bifurcation rounding decides",
            _ => $"{count}; whether it is the only one is not decided, the equations are nearly singular",
        };
    }

    private static void PrintOne(Shell shell, SolvedGame solved, int index)
    {
        var one = solved.Equilibria[index];
        var stability = one.Stable switch { true => "stable", false => "unstable", _ => "stability unknown" };
        var reward = one.SharedReward is { } shared ? $", shared reward {Numbers.Fixed(shared, 6)}" : "";
        shell.Out.WriteLine();
        Prose.Print(shell, $"equilibrium {index + 1}: {stability}{reward}, free-riding {Numbers.Fixed(one.FreeRiding, 6)}, residual {one.Residual:0.0e0}{Proof(one)}");
        Tables.Print(shell, ["player#", "strategy", "utility#", "risk-adjusted#", "objective#", "private cost#"],
            Enumerable.Range(0, Math.Min(MostPlayers, one.Utilities.Count)).Select(player => (IReadOnlyList<string>)
            [
                player.ToString(), one.Shown[player], Numbers.Fixed(one.Utilities[player], 6), Numbers.Fixed(one.RiskAdjusted[player], 6),
                Numbers.Fixed(one.Objectives[player], 6), Numbers.Fixed(one.PrivateCosts[player], 6),
            ]));
        if (one.Utilities.Count > MostPlayers) Prose.Print(shell, $"... and {one.Utilities.Count - MostPlayers} more players; --json has all");
    }

    /// <summary>The proof that it is one.</summary>
    private static string Proof(SolvedEquilibrium one) =>
        one is { LogResidual: { } logs, Gap: { } gap } ? $" ({logs:0.0e0} in log probabilities; nobody gains more than {gap:0.0e0} of the range of utilities)" : "";

    private static void PrintLimits(Shell shell, SolvedGame solved, SolvedLimits limits)
    {
        if (limits.Nash is { } nash)
        {
            Prose.Print(shell, $"Nash equilibria (tau = epsilon = 0): " + string.Join("; ", nash.Select(one =>
                "(" + string.Join(", ", one.Strategies.Select((strategy, player) => Mixed(solved, player, strategy))) + ")")));
        }

        if (limits.Security is { } security)
        {
            Prose.Print(shell, "Security strategies (tau to infinity, epsilon = 0): " + string.Join("; ", security.Select((one, player) => $"player {player} {Mixed(solved, player, one.Strategy)} secures {one.Value:0.####}")));
        }
    }

    private static string Mixed(SolvedGame solved, int player, IReadOnlyList<double> strategy)
    {
        var parts = strategy.Zip(solved.Actions![player]).Where(pair => pair.First > 0).ToArray();
        return parts.Length == 1 ? parts[0].Second : string.Join(" + ", parts.Select(pair => $"{Numbers.Fixed(pair.First, 3)} {pair.Second}"));
    }

    private static string List(IReadOnlyList<double> values) => values.Distinct().Count() == 1
        ? values[0].ToString("R")
        : "(" + string.Join(", ", values.Select(value => value.ToString("R"))) + ")";
}
