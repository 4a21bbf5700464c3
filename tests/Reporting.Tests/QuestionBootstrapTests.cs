using Srpo.Core.Statistics;

namespace Srpo.Reporting.Tests;

public sealed class QuestionBootstrapTests
{
    private static PairOutcomes Outcomes(int rows, int columns, int questions, Func<int, int, int, bool> outcome, int rowStratum = 0, int columnStratum = 1)
    {
        var outcomes = new PairOutcomes(rows, columns, questions, rowStratum, columnStratum);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                if (rowStratum != columnStratum || row != column) outcomes.Set(row, column, Enumerable.Range(0, questions).Select(question => outcome(row, column, question)));
            }
        }

        return outcomes;
    }

    private static double Width(Interval? interval) => interval is { } ends ? ends.High - ends.Low : double.NaN;

    [Fact]
    public void Of_one_pair_the_interval_is_that_of_a_share_of_questions()
    {
        // 3 of 4 are right, of 400: the standard error is sqrt(0.75 * 0.25 / 400).
        var interval = QuestionBootstrap.Mean(Outcomes(1, 1, 400, (_, _, question) => question % 4 != 0), BootstrapOptions.Default);
        Assert.Equal(0.75 - (1.96 * 0.02165), interval!.Value.Low, 0.005);
        Assert.Equal(0.75 + (1.96 * 0.02165), interval.Value.High, 0.005);
    }

    [Fact]
    public void What_depends_on_runs_alone_is_as_uncertain_as_the_runs()
    {
        // Of 10 runs 5 solve every question; more questions do not help.
        var few = QuestionBootstrap.Mean(Outcomes(10, 1, 20, (row, _, _) => row < 5), BootstrapOptions.Default);
        var many = QuestionBootstrap.Mean(Outcomes(10, 1, 500, (row, _, _) => row < 5), BootstrapOptions.Default);
        Assert.Equal(few, many);
        Assert.InRange(Width(few), 0.5, 0.7);
    }

    [Fact]
    public void What_is_always_so_has_an_interval_of_one_point()
    {
        Assert.Equal(new Interval(1, 1), QuestionBootstrap.Mean(Outcomes(3, 3, 5, (_, _, _) => true), BootstrapOptions.Default));
        Assert.Equal(new Interval(0, 0), QuestionBootstrap.Mean(Outcomes(3, 3, 5, (_, _, _) => false, 2, 2), BootstrapOptions.Default));
    }

    [Fact]
    public void A_difference_over_the_same_questions_is_narrower_than_of_others()
    {
        // Half of the questions are hard for both; the second solves one more in twenty of the others.
        static bool Hard(int question) => question % 2 == 0;
        var (first, second) = (Outcomes(1, 1, 400, (_, _, question) => !Hard(question)), Outcomes(1, 1, 400, (_, _, question) => !Hard(question) && question % 20 != 1, 2, 3));
        var difference = QuestionBootstrap.Difference(first, second, BootstrapOptions.Default);
        Assert.True(difference!.Value.Contains(0.05) && difference.Value.Low > 0.02);
        Assert.True(Width(difference) < 0.7 * Width(QuestionBootstrap.Mean(first, BootstrapOptions.Default)));
        Assert.Throws<ArgumentException>(() => QuestionBootstrap.Difference(first, Outcomes(1, 1, 10, (_, _, _) => true), BootstrapOptions.Default));
    }

    [Fact]
    public void Pairs_that_were_not_played_count_for_nothing()
    {
        var outcomes = new PairOutcomes(2, 2, 2, 0, 1);
        Assert.True(double.IsNaN(outcomes.Mean));
        Assert.Null(QuestionBootstrap.Mean(outcomes, BootstrapOptions.Default));
        outcomes.Set(0, 1, [true, false]);
        outcomes.Set(1, 0, [true, true]);
        Assert.Equal((0.75, 2), (outcomes.Mean, outcomes.Pairs));
        Assert.True(QuestionBootstrap.Mean(outcomes, BootstrapOptions.Default)!.Value.Contains(0.75));
        Assert.Null(QuestionBootstrap.Mean(Outcomes(1, 1, 1, (_, _, _) => true), BootstrapOptions.Default));
    }

    [Fact]
    public void Equal_options_give_equal_bits_and_other_seeds_others()
    {
        var outcomes = Outcomes(4, 4, 50, (row, column, question) => ((row * 7) + (column * 5) + (question * 3)) % 4 == 0, 6, 6);
        Assert.Equal(12, outcomes.Pairs);
        var interval = QuestionBootstrap.Mean(outcomes, BootstrapOptions.Default);
        Assert.Equal(interval, QuestionBootstrap.Mean(outcomes, BootstrapOptions.Default));
        Assert.NotEqual(interval, QuestionBootstrap.Mean(outcomes, BootstrapOptions.Default with { Seed = 1 }));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var outcomes = new PairOutcomes(2, 2, 2, 3, 3);
        Assert.Throws<ArgumentException>(() => outcomes.Set(1, 1, [true, true]));
        Assert.Throws<ArgumentException>(() => outcomes.Set(0, 1, [true]));
        Assert.Throws<ArgumentOutOfRangeException>(() => outcomes.Set(2, 0, [true, true]));
        Assert.Throws<ArgumentException>(() => new PairOutcomes(2, 3, 2, 3, 3));
        outcomes.Set(0, 1, [true, true]);
        Assert.Throws<ArgumentException>(() => outcomes.Set(0, 1, [true, true]));
    }
}
