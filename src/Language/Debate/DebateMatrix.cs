using Srpo.Core.Results;
using Srpo.Core.Statistics;
using Srpo.Language.Questions;

namespace Srpo.Language.Debate;

/// <summary>The debates of a pair of runs.</summary>
/// <param name="Row">Run in seat 0, from 0.</param>
/// <param name="Column">Run in seat 1, from 0.</param>
/// <param name="Debates">[questions] the debates; all pairs of a block debate the same questions in the same order.</param>
public sealed record PairDebates(int Row, int Column, IReadOnlyList<DebateRecord> Debates);

/// <summary>A population as a side of a matrix: runs of one method with one model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Runs">Runs (training seeds); 1 for a model that was not trained.</param>
/// <param name="Stratum">Its number among all populations of the evaluation, from 0: its runs are resampled alike in all blocks.</param>
public sealed record DebatePopulation(string Model, int Runs, int Stratum);

/// <summary>The debates of two populations, every run with every other: a block of a joint-accuracy matrix.</summary>
public sealed class DebateMatrix
{
    private readonly Dictionary<(AnswerRule Rule, bool Joint), PairOutcomes> _outcomes = [];
    private readonly Dictionary<(int Row, int Column), IReadOnlyList<DebateRecord>> _debates;

    /// <summary>A block of debates.</summary>
    /// <param name="method">The method that trained both; its key.</param>
    /// <param name="rows">The population in seat 0.</param>
    /// <param name="columns">The population in seat 1; where it has the same stratum, debates of a run with itself are left out.</param>
    /// <param name="pairs">The debates; pairs may be missing.</param>
    /// <exception cref="ArgumentException">There are none, a pair is given twice or not of these populations, or the questions of two pairs differ.</exception>
    public DebateMatrix(string method, DebatePopulation rows, DebatePopulation columns, IEnumerable<PairDebates> pairs)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(columns);
        (Method, Rows, Columns) = (method, rows, columns);
        var all = pairs.Where(pair => rows.Stratum != columns.Stratum || pair.Row != pair.Column).ToArray();
        if (all.Length == 0 || all[0].Debates.Count == 0) throw new ArgumentException("there are no debates", nameof(pairs));
        var asked = all[0].Debates.Select(debate => debate.Question.Number).ToArray();
        if (all.FirstOrDefault(pair => !pair.Debates.Select(debate => debate.Question.Number).SequenceEqual(asked)) is { } other)
            throw new ArgumentException(FormattableString.Invariant($"runs {other.Row} and {other.Column} debate other questions than runs {all[0].Row} and {all[0].Column}"), nameof(pairs));
        Questions = asked.Length;
        foreach (var joint in new[] { true, false })
        {
            foreach (var rule in Enum.GetValues<AnswerRule>())
            {
                var outcomes = new PairOutcomes(rows.Runs, columns.Runs, Questions, rows.Stratum, columns.Stratum);
                foreach (var pair in all)
                    outcomes.Set(pair.Row, pair.Column, pair.Debates.Select(debate => joint ? debate.IsJointlyRight(rule) : debate.IsRight(debate.Rounds.Count - 1, 0, rule)));
                _outcomes[(rule, joint)] = outcomes;
            }
        }

        _debates = all.ToDictionary(pair => (pair.Row, pair.Column), pair => pair.Debates);
    }

    /// <summary>The method's key.</summary>
    public string Method { get; }

    /// <summary>The population in seat 0.</summary>
    public DebatePopulation Rows { get; }

    /// <summary>The population in seat 1.</summary>
    public DebatePopulation Columns { get; }

    /// <summary>Questions that each pair debated.</summary>
    public int Questions { get; }

    /// <summary>The joint accuracy of every pair; NaN for those that did not debate.</summary>
    /// <param name="rule">Which number of a response is its answer.</param>
    /// <returns>[rows, columns].</returns>
    public double[,] Joint(AnswerRule rule)
    {
        var matrix = new double[Rows.Runs, Columns.Runs];
        for (var row = 0; row < Rows.Runs; row++)
            for (var column = 0; column < Columns.Runs; column++)
                matrix[row, column] = _debates.TryGetValue((row, column), out var debates) ? DebateMeasures.JointAccuracy(debates, rule) : double.NaN;
        return matrix;
    }

    /// <summary>The block as a cell of a table, its mean over pairs and questions with intervals over both.</summary>
    /// <param name="joint">Whether both must be right; otherwise it is the accuracy of seat 0.</param>
    /// <param name="options">How intervals are made.</param>
    public DebateCell ToCell(bool joint, BootstrapOptions options)
    {
        var (strict, flexible) = (_outcomes[(AnswerRule.Strict, joint)], _outcomes[(AnswerRule.Flexible, joint)]);
        return new(Method, Rows.Model, Columns.Model, strict.Pairs, Questions,
            new(strict.Mean, QuestionBootstrap.Mean(strict, options), flexible.Mean, QuestionBootstrap.Mean(flexible, options)));
    }

    /// <summary>What this block is better than another method's by, with the same models and questions.</summary>
    /// <param name="baseline">The block that is taken off.</param>
    /// <param name="joint">Whether both must be right; otherwise it is the accuracy of seat 0.</param>
    /// <param name="options">How intervals are made.</param>
    /// <exception cref="ArgumentException">The models or the questions are others.</exception>
    public DebateDifference Minus(DebateMatrix baseline, bool joint, BootstrapOptions options)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        if (baseline.Rows.Model != Rows.Model || baseline.Columns.Model != Columns.Model) throw new ArgumentException("differences are of the same models", nameof(baseline));
        if (!Asked(baseline).SequenceEqual(Asked(this))) throw new ArgumentException("differences are of the same questions", nameof(baseline));
        var (strict, flexible) = (Pair(AnswerRule.Strict), Pair(AnswerRule.Flexible));
        return new(Method, baseline.Method, Rows.Model, Columns.Model,
            new(strict.First.Mean - strict.Second.Mean, QuestionBootstrap.Difference(strict.First, strict.Second, options),
                flexible.First.Mean - flexible.Second.Mean, QuestionBootstrap.Difference(flexible.First, flexible.Second, options)));

        (PairOutcomes First, PairOutcomes Second) Pair(AnswerRule rule) => (_outcomes[(rule, joint)], baseline._outcomes[(rule, joint)]);

        static IEnumerable<int> Asked(DebateMatrix matrix) => matrix._debates.Values.First().Select(debate => debate.Question.Number);
    }
}
