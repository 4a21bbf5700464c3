using System.Globalization;
using System.Text;
using Srpo.Language.Questions;

namespace Srpo.Language.Debate;

/// <summary>What became of a debater's answer since the round before.</summary>
public enum AnswerChange
{
    /// <summary>It is the first one.</summary>
    First,

    /// <summary>It is the same.</summary>
    Kept,

    /// <summary>It is another one, and as wrong.</summary>
    Changed,

    /// <summary>It was wrong and is right.</summary>
    Recovered,

    /// <summary>It was right and is wrong.</summary>
    Corrupted,
}

/// <summary>A response in a transcript.</summary>
/// <param name="Round">Round, from 0.</param>
/// <param name="Seat">0 or 1.</param>
/// <param name="Text">All of it.</param>
/// <param name="Answer">Its answer; null where it has none.</param>
/// <param name="IsRight">Whether that is right.</param>
/// <param name="Change">What became of the answer since the round before.</param>
/// <param name="IsPeers">Whether it is now the answer that the peer, and not the debater itself, gave the round before.</param>
public sealed record TranscriptEntry(int Round, int Seat, string Text, ExactNumber? Answer, bool IsRight, AnswerChange Change, bool IsPeers);

/// <summary>A debate for readers: what was said, and what changed between rounds.</summary>
public static class DebateTranscript
{
    /// <summary>The responses in order, round by round, seat 0 first.</summary>
    /// <param name="debate">The debate.</param>
    /// <param name="rule">Which number of a response is its answer.</param>
    public static IReadOnlyList<TranscriptEntry> Entries(DebateRecord debate, AnswerRule rule)
    {
        ArgumentNullException.ThrowIfNull(debate);
        return [.. from round in Enumerable.Range(0, debate.Rounds.Count) from seat in new[] { 0, 1 } select Entry(debate, round, seat, rule)];
    }

    /// <summary>The transcript as plain text. Control characters other than line ends are shown as "?", so that a response cannot write to the terminal's state.</summary>
    /// <param name="debate">The debate.</param>
    /// <param name="rule">Which number of a response is its answer.</param>
    public static string Text(DebateRecord debate, AnswerRule rule)
    {
        ArgumentNullException.ThrowIfNull(debate);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Question {debate.Question.Number}: {Shown(debate.Question.Text)}\nAnswer: {debate.Question.Answer}\n");
        foreach (var entry in Entries(debate, rule))
        {
            if (entry.Seat == 0) text.Append(CultureInfo.InvariantCulture, $"\nRound {entry.Round + 1} of {debate.Rounds.Count}\n");
            text.Append(CultureInfo.InvariantCulture, $"\n  {debate.Debaters[entry.Seat]} (seat {entry.Seat}): {Verdict(debate, entry, rule)}\n");
            foreach (var line in Shown(entry.Text).Split('\n')) text.Append(line.Length == 0 ? "" : "    ").Append(line).Append('\n');
        }

        text.Append('\n').Append(debate.IsJointlyRight(rule) ? "Both are right at the end." : (debate.IsRight(debate.Rounds.Count - 1, 0, rule), debate.IsRight(debate.Rounds.Count - 1, 1, rule)) switch
        {
            (true, _) => $"Only {debate.Debaters[0]} (seat 0) is right at the end.",
            (_, true) => $"Only {debate.Debaters[1]} (seat 1) is right at the end.",
            _ => "Both are wrong at the end.",
        }).Append('\n');
        return text.ToString();
    }

    /// <summary>What became of an answer in a few words, for example "42, right; was 41, taken over from the peer".</summary>
    /// <param name="debate">The debate.</param>
    /// <param name="entry">One of its responses.</param>
    /// <param name="rule">Which number of a response is its answer.</param>
    public static string Verdict(DebateRecord debate, TranscriptEntry entry, AnswerRule rule)
    {
        ArgumentNullException.ThrowIfNull(debate);
        ArgumentNullException.ThrowIfNull(entry);
        var now = entry.Answer is { } answer ? $"{answer}, {(entry.IsRight ? "right" : "wrong")}" : "no answer";
        var ended = debate.Rounds[entry.Round][entry.Seat].Ended ? "" : "; cut off";
        if (entry.Change == AnswerChange.First) return now + ended;
        if (entry.Change == AnswerChange.Kept) return now + "; as before" + ended;
        var before = debate.Rounds[entry.Round - 1][entry.Seat].Answer(rule)?.ToString() ?? "without answer";
        var how = entry.Change switch { AnswerChange.Recovered => " (wrong)", AnswerChange.Corrupted => " (right)", _ => "" };
        return $"{now}; was {before}{how}{(entry.IsPeers ? ", taken over from the peer" : "")}{ended}";
    }

    private static TranscriptEntry Entry(DebateRecord debate, int round, int seat, AnswerRule rule)
    {
        var response = debate.Rounds[round][seat];
        var (answer, isRight) = (response.Answer(rule), debate.IsRight(round, seat, rule));
        if (round == 0) return new(round, seat, response.Text, answer, isRight, AnswerChange.First, false);
        var (before, wasRight) = (debate.Rounds[round - 1][seat].Answer(rule), debate.IsRight(round - 1, seat, rule));
        var change = (wasRight, isRight) switch
        {
            (false, true) => AnswerChange.Recovered,
            (true, false) => AnswerChange.Corrupted,
            _ => before == answer ? AnswerChange.Kept : AnswerChange.Changed,
        };
        return new(round, seat, response.Text, answer, isRight, change, answer is not null && answer != before && answer == debate.Rounds[round - 1][1 - seat].Answer(rule));
    }

    private static string Shown(string text) =>
        string.Concat(text.ReplaceLineEndings("\n").TrimEnd().Select(character => char.IsControl(character) && character is not ('\n' or '\t') ? '?' : character));
}
