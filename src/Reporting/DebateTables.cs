using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Core.Statistics;
using Srpo.Reporting.Text;

namespace Srpo.Reporting;

/// <summary>The tables of debates; the paper's have a row a method, a column a pair of models or a model, strict extraction first and flexible below.</summary>
public static class DebateTables
{
    /// <summary>Table 1: joint accuracy of models that were trained apart.</summary>
    public static SummaryTable Joint(DebateResults results, PopulationNames names)
    {
        ArgumentNullException.ThrowIfNull(results);
        return Table("Joint accuracy of models that were trained apart", results.Joint, names, cell => $"{cell.Model0} & {cell.Model1}", "mean of all pairs");
    }

    /// <summary>Table 2: accuracy of a trained model with an untrained partner of another family.</summary>
    public static SummaryTable WithStranger(DebateResults results, PopulationNames names)
    {
        ArgumentNullException.ThrowIfNull(results);
        return Table("Accuracy with an untrained partner of another family", results.WithStranger, names, cell => $"{cell.Model0} with {cell.Model1}", "mean of all models");
    }

    /// <summary>Table 1 with a row per pair of models and method, for consoles: as narrow as names allow.</summary>
    public static SummaryTable JointLines(DebateResults results, PopulationNames names)
    {
        ArgumentNullException.ThrowIfNull(results);
        return Lines("Joint accuracy of models that were trained apart", results.Joint, names, " & ", results.Level);
    }

    /// <summary>Table 2 likewise.</summary>
    public static SummaryTable WithStrangerLines(DebateResults results, PopulationNames names)
    {
        ArgumentNullException.ThrowIfNull(results);
        return Lines("Accuracy with an untrained partner of another family", results.WithStranger, names, " with ", results.Level);
    }

    /// <summary>The debate beside each model alone and the vote of both, for consoles.</summary>
    public static SummaryTable BaselineLines(DebateResults results, PopulationNames names)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(names);
        return new(
            "Accuracy of a debater after the debate, of each model alone, and of a vote of independent answers of both at equal tokens; strict",
            [new("Models", false), new("Method", false), new("Debate"), new("First alone"), new("Second alone"), new("Vote"), new("Debate ahead by", false)],
            [
                .. results.Baselines.Select(one => (One: one, Vote: one.Votes.FirstOrDefault(vote => vote.Models == $"{one.Model0} & {one.Model1}"))).Select(row => ImmutableArray.Create(
                    $"{row.One.Model0} & {row.One.Model1}", names.Of(row.One.Method), Share(row.One.Debater.Strict), Share(row.One.Alone0.Strict), Share(row.One.Alone1.Strict), Share(row.Vote?.Accuracy.Strict),
                    row.Vote is { } vote ? $"{Share(vote.DebaterAhead.Strict)} {Range(vote.DebaterAhead.StrictInterval)}" : Numbers.None)),
            ]);
    }

    /// <summary>Differences of methods over the same models and questions, of both tables.</summary>
    public static SummaryTable Differences(DebateResults results, PopulationNames names)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(names);
        var level = Numbers.Percent(results.Level);
        return new(
            "Differences of methods over the same questions",
            [
                new("Accuracy", false), new("Method", false), new("Taken off", false), new("Models", false),
                new("Strict"), new($"{level} interval"), new("Relative"), new("Flexible"), new($"{level} interval"),
            ],
            [.. Rows("joint", results.Joint, " & "), .. Rows("with a stranger", results.WithStranger, " with ")]);

        IEnumerable<ImmutableArray<string>> Rows(string what, DebateBatch table, string between) => table.Differences.Select(one => ImmutableArray.Create(
            what, names.Of(one.Method), names.Of(one.Baseline), one.Model0 == DebateBatch.AllModels ? "mean of all" : one.Model0 + between + one.Model1,
            Share(one.Accuracy.Strict), Range(one.Accuracy.StrictInterval), Relative(one, table), Share(one.Accuracy.Flexible), Range(one.Accuracy.FlexibleInterval)));
    }

    /// <summary>A row per method, partner and round.</summary>
    public static SummaryTable Diagnostics(DebateResults results, PopulationNames names)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(names);
        var rows =
            from block in results.Diagnostics
            from index in Enumerable.Range(0, block.Rounds.Length)
            let round = block.Rounds[index]
            let strict = round.Strict
            select ImmutableArray.Create(
                names.Of(block.Method), block.IsStranger ? $"{block.Partner}, untrained" : block.Partner, Numbers.Integer(index + 1), Numbers.Integer(strict.Debates),
                Share(round.Accuracy.Strict), Range(round.Accuracy.StrictInterval), block.IsStranger ? Share(strict.Accuracy.Seat1) : "",
                Share(round.Joint.Strict), Range(round.Joint.StrictInterval), Share(round.Accuracy.Flexible), Share(strict.Agreement), Share(strict.Recovery.Seat0), Share(strict.Corruption.Seat0),
                Share(strict.Flips.Seat0), Numbers.Fixed(strict.Tokens.Seat0, 1), Share(strict.Repetition.Seat0));
        var level = Numbers.Percent(results.Level);
        return new(
            "Rounds of debates",
            [
                new("Method", false), new("Partner", false), new("Round"), new("Debates"), new("Accuracy"), new($"{level} interval"), new("Partner's accuracy"), new("Joint accuracy"), new($"{level} interval"),
                new("Accuracy, flexible"), new("Agreement"), new("Recovery"), new("Corruption"), new("Flips"), new("Tokens"), new("Repetition"),
            ],
            [.. rows]);
    }

    /// <summary>A row per method and pair of models: the debate beside each model alone, votes at equal tokens, and exchanged seats; strict.</summary>
    public static SummaryTable Baselines(DebateResults results, PopulationNames names)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(names);
        return new(
            "Debates beside what the same models reach without each other",
            [
                new("Method", false), new("First model", false), new("Second model", false), new("A debater after the debate"), new("First alone"), new("Second alone"), new("Vote of the first"), new("Vote of the second"), new("Vote of both"),
                new("Answers a vote"), new("Tokens a question"), new("Debate ahead of the vote of both"), new($"{Numbers.Percent(results.Level)} interval"), new("Joint, first in seat 0"), new("Joint, second in seat 0"),
            ],
            [.. results.Baselines.Select(Row)]);

        ImmutableArray<string> Row(DebateBaseline one)
        {
            var both = Vote($"{one.Model0} & {one.Model1}");
            return
            [
                names.Of(one.Method), one.Model0, one.Model1, Share(one.Debater.Strict), Share(one.Alone0.Strict), Share(one.Alone1.Strict), Share(Vote(one.Model0)?.Accuracy.Strict), Share(Vote(one.Model1)?.Accuracy.Strict),
                Share(both?.Accuracy.Strict), Numbers.Fixed(both?.Answers, 1), Numbers.Fixed(one.Tokens, 0), Share(both?.DebaterAhead.Strict), Range(both?.DebaterAhead.StrictInterval), Share(one.Seats?.First.Strict), Share(one.Seats?.Exchanged.Strict),
            ];

            DebateVote? Vote(string models) => one.Votes.FirstOrDefault(vote => vote.Models == models);
        }
    }

    /// <summary>A row per population and round: accuracy on validation questions before and after training.</summary>
    public static SummaryTable Learning(RunSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        var rows =
            from learning in summary.DebateLearning
            from round in Enumerable.Range(0, Math.Min(learning.First.Length, learning.Last.Length))
            let before = learning.First[round]
            let after = learning.Last[round]
            select ImmutableArray.Create(
                summary.Info.Names.Of(learning.Population.Label), learning.Population.Model, Numbers.Integer(learning.Runs), Numbers.Integer(round + 1),
                Share(before.Accuracy), Share(after.Accuracy), Share(after.AccuracyStd), Share(before.Joint), Share(after.Joint), Share(before.Flexible), Share(after.Flexible));
        return new(
            "Validation questions, a debater with itself",
            [
                new("Population", false), new("Model", false), new("Runs"), new("Round"), new("Accuracy at first"), new("Accuracy at the end"), new("Std over runs"),
                new("Joint at first"), new("Joint at the end"), new("Flexible at first"), new("Flexible at the end"),
            ],
            [.. rows]);
    }

    /// <summary>A row per layout and population: a run with itself and with other runs of its population.</summary>
    public static SummaryTable Populations(RunSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return new(
            "Joint accuracy by population",
            [
                new("Layout", false), new("Population", false), new("Model", false), new("Runs"), new("With itself"), new("With other runs"), new("Gap"), new("Std"), new("Worst pair"), new("Its runs", false),
                new($"{Numbers.Percent(summary.Bootstrap.Level)} interval over runs"),
            ],
            [
                .. from layout in summary.Layouts
                   from population in layout.Methods
                   let cross = population.CrossPlay
                   select ImmutableArray.Create(
                       DisplayNames.Layout(layout.Layout), summary.Info.Names.Of(population.Method), summary.Debaters.FirstOrDefault(debater => debater.Label == population.Method)?.Model ?? "",
                       Numbers.Integer(population.Runs), Share(population.SelfPlay.Mean), Share(cross.Mean), Share(population.Gap), Share(cross.Std), Share(cross.Min), cross.Worst?.ToString() ?? "", Range(cross.MeanInterval)),
            ]);
    }

    private static SummaryTable Lines(string title, DebateBatch table, PopulationNames names, string between, double level)
    {
        ArgumentNullException.ThrowIfNull(names);
        var baseline = table.Differences.FirstOrDefault()?.Baseline;
        return new(
            $"{title}, with {Numbers.Percent(level)} intervals",
            [new("Models", false), new("Method", false), new("Strict"), new("Flexible"), .. baseline is null ? [] : new[] { new TableColumn($"Minus {names.Of(baseline)}, strict") }],
            [
                .. table.Cells.Concat(table.Means).Select(cell => ImmutableArray.Create(
                [
                    cell.Model0 == DebateBatch.AllModels ? "mean of all" : cell.Model0 + between + cell.Model1, names.Of(cell.Method), Text(cell, flexible: false), Text(cell, flexible: true),
                    .. baseline is null ? [] : new[] { Minus(cell) },
                ])),
            ]);

        string Minus(DebateCell cell) => table.Differences.FirstOrDefault(one => one.Method == cell.Method && one.Model0 == cell.Model0 && one.Model1 == cell.Model1) is { } difference
            ? $"{Share(difference.Accuracy.Strict)} {Range(difference.Accuracy.StrictInterval)}" : "";
    }

    private static SummaryTable Table(string title, DebateBatch table, PopulationNames names, Func<DebateCell, string> column, string mean)
    {
        ArgumentNullException.ThrowIfNull(names);
        var columns = table.Cells.Select(column).Distinct().ToArray();
        var rows = from method in table.Cells.Select(cell => cell.Method).Distinct()
                   from flexible in new[] { false, true }
                   let cells = columns.Select(name => table.Cells.FirstOrDefault(cell => cell.Method == method && column(cell) == name))
                   let whole = table.Means.IsEmpty ? [] : new[] { table.Means.FirstOrDefault(cell => cell.Method == method) }
                   select ImmutableArray.Create([names.Of(method), flexible ? "flexible" : "strict", .. cells.Concat(whole).Select(cell => Text(cell, flexible))]);
        return new(
            title, [new("Method", false), new("Extraction", false), .. columns.Select(name => new TableColumn(name)), .. table.Means.IsEmpty ? [] : new[] { new TableColumn(mean) }], [.. rows]);
    }

    private static string Text(DebateCell? cell, bool flexible)
    {
        if (cell is null) return Numbers.None;
        var (share, interval) = flexible ? (cell.Accuracy.Flexible, cell.Accuracy.FlexibleInterval) : (cell.Accuracy.Strict, cell.Accuracy.StrictInterval);
        return Share(share) + (interval is null ? "" : " " + Range(interval));
    }

    /// <summary>The difference as a share of what it is taken off from.</summary>
    private static string Relative(DebateDifference one, DebateBatch table)
    {
        var of = table.Cells.Concat(table.Means).FirstOrDefault(cell => cell.Method == one.Baseline && cell.Model0 == one.Model0 && cell.Model1 == one.Model1)?.Accuracy.Strict;
        return of is > 0 ? (one.Accuracy.Strict > 0 ? "+" : "") + Numbers.Fixed(100 * one.Accuracy.Strict / of, 1) + " %" : Numbers.None;
    }

    internal static string Share(double? share) => Numbers.Fixed(share, 3);

    internal static string Range(Interval? interval) => interval is { } ends ? $"[{Share(ends.Low)}, {Share(ends.High)}]" : Numbers.None;
}
