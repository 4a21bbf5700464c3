using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Games.Markov;
using Srpo.Reporting.Text;

namespace Srpo.Client.Commands.Rqe;

/// <summary>A solved game with states on the terminal.</summary>
internal static class MarkovGameView
{
    public static void Print(Shell shell, TabularGame table, SolvedMarkovGame solved)
    {
        Prose.Print(shell, Text($"{solved.Game}{(solved.Title.Length > 0 ? $" ({solved.Title})" : "")}, tau {List(solved.Tau)}, epsilon {List(solved.Epsilon)}, discount {solved.Discount}"));
        Prose.Print(shell, Text($"{solved.States} states, {solved.Players} players, {solved.JointActions} joint actions, {solved.Successors} transitions{(solved.Ends ? ", play can end" : "")}"));
        var starts = solved.Starts == 1 ? "1 start" : Text($"{solved.Starts} starts");
        var seconds = solved.Seconds.ToString("0.0");
        if (solved.Closest is { } closest)
        {
            Prose.Print(shell, $"no equilibrium found from {starts} in {seconds} s; what follows is the profile that came closest. More steps (--iterations) or starts (--starts) may find one.");
            PrintProfile(shell, table, solved, "no equilibrium", closest);
            return;
        }

        var count = solved.Equilibria.Count == 1 ? "1 equilibrium" : Text($"{solved.Equilibria.Count} equilibria");
        Prose.Print(shell, Text($"{count} found from {starts}, {solved.Converged} of which converged, in {seconds} s; there may be others"));
        for (var i = 0; i < solved.Equilibria.Count; i++) PrintProfile(shell, table, solved, Text($"equilibrium {i + 1}"), solved.Equilibria[i]);
    }

    private static void PrintProfile(Shell shell, TabularGame table, SolvedMarkovGame solved, string heading, SolvedMarkovProfile one)
    {
        var reward = one.SharedReward is { } shared ? $", reward {Numbers.Fixed(shared, 6)} for each" : "";
        var riding = one.FreeRiding is { } degree ? $", free-riding {Numbers.Fixed(degree, 6)}" : "";
        var residual = one.Residual is { } found ? Text($"residual {found:0.0e0}") : "residual unknown: no best response could be computed";
        shell.Out.WriteLine();
        Prose.Print(shell, Text($"{heading}: {residual}, {one.Iterations} steps{reward}{riding}"));
        Tables.Print(shell, ["player#", "value#", "utility#", "private cost#"], Enumerable.Range(0, solved.Players).Select(player => (IReadOnlyList<string>)
        [
            Text($"{player}"), Numbers.Fixed(one.Values[player], 6), Numbers.Fixed(one.Utilities[player], 6), one.PrivateCosts is { } costs ? Numbers.Fixed(costs[player], 6) : "",
        ]));
        foreach (var state in one.Shown) PrintState(shell, table, solved, state);
    }

    private static void PrintState(Shell shell, TabularGame table, SolvedMarkovGame solved, SolvedMarkovState state)
    {
        Prose.Print(shell, $"state {state.Name}{(state.Initial > 0 ? $", the start with probability {Numbers.Fixed(state.Initial, 6).TrimEnd('0').TrimEnd('.')}" : "")}");
        if (table.Draw is { } draw) shell.Out.Write(draw(state.State));
        Tables.Print(shell, ["player#", "strategy", "value#"], Enumerable.Range(0, solved.Players).Select(player => (IReadOnlyList<string>)
        [
            Text($"{player}"),
            string.Join(", ", state.Strategies[player].Zip(solved.Actions[player]).Select(pair => $"{pair.Second} {Numbers.Fixed(pair.First, 6)}")),
            Numbers.Fixed(state.Values[player], 6),
        ]));
    }

    private static string List(IReadOnlyList<double> values) => values.Distinct().Count() == 1
        ? Text($"{values[0]}")
        : "(" + string.Join(", ", values.Select(value => Text($"{value}"))) + ")";

    private static string Text(FormattableString text) => text.ToString();
}
