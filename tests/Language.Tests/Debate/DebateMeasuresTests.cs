using Srpo.Core.Results;
using Srpo.Core.Statistics;
using Srpo.Language.Debate;

namespace Srpo.Language.Tests.Debate;

public sealed class DebateMeasuresTests
{
    /// <summary>Four debates of two rounds: seat 0 goes wrong, right, wrong, right; seat 1 stays, recovers, stays wrong, is corrupted.</summary>
    private static readonly DebateRecord[] Four = [Debates.Held(0, "yy", "ny"), Debates.Held(1, "nn", "yy"), Debates.Held(2, "nn", "nn"), Debates.Held(3, "yy", "yn")];

    private static IReadOnlyList<RoundMeasures> Measures(IReadOnlyList<DebateRecord> debates, AnswerRule rule = AnswerRule.Strict) => DebateMeasures.Of(DebateScorer.Score(debates), rule);

    [Fact]
    public void Rounds_by_hand()
    {
        var rounds = Measures(Four);
        Assert.Equal(2, rounds.Count);
        Assert.Equal((4, new SeatPair(0.5, 0.5), 0.5, 1.0), (rounds[0].Debates, rounds[0].Accuracy, rounds[0].Joint, rounds[0].Agreement));
        Assert.True(double.IsNaN(rounds[0].Recovery.Seat0) && double.IsNaN(rounds[0].Corruption.Seat1) && double.IsNaN(rounds[0].Flips.Seat0));

        // Right in round 1: seat 0 in debates 1 and 3, seat 1 in 0 and 1, both in 1; they agree in 1 and 2.
        Assert.Equal((new SeatPair(0.5, 0.5), 0.25, 0.5), (rounds[1].Accuracy, rounds[1].Joint, rounds[1].Agreement));
        Assert.Equal((new SeatPair(0.5, 0.5), new SeatPair(0.5, 0.5)), (rounds[1].Recovery, rounds[1].Corruption));
        Assert.Equal(new SeatPair(0.5, 0.5), rounds[1].Flips);
        Assert.Equal(new SeatPair(7, 7), rounds[1].Tokens);
    }

    [Fact]
    public void Shares_are_of_those_who_could()
    {
        var rounds = Measures([Debates.Held(0, "yn", "yn"), Debates.Held(1, "yn", "ny"), Debates.Held(2, "yn", "yn")]);
        Assert.True(double.IsNaN(rounds[1].Recovery.Seat0) && double.IsNaN(rounds[1].Corruption.Seat1));
        Assert.Equal((1 / 3.0, 1 / 3.0), (rounds[1].Corruption.Seat0, rounds[1].Recovery.Seat1));
    }

    [Fact]
    public void Strict_and_flexible_differ_where_marks_are_missing()
    {
        var debate = new DebateRecord(Debates.Question(), ["a", "b"], [[Debates.Says("42"), Debates.Says("#### 42")], [Debates.Says("none"), Debates.Says("none")]]);
        var (strict, flexible) = (Measures([debate]), Measures([debate], AnswerRule.Flexible));
        Assert.Equal((new SeatPair(0, 1), new SeatPair(1, 1)), (strict[0].Accuracy, flexible[0].Accuracy));
        Assert.Equal((0.0, 1.0), (strict[0].Agreement, flexible[0].Agreement));
        Assert.Equal((new SeatPair(0, 1), new SeatPair(1, 1)), (strict[1].Flips, flexible[1].Flips));

        // Two without an answer do not agree.
        Assert.Equal(0, strict[1].Agreement);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("abc", 0)]
    [InlineData("abcd", 0)]
    [InlineData("aaaaaa", 2.0 / 3)]
    [InlineData("abcdabcd", 0.2)]
    public void Repetition_counts_runs_of_four_tokens(string text, double expected) =>
        Assert.Equal(expected, DebateScorer.RepetitionOf([.. text.Select(character => (int)character)]), 1e-12);

    [Fact]
    public void Debates_of_different_lengths_are_refused()
    {
        Assert.Throws<ArgumentException>(() => DebateScorer.Score([]));
        Assert.Throws<ArgumentException>(() => DebateScorer.Score([Debates.Held(0, "yy"), Debates.Held(1, "yy", "yy")]));
        Assert.Throws<ArgumentException>(() => DebateMeasures.Of([], AnswerRule.Strict));
        Assert.Throws<ArgumentException>(() => DebateMeasures.Of([DebateScorer.Score([Debates.Held(0, "yy")]), DebateScorer.Score([Debates.Held(1, "yy", "yy")])], AnswerRule.Strict));
    }

    [Fact]
    public void Partners_swapped_change_seats_and_nothing_else()
    {
        var swapped = Four.Select(debate => debate.Swapped()).ToArray();
        Assert.Equal(["b", "a"], swapped[0].Debaters);
        var (before, after) = (Measures(Four)[0], Measures(swapped)[0]);
        Assert.Equal((before.Accuracy.Seat0, before.Joint), (after.Accuracy.Seat1, after.Joint));
        Assert.Equal(Four[3].IsRight(1, 0, AnswerRule.Strict), swapped[3].IsRight(1, 1, AnswerRule.Strict));
        var (scored, exchanged) = (DebateScorer.Score(swapped), DebateScorer.Score(Four).Swapped());
        Assert.Equal(scored.Questions, exchanged.Questions);
        Assert.Equal(scored.Responses, exchanged.Responses);
        Assert.Equal(scored.Tokens, exchanged.Tokens);
        Assert.Equal(scored.Repetition, exchanged.Repetition);
    }

    [Fact]
    public void Pairs_are_counted_together()
    {
        var (one, other) = (DebateScorer.Score(Four[..1]), DebateScorer.Score(Four[1..]));
        Assert.Equal(Measures(Four), DebateMeasures.Of([one, other], AnswerRule.Strict));
    }

    [Fact]
    public void What_a_response_came_to_is_in_its_marks()
    {
        var debate = new DebateRecord(Debates.Question(), ["a", "b"], [[Debates.Says("42"), Debates.Says("#### 41")], [Debates.Says("#### 42"), Debates.Says("none")]]);
        var outcomes = DebateScorer.Score([debate]);
        Assert.Equal(
            [
                ResponseOutcome.Flexible | ResponseOutcome.HasFlexible,
                ResponseOutcome.HasStrict | ResponseOutcome.HasFlexible,
                ResponseOutcome.Strict | ResponseOutcome.Flexible | ResponseOutcome.HasStrict | ResponseOutcome.HasFlexible | ResponseOutcome.FlippedStrict,
                ResponseOutcome.FlippedStrict | ResponseOutcome.FlippedFlexible,
            ],
            outcomes.Responses.Select(response => (ResponseOutcome)response));
        Assert.Equal([2, 7, 7, 4], outcomes.Tokens);
        Assert.Equal(20, outcomes.TokensOf(0));
        Assert.Null(outcomes.Problem());
        Assert.NotNull((outcomes with { Tokens = [1] }).Problem());
        Assert.NotNull((outcomes with { Rounds = 3 }).Problem());
        Assert.NotNull((outcomes with { Independent = new(2, ["1"], ["1"], ["1"], [1]) }).Problem());
    }

    [Fact]
    public void Votes_count_answers_and_take_the_first_of_equals()
    {
        Assert.Equal("2", DebateBaselines.Vote(["1", "2", "3", "2"]));
        Assert.Equal("1", DebateBaselines.Vote(["1", "2", "2", "1"]));
        Assert.Equal("3", DebateBaselines.Vote(["", "", "3"]));
        Assert.Equal("", DebateBaselines.Vote(["", ""]));
        Assert.Equal("", DebateBaselines.Vote([]));
    }

    [Fact]
    public void Votes_cost_no_more_tokens_than_the_debate()
    {
        // Answers of seven tokens each, to one question.
        static IndependentAnswers Given(string rights) => DebateScorer.Score([Debates.Held(0, "yy")], [[.. rights.Select(right => Debates.Says(right == 'y' ? "#### 42" : "#### 41"))]]).Independent!;
        Assert.Equal(new QuestionVote(true, 3), DebateBaselines.AtEqualTokens([Given("nyyy")], 0, 27, AnswerRule.Strict));
        Assert.Equal(new QuestionVote(false, 1), DebateBaselines.AtEqualTokens([Given("ny")], 0, 3, AnswerRule.Strict));
        Assert.Equal(new QuestionVote(true, 3), DebateBaselines.AtEqualTokens([Given("yy"), Given("n")], 0, 100, AnswerRule.Strict));
        Assert.Equal(new QuestionVote(false, 3), DebateBaselines.AtEqualTokens([Given("nn"), Given("y")], 0, 100, AnswerRule.Strict));

        // 28 tokens a debate are four answers of seven: of 41, 42, 42, 42, 41, 41, 41 the first four.
        var four = DebateScorer.Score(Four);
        Assert.Equal((28, 28), (Four[0].TotalTokens, four.TokensOf(0)));
        Assert.Equal(new QuestionVote(true, 4), DebateBaselines.AtEqualTokens([Given("nyyynnn")], 0, 28, AnswerRule.Strict));

        // Without marks only the flexible rule finds a vote.
        var unmarked = DebateScorer.Score([Debates.Held(0, "yy")], [[Debates.Says("42")]]).Independent!;
        Assert.Equal((false, true), (DebateBaselines.AtEqualTokens([unmarked], 0, 9, AnswerRule.Strict).IsRight, DebateBaselines.AtEqualTokens([unmarked], 0, 9, AnswerRule.Flexible).IsRight));
        Assert.Throws<ArgumentException>(() => DebateScorer.Score(Four, []));
        Assert.Throws<ArgumentException>(() => DebateScorer.Score(Four[..2], [[Debates.Says("1")], []]));
    }

    [Fact]
    public void A_matrix_becomes_a_cell_with_intervals()
    {
        var (rows, columns) = (new DebatePopulation("small", 2, 0), new DebatePopulation("large", 1, 1));
        DebateRecord[] good = [Debates.Held(0, "yy"), Debates.Held(1, "yy"), Debates.Held(2, "yn"), Debates.Held(3, "yy")];
        DebateRecord[] bad = [Debates.Held(0, "ny"), Debates.Held(1, "ny"), Debates.Held(2, "yn"), Debates.Held(3, "yy")];
        var matrix = new DebateMatrix("srpo", rows, columns, [new(0, 0, DebateScorer.Score(good)), new(1, 0, DebateScorer.Score(bad))]);
        Assert.Equal(new double[,] { { 0.75 }, { 0.25 } }, matrix.Joint(AnswerRule.Strict));
        var (joint, single) = (matrix.ToCell(DebateScore.Joint, BootstrapOptions.Default), matrix.ToCell(DebateScore.First, BootstrapOptions.Default));
        Assert.Equal(("srpo", "small", "large", 2, 4, 0.5, 0.75), (joint.Method, joint.Model0, joint.Model1, joint.Pairs, joint.Questions, joint.Accuracy.Strict, single.Accuracy.Strict));
        Assert.True(joint.Accuracy.StrictInterval is { } interval && interval.Contains(0.5) && interval.High > 0.7 && interval.Low < 0.3);
        Assert.Equal(joint, matrix.ToCell(DebateScore.Joint, BootstrapOptions.Default));

        var other = new DebateMatrix("ippo", rows with { Stratum = 2 }, columns with { Stratum = 3 }, [new(0, 0, DebateScorer.Score(bad)), new(1, 0, DebateScorer.Score(bad))]);
        var difference = matrix.Minus(other, DebateScore.Joint, BootstrapOptions.Default);
        Assert.Equal(("srpo", "ippo", 0.25), (difference.Method, difference.Baseline, difference.Accuracy.Strict));
        Assert.True(difference.Accuracy.StrictInterval is { } range && range.Contains(0.25) && range.Low >= 0);
    }

    [Fact]
    public void A_matrix_of_other_questions_or_of_nothing_is_refused()
    {
        var (rows, columns) = (new DebatePopulation("small", 2, 0), new DebatePopulation("large", 2, 1));
        Assert.Throws<ArgumentException>(() => new DebateMatrix("m", rows, columns, []));
        Assert.Contains("debate other questions", Assert.Throws<ArgumentException>(() => new DebateMatrix("m", rows, columns, [new(0, 0, One(0)), new(0, 1, One(1))])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new DebateMatrix("m", rows, columns, [new(0, 0, One(0)), new(0, 0, One(0))]));
        Assert.Throws<ArgumentException>(() => new DebateMatrix("m", rows, rows, [new(0, 0, One(0))]));
        Assert.Contains("are damaged", Assert.Throws<ArgumentException>(() => new DebateMatrix("m", rows, columns, [new(0, 0, One(0) with { Rounds = 2 })])).Message, StringComparison.Ordinal);
        var one = new DebateMatrix("m", rows, columns, [new(0, 0, One(0))]);
        Assert.True(double.IsNaN(one.Joint(AnswerRule.Strict)[1, 1]));
        Assert.Throws<ArgumentException>(() => one.Minus(new DebateMatrix("m", rows, columns, [new(0, 0, One(1))]), DebateScore.Joint, BootstrapOptions.Default));
    }

    [Fact]
    public void Sittings_of_a_pair_count_alike_and_each_debater_half()
    {
        var (rows, columns) = (new DebatePopulation("small", 1, 0), new DebatePopulation("large", 1, 1));
        var (first, second) = (DebateScorer.Score([Debates.Held(0, "yy"), Debates.Held(1, "yn")]), DebateScorer.Score([Debates.Held(0, "ny"), Debates.Held(1, "nn")]));
        var matrix = new DebateMatrix("m", rows, columns, [new(0, 0, first, second)]);
        Assert.Equal((0.25, 0.5, 0.5, 0.5), (Strict(DebateScore.Joint), Strict(DebateScore.First), Strict(DebateScore.Second), Strict(DebateScore.Each)));
        Assert.Equal((1, 2, 1, 2), (matrix.Pairs, matrix.Questions, matrix.Rounds, matrix.Debates.Count()));

        double Strict(DebateScore score) => matrix.Accuracy(score, 0, BootstrapOptions.Default).Strict;
    }

    [Fact]
    public void A_mean_over_blocks_counts_each_once()
    {
        var (small, large, other) = (new DebatePopulation("small", 2, 0), new DebatePopulation("large", 1, 1), new DebatePopulation("other", 1, 2));
        var (right, wrong) = (DebateScorer.Score([Debates.Held(0, "yy"), Debates.Held(1, "yy")]), DebateScorer.Score([Debates.Held(0, "nn"), Debates.Held(1, "yn")]));
        var (good, bad) = (new DebateMatrix("m", small, large, [new(0, 0, right), new(1, 0, right)]), new DebateMatrix("m", small, other, [new(0, 0, wrong)]));
        Assert.Equal(0.5, DebateMatrix.Mean([good, bad], DebateScore.Joint, BootstrapOptions.Default).Strict);
        Assert.Equal(1, DebateMatrix.Difference([good], [bad], DebateScore.Joint, BootstrapOptions.Default).Strict);
        var nothing = DebateMatrix.Difference([good, bad], [good, bad], DebateScore.Each, BootstrapOptions.Default);
        Assert.Equal((0.0, new Interval(0, 0)), (nothing.Strict, nothing.StrictInterval));
    }

    private static DebateOutcomes One(int question) => DebateScorer.Score([Debates.Held(question, "yy")]);
}
