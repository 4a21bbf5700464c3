using System.Collections.Immutable;
using System.Globalization;
using Srpo.Core.Results;
using Srpo.Reporting.Text;

namespace Srpo.Reporting;

/// <summary>The summary as tables, for pages and consoles.</summary>
public static class SummaryTables
{
    /// <summary>A row per layout and method: self-play, cross-play, free-riding, private costs.</summary>
    public static SummaryTable Methods(RunSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        var rows =
            from layout in summary.Layouts
            from method in layout.Methods
            let self = method.SelfPlay
            let cross = method.CrossPlay
            select ImmutableArray.Create(
                DisplayNames.Layout(layout.Layout), summary.Info.Names.Of(method.Method), Numbers.Integer(method.Runs),
                Numbers.Short(self.Mean), Numbers.Short(self.Std),
                Numbers.Integer(layout.Pairs(method)), Numbers.Short(cross.Mean), Numbers.Short(method.Gap), Numbers.Short(cross.Std), Numbers.Short(cross.Min), cross.Worst?.ToString() ?? "",
                Numbers.Short(cross.InterquartileMean), Numbers.Range(cross.Interval),
                Numbers.Short(method.FreeRiding), Numbers.Short(cross.FreeRiding),
                Numbers.Short(method.PrivateCost?.Seat0), Numbers.Short(method.PrivateCost?.Seat1));
        return Costless(new(
            summary.HasCosts ? "Return and private cost by layout and method" : "Return by layout and method",
            [
                new("Layout", false), new("Method", false), new("Runs"), new("Self-play mean"), new("Self-play std"),
                new("Pairs"), new("Cross-play mean"), new("Gap to self-play"), new("Cross-play std"), new("Worst pair"), new("Its runs", false),
                new("Cross-play IQM"), new($"{Numbers.Percent(summary.Bootstrap.Level)} interval"),
                new("Free-riding, self-play"), new("Free-riding, cross-play"),
                new("Cost of seat 0"), new("Cost of seat 1"),
            ],
            [.. rows]), summary, "Free-riding, self-play", "Free-riding, cross-play", "Cost of seat 0", "Cost of seat 1");
    }

    /// <summary>A row per layout and pair of the headline's first method with another: how likely a run of it does better.</summary>
    public static SummaryTable Improvements(RunSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return new(
            "Probability of improvement in cross-play",
            [new("Layout", false), new("Method", false), new("Does better than", false), new("Probability"), new($"{Numbers.Percent(summary.Bootstrap.Level)} interval")],
            [.. from layout in summary.Layouts
                from pair in layout.Improvements
                select ImmutableArray.Create(
                    DisplayNames.Layout(layout.Layout), summary.Info.Names.Of(pair.First), summary.Info.Names.Of(pair.Second),
                    Numbers.Fixed(pair.Improvement.Probability, 2),
                    pair.Improvement.Interval is { } ends ? $"[{Numbers.Fixed(ends.Low, 2)}, {Numbers.Fixed(ends.High, 2)}]" : Numbers.None)]);
    }

    /// <summary>A table without some of its columns.</summary>
    internal static SummaryTable Without(SummaryTable table, params string[] headers)
    {
        int[] kept = [.. Enumerable.Range(0, table.Columns.Length).Where(index => !headers.Contains(table.Columns[index].Header))];
        return table with { Columns = [.. kept.Select(index => table.Columns[index])], Rows = [.. table.Rows.Select(row => kept.Select(index => row[index]).ToImmutableArray())] };
    }

    /// <summary>A table without the columns of numbers that none of its rows has.</summary>
    internal static SummaryTable WithoutEmpty(SummaryTable table) => table.Rows.IsEmpty ? table : Without(
        table, [.. Enumerable.Range(0, table.Columns.Length).Where(index => table.Rows.All(row => row[index] is Numbers.None or "")).Select(index => table.Columns[index].Header)]);

    /// <summary>A table without what means nothing where nobody pays costs.</summary>
    private static SummaryTable Costless(SummaryTable table, RunSummary summary, params string[] headers) => summary.HasCosts ? table : Without(table, headers);

    /// <summary>A row per layout and ordered pair of methods; empty with one method.</summary>
    public static SummaryTable Between(RunSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        var rows =
            from layout in summary.Layouts
            from pair in layout.Between
            select ImmutableArray.Create(
                DisplayNames.Layout(layout.Layout), summary.Info.Names.Of(pair.Method0), summary.Info.Names.Of(pair.Method1),
                Numbers.Integer(pair.Block.Cells), Numbers.Short(pair.Block.Mean), Numbers.Range(pair.Block.MeanInterval),
                Numbers.Short(pair.Block.Std), Numbers.Short(pair.Block.Min), pair.Block.Worst?.ToString() ?? "", Numbers.Short(pair.Block.InterquartileMean),
                Numbers.Range(pair.Block.Interval), Numbers.Short(pair.Block.FreeRiding));
        var level = Numbers.Percent(summary.Bootstrap.Level);
        return Costless(new(
            "Return of pairs from different methods",
            [
                new("Layout", false), new("Seat 0", false), new("Seat 1", false), new("Pairs"), new("Mean"),
                new($"{level} interval of the mean"), new("Std"), new("Worst pair"), new("Its runs", false), new("IQM"),
                new($"{level} interval of the IQM"), new("Free-riding"),
            ],
            [.. rows]), summary, "Free-riding");
    }

    /// <summary>A row per method and shift: unknown teammates, unknown opponents, both; empty without unknown opponents.</summary>
    public static SummaryTable Shifts(RunSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        var rows =
            from shift in summary.Shifts
            from method in shift.Methods
            from row in new[]
            {
                Row(shift, method, "none", method.None), Row(shift, method, "teammate", method.Teammate),
                Row(shift, method, "opponent", method.Opponent), Row(shift, method, "both", method.Both),
            }
            select row;
        return new(
            "Unknown teammates and unknown opponents",
            [
                new("Layout", false), new("Method", false), new("Shift", false), new("Cells"), new("Mean"),
                new($"{Numbers.Percent(summary.Bootstrap.Level)} interval"), new("Std"), new("Worst"), new("Cost in self-play"), new("Interval of the cost"),
            ],
            [.. rows]);

        ImmutableArray<string> Row(ShiftSummary shift, MethodShift method, string name, BlockSummary block) =>
        [
            DisplayNames.Layout(shift.Layout), summary.Info.Names.Of(method.Method), name, Numbers.Integer(block.Cells),
            Numbers.Short(block.Mean), Numbers.Range(block.MeanInterval), Numbers.Short(block.Std), Numbers.Short(block.Min),
            name == "none" ? Numbers.Short(method.Cost?.Mean) : "", name == "none" ? Numbers.Range(method.Cost?.Interval) : "",
        ];
    }

    /// <summary>A row per method: where training ended.</summary>
    public static SummaryTable Learning(RunSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return new(
            "End of training",
            [
                new("Method", false), new("Runs"), new("Environment steps per run"), new("Interactions per agent"), new("Steps of a policy"),
                new(summary.AreDebates ? "Final joint accuracy" : "Final return"), new("Std over runs"),
            ],
            [.. summary.Learning.Select(method => ImmutableArray.Create(
                summary.Info.Names.Of(method.Method), Numbers.Integer(method.Runs), Numbers.Integer(method.EnvSteps),
                Numbers.Integer(method.AgentSteps), Numbers.Integer(method.PolicySteps), Shown(method.FinalReturn), Shown(method.FinalStd)))]);

        string Shown(double? value) => summary.AreDebates ? DebateTables.Share(value) : Numbers.Short(value);
    }

    /// <summary>A row per method: its runs with themselves where all methods have come equally far; empty where they went to the end alike.</summary>
    public static SummaryTable AtEqualSteps(RunSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        LearningSummary[] compared = [.. summary.Learning.Where(method => method is { AtEqualEnvSteps: not null, AtEqualPolicySteps: not null })];
        var alike = compared.All(method => (method.EnvSteps, method.PolicySteps) == (method.AtEqualEnvSteps!.Steps, method.AtEqualPolicySteps!.Steps));
        var level = Numbers.Percent(summary.Bootstrap.Level);
        return new(
            "Training held against each other at equal steps",
            [
                new("Method", false), new("Runs"), new(Header("Environment steps", compared, method => method.AtEqualEnvSteps)), new($"{level} interval"),
                new(Header("Steps of a policy", compared, method => method.AtEqualPolicySteps)), new($"{level} interval "),
            ],
            compared.Length < 2 || alike ? [] : [.. compared.Select(method => ImmutableArray.Create(
                summary.Info.Names.Of(method.Method), Numbers.Integer(method.AtEqualEnvSteps!.Runs), Numbers.Short(method.AtEqualEnvSteps.Mean), Numbers.Range(method.AtEqualEnvSteps.Interval),
                Numbers.Short(method.AtEqualPolicySteps!.Mean), Numbers.Range(method.AtEqualPolicySteps.Interval)))]);

        static string Header(string what, LearningSummary[] compared, Func<LearningSummary, ReturnAt?> at) =>
            compared.Length == 0 ? what : $"Return after {Numbers.Count(at(compared[0])!.Steps)} {what.ToLowerInvariant()}";
    }

    /// <summary>A row per population of a game with one state: learned strategies against equilibria; empty elsewhere.</summary>
    public static SummaryTable Equilibria(RunSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return new(
            "Learned strategies and the nearest equilibria",
            [
                new("Population", false), new("tau"), new("eps"), new("Runs"), new("Mean distance"), new("Largest distance"),
                new("Free-riding learned"), new("Free-riding at the equilibria"),
            ],
            [.. summary.Equilibria.Select(population => ImmutableArray.Create(
                summary.Info.Names.Of(population.Method), Plain(population.Tau), Plain(population.Epsilon), Numbers.Integer(population.Runs),
                Numbers.Fixed(population.MeanDistance, 4), Numbers.Fixed(population.LargestDistance, 4),
                Numbers.Fixed(population.FreeRiding, 4), Numbers.Fixed(population.EquilibriumFreeRiding, 4)))]);

        static string Plain(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
    }
}
