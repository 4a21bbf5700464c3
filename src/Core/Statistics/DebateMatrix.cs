using Srpo.Core.Results;

namespace Srpo.Core.Statistics;

/// <summary>What counts as right in debates.</summary>
public enum DebateScore
{
    /// <summary>Both are right.</summary>
    Joint,

    /// <summary>The debater of the rows is right.</summary>
    First,

    /// <summary>The debater of the columns is right.</summary>
    Second,

    /// <summary>The share of the two who are right.</summary>
    Each,
}

/// <summary>The debates of a pair of runs.</summary>
/// <param name="Row">The run of the row, from 0.</param>
/// <param name="Column">The run of the column, from 0.</param>
/// <param name="Sittings">
/// What their debates came to, seat 0 being the row's: once, or twice where they exchanged their seats. All pairs of a block debate the same questions in the same order.
/// </param>
public sealed record PairDebates(int Row, int Column, params IReadOnlyList<DebateOutcomes> Sittings);

/// <summary>A population as a side of a matrix: runs of one method with one model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Runs">Runs (training seeds); 1 for a model that was not trained.</param>
/// <param name="Stratum">Its number among all populations of the evaluation, from 0: its runs are resampled alike in all blocks.</param>
public sealed record DebatePopulation(string Model, int Runs, int Stratum);

/// <summary>The debates of two populations, every run with every other: a block of a joint-accuracy matrix.</summary>
public sealed class DebateMatrix
{
    private readonly IReadOnlyList<PairDebates> _pairs;
    private readonly DebateOutcomes _first;

    /// <summary>A block of debates.</summary>
    /// <param name="method">The method that trained both; its key.</param>
    /// <param name="rows">The population of the rows.</param>
    /// <param name="columns">The population of the columns; where it has the same stratum, debates of a run with itself are left out.</param>
    /// <param name="pairs">The debates; pairs may be missing.</param>
    /// <exception cref="ArgumentException">There are none, a pair is given twice or not of these populations, or the questions or rounds of two pairs differ.</exception>
    public DebateMatrix(string method, DebatePopulation rows, DebatePopulation columns, IEnumerable<PairDebates> pairs)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(columns);
        (Method, Rows, Columns) = (method, rows, columns);
        _pairs = [.. pairs.Where(pair => rows.Stratum != columns.Stratum || pair.Row != pair.Column)];
        _first = _pairs.FirstOrDefault()?.Sittings.FirstOrDefault() ?? throw new ArgumentException("there are no debates", nameof(pairs));
        foreach (var pair in _pairs)
        {
            foreach (var sitting in pair.Sittings)
            {
                if (sitting.Problem() is { } problem) throw new ArgumentException(FormattableString.Invariant($"the debates of runs {pair.Row} and {pair.Column} are damaged: {problem}"), nameof(pairs));
                if (sitting.Rounds != _first.Rounds || !sitting.Questions.AsSpan().SequenceEqual(_first.Questions))
                    throw new ArgumentException(FormattableString.Invariant($"runs {pair.Row} and {pair.Column} debate other questions than runs {_pairs[0].Row} and {_pairs[0].Column}, or in other rounds"), nameof(pairs));
            }
        }

        // Fills it once, so that what does not fit is said here.
        Outcomes(DebateScore.Joint, AnswerRule.Strict, 0);
    }

    /// <summary>The method's key.</summary>
    public string Method { get; }

    /// <summary>The population of the rows.</summary>
    public DebatePopulation Rows { get; }

    /// <summary>The population of the columns.</summary>
    public DebatePopulation Columns { get; }

    /// <summary>Questions that each pair debated.</summary>
    public int Questions => _first.Questions.Length;

    /// <summary>Rounds of a debate.</summary>
    public int Rounds => _first.Rounds;

    /// <summary>Pairs of runs that debated.</summary>
    public int Pairs => _pairs.Count;

    /// <summary>All debates, seat 0 being the row's.</summary>
    public IEnumerable<DebateOutcomes> Debates => _pairs.SelectMany(pair => pair.Sittings);

    /// <summary>What became of every question with every pair in a round.</summary>
    /// <param name="score">What counts as right.</param>
    /// <param name="rule">Which number of a response is its answer.</param>
    /// <param name="round">The round, from 0.</param>
    public PairOutcomes Outcomes(DebateScore score, AnswerRule rule, int round) => Make((_, debates) => score switch
    {
        DebateScore.First => [Each(debates, question => debates.IsRight(question, round, 0, rule))],
        DebateScore.Second => [Each(debates, question => debates.IsRight(question, round, 1, rule))],
        DebateScore.Each => [Each(debates, question => debates.IsRight(question, round, 0, rule)), Each(debates, question => debates.IsRight(question, round, 1, rule))],
        _ => [Each(debates, question => debates.IsRight(question, round, 0, rule) && debates.IsRight(question, round, 1, rule))],
    });

    /// <summary>What became of every question with every pair, by something else that is known of their debates.</summary>
    /// <param name="isRight">For a pair, its debates and the place of a question: whether it counts as right.</param>
    public PairOutcomes Outcomes(Func<PairDebates, DebateOutcomes, int, bool> isRight) => Make((pair, debates) => [Each(debates, question => isRight(pair, debates, question))]);

    /// <summary>The joint accuracy of every pair; NaN for those that did not debate.</summary>
    /// <param name="rule">Which number of a response is its answer.</param>
    /// <returns>[rows, columns].</returns>
    public double[,] Joint(AnswerRule rule)
    {
        var matrix = new double[Rows.Runs, Columns.Runs];
        for (var row = 0; row < Rows.Runs; row++)
            for (var column = 0; column < Columns.Runs; column++)
                matrix[row, column] = double.NaN;
        foreach (var pair in _pairs) matrix[pair.Row, pair.Column] = DebateMeasures.Of(pair.Sittings, rule)[^1].Joint;
        return matrix;
    }

    /// <summary>A share of right answers, its mean over pairs and questions with intervals over both.</summary>
    /// <param name="score">What counts as right.</param>
    /// <param name="round">The round, from 0.</param>
    /// <param name="options">How intervals are made.</param>
    public DebateAccuracy Accuracy(DebateScore score, int round, BootstrapOptions options) =>
        Mean([Outcomes(score, AnswerRule.Strict, round)], [Outcomes(score, AnswerRule.Flexible, round)], options);

    /// <summary>The block as a cell of a table: the share of right answers in the last round.</summary>
    /// <param name="score">What counts as right.</param>
    /// <param name="options">How intervals are made.</param>
    public DebateCell ToCell(DebateScore score, BootstrapOptions options) => new(Method, Rows.Model, Columns.Model, Pairs, Questions, Accuracy(score, Rounds - 1, options));

    /// <summary>What this block is better than another method's by, with the same models and questions.</summary>
    /// <param name="baseline">The block that is taken off.</param>
    /// <param name="score">What counts as right.</param>
    /// <param name="options">How intervals are made.</param>
    /// <exception cref="ArgumentException">The models or the questions are others.</exception>
    public DebateDifference Minus(DebateMatrix baseline, DebateScore score, BootstrapOptions options)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        if (baseline.Rows.Model != Rows.Model || baseline.Columns.Model != Columns.Model) throw new ArgumentException("differences are of the same models", nameof(baseline));
        return new(Method, baseline.Method, Rows.Model, Columns.Model, Difference([this], [baseline], score, options));
    }

    /// <summary>The mean over several blocks of their shares of right answers in the last round, each block counting once.</summary>
    /// <param name="blocks">The blocks, of the same questions; at least one.</param>
    /// <param name="score">What counts as right.</param>
    /// <param name="options">How intervals are made.</param>
    public static DebateAccuracy Mean(IReadOnlyList<DebateMatrix> blocks, DebateScore score, BootstrapOptions options) =>
        Mean(Last(blocks, score, AnswerRule.Strict), Last(blocks, score, AnswerRule.Flexible), options);

    /// <summary>The difference of such means.</summary>
    /// <param name="first">Blocks, at least one.</param>
    /// <param name="second">Blocks that are taken off, of the same questions; at least one.</param>
    /// <param name="score">What counts as right.</param>
    /// <param name="options">How intervals are made.</param>
    /// <exception cref="ArgumentException">The questions are others.</exception>
    public static DebateAccuracy Difference(IReadOnlyList<DebateMatrix> first, IReadOnlyList<DebateMatrix> second, DebateScore score, BootstrapOptions options)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Concat(second).Any(block => !block._first.Questions.AsSpan().SequenceEqual(first[0]._first.Questions))) throw new ArgumentException("differences are over the same questions", nameof(second));
        return Difference(Last(first, score, AnswerRule.Strict), Last(second, score, AnswerRule.Strict), Last(first, score, AnswerRule.Flexible), Last(second, score, AnswerRule.Flexible), options);
    }

    /// <summary>A mean over blocks with its interval, by both rules.</summary>
    /// <param name="strict">Strict outcomes, at least one block.</param>
    /// <param name="flexible">Flexible outcomes of the same blocks.</param>
    /// <param name="options">How intervals are made.</param>
    public static DebateAccuracy Mean(IReadOnlyList<PairOutcomes> strict, IReadOnlyList<PairOutcomes> flexible, BootstrapOptions options) =>
        new(Average(strict), QuestionBootstrap.Mean(strict, options), Average(flexible), QuestionBootstrap.Mean(flexible, options));

    /// <summary>A difference of means over blocks with its interval, by both rules.</summary>
    /// <param name="strict">Strict outcomes, at least one block.</param>
    /// <param name="strictOff">Strict outcomes that are taken off, of the same questions; at least one block.</param>
    /// <param name="flexible">Flexible outcomes of the first blocks.</param>
    /// <param name="flexibleOff">Flexible outcomes of the second.</param>
    /// <param name="options">How intervals are made.</param>
    public static DebateAccuracy Difference(
        IReadOnlyList<PairOutcomes> strict, IReadOnlyList<PairOutcomes> strictOff, IReadOnlyList<PairOutcomes> flexible, IReadOnlyList<PairOutcomes> flexibleOff, BootstrapOptions options) => new(
        Average(strict) - Average(strictOff), QuestionBootstrap.Difference(strict, strictOff, options),
        Average(flexible) - Average(flexibleOff), QuestionBootstrap.Difference(flexible, flexibleOff, options));

    private static double Average(IReadOnlyList<PairOutcomes> blocks) => Descriptive.Mean([.. blocks.Select(block => block.Mean)]);

    private static PairOutcomes[] Last(IReadOnlyList<DebateMatrix> blocks, DebateScore score, AnswerRule rule) => [.. blocks.Select(block => block.Outcomes(score, rule, block.Rounds - 1))];

    private PairOutcomes Make(Func<PairDebates, DebateOutcomes, IEnumerable<IEnumerable<bool>>> right)
    {
        var outcomes = new PairOutcomes(Rows.Runs, Columns.Runs, Questions, Rows.Stratum, Columns.Stratum);
        foreach (var pair in _pairs) outcomes.Set(pair.Row, pair.Column, [.. pair.Sittings.SelectMany(sitting => right(pair, sitting))]);
        return outcomes;
    }

    private static IEnumerable<bool> Each(DebateOutcomes debates, Func<int, bool> isRight) => Enumerable.Range(0, debates.Questions.Length).Select(isRight);
}
