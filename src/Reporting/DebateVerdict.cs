using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Core.Statistics;
using Srpo.Reporting.Text;

namespace Srpo.Reporting;

/// <summary>What the numbers of debates say, in plain words. Every sentence has a condition under which it is true; docs/report.md lists them.</summary>
internal static class DebateVerdict
{
    /// <summary>The sentences, most important first.</summary>
    public static ImmutableArray<string> Sentences(RunSummary summary)
    {
        var names = summary.Info.Names;
        var sentences = ImmutableArray.CreateBuilder<string>();
        if (Main(summary) is { } results)
        {
            sentences.AddRange(OfTable(results.Joint, results.Level, "two debaters with different models, trained apart by the same method, are both right at the end", " & ", "pairs of models", names));
            sentences.AddRange(OfTable(results.WithStranger, results.Level, "with an untrained partner of another family, a debater is right at the end", " with ", "models", names));
            if (Few(summary) is { } few) sentences.Add(few);
            sentences.AddRange(results.Diagnostics.Where(block => block.Partner == DebateDiagnostics.AnotherModel || block.IsStranger).GroupBy(block => (block.Partner, block.IsStranger))
                .Select(group => Coordination(group.Key.IsStranger ? $"the untrained {group.Key.Partner}" : group.Key.Partner, [.. group], names)));
            sentences.AddRange(Votes(results, names));
        }
        else
        {
            sentences.Add("No two runs with different models have debated, nor any with an untrained partner of another family.");
        }

        if (Learning([.. summary.DebateLearning.Where(learning => learning.Population.IsTrained && !learning.First.IsEmpty && !learning.Last.IsEmpty)], names) is { } learned) sentences.Add(learned);
        return sentences.ToImmutable();
    }

    /// <summary>The debates that verdict and key numbers are about: those of the main layout, or else the first; null where there are no tables.</summary>
    public static DebateResults? Main(RunSummary summary) =>
        summary.Debates.Where(results => !results.Joint.Cells.IsEmpty || !results.WithStranger.Cells.IsEmpty)
            .OrderBy(results => results.Layout == Verdict.MainLayout(summary)?.Layout ? 0 : 1).FirstOrDefault();

    /// <summary>One cell per method that stands for its row: the mean over all models, or the only cell there is.</summary>
    public static ImmutableArray<DebateCell> Whole(DebateBatch table) =>
        !table.Means.IsEmpty ? table.Means : table.Cells.Select(cell => (cell.Model0, cell.Model1)).Distinct().Count() == 1 ? table.Cells : [];

    private static IEnumerable<string> OfTable(DebateBatch table, double level, string what, string between, string columns, PopulationNames names)
    {
        var whole = Whole(table).OrderByDescending(cell => cell.Accuracy.Strict).ToArray();
        if (whole.Length == 0) yield break;
        var over = table.Means.IsEmpty ? $" ({whole[0].Model0}{between}{whole[0].Model1})" : $", in the mean over all {columns}";
        yield return $"{char.ToUpperInvariant(what[0])}{what[1..]}{over}: {Join(whole.Select(cell => $"{Percent(cell.Accuracy.Strict)} {(cell == whole[0] ? "of the questions " : "")}with {names.Of(cell.Method)}"))}.";
        foreach (var one in table.Differences.Where(one => one.Model0 == whole[0].Model0 && one.Model1 == whole[0].Model1)) yield return Order(one, level, names);
        foreach (var method in table.Means.IsEmpty ? [] : table.Differences.Where(one => one.Model0 != DebateBatch.AllModels).GroupBy(one => one.Method))
        {
            var all = method.ToArray();
            int above = all.Count(one => one.Accuracy.Strict > 0), beyond = all.Count(one => one.Accuracy.StrictInterval is { Low: > 0 }), below = all.Count(one => one.Accuracy.StrictInterval is { High: < 0 });
            yield return $"{names.Of(method.Key)} is above {names.Of(all[0].Baseline)} in {Numbers.Integer(above)} of {Numbers.Integer(all.Length)} {columns}, beyond chance in {Numbers.Integer(beyond)}" +
                $"{(below > 0 ? $", and beyond chance below it in {Numbers.Integer(below)}" : "")}.";
        }
    }

    private static string Order(DebateDifference one, double level, PopulationNames names)
    {
        var who = $"{names.Of(one.Method)} and {names.Of(one.Baseline)}";
        var (first, last) = one.Accuracy.Strict >= 0 ? (one.Method, one.Baseline) : (one.Baseline, one.Method);
        if (one.Accuracy.StrictInterval is not { } ends) return $"The order of {who} is not decisive: there are too few runs and questions for an interval of the difference.";
        var range = $"[{Percent(ends.Low)}, {Percent(ends.High)}]";
        return ends.Contains(0)
            ? $"The order of {who} is not decisive: the {Numbers.Percent(level)} interval of {names.Of(one.Method)} minus {names.Of(one.Baseline)}, {range}, holds 0."
            : $"{names.Of(first)} is ahead of {names.Of(last)} beyond chance: the {Numbers.Percent(level)} interval of {names.Of(one.Method)} minus {names.Of(one.Baseline)} is {range}.";
    }

    private static string? Few(RunSummary summary)
    {
        var trained = summary.Debaters.Where(population => population.IsTrained).Select(population => population.Label).ToHashSet(StringComparer.Ordinal);
        int[] runs = [.. summary.Layouts.SelectMany(layout => layout.Methods).Where(method => trained.Contains(method.Method)).Select(method => method.Runs)];
        if (runs.Length == 0 || runs.Min() >= Lead.EnoughRuns) return null;
        return runs.Min() == 1
            ? "There is one run of a population: intervals speak of the questions only, and what training makes of other seeds is not known."
            : $"There are few runs, {Numbers.Integer(runs.Min())} of a population; intervals of fewer than {Numbers.Integer(Lead.EnoughRuns)} are rough.";
    }

    private static string Coordination(string partner, DebateDiagnostics[] blocks, PopulationNames names) =>
        $"With {partner}, a debater is right before the debate and after it in " +
        Join(blocks.Select(block => $"{Percent(block.Rounds[0].Accuracy.Strict)} and {Percent(block.Rounds[^1].Accuracy.Strict)} ({names.Of(block.Method)})")) + ".";

    /// <summary>Whether a debate is worth its tokens: beside the best vote of independent answers, mean over pairs.</summary>
    private static IEnumerable<string> Votes(DebateResults results, PopulationNames names)
    {
        foreach (var method in results.Baselines.Where(baseline => results.Joint.Cells.Any(cell => cell.Method == baseline.Method && cell.Model0 == baseline.Model0 && cell.Model1 == baseline.Model1)).GroupBy(baseline => baseline.Method))
        {
            // The last vote is that of both models.
            var votes = method.Where(baseline => !baseline.Votes.IsEmpty).Select(baseline => (baseline.Debater, Vote: baseline.Votes[^1])).ToArray();
            if (votes.Length == 0) continue;
            var (debate, vote) = (Descriptive.Mean([.. votes.Select(pair => pair.Debater.Strict)]), Descriptive.Mean([.. votes.Select(pair => pair.Vote.Accuracy.Strict)]));
            int ahead = votes.Count(pair => pair.Vote.DebaterAhead.StrictInterval is { Low: > 0 }), behind = votes.Count(pair => pair.Vote.DebaterAhead.StrictInterval is { High: < 0 });
            yield return $"A debater of {names.Of(method.Key)} is right in {Percent(debate)} after a debate with another model, the majority of independent answers of both at equal tokens in {Percent(vote)}; " +
                $"the debate is ahead beyond chance in {Numbers.Integer(ahead)} of {Numbers.Integer(votes.Length)} pairs of models, the vote in {Numbers.Integer(behind)}.";
        }
    }

    private static string? Learning(DebateLearning[] populations, PopulationNames names) => populations.Length == 0 ? null :
        "Before training and after it, a debater is right at the end of debates with itself about validation questions in " +
        Join(populations.Select(learning => $"{Percent(learning.First[^1].Accuracy)} and {Percent(learning.Last[^1].Accuracy)} ({names.Of(learning.Population.Label)})")) + ".";

    private static string Percent(double share) => Numbers.Fixed(100 * share, 1) + " %";

    private static string Join(IEnumerable<string> parts)
    {
        var list = parts.ToArray();
        return list.Length < 2 ? string.Concat(list) : string.Join(", ", list[..^1]) + " and " + list[^1];
    }
}
