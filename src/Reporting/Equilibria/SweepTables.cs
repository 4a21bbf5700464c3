using System.Collections.Immutable;
using System.Globalization;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Equilibria;

/// <summary>A sweep in sentences and tables, the same on the page and on the terminal.</summary>
public static class SweepTables
{
    /// <summary>What was found, in a sentence or two.</summary>
    /// <param name="sweep">The equilibria.</param>
    public static ImmutableArray<string> Sentences(EquilibriumSweep sweep)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        var taus = sweep.Branches.SelectMany(branch => branch.Points).Select(point => point.Tau).ToArray();
        var sentences = ImmutableArray.CreateBuilder<string>();
        if (taus.Length == 0) return ["No equilibrium was found."];
        var range = $"from τ = {Numbers.Fixed(taus.Min(), 2)} to {Numbers.Fixed(taus.Max(), 2)}";
        if (sweep.IsGaussian)
        {
            sentences.Add($"{sweep.Game}: one Gaussian equilibrium {range}.");
            if (sweep.LargestTau is { } largest) sentences.Add($"There is none from τ = {Number(largest)} on, where the risk becomes infinite.");
            if (sweep.Peak is { } peak)
                sentences.Add($"Utility is highest at τ = {Number(peak.Tau)}: {Number(peak.Utility)} per player" + (peak.SharedReward is { } reward ? $", shared reward {Number(reward)}." : "."));
        }
        else
        {
            sentences.Add($"{sweep.Game}: {(sweep.Branches.Length == 1 ? "one branch" : Numbers.Integer(sweep.Branches.Length) + " branches")} of equilibria {range}.");
            sentences.Add(sweep.Bifurcations.IsEmpty
                ? "There is no bifurcation in this range."
                : "Bifurcations: " + string.Join("; ", sweep.Bifurcations.GroupBy(one => (one.Kind, Tau: Number(one.Tau))).Select(group =>
                    $"{(group.Count() == 1 ? "a" : Numbers.Integer(group.Count()))} {group.Key.Kind}{(group.Count() == 1 ? "" : "s")} at τ = {group.Key.Tau}")) + ".");
        }

        return sentences.ToImmutable();
    }

    /// <summary>The bifurcations: tau, kind, strategies.</summary>
    /// <param name="sweep">The equilibria.</param>
    public static SummaryTable Bifurcations(EquilibriumSweep sweep)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        return new("Bifurcations",
            [new("tau", true), new("kind", false), .. sweep.StrategyNames.Select((_, player) => new TableColumn($"player {player.ToString(CultureInfo.InvariantCulture)}", false))],
            [.. sweep.Bifurcations.Select(one => ImmutableArray.Create(
                [Number(one.Tau), one.Kind, .. one.Strategies.Select((strategy, player) => Strategy(sweep.StrategyNames[player], strategy))]))]);
    }

    /// <summary>The equilibria at a few taus across the range.</summary>
    /// <param name="sweep">The equilibria.</param>
    /// <param name="about">Number of taus.</param>
    public static SummaryTable Points(EquilibriumSweep sweep, int about = 6)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        var taus = sweep.Branches.SelectMany(branch => branch.Points).Select(point => point.Tau).Distinct().Order().ToArray();
        var chosen = Enumerable.Range(0, Math.Min(about, taus.Length)).Select(i => taus[taus.Length == 1 ? 0 : (int)Math.Round((double)i * (taus.Length - 1) / (Math.Min(about, taus.Length) - 1))]).Distinct().ToArray();
        var rows = from tau in chosen
                   from branch in sweep.Branches.Select((branch, index) => (branch.Points, Index: index))
                   from point in branch.Points
                   where point.Tau == tau
                   select ImmutableArray.Create(
                   [
                       Number(tau), branch.Index.ToString(CultureInfo.InvariantCulture), point.IsStable switch { true => "stable", false => "unstable", _ => Numbers.None },
                       .. point.Strategies.Select((strategy, player) => Strategy(sweep.StrategyNames[player], strategy)),
                       Numbers.Fixed(point.Utilities.Average(), 4), Numbers.Fixed(point.SharedReward, 4), Numbers.Fixed(point.FreeRiding, 4),
                   ]);
        return new("Equilibria at some of the taus",
            [
                new("tau", true), new("branch", true), new("stability", false),
                .. sweep.StrategyNames.Select((_, player) => new TableColumn($"player {player.ToString(CultureInfo.InvariantCulture)}", false)),
                new("mean utility", true), new("shared reward", true), new("free-riding", true),
            ],
            [.. rows]);
    }

    private static string Strategy(ImmutableArray<string> names, ImmutableArray<double> numbers)
    {
        const int most = 4;
        var shown = names.Zip(numbers).Take(most).Select(pair => $"{pair.First} {Numbers.Fixed(pair.Second, 4)}");
        return string.Join(", ", shown) + (names.Length > most ? ", …" : "");
    }

    /// <summary>About six digits, without zeros at the end.</summary>
    private static string Number(double value)
    {
        var text = value.ToString("0.#####", CultureInfo.InvariantCulture);
        return text.Replace('-', '−');
    }
}
