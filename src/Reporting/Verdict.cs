using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Core.Statistics;
using Srpo.Reporting.Text;

namespace Srpo.Reporting;

/// <summary>
/// What the numbers say, in plain words, for terminal, JSON and page. Every sentence is derived from the summary, none is assumed, and each has
/// a condition under which it is true in any environment: returns may be negative, tiny, or all nought. docs/report.md lists them.
/// </summary>
public static class Verdict
{
    /// <summary>A change of the return by less than this share of its size counts as "about the same".</summary>
    private const double Negligible = 0.05;

    /// <summary>From this share of both seats' costs on, their difference is called free-riding.</summary>
    private const double FreeRidingShare = 0.5;

    /// <summary>Up to this share, the costs are called shared.</summary>
    private const double SharedShare = 0.2;

    /// <summary>From this difference of a probability on, strategies are called away from the equilibria.</summary>
    private const double FarFromEquilibrium = 0.1;

    /// <summary>What fewer runs have in cross-play and self-play is not held against each other: there is no interval either.</summary>
    private const int LeastRuns = 3;

    /// <summary>The layout that verdict and key numbers are about: <c>training</c>, or else the first; null without layouts.</summary>
    public static LayoutSummary? MainLayout(RunSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return summary.Layout("training") ?? summary.Layouts.FirstOrDefault();
    }

    /// <summary>The verdict as sentences, most important first; join them with spaces.</summary>
    public static ImmutableArray<string> Sentences(RunSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return [.. OfNumbers(summary), .. summary.Notes];
    }

    private static ImmutableArray<string> OfNumbers(RunSummary summary)
    {
        if (summary.AreDebates) return DebateVerdict.Sentences(summary);

        // Where strategies can be held against the theory, that is what the experiment is about; the returns are in the tables.
        if (!summary.Equilibria.IsEmpty) return Equilibria(summary.Equilibria, summary.Info.Names);
        var names = summary.Info.Names;
        if (MainLayout(summary) is not { } layout || layout.Methods.All(method => method.SelfPlay.Cells + method.CrossPlay.Cells == 0))
        {
            return
            [
                "No run has been played with itself or with another run of its method.",
                .. summary.Learning.Where(method => method.FinalReturn is not null).Select(method =>
                    $"{names.Of(method.Method)} ended its training with a return of {Numbers.Short(method.FinalReturn)}."),
            ];
        }

        var amounts = new Amounts(layout);
        var sentences = ImmutableArray.CreateBuilder<string>();
        var ranked = Ranked(layout);
        MethodSummary[] earning = [.. ranked.Where(method => !amounts.IsNothing(method))];
        if (earning.Length > 0)
        {
            sentences.Add(Means(layout, earning, amounts, names));
            // One that earns nothing is ahead of one that loses, or behind: the order of all is what the interval is about.
            if (layout.Lead is { } lead) sentences.Add(Order(lead, amounts, summary.Bootstrap, names));
            if (Few(ranked) is { } few) sentences.Add(few);
        }
        else if (ranked.Length == 0 && layout.Methods.Where(method => method.SelfPlay.Mean is not null && !amounts.IsNothing(method)).ToArray() is { Length: > 0 } alone)
        {
            sentences.Add($"On {DisplayNames.LayoutInSentence(layout.Layout)}, the mean return in self-play is " +
                Join(alone.Select(method => $"{amounts.Show(method.SelfPlay.Mean)} for {names.Of(method.Method)}")) +
                "; no two different runs of a method have been played with each other, hence there is no cross-play mean.");
        }

        sentences.AddRange(layout.Methods.Where(amounts.IsNothing).Select(method => Nothing(method, amounts, layout, summary.Info)));
        sentences.AddRange(layout.Methods.Where(method => !amounts.IsNothing(method)).Select(method => Training(summary, method, names)).OfType<string>());
        sentences.AddRange(earning.Select(method => Robustness(method, amounts, names)).OfType<string>());
        MethodSummary[] apart = [.. earning.Where(method => method.Runs >= LeastRuns && method.Gap is { } gap && !IsZero(amounts.Show(gap)))];
        if (apart.Length > 0)
            sentences.Add("The gap between self-play and cross-play is " + Join(apart.Select(method => $"{amounts.Show(method.Gap)} for {names.Of(method.Method)}")) + ".");
        if (earning.Length > 0)
        {
            sentences.Add("The worst pair of different runs earns " + Join(earning.Select(method =>
                $"{amounts.Show(method.CrossPlay.Min)} with {names.Of(method.Method)}{(method.CrossPlay.Worst is { } worst ? $" ({worst}, {OfPairs(layout.Pairs(method))})" : "")}")) + ".");
        }

        sentences.AddRange(summary.Shifts.Where(shift => shift.Layout == layout.Layout).Select(shift => Shift(shift, amounts, names)).OfType<string>());
        sentences.AddRange(layout.Methods.Select(method => FreeRiding(method, amounts, names)).OfType<string>());
        sentences.AddRange(OtherLayouts(summary, layout, names));
        return sentences.ToImmutable();
    }

    /// <summary>What a method gives away, or gains, in self-play against the baseline, and whether that is more than chance.</summary>
    /// <param name="method">The method.</param>
    /// <param name="names">What the populations are called.</param>
    /// <returns>Null for the baseline, and where there is none.</returns>
    public static string? Cost(MethodShift method, PopulationNames names)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(names);
        if (method.Cost is not { } cost) return null;
        var (name, baseline) = (names.Of(method.Method), names.Of(cost.Baseline));
        if (IsZero(Numbers.Short(cost.Mean))) return $"In the training environment {name} and {baseline} earn the same in self-play.";
        var start = $"In the training environment {name} earns {Numbers.Short(Math.Abs(cost.Mean))} {(cost.Mean >= 0 ? "less" : "more")} in self-play than {baseline}";
        return cost.Interval is not { } ends ? $"{start}; there are too few runs for an interval, so this is not decisive."
            : $"{start}, {baseline} minus {name} {Numbers.Range(ends)}{(ends.Contains(0) ? ", which holds 0 and is not decisive" : "")}.";
    }

    private static string Means(LayoutSummary layout, MethodSummary[] earning, Amounts amounts, PopulationNames names)
    {
        var best = earning[0];
        var first = amounts.Show(best.CrossPlay.Mean);
        var where = $"On {DisplayNames.LayoutInSentence(layout.Layout)}, ";
        if (earning.Length == 1) return $"{where}{names.Of(best.Method)}'s mean return with a partner from another run is {first}.";

        // The same number is not held against itself.
        MethodSummary[] same = [.. earning.Where(method => amounts.Show(method.CrossPlay.Mean) == first)];
        var start = same.Length == 1 ? $"{names.Of(best.Method)}'s mean return with a partner from another run is {first}"
            : $"the mean return with a partner from another run is {first} for {Join(same.Select(method => names.Of(method.Method)))} alike";
        return same.Length == earning.Length ? $"{where}{start}."
            : $"{where}{start}, against {Join(earning.Except(same).Select(method => $"{names.Of(method.Method)}'s {amounts.Show(method.CrossPlay.Mean)}"))}.";
    }

    /// <summary>Whether the best two differ beyond chance.</summary>
    private static string Order(Lead lead, Amounts amounts, BootstrapOptions bootstrap, PopulationNames names)
    {
        var who = $"{names.Of(lead.First)} and {names.Of(lead.Second)}";
        if (lead.Interval is not { } interval) return $"The order of {who} is not decisive: {Numbers.Integer(lead.Runs)} {(lead.Runs == 1 ? "run is" : "runs are")} too few for an interval of the difference.";
        var ends = $"[{amounts.Show(interval.Low)}, {amounts.Show(interval.High)}]";
        return lead.IsDecisive
            ? $"The difference between {who} is decisive: its {Numbers.Percent(bootstrap.Level)} interval, {ends}, does not hold 0."
            : $"The order of {who} is not decisive: the {Numbers.Percent(bootstrap.Level)} interval of the difference, {ends}, holds 0.";
    }

    /// <summary>One run is no matter of intervals, and ten are what intervals are trusted from.</summary>
    private static string? Few(MethodSummary[] ranked)
    {
        int least = ranked.Min(method => method.Runs), most = ranked.Max(method => method.Runs);
        if (least is < 2 or >= Lead.EnoughRuns) return null;
        return $"There are few runs, {(least == most ? "" : "from ")}{Numbers.Integer(least)}{(least == most ? "" : $" to {Numbers.Integer(most)}")} of a method; intervals of fewer than {Numbers.Integer(Lead.EnoughRuns)} are rough.";
    }

    private static string Nothing(MethodSummary method, Amounts amounts, LayoutSummary layout, RunInfo info)
    {
        var (nought, untrained) = (amounts.Show(0), info.Untrained.Contains(method.Method));
        var start = $"{info.Names.Of(method.Method)} {(untrained ? "earns nothing" : "did not learn to earn anything")} on {DisplayNames.LayoutInSentence(layout.Layout)}";
        if (method.SelfPlay.Mean is { } self && !IsZero(amounts.Show(self)))
            return $"{start}: nothing is paid in self-play, and what it costs leaves a return of {amounts.Show(self)}.";
        var own = untrained ? "with itself" : "with the partner it trained with";
        var with = method.CrossPlay.Mean is null ? own : method.SelfPlay.Mean is null ? "with strangers" : $"{own} and with strangers";
        return $"{start}: its mean return is {nought}, {with}.";
    }

    /// <summary>A return that training has not raised.</summary>
    private static string? Training(RunSummary summary, MethodSummary method, PopulationNames names)
    {
        if (summary.Learning.FirstOrDefault(each => each.Method == method.Method) is not { FirstReturn: { } first, FinalReturn: { } final } || final > first) return null;
        var (before, after) = (Numbers.Short(first), Numbers.Short(final));
        return before == after ? null : $"{names.Of(method.Method)}'s return did not rise in training: {after} at its end, {before} before it.";
    }

    private static string? Robustness(MethodSummary method, Amounts amounts, PopulationNames names)
    {
        if (method.Runs < LeastRuns || method.SelfPlay.Mean is not { } self || method.CrossPlay.Mean is not { } cross) return null;
        var (from, to) = (amounts.Show(self), amounts.Show(cross));
        if (from == to) return IsZero(to) ? null : $"{names.Of(method.Method)} earns the same with strangers as with the partner it trained with, {to}.";
        if (Math.Abs(cross - self) <= Negligible * Math.Max(Math.Abs(self), Math.Abs(cross)))
            return $"{names.Of(method.Method)} earns about the same with strangers as with the partner it trained with ({to} against {from}).";
        if (cross > self) return $"{names.Of(method.Method)} earns more with strangers than with the partner it trained with ({to} against {from}).";
        var start = $"{names.Of(method.Method)} earns {from} with the partner it trained with";
        return self > 0 && cross >= 0
            ? $"{start} and loses {Numbers.Percent((self - cross) / self)} of it with strangers."
            : $"{start}, but {to} with strangers.";
    }

    /// <summary>How many pairs of different runs there are to be the worst of.</summary>
    private static string OfPairs(int pairs) => pairs == 1 ? "the only pair" : $"of {Numbers.Integer(pairs)} pairs";

    /// <summary>Different runs against opponents that none of them has seen.</summary>
    private static string? Shift(ShiftSummary shift, Amounts amounts, PopulationNames names)
    {
        var methods = shift.Methods.Where(method => method.Both.Mean is not null).OrderByDescending(method => method.Both.Mean).ToArray();
        return methods.Length == 0 ? null : "With strangers and against opponents that were not seen in training, the mean return is " + Join(methods.Select(method =>
            $"{amounts.Show(method.Both.Mean)} (worst {amounts.Show(method.Both.Min)}) for {names.Of(method.Method)}")) + ".";
    }

    /// <summary>Costs are work only where something comes of them: nothing is shared, or ridden on, by a team that earns nothing or loses.</summary>
    private static string? FreeRiding(MethodSummary method, Amounts amounts, PopulationNames names)
    {
        if (method.PrivateCost is not { } cost || method.FreeRiding is not { } gap || !(cost.Total > 0)) return null;
        if (!(method.SelfPlay.Mean > 0) || IsZero(amounts.Show(method.SelfPlay.Mean)) || IsZero(Numbers.Short(cost.Total))) return null;
        var name = names.Of(method.Method);
        var share = gap / cost.Total;
        if (share >= FreeRidingShare)
            return $"{name} free-rides: in self-play one seat pays on average {Numbers.Short((cost.Total + gap) / 2)} of the {Numbers.Short(cost.Total)} that both pay.";
        return share <= SharedShare
            ? $"{name} shares the work: in self-play the seats' costs differ by {Numbers.Short(gap)} of {Numbers.Short(cost.Total)}."
            : $"{name} shares the work unevenly: in self-play the seats' costs differ by {Numbers.Short(gap)} of {Numbers.Short(cost.Total)}.";
    }

    /// <summary>Who leads elsewhere, as far as that is more than chance.</summary>
    private static IEnumerable<string> OtherLayouts(RunSummary summary, LayoutSummary main, PopulationNames names)
    {
        LayoutSummary[] contests = [.. summary.Layouts.Where(layout => layout.Layout != main.Layout && layout.Lead is not null)];
        if (contests.Length == 0) yield break;
        var best = main.Lead is { IsDecisive: true } lead ? lead.First : null;
        LayoutSummary[] decided = [.. contests.Where(layout => layout.Lead!.IsDecisive)];
        LayoutSummary[] won = [.. decided.Where(layout => layout.Lead!.First == best)];
        LayoutSummary[] lost = [.. decided.Except(won)];
        if (won.Length == 1) yield return $"{names.Of(best!)} also leads on {DisplayNames.LayoutInSentence(won[0].Layout)}.";
        else if (won.Length == contests.Length) yield return $"{names.Of(best!)} also leads on all {won.Length} other layouts.";
        else if (won.Length > 1) yield return $"{names.Of(best!)} also leads on {won.Length} of {contests.Length} other layouts.";
        if (lost.Length > 0)
        {
            yield return (best is null ? "Elsewhere " : "Elsewhere the order changes: ") + Join(lost.GroupBy(layout => layout.Lead!.First).Select(group =>
                $"{names.Of(group.Key)} leads on {Join(group.Select(layout =>
                {
                    var amounts = new Amounts(layout);
                    return $"{DisplayNames.LayoutInSentence(layout.Layout)} ({amounts.Show(layout.Method(layout.Lead!.First)?.CrossPlay.Mean)} against {amounts.Show(layout.Method(layout.Lead.Second)?.CrossPlay.Mean)})";
                }))}")) + ".";
        }

        var open = contests.Length - decided.Length;
        if (open > 0) yield return open == 1 && contests.Length == 1 ? $"On {DisplayNames.LayoutInSentence(contests[0].Layout)} the order is not decisive." : $"On {open} of {contests.Length} other layouts the order is not decisive.";
    }

    /// <summary>The methods with cross-play, highest mean first.</summary>
    private static MethodSummary[] Ranked(LayoutSummary layout) => [.. layout.Methods
        .Where(method => method.CrossPlay.Mean is not null)
        .OrderByDescending(method => method.CrossPlay.Mean)];

    private static string Join(IEnumerable<string> parts)
    {
        var list = parts.ToArray();
        return list.Length < 2 ? string.Concat(list) : string.Join(", ", list[..^1]) + " and " + list[^1];
    }

    private static ImmutableArray<string> Equilibria(ImmutableArray<EquilibriumSummary> populations, PopulationNames names)
    {
        var farthest = populations.MaxBy(population => population.LargestDistance)!;
        var teams = Numbers.Integer(populations.Sum(population => population.Runs));
        var distance = Numbers.Fixed(farthest.LargestDistance, 3);
        var near = farthest.LargestDistance <= FarFromEquilibrium
            ? $"In the learned strategies of {teams} teams no probability differs by more than {distance} from that of the nearest equilibrium of the theory; the largest difference is {names.Of(farthest.Method)}'s."
            : $"Not all of the learned strategies of {teams} teams are near an equilibrium of the theory: a probability of {names.Of(farthest.Method)} differs by {distance} from that of the nearest.";
        var (first, last) = (populations.MinBy(population => population.Tau)!, populations.MaxBy(population => population.Tau)!);
        if (populations.All(population => IsZero(Numbers.Short(population.FreeRiding)) && IsZero(Numbers.Short(population.EquilibriumFreeRiding))))
            return [near, "There is no free-riding, neither learned nor at the equilibria."];
        if (first.Tau == last.Tau) return [near, $"Free-riding is {Numbers.Short(first.FreeRiding)}, at the equilibria {Numbers.Short(first.EquilibriumFreeRiding)}."];
        return [near, $"Free-riding is {At(first)} and {At(last)}."];

        static string At(EquilibriumSummary population) => string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{Numbers.Short(population.FreeRiding)} with tau {population.Tau:0.####} (at the equilibria {Numbers.Short(population.EquilibriumFreeRiding)})");
    }

    private static bool IsZero(string shown) => Amounts.IsZero(shown);
}
