using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Core.Statistics;
using Srpo.Reporting.Text;

namespace Srpo.Reporting;

/// <summary>What the numbers say, in plain words. Every sentence is derived from the summary; none is assumed.</summary>
public static class Verdict
{
    /// <summary>A change of the return by less than this share of its size counts as "about the same".</summary>
    private const double Negligible = 0.05;

    /// <summary>From this share of both seats' costs on, their difference is called free-riding.</summary>
    private const double FreeRidingShare = 0.5;

    /// <summary>Up to this share, the costs are called shared.</summary>
    private const double SharedShare = 0.2;

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
        // Where strategies can be held against the theory, that is what the experiment is about; the returns are in the tables.
        if (!summary.Equilibria.IsEmpty) return Equilibria(summary.Equilibria, summary.Info.Names);
        var names = summary.Info.Names;
        var sentences = ImmutableArray.CreateBuilder<string>();
        if (MainLayout(summary) is not { } layout || layout.Methods.All(method => method.SelfPlay.Cells + method.CrossPlay.Cells == 0))
        {
            sentences.Add("No run has been played with itself or with another run of its method.");
            sentences.AddRange(summary.Learning.Where(method => method.FinalReturn is not null).Select(method =>
                $"{names.Of(method.Method)} ended its training with a return of {Numbers.Short(method.FinalReturn)}."));
            return sentences.ToImmutable();
        }

        var ranked = Ranked(layout);
        if (ranked.Length > 0)
        {
            sentences.Add(Means(layout, ranked, names));
            if (ranked.Length > 1) sentences.Add(Intervals(ranked, summary.Bootstrap, names));
            sentences.AddRange(ranked.Select(method => Robustness(method, names)).OfType<string>());
            var gaps = ranked.Where(method => method.Gap is not null).ToArray();
            if (gaps.Length > 0)
                sentences.Add("The gap between self-play and cross-play is " + Join(gaps.Select(method => $"{Numbers.Short(method.Gap)} for {names.Of(method.Method)}")) + ".");
            sentences.Add("The worst pair of different runs earns " + Join(ranked.Select(method =>
                $"{Numbers.Short(method.CrossPlay.Min)} with {names.Of(method.Method)}{(method.CrossPlay.Worst is { } worst ? $" ({worst})" : "")}")) + ".");
        }
        else
        {
            sentences.Add($"On {DisplayNames.LayoutInSentence(layout.Layout)}, the mean return in self-play is " + Join(layout.Methods
                .Where(method => method.SelfPlay.Mean is not null)
                .Select(method => $"{Numbers.Short(method.SelfPlay.Mean)} for {names.Of(method.Method)}")) +
                "; no two different runs of a method have been played with each other, hence there is no cross-play mean.");
        }

        sentences.AddRange(summary.Shifts.Where(shift => shift.Layout == layout.Layout).Select(shift => Shift(shift, names)).OfType<string>());
        sentences.AddRange(layout.Methods.Select(method => FreeRiding(method, names)).OfType<string>());
        if (Leader(ranked) is { } leader) sentences.AddRange(OtherLayouts(summary, layout, leader, names));
        return sentences.ToImmutable();
    }

    private static string Means(LayoutSummary layout, MethodSummary[] ranked, PopulationNames names)
    {
        var best = ranked[0];
        var start = $"On {DisplayNames.LayoutInSentence(layout.Layout)}, {names.Of(best.Method)}'s mean return with a partner from another run is {Numbers.Short(best.CrossPlay.Mean)}";
        return ranked.Length == 1
            ? start + "."
            : start + ", against " + Join(ranked.Skip(1).Select(method => $"{names.Of(method.Method)}'s {Numbers.Short(method.CrossPlay.Mean)}")) + ".";
    }

    /// <summary>Whether the best two differ beyond the spread of the seeds.</summary>
    private static string Intervals(MethodSummary[] ranked, BootstrapOptions bootstrap, PopulationNames names)
    {
        var (first, second) = (ranked[0], ranked[1]);
        if (first.CrossPlay.MeanInterval is not { } upper || second.CrossPlay.MeanInterval is not { } lower)
            return "There are too few runs for an interval, so chance is not ruled out.";

        var intervals = $"the {Numbers.Percent(bootstrap.Level)} intervals, {Numbers.Range(upper)} and {Numbers.Range(lower)}";
        var difference = ranked.Length == 2 ? "The difference" : $"The difference between {names.Of(first.Method)} and {names.Of(second.Method)}";
        return upper.Overlaps(lower)
            ? $"These seeds do not settle the order of {names.Of(first.Method)} and {names.Of(second.Method)}: {intervals}, overlap."
            : $"{difference} is beyond the spread of the seeds: {intervals}, do not overlap.";
    }

    private static string? Robustness(MethodSummary method, PopulationNames names)
    {
        if (method.SelfPlay.Mean is not { } self || method.CrossPlay.Mean is not { } cross) return null;
        var (from, to) = (Numbers.Short(self), Numbers.Short(cross));
        if (Math.Abs(cross - self) <= Negligible * Math.Max(Math.Abs(self), Math.Abs(cross)))
            return $"{names.Of(method.Method)} does about as well with strangers as with the partner it trained with ({to} against {from}).";
        if (cross > self) return $"{names.Of(method.Method)} does better with strangers than with the partner it trained with ({to} against {from}).";
        var start = $"{names.Of(method.Method)} earns {from} with the partner it trained with";
        return self > 0 && cross >= 0
            ? $"{start} and loses {Numbers.Percent((self - cross) / self)} of it with strangers."
            : $"{start}, but {to} with strangers.";
    }

    /// <summary>Different runs against opponents that none of them has seen.</summary>
    private static string? Shift(ShiftSummary shift, PopulationNames names)
    {
        var methods = shift.Methods.Where(method => method.Both.Mean is not null).OrderByDescending(method => method.Both.Mean).ToArray();
        return methods.Length == 0 ? null : "With strangers and against opponents that were not seen in training, the mean return is " + Join(methods.Select(method =>
            $"{Numbers.Short(method.Both.Mean)} (worst {Numbers.Short(method.Both.Min)}) for {names.Of(method.Method)}")) + ".";
    }

    private static string? FreeRiding(MethodSummary method, PopulationNames names)
    {
        if (method.PrivateCost is not { } cost || method.FreeRiding is not { } gap || !(cost.Total > 0)) return null;
        var name = names.Of(method.Method);
        var share = gap / cost.Total;
        if (share >= FreeRidingShare)
        {
            return $"{name} free-rides: in self-play one seat pays on average {Numbers.Short((cost.Total + gap) / 2)} of the {Numbers.Short(cost.Total)} that both pay.";
        }

        return share <= SharedShare
            ? $"{name} shares the work: in self-play the seats' costs differ by {Numbers.Short(gap)} of {Numbers.Short(cost.Total)}."
            : $"{name} shares the work unevenly: in self-play the seats' costs differ by {Numbers.Short(gap)} of {Numbers.Short(cost.Total)}.";
    }

    private static IEnumerable<string> OtherLayouts(RunSummary summary, LayoutSummary main, string best, PopulationNames names)
    {
        var contests = summary.Layouts
            .Where(layout => layout.Layout != main.Layout)
            .Select(layout => (layout.Layout, Ranked: Ranked(layout)))
            .Where(contest => contest.Ranked.Length > 1)
            .ToArray();
        if (contests.Length == 0) yield break;
        var won = contests.Where(contest => Leader(contest.Ranked) == best).ToArray();
        var lost = contests.Where(contest => Leader(contest.Ranked) is { } leader && leader != best).ToArray();
        if (won.Length == 1) yield return $"{names.Of(best)} also leads on {DisplayNames.LayoutInSentence(won[0].Layout)}.";
        else if (won.Length == contests.Length) yield return $"{names.Of(best)} also leads on all {won.Length} other layouts.";
        else if (won.Length > 1) yield return $"{names.Of(best)} also leads on {won.Length} of {contests.Length} other layouts.";
        if (lost.Length > 0)
        {
            yield return "Elsewhere the order changes: " + Join(lost.Select(contest =>
                $"{names.Of(contest.Ranked[0].Method)} leads on {DisplayNames.LayoutInSentence(contest.Layout)} " +
                $"({Numbers.Short(contest.Ranked[0].CrossPlay.Mean)} against {Numbers.Short(contest.Ranked[1].CrossPlay.Mean)})")) + ".";
        }
    }

    /// <summary>The methods with cross-play, highest mean first.</summary>
    private static MethodSummary[] Ranked(LayoutSummary layout) => [.. layout.Methods
        .Where(method => method.CrossPlay.Mean is not null)
        .OrderByDescending(method => method.CrossPlay.Mean)];

    /// <summary>The method whose mean is above all others; null with fewer than two methods or a tie.</summary>
    private static string? Leader(MethodSummary[] ranked) =>
        ranked.Length > 1 && ranked[0].CrossPlay.Mean > ranked[1].CrossPlay.Mean ? ranked[0].Method : null;

    private static string Join(IEnumerable<string> parts)
    {
        var list = parts.ToArray();
        return list.Length < 2 ? string.Concat(list) : string.Join(", ", list[..^1]) + " and " + list[^1];
    }

    private static ImmutableArray<string> Equilibria(ImmutableArray<EquilibriumSummary> populations, PopulationNames names)
    {
        var farthest = populations.MaxBy(population => population.LargestDistance)!;
        var near = $"In the learned strategies of {Numbers.Integer(populations.Sum(population => population.Runs))} teams no probability differs by more than " +
            $"{Numbers.Fixed(farthest.LargestDistance, 3)} from that of the nearest equilibrium of the theory; the largest difference is {names.Of(farthest.Method)}'s.";
        var (first, last) = (populations.MinBy(population => population.Tau)!, populations.MaxBy(population => population.Tau)!);
        if (first.Tau == last.Tau) return [near, $"Free-riding is {Numbers.Short(first.FreeRiding)}, at the equilibria {Numbers.Short(first.EquilibriumFreeRiding)}."];
        return
        [
            near,
            $"Free-riding is {At(first)} and {At(last)}.",
        ];

        static string At(EquilibriumSummary population) => string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{Numbers.Short(population.FreeRiding)} with tau {population.Tau:0.####} (at the equilibria {Numbers.Short(population.EquilibriumFreeRiding)})");
    }
}
