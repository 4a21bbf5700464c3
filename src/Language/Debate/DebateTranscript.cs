using System.Globalization;
using System.Text;
using Srpo.Core.Results;
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

    /// <summary>
    /// The transcript as plain text: the parts of <see cref="Parts"/> with an empty line between them.
    /// </summary>
    /// <param name="debate">The debate.</param>
    /// <param name="rule">Which number of a response is its answer.</param>
    public static string Text(DebateRecord debate, AnswerRule rule) => string.Join('\n', Parts(debate, rule));

    /// <summary>
    /// The transcript in parts, to be shown one after the other: the question, then a part a round; the last one ends with who is right. The first line of a part is its heading, every part ends
    /// with a line end. Control characters other than line ends are shown as "?", so that a response cannot write to the terminal's state.
    /// </summary>
    /// <param name="debate">The debate.</param>
    /// <param name="rule">Which number of a response is its answer.</param>
    /// <returns>[rounds + 1].</returns>
    public static IReadOnlyList<string> Parts(DebateRecord debate, AnswerRule rule)
    {
        ArgumentNullException.ThrowIfNull(debate);
        return [Question(debate), .. Enumerable.Range(0, debate.Rounds.Count).Select(round => Round(debate, round, rule))];
    }

    private static string Question(DebateRecord debate) =>
        string.Create(CultureInfo.InvariantCulture, $"Question {debate.Question.Number}: {Shown(debate.Question.Text)}\nAnswer: {debate.Question.Answer}\n");

    private static string Round(DebateRecord debate, int round, AnswerRule rule)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Round {round + 1} of {debate.Rounds.Count}\n");
        foreach (var seat in new[] { 0, 1 })
        {
            var entry = Entry(debate, round, seat, rule);
            text.Append(CultureInfo.InvariantCulture, $"\n  {Shown(debate.Debaters[seat])} (seat {seat}): {Verdict(debate, entry, rule)}\n");
            foreach (var line in Shown(entry.Text).Split('\n')) text.Append(line.Length == 0 ? "" : "    ").Append(line).Append('\n');
        }

        if (round < debate.Rounds.Count - 1) return text.ToString();
        return text.Append('\n').Append((debate.IsRight(round, 0, rule), debate.IsRight(round, 1, rule)) switch
        {
            (true, true) => "Both are right at the end.",
            (true, _) => $"Only {Shown(debate.Debaters[0])} (seat 0) is right at the end.",
            (_, true) => $"Only {Shown(debate.Debaters[1])} (seat 1) is right at the end.",
            _ => "Both are wrong at the end.",
        }).Append('\n').ToString();
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
