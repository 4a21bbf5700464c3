using Srpo.Core.Random;

namespace Srpo.Core.Statistics;

/// <summary>
/// Bootstrap intervals of a share over pairs of runs and questions, crossed: in every resample the runs of either side and the questions are drawn with replacement, and
/// an outcome counts as often as its run, its other run and its question were drawn together. What is alike in all pairs because of an easy question, or in
/// all questions because of a good run, is thus not taken for independent. A side of one run is not resampled. Streams are those of <see cref="RunBootstrap"/>.
/// </summary>
public static class QuestionBootstrap
{
    /// <summary>The stratum of questions, the same for all methods, so that all are resampled with the same questions.</summary>
    private const int QuestionStratum = int.MaxValue;

    /// <summary>The interval of the mean outcome.</summary>
    /// <param name="outcomes">Outcomes of pairs and questions.</param>
    /// <param name="options">Seed, number of resamples, level.</param>
    /// <returns>The interval; null where neither runs nor questions are more than one, or nothing was played.</returns>
    public static Interval? Mean(PairOutcomes outcomes, BootstrapOptions options)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        return Mean([outcomes], options);
    }

    /// <summary>The interval of the mean over blocks of their mean outcomes, each block counting once; runs and questions are drawn alike for all.</summary>
    /// <param name="blocks">Outcomes, of equally many questions.</param>
    /// <param name="options">Seed, number of resamples, level.</param>
    /// <returns>The interval; null where neither runs nor questions are more than one, or nothing was played in a block, or there is none.</returns>
    /// <exception cref="ArgumentException">The questions are not equally many.</exception>
    public static Interval? Mean(IReadOnlyList<PairOutcomes> blocks, BootstrapOptions options)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        return Resample([.. blocks], options, means => Average(means));
    }

    /// <summary>The interval of the difference of two mean outcomes over the same questions, which are drawn alike for both.</summary>
    /// <param name="first">Outcomes.</param>
    /// <param name="second">Outcomes, of the same questions, that are taken off.</param>
    /// <param name="options">Seed, number of resamples, level.</param>
    /// <returns>As of a mean.</returns>
    /// <exception cref="ArgumentException">The questions are not equally many.</exception>
    public static Interval? Difference(PairOutcomes first, PairOutcomes second, BootstrapOptions options)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return Difference([first], [second], options);
    }

    /// <summary>The interval of the difference of two means over blocks, as <see cref="Mean(IReadOnlyList{PairOutcomes}, BootstrapOptions)"/> has them.</summary>
    /// <param name="first">Blocks of outcomes.</param>
    /// <param name="second">Blocks of outcomes, of the same questions, that are taken off.</param>
    /// <param name="options">Seed, number of resamples, level.</param>
    /// <returns>As of means.</returns>
    /// <exception cref="ArgumentException">The questions are not equally many.</exception>
    public static Interval? Difference(IReadOnlyList<PairOutcomes> first, IReadOnlyList<PairOutcomes> second, BootstrapOptions options)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count == 0 || second.Count == 0) return null;
        return Resample([.. first, .. second], options, means => Average(means.AsSpan(0, first.Count)) - Average(means.AsSpan(first.Count)));
    }

    private static double Average(ReadOnlySpan<double> means) => CompensatedSum.Of(means) / means.Length;

    private static Interval? Resample(PairOutcomes[] all, BootstrapOptions options, Func<double[], double> value)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Resamples, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Resamples, StreamId.MaxLanes);
        if (!(options.Level is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(options), options.Level, "The level must lie between 0 and 1.");
        if (all.Any(outcomes => outcomes.Questions != all[0].Questions)) throw new ArgumentException("all must be outcomes of the same questions", nameof(all));
        if (all.Length == 0 || all.Any(outcomes => double.IsNaN(outcomes.Mean)) || (all[0].Questions < 2 && all.All(outcomes => outcomes is { Rows: < 2, Columns: < 2 }))) return null;

        var questions = new RunCounts(all[0].Questions, QuestionStratum);
        var sides = all.Select(outcomes =>
        {
            var rows = new RunCounts(outcomes.Rows, outcomes.Rows < 2 ? -1 : outcomes.RowStratum);
            return (Rows: rows, Columns: outcomes.ColumnStratum == outcomes.RowStratum ? rows : new RunCounts(outcomes.Columns, outcomes.Columns < 2 ? -1 : outcomes.ColumnStratum));
        }).ToArray();
        var (values, means) = (new double[options.Resamples], new double[all.Length]);
        for (var resample = 0; resample < values.Length; resample++)
        {
            questions.Start(options.Seed, resample);
            foreach (var (rows, columns) in sides)
            {
                rows.Start(options.Seed, resample);
                if (!ReferenceEquals(rows, columns)) columns.Start(options.Seed, resample);
            }

            bool some;
            do
            {
                questions.Draw();
                some = true;
                for (var i = 0; i < all.Length; i++)
                {
                    sides[i].Rows.Draw();
                    if (!ReferenceEquals(sides[i].Rows, sides[i].Columns)) sides[i].Columns.Draw();
                    means[i] = all[i].MeanOf(sides[i].Rows.Counts, sides[i].Columns.Counts, questions.Counts);
                    some &= !double.IsNaN(means[i]);
                }
            }
            while (!some);
            values[resample] = value(means);
        }

        Array.Sort(values);
        var tail = (1 - options.Level) / 2;
        return new(Descriptive.Quantile(values, tail), Descriptive.Quantile(values, 1 - tail));
    }
}

/// <summary>What became of every question with every pair of runs.</summary>
public sealed class PairOutcomes
{
    /// <summary>How often it is true, of all sittings of a pair.</summary>
    private readonly byte[] _outcomes;

    /// <summary>[pairs] how often a pair debated every question.</summary>
    private readonly byte[] _sittings;

    /// <summary>Outcomes, none of them known.</summary>
    /// <param name="rows">Runs in seat 0, at least 1.</param>
    /// <param name="columns">Runs in seat 1, at least 1.</param>
    /// <param name="questions">Number of questions, at least 1.</param>
    /// <param name="rowStratum">Number of the population in seat 0, from 0; runs of one population are drawn alike wherever they play.</param>
    /// <param name="columnStratum">Number of the population in seat 1; where it is the same, a run does not count with itself.</param>
    public PairOutcomes(int rows, int columns, int questions, int rowStratum, int columnStratum)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(questions, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(rowStratum);
        ArgumentOutOfRangeException.ThrowIfNegative(columnStratum);
        if (rowStratum == columnStratum && rows != columns) throw new ArgumentException("a population with itself has as many rows as columns", nameof(columns));
        (Rows, Columns, Questions, RowStratum, ColumnStratum) = (rows, columns, questions, rowStratum, columnStratum);
        _outcomes = new byte[checked(rows * columns * questions)];
        _sittings = new byte[rows * columns];
    }

    /// <summary>Runs in seat 0.</summary>
    public int Rows { get; }

    /// <summary>Runs in seat 1.</summary>
    public int Columns { get; }

    /// <summary>Number of questions.</summary>
    public int Questions { get; }

    /// <summary>Number of the population in seat 0.</summary>
    public int RowStratum { get; }

    /// <summary>Number of the population in seat 1.</summary>
    public int ColumnStratum { get; }

    /// <summary>Pairs with a known outcome that count.</summary>
    public int Pairs { get; private set; }

    /// <summary>The share of outcomes that are true; NaN where none is known.</summary>
    public double Mean => MeanOf(Ones(Rows), Ones(Columns), Ones(Questions));

    /// <summary>Sets the outcomes of a pair.</summary>
    /// <param name="row">Run in seat 0.</param>
    /// <param name="column">Run in seat 1.</param>
    /// <param name="sittings">At least one: [questions] whether, for example, both were right, each time that the pair debated them.</param>
    /// <exception cref="ArgumentException">There is none or too many, they are not as many as the questions, or the pair is a run with itself or was set before.</exception>
    public void Set(int row, int column, params IReadOnlyList<IEnumerable<bool>> sittings)
    {
        ArgumentNullException.ThrowIfNull(sittings);
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        ArgumentOutOfRangeException.ThrowIfNegative(column);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(column, Columns);
        if (RowStratum == ColumnStratum && row == column) throw new ArgumentException("a run does not count with itself", nameof(column));
        if (_sittings[(row * Columns) + column] > 0) throw new ArgumentException("the pair was set before", nameof(row));
        if (sittings.Count is < 1 or > byte.MaxValue) throw new ArgumentException(FormattableString.Invariant($"a pair debates 1 to {byte.MaxValue} times, not {sittings.Count}"), nameof(sittings));
        var all = sittings.Select(outcomes => outcomes.ToArray()).ToArray();
        if (all.FirstOrDefault(outcomes => outcomes.Length != Questions) is { } other) throw new ArgumentException(FormattableString.Invariant($"{other.Length} outcomes of {Questions} questions"), nameof(sittings));
        var cell = Cell(row, column);
        for (var question = 0; question < cell.Length; question++) cell[question] = (byte)all.Count(outcomes => outcomes[question]);
        _sittings[(row * Columns) + column] = (byte)all.Length;
        Pairs++;
    }

    /// <summary>The share where runs and questions count so often; NaN where nothing that is known counts.</summary>
    internal double MeanOf(ReadOnlySpan<int> rows, ReadOnlySpan<int> columns, ReadOnlySpan<int> questions)
    {
        var (right, all, ofQuestions) = (0L, 0L, 0L);
        foreach (var count in questions) ofQuestions += count;
        for (var row = 0; row < Rows; row++)
        {
            if (rows[row] == 0) continue;
            for (var column = 0; column < Columns; column++)
            {
                var weight = (long)rows[row] * columns[column];
                var sittings = _sittings[(row * Columns) + column];
                if (weight == 0 || sittings == 0) continue;
                var cell = Cell(row, column);
                var sum = 0;
                for (var question = 0; question < cell.Length; question++) sum += cell[question] * questions[question];
                right += weight * sum;
                all += weight * ofQuestions * sittings;
            }
        }

        return all == 0 ? double.NaN : (double)right / all;
    }

    private Span<byte> Cell(int row, int column) => _outcomes.AsSpan(((row * Columns) + column) * Questions, Questions);

    private static int[] Ones(int count)
    {
        var ones = new int[count];
        Array.Fill(ones, 1);
        return ones;
    }
}
