using Srpo.Core.Results;
using Srpo.Core.Statistics;
using Srpo.Language.Debate;
using Srpo.Language.Questions;

namespace Srpo.Language.Tests.Debate;

public sealed class DebateMeasuresTests
{
    /// <summary>Four debates of two rounds: seat 0 goes wrong, right, wrong, right; seat 1 stays, recovers, stays wrong, is corrupted.</summary>
    private static readonly DebateRecord[] Four = [Debates.Held(0, "yy", "ny"), Debates.Held(1, "nn", "yy"), Debates.Held(2, "nn", "nn"), Debates.Held(3, "yy", "yn")];

    [Fact]
    public void Rounds_by_hand()
    {
        var rounds = DebateMeasures.Of(Four, AnswerRule.Strict);
        Assert.Equal(2, rounds.Count);
        Assert.Equal((4, new SeatPair(0.5, 0.5), 0.5, 1.0), (rounds[0].Debates, rounds[0].Accuracy, rounds[0].Joint, rounds[0].Agreement));
        Assert.True(double.IsNaN(rounds[0].Recovery.Seat0) && double.IsNaN(rounds[0].Corruption.Seat1) && double.IsNaN(rounds[0].Flips.Seat0));

        // Right in round 1: seat 0 in debates 1 and 3, seat 1 in 0 and 1, both in 1; they agree in 1 and 2.
        Assert.Equal((new SeatPair(0.5, 0.5), 0.25, 0.5), (rounds[1].Accuracy, rounds[1].Joint, rounds[1].Agreement));
        Assert.Equal((new SeatPair(0.5, 0.5), new SeatPair(0.5, 0.5)), (rounds[1].Recovery, rounds[1].Corruption));
        Assert.Equal(new SeatPair(0.5, 0.5), rounds[1].Flips);
        Assert.Equal(new SeatPair(7, 7), rounds[1].Tokens);
        Assert.Equal(0.25, DebateMeasures.JointAccuracy(Four, AnswerRule.Strict));
    }

    [Fact]
    public void Shares_are_of_those_who_could()
    {
        var rounds = DebateMeasures.Of([Debates.Held(0, "yn", "yn"), Debates.Held(1, "yn", "ny"), Debates.Held(2, "yn", "yn")], AnswerRule.Strict);
        Assert.True(double.IsNaN(rounds[1].Recovery.Seat0) && double.IsNaN(rounds[1].Corruption.Seat1));
        Assert.Equal((1 / 3.0, 1 / 3.0), (rounds[1].Corruption.Seat0, rounds[1].Recovery.Seat1));
    }

    [Fact]
    public void Strict_and_flexible_differ_where_marks_are_missing()
    {
        var debate = new DebateRecord(Debates.Question(), ["a", "b"], [[Debates.Says("42"), Debates.Says("#### 42")], [Debates.Says("none"), Debates.Says("none")]]);
        var (strict, flexible) = (DebateMeasures.Of([debate], AnswerRule.Strict), DebateMeasures.Of([debate], AnswerRule.Flexible));
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
        Assert.Equal(expected, DebateMeasures.RepetitionOf([.. text.Select(character => (int)character)]), 1e-12);

    [Fact]
    public void Debates_of_different_lengths_are_refused()
    {
        Assert.Throws<ArgumentException>(() => DebateMeasures.Of([], AnswerRule.Strict));
        Assert.Throws<ArgumentException>(() => DebateMeasures.Of([Debates.Held(0, "yy"), Debates.Held(1, "yy", "yy")], AnswerRule.Strict));
        Assert.True(double.IsNaN(DebateMeasures.JointAccuracy([], AnswerRule.Strict)));
    }

    [Fact]
    public void Partners_swapped_change_seats_and_nothing_else()
    {
        var swapped = Four.Select(debate => debate.Swapped()).ToArray();
        Assert.Equal(["b", "a"], swapped[0].Debaters);
        var (before, after) = (DebateMeasures.Of(Four, AnswerRule.Strict)[0], DebateMeasures.Of(swapped, AnswerRule.Strict)[0]);
        Assert.Equal((before.Accuracy.Seat0, before.Joint), (after.Accuracy.Seat1, after.Joint));
        Assert.Equal(Four[3].IsRight(1, 0, AnswerRule.Strict), swapped[3].IsRight(1, 1, AnswerRule.Strict));
    }

    [Fact]
    public void Votes_count_answers_and_take_the_first_of_equals()
    {
        static ExactNumber? Vote(params int?[] answers) => DebateBaselines.Vote(answers.Select(answer => answer is { } number ? ExactNumber.Of(number) : null));
        Assert.Equal("2", Vote(1, 2, 3, 2)?.Text);
        Assert.Equal("1", Vote(1, 2, 2, 1)?.Text);
        Assert.Equal("3", Vote(null, null, 3)?.Text);
        Assert.Null(Vote(null, null));
        Assert.Null(Vote());
    }

    [Fact]
    public void Votes_cost_no_more_tokens_than_the_debate()
    {
        DebateResponse Right() => Debates.Says("#### 42");
        DebateResponse Wrong() => Debates.Says("#### 41");
        Assert.Equal(3, DebateBaselines.Within([[Wrong(), Right(), Right(), Right()]], 27).Count);
        Assert.Single(DebateBaselines.Within([[Wrong(), Right()]], 3));
        Assert.Equal(["#### 42", "#### 41", "#### 42"], DebateBaselines.Within([[Right(), Right()], [Wrong()]], 100).Select(response => response.Text));

        // 28 tokens a debate are four answers of seven: of 41, 42, 42, 42, 41, 41, 41 the first four.
        Assert.Equal(28, Four[0].TotalTokens);
        DebateResponse[] answers = [Wrong(), Right(), Right(), Right(), Wrong(), Wrong(), Wrong()];
        Assert.Equal(1, DebateBaselines.VoteAtEqualTokens([Four[0]], [[answers]], AnswerRule.Strict));
        Assert.Equal(0.5, DebateBaselines.VoteAtEqualTokens([Four[0], Four[1]], [[answers], [[Wrong()]]], AnswerRule.Strict));
        Assert.Equal(0.5, DebateBaselines.Alone(Four, 0, AnswerRule.Strict));
        Assert.True(double.IsNaN(DebateBaselines.Alone([], 0, AnswerRule.Strict)));
        Assert.Throws<ArgumentException>(() => DebateBaselines.VoteAtEqualTokens([Four[0]], [], AnswerRule.Strict));
    }

    [Fact]
    public void A_matrix_becomes_a_cell_with_intervals()
    {
        var (rows, columns) = (new DebatePopulation("small", 2, 0), new DebatePopulation("large", 1, 1));
        DebateRecord[] good = [Debates.Held(0, "yy"), Debates.Held(1, "yy"), Debates.Held(2, "yn"), Debates.Held(3, "yy")];
        DebateRecord[] bad = [Debates.Held(0, "ny"), Debates.Held(1, "ny"), Debates.Held(2, "yn"), Debates.Held(3, "yy")];
        var matrix = new DebateMatrix("srpo", rows, columns, [new(0, 0, good), new(1, 0, bad)]);
        Assert.Equal(new double[,] { { 0.75 }, { 0.25 } }, matrix.Joint(AnswerRule.Strict));
        var (joint, single) = (matrix.ToCell(true, BootstrapOptions.Default), matrix.ToCell(false, BootstrapOptions.Default));
        Assert.Equal(("srpo", "small", "large", 2, 4, 0.5, 0.75), (joint.Method, joint.Model0, joint.Model1, joint.Pairs, joint.Questions, joint.Accuracy.Strict, single.Accuracy.Strict));
        Assert.True(joint.Accuracy.StrictInterval is { } interval && interval.Contains(0.5) && interval.High > 0.7 && interval.Low < 0.3);
        Assert.Equal(joint, matrix.ToCell(true, BootstrapOptions.Default));

        var other = new DebateMatrix("ippo", rows with { Stratum = 2 }, columns with { Stratum = 3 }, [new(0, 0, bad), new(1, 0, bad)]);
        var difference = matrix.Minus(other, true, BootstrapOptions.Default);
        Assert.Equal(("srpo", "ippo", 0.25), (difference.Method, difference.Baseline, difference.Accuracy.Strict));
        Assert.True(difference.Accuracy.StrictInterval is { } range && range.Contains(0.25) && range.Low >= 0);
    }

    [Fact]
    public void A_matrix_of_other_questions_or_of_nothing_is_refused()
    {
        var (rows, columns) = (new DebatePopulation("small", 2, 0), new DebatePopulation("large", 2, 1));
        Assert.Throws<ArgumentException>(() => new DebateMatrix("m", rows, columns, []));
        Assert.Contains("debate other questions", Assert.Throws<ArgumentException>(() => new DebateMatrix("m", rows, columns, [new(0, 0, [Debates.Held(0, "yy")]), new(0, 1, [Debates.Held(1, "yy")])])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new DebateMatrix("m", rows, columns, [new(0, 0, [Debates.Held(0, "yy")]), new(0, 0, [Debates.Held(0, "yy")])]));
        Assert.Throws<ArgumentException>(() => new DebateMatrix("m", rows, rows, [new(0, 0, [Debates.Held(0, "yy")])]));
        var one = new DebateMatrix("m", rows, columns, [new(0, 0, [Debates.Held(0, "yy")])]);
        Assert.True(double.IsNaN(one.Joint(AnswerRule.Strict)[1, 1]));
        Assert.Throws<ArgumentException>(() => one.Minus(new DebateMatrix("m", rows, columns, [new(0, 0, [Debates.Held(1, "yy")])]), true, BootstrapOptions.Default));
    }
}
