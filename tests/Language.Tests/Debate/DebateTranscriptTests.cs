using Srpo.Core.Results;
using Srpo.Language.Debate;

namespace Srpo.Language.Tests.Debate;

public sealed class DebateTranscriptTests
{
    private static readonly DebateRecord Debate = new(
        Debates.Question(5), ["srpo/0", "ippo/1"],
        [
            [Debates.Says("6 * 7 = 41\n\n#### 41"), Debates.Says("#### 42")],
            [Debates.Says("The peer is right.\n#### 42"), Debates.Says("I don't know\u001b[2J.")],
            [Debates.Says("#### 42"), new DebateResponse([1], "#### 7", false)],
        ]);

    [Fact]
    public void It_says_what_changed()
    {
        var entries = DebateTranscript.Entries(Debate, AnswerRule.Strict);
        Assert.Equal(
            [AnswerChange.First, AnswerChange.First, AnswerChange.Recovered, AnswerChange.Corrupted, AnswerChange.Kept, AnswerChange.Changed],
            entries.Select(entry => entry.Change));
        Assert.Equal([false, false, true, false, false, false], entries.Select(entry => entry.IsPeers));
        Assert.Equal([(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)], entries.Select(entry => (entry.Round, entry.Seat)));
    }

    [Fact]
    public void As_text() => Assert.Equal(
        """
        Question 5: What is number 5?
        Answer: 42

        Round 1 of 3

          srpo/0 (seat 0): 41, wrong
            6 * 7 = 41

            #### 41

          ippo/1 (seat 1): 42, right
            #### 42

        Round 2 of 3

          srpo/0 (seat 0): 42, right; was 41 (wrong), taken over from the peer
            The peer is right.
            #### 42

          ippo/1 (seat 1): no answer; was 42 (right)
            I don't know?[2J.

        Round 3 of 3

          srpo/0 (seat 0): 42, right; as before
            #### 42

          ippo/1 (seat 1): 7, wrong; was without answer; cut off
            #### 7

        Only srpo/0 (seat 0) is right at the end.

        """.ReplaceLineEndings("\n"),
        DebateTranscript.Text(Debate, AnswerRule.Strict));

    [Fact]
    public void In_parts_a_heading_stands_first_and_together_they_are_the_text()
    {
        var parts = DebateTranscript.Parts(Debate, AnswerRule.Strict);
        Assert.Equal(["Question 5: What is number 5?", "Round 1 of 3", "Round 2 of 3", "Round 3 of 3"], parts.Select(part => part.Split('\n')[0]));
        Assert.Equal([false, false, false, true], parts.Select(part => part.Contains("at the end.", StringComparison.Ordinal)));
        Assert.DoesNotContain(parts, part => part.Any(character => char.IsControl(character) && character != '\n'));
        Assert.Equal(DebateTranscript.Text(Debate, AnswerRule.Strict), string.Join('\n', parts));
    }

    [Fact]
    public void The_end_is_said_in_every_case()
    {
        static string End(string last) => DebateTranscript.Text(Debates.Held(0, "nn", last), AnswerRule.Strict).TrimEnd().Split('\n')[^1];
        Assert.Equal(["Both are right at the end.", "Only a (seat 0) is right at the end.", "Only b (seat 1) is right at the end.", "Both are wrong at the end."], new[] { "yy", "yn", "ny", "nn" }.Select(End));
    }
}
