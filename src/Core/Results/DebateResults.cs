using System.Collections.Immutable;
using Srpo.Core.Statistics;

namespace Srpo.Core.Results;

/// <summary>A population of debaters, as results know it.</summary>
/// <param name="Label">Its label in results.</param>
/// <param name="Method">Key of what trained it: equal for populations that differ in nothing but the model.</param>
/// <param name="Model">Name of its model.</param>
/// <param name="Role">What it is in its experiment.</param>
/// <param name="IsTrained">Whether it learned at all; otherwise it is the model as it was.</param>
public sealed record DebaterPopulation(string Label, string Method, string Model, PopulationRole Role, bool IsTrained);

/// <summary>The debates of a tournament: everyone with everyone, question by question.</summary>
/// <param name="Layout">Name of the layout, as that of the cross-play matrix.</param>
/// <param name="Players">The runs, in the order of rows and of columns.</param>
/// <param name="Cells">[Players x Players] row-major, seat 0 being the row's; null where nothing was debated.</param>
public sealed record DebateMatches(string Layout, ImmutableArray<AgentLabel> Players, ImmutableArray<DebateOutcomes?> Cells)
{
    /// <summary>Whether the row's run sat in seat 0 and the column's in seat 1 in all debates of a cell.</summary>
    public bool IsOrdered { get; init; } = true;

    /// <summary>The debates of a pair.</summary>
    public DebateOutcomes? this[int row, int column] => Cells[(row * Players.Length) + column];
}

/// <summary>A share of right answers in debates, over pairs of runs and over questions.</summary>
/// <param name="Strict">The share, counting the number after "####" alone.</param>
/// <param name="StrictInterval">Its interval over runs and questions; null where there is too little.</param>
/// <param name="Flexible">The share, counting the last number where that mark is missing.</param>
/// <param name="FlexibleInterval">Its interval.</param>
public readonly record struct DebateAccuracy(double Strict, Interval? StrictInterval, double Flexible, Interval? FlexibleInterval);

/// <summary>A cell of a table of debates: two models, trained by one method.</summary>
/// <param name="Method">The method's key.</param>
/// <param name="Model0">The one model.</param>
/// <param name="Model1">The other; in a table of single accuracies the partner.</param>
/// <param name="Pairs">Pairs of runs that debated.</param>
/// <param name="Questions">Questions that each pair debated.</param>
/// <param name="Accuracy">The accuracy in the last round: of both together in a table of joint accuracies, else of the one model.</param>
public sealed record DebateCell(string Method, string Model0, string Model1, int Pairs, int Questions, DebateAccuracy Accuracy);

/// <summary>What one method is better than another by, with the same models and questions.</summary>
/// <param name="Method">The method's key.</param>
/// <param name="Baseline">Key of the method that is taken off.</param>
/// <param name="Model0">The one model.</param>
/// <param name="Model1">The other.</param>
/// <param name="Accuracy">The difference of the accuracies.</param>
public sealed record DebateDifference(string Method, string Baseline, string Model0, string Model1, DebateAccuracy Accuracy);

/// <summary>One of the paper's tables of debates.</summary>
/// <param name="Cells">A cell per method and pair of models.</param>
/// <param name="Means">A method's mean over all pairs of models, each counting once; only of methods that have them all, and where there are several.</param>
/// <param name="Differences">What the others are better than the baseline by: for every pair of models, and in the mean over them where there are several.</param>
public sealed record DebateBatch(ImmutableArray<DebateCell> Cells, ImmutableArray<DebateCell> Means, ImmutableArray<DebateDifference> Differences)
{
    /// <summary>What stands for all models where a cell is a mean over them.</summary>
    public const string AllModels = "all";

    /// <summary>A table without cells.</summary>
    public static DebateBatch Empty { get; } = new([], [], []);
}

/// <summary>What a debater does in the rounds of its debates with one kind of partner.</summary>
/// <param name="Method">The method's key.</param>
/// <param name="Partner">Who the partner is, for people: "another model", "another run", "itself", or the name of a model that was not trained.</param>
/// <param name="IsStranger">Whether the partner was not trained; otherwise both are of this method, and measures of the two seats are alike.</param>
/// <param name="Rounds">[rounds].</param>
public sealed record DebateDiagnostics(string Method, string Partner, bool IsStranger, ImmutableArray<DebateRound> Rounds)
{
    /// <summary>The partner is a run with another model, trained by the same method: the debates of Table 1.</summary>
    public const string AnotherModel = "another model";

    /// <summary>The partner is another run of the same population.</summary>
    public const string AnotherRun = "another run";

    /// <summary>The partner is the run itself.</summary>
    public const string Itself = "itself";
}

/// <summary>A round of debates in numbers, seat 0 being the debater that is looked at.</summary>
/// <param name="Strict">Counting the number after the mark alone.</param>
/// <param name="Flexible">Counting the last number where the mark is missing.</param>
/// <param name="Accuracy">The debater's accuracy with intervals.</param>
/// <param name="Joint">The joint accuracy with intervals.</param>
public sealed record DebateRound(RoundMeasures Strict, RoundMeasures Flexible, DebateAccuracy Accuracy, DebateAccuracy Joint);

/// <summary>The debates of two models beside what the same models reach without each other. A vote gives one answer, so it is to be held against the accuracy of a debater.</summary>
/// <param name="Method">The method's key.</param>
/// <param name="Model0">The one model.</param>
/// <param name="Model1">The other.</param>
/// <param name="Debater">Accuracy of a debater in the last round, mean of the two.</param>
/// <param name="Alone0">Accuracy of the one model in round 0, when it has not seen its peer's answer.</param>
/// <param name="Alone1">That of the other.</param>
public sealed record DebateBaseline(string Method, string Model0, string Model1, DebateAccuracy Debater, DebateAccuracy Alone0, DebateAccuracy Alone1)
{
    /// <summary>Mean tokens of a debate, both debaters in all rounds.</summary>
    public double Tokens { get; init; }

    /// <summary>Votes of independent answers that cost no more tokens than the debate: of the one model, of the other, of both; empty where there were no such answers.</summary>
    public ImmutableArray<DebateVote> Votes { get; init; } = [];

    /// <summary>Joint accuracy with the one model in seat 0, and with the other; null where seats are not told apart, or one of the two was not debated.</summary>
    public (DebateAccuracy First, DebateAccuracy Exchanged)? Seats { get; init; }
}

/// <summary>A vote of independent answers that cost no more tokens than the debate about the same question.</summary>
/// <param name="Models">Whose answers: one model, or two joined by " &amp; ".</param>
/// <param name="Answers">How many answers there were to a question, mean.</param>
/// <param name="Accuracy">How often the vote is right.</param>
/// <param name="DebaterAhead">Accuracy of a debater after the debate minus that of the vote, over the same questions.</param>
public sealed record DebateVote(string Models, double Answers, DebateAccuracy Accuracy, DebateAccuracy DebaterAhead);

/// <summary>The debates of a tournament in numbers.</summary>
/// <param name="Layout">Name of the layout.</param>
/// <param name="Joint">Table 1: joint accuracy of models that were trained apart.</param>
/// <param name="WithStranger">Table 2: accuracy of a trained model whose partner is an untrained one of another family.</param>
/// <param name="Level">Level of the intervals.</param>
public sealed record DebateResults(string Layout, DebateBatch Joint, DebateBatch WithStranger, double Level)
{
    /// <summary>What happens in the rounds, by method and partner.</summary>
    public ImmutableArray<DebateDiagnostics> Diagnostics { get; init; } = [];

    /// <summary>What debates must be held against, by method and pair of models.</summary>
    public ImmutableArray<DebateBaseline> Baselines { get; init; } = [];

    /// <summary>Whether nothing was debated that tables or rounds could be made from.</summary>
    public bool IsEmpty => Joint.Cells.IsEmpty && WithStranger.Cells.IsEmpty && Diagnostics.IsEmpty;
}

/// <summary>Validation debates of a population with itself, in the course of its training; means over its runs.</summary>
/// <param name="Population">The population.</param>
/// <param name="Runs">Runs with such debates.</param>
/// <param name="AgentSteps">Interactions per agent at the last of them, the largest over runs.</param>
/// <param name="First">The rounds at the first debates, before training where curves begin there.</param>
/// <param name="Last">The rounds at the last debates.</param>
public sealed record DebateLearning(
    DebaterPopulation Population, int Runs, long AgentSteps, ImmutableArray<LearnedRound> First, ImmutableArray<LearnedRound> Last);

/// <summary>A round of validation debates: means over runs with their spread.</summary>
/// <param name="Accuracy">Accuracy of a debater, mean of the two seats; strictly.</param>
/// <param name="AccuracyStd">Its standard deviation over runs (population).</param>
/// <param name="Joint">Joint accuracy; strictly.</param>
/// <param name="Flexible">Accuracy of a debater, flexibly.</param>
public readonly record struct LearnedRound(double Accuracy, double AccuracyStd, double Joint, double Flexible);
