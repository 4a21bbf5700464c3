using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Core.Statistics;
using Srpo.Reporting.Text;

namespace Srpo.Reporting;

/// <summary>What a report says first: one sentence of the comparison that the experiment is about, and one small table.</summary>
public static class Headline
{
    /// <summary>What stands at the name of a method that earned nothing.</summary>
    public const string DidNotLearn = "did not learn";

    /// <summary>The same of one that was not trained.</summary>
    public const string EarnsNothing = "earns nothing";

    /// <summary>The comparison in one sentence.</summary>
    /// <param name="summary">The numbers.</param>
    public static string Sentence(RunSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        if (summary.AreDebates || !summary.Equilibria.IsEmpty || Verdict.MainLayout(summary) is not { } layout) return Verdict.Sentences(summary)[0];
        var amounts = new Amounts(layout);
        MethodSummary[] methods = [.. Methods(summary, layout).Where(method => method.CrossPlay.Mean is not null)];
        if (methods.Length == 0) return Verdict.Sentences(summary)[0];
        var names = summary.Info.Names;
        var where = layout.Layout == "training" && summary.Layouts.Length == 1 ? "" : $" on {DisplayNames.LayoutInSentence(layout.Layout)}";
        MethodSummary[] earning = [.. methods.Where(method => !amounts.IsNothing(method)).OrderByDescending(method => method.CrossPlay.Mean)];
        MethodSummary[] nothing = [.. methods.Except(earning)];
        if (earning.Length == 0) return $"{Join(nothing.Select(method => names.Of(method.Method)))} {(nothing.Any(method => summary.Info.Untrained.Contains(method.Method)) ? "earned nothing" : "did not learn to earn anything")}{where}.";
        var sentence = $"With a partner from another run{where}, {Join(earning.Select(method => $"{names.Of(method.Method)} earns {amounts.Show(method.CrossPlay.Mean)}"))}";
        if (layout.Headline is { } lead && earning.Any(method => method.Method == lead.First) && earning.Any(method => method.Method == lead.Second)) sentence += Certainty(lead, amounts, summary.Bootstrap, earning.Length > 2 ? names : null);
        foreach (var alike in nothing.GroupBy(method => OfNothing(summary, method))) sentence += $"; {Join(alike.Select(method => names.Of(method.Method)))} {alike.Key}";
        return sentence + ".";
    }

    /// <summary>A row per method of the main layout, best first: self-play, cross-play with its interval, the worst pair, free-riding where costs are paid; empty without.</summary>
    /// <param name="summary">The numbers.</param>
    public static SummaryTable Table(RunSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        var layout = Verdict.MainLayout(summary);
        var columns = ImmutableArray.Create<TableColumn>(
            new("Method", false), new("Runs"), new("Self-play"), new("Cross-play"), new($"{Numbers.Percent(summary.Bootstrap.Level)} interval"), new("Worst pair"), new("Free-riding"));
        if (layout is null || summary.AreDebates) return new("Comparison", columns, []);
        var amounts = new Amounts(layout);
        var rows = layout.Methods
            .Where(method => method.SelfPlay.Mean is not null || method.CrossPlay.Mean is not null)
            .OrderByDescending(method => method.CrossPlay.Mean ?? double.NegativeInfinity)
            .Select(method => ImmutableArray.Create(
                summary.Info.Names.Of(method.Method) + (amounts.IsNothing(method) ? $", {OfNothing(summary, method)}" : ""),
                Numbers.Integer(method.Runs), amounts.Show(method.SelfPlay.Mean), amounts.Show(method.CrossPlay.Mean), Range(method.CrossPlay.MeanInterval, amounts), amounts.Show(method.CrossPlay.Min), amounts.Show(method.FreeRiding)));
        var table = new SummaryTable("Comparison", columns, [.. rows]);
        return SummaryTables.WithoutEmpty(summary.HasCosts ? table : SummaryTables.Without(table, "Free-riding"));
    }

    /// <summary>What is said of a method that earns nothing.</summary>
    private static string OfNothing(RunSummary summary, MethodSummary method) => summary.Info.Untrained.Contains(method.Method) ? EarnsNothing : DidNotLearn;

    /// <summary>The methods of the headline, as far as a layout has them.</summary>
    internal static IEnumerable<MethodSummary> Methods(RunSummary summary, LayoutSummary layout) => summary.Headline.Select(layout.Method).OfType<MethodSummary>();

    /// <summary>The methods of the headline: those that the experiment names; else what it is about and its baseline; else, where there are few, all.</summary>
    internal static ImmutableArray<string> Choose(RunInfo info, IReadOnlyCollection<string> methods)
    {
        const int few = 3;
        string[] named = [.. info.Headline.Where(methods.Contains)];
        if (named.Length > 0) return [.. named];
        string[] roles = [.. new[] { PopulationRole.Subject, PopulationRole.Baseline }.Select(role => methods.FirstOrDefault(method => info.Names.Role(method) == role)).OfType<string>()];
        return roles.Length == 2 ? [.. roles] : [.. methods.Take(few)];
    }

    private static string Certainty(Lead lead, Amounts amounts, BootstrapOptions bootstrap, PopulationNames? names)
    {
        var what = names is null ? "the difference" : $"the difference between {names.Of(lead.First)} and {names.Of(lead.Second)}";
        if (lead.Interval is not { } interval) return $"; {Numbers.Integer(lead.Runs)} {(lead.Runs == 1 ? "run is" : "runs are")} too few to tell whether that is chance";
        var ends = $"{Numbers.Percent(bootstrap.Level)} interval {Range(interval, amounts)}";
        return lead.IsDecisive ? $"; {what} is more than chance, {ends}" : $"; {what} may be chance, {ends}";
    }

    private static string Range(Interval? interval, Amounts amounts) => interval is { } ends ? $"[{amounts.Show(ends.Low)}, {amounts.Show(ends.High)}]" : Numbers.None;

    private static string Join(IEnumerable<string> parts)
    {
        var list = parts.ToArray();
        return list.Length < 2 ? string.Concat(list) : string.Join(", ", list[..^1]) + " and " + list[^1];
    }
}
