using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Core.Json;
using Srpo.Core.Results;
using Srpo.Language.Questions;
using Srpo.Language.Templates;

namespace Srpo.Language.Debate;

/// <summary>What a debater said in a round.</summary>
/// <param name="tokens">The tokens, the one that ended it included.</param>
/// <param name="text">What they say.</param>
/// <param name="ended">Whether a token ended it; otherwise it was cut off at the most tokens that it could have.</param>
public sealed class DebateResponse(IReadOnlyList<int> tokens, string text, bool ended)
{
    /// <summary>The tokens, the one that ended it included.</summary>
    public IReadOnlyList<int> Tokens { get; } = tokens;

    /// <summary>What they say.</summary>
    public string Text { get; } = text;

    /// <summary>Whether a token ended it; otherwise it was cut off at the most tokens that it could have.</summary>
    public bool Ended { get; } = ended;

    /// <summary>Its answer, strictly: null where it has none.</summary>
    public ExactNumber? Strict { get; } = AnswerExtraction.Extract(text, AnswerRule.Strict);

    /// <summary>Its answer, flexibly: null where it has none.</summary>
    public ExactNumber? Flexible { get; } = AnswerExtraction.Extract(text, AnswerRule.Flexible);

    /// <summary>Its answer by a rule; null where it has none.</summary>
    public ExactNumber? Answer(AnswerRule rule) => rule == AnswerRule.Strict ? Strict : Flexible;

    /// <summary>Whether it gives the answer of a question.</summary>
    public bool IsRight(Question question, AnswerRule rule)
    {
        ArgumentNullException.ThrowIfNull(question);
        return Answer(rule) == question.Answer;
    }
}

/// <summary>A debate that was held.</summary>
/// <param name="Question">The question.</param>
/// <param name="Debaters">[2] who sat in seat 0 and who in seat 1.</param>
/// <param name="Rounds">[rounds][2] the responses, round by round, seat by seat; at least one round.</param>
public sealed record DebateRecord(Question Question, IReadOnlyList<string> Debaters, IReadOnlyList<IReadOnlyList<DebateResponse>> Rounds)
{
    private static readonly JsonSerializerOptions Format = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Whether the response of a seat in a round gives the answer.</summary>
    public bool IsRight(int round, int seat, AnswerRule rule) => Rounds[round][seat].IsRight(Question, rule);

    /// <summary>Whether both debaters give the answer in the last round.</summary>
    public bool IsJointlyRight(AnswerRule rule) => IsRight(Rounds.Count - 1, 0, rule) && IsRight(Rounds.Count - 1, 1, rule);

    /// <summary>Tokens of all responses.</summary>
    public int TotalTokens => Rounds.Sum(round => round.Sum(response => response.Tokens.Count));

    /// <summary>The debate with the seats exchanged.</summary>
    public DebateRecord Swapped() => this with { Debaters = [Debaters[1], Debaters[0]], Rounds = [.. Rounds.Select(round => (IReadOnlyList<DebateResponse>)[round[1], round[0]])] };

    /// <summary>The debate as one line of JSON, which <see cref="FromJson"/> reads.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new Line(Question.Number, Question.Text, Question.Solution, Question.Answer.Text, Debaters, [.. Rounds.Select(round => round.Select(response => new LineResponse(response.Tokens, response.Text, response.Ended)).ToArray())]),
        Format);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The line.</param>
    /// <exception cref="SrpoException">It is no such line.</exception>
    public static DebateRecord FromJson(string json)
    {
        try
        {
            if (JsonSerializer.Deserialize<Line>(json, Format) is { Text: not null, Solution: not null, Answer: not null, Debaters.Count: 2, Rounds.Count: > 0 } line
                && line.Rounds.All(round => round is { Count: 2 } && round.All(response => response is { Tokens: not null, Text: not null }))
                && ExactNumber.TryParse(line.Answer, out var answer))
            {
                return new DebateRecord(new Question(line.Question, line.Text, line.Solution, answer), line.Debaters,
                    [.. line.Rounds.Select(round => (IReadOnlyList<DebateResponse>)[.. round.Select(response => new DebateResponse(response.Tokens, response.Text, response.Ended))])]);
            }
        }
        catch (JsonException error)
        {
            throw new SrpoException(ErrorKind.Damaged, $"the record of a debate cannot be read: {JsonProblem.Of(error)}", error);
        }

        throw new SrpoException(ErrorKind.Damaged, "the record of a debate cannot be read: a question, two debaters and rounds of two responses belong there");
    }

    private sealed record Line(int Question, string Text, string Solution, string Answer, IReadOnlyList<string> Debaters, IReadOnlyList<IReadOnlyList<LineResponse>> Rounds);

    private sealed record LineResponse(IReadOnlyList<int> Tokens, string Text, bool Ended);
}

/// <summary>A debate under way: it says what each debater is asked, takes both responses of a round at once, and is a record at its end.</summary>
public sealed class DebateSession
{
    private readonly DebateRules _rules;
    private readonly int _rounds;
    private readonly List<IReadOnlyList<DebateResponse>> _answers = [];

    /// <summary>A debate before its first round.</summary>
    /// <param name="question">The question.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="rounds">Its rounds, at least 1.</param>
    public DebateSession(Question question, DebateRules rules, int rounds)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        (Question, _rules, _rounds) = (question, rules, rounds);
    }

    /// <summary>The question.</summary>
    public Question Question { get; }

    /// <summary>The round that is to be answered, from 0; the number of rounds at the end.</summary>
    public int Round => _answers.Count;

    /// <summary>Whether all rounds have been answered.</summary>
    public bool IsOver => _answers.Count == _rounds;

    /// <summary>What a debater is asked in this round.</summary>
    /// <param name="seat">0 or 1.</param>
    /// <param name="tokens">Number of tokens of messages as this debater's model gets them, template included.</param>
    /// <exception cref="SrpoException">The question alone is longer than fits.</exception>
    public IReadOnlyList<ChatMessage> Prompt(int seat, Func<IReadOnlyList<ChatMessage>, int> tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seat);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seat, 1);
        var (own, peer) = _answers.Count == 0 ? ("", "") : (_answers[^1][seat].Text, _answers[^1][1 - seat].Text);
        return DebatePrompts.Make(Question, _rules, _rounds, Round, own, peer, tokens);
    }

    /// <summary>Takes both responses of this round.</summary>
    /// <param name="first">Of seat 0.</param>
    /// <param name="second">Of seat 1.</param>
    /// <exception cref="InvalidOperationException">The debate is over.</exception>
    /// <exception cref="ArgumentException">A response has no token, or more than it may have.</exception>
    public void Answer(DebateResponse first, DebateResponse second)
    {
        if (IsOver) throw new InvalidOperationException("the debate is over");
        foreach (var response in new[] { first, second })
        {
            ArgumentNullException.ThrowIfNull(response);
            if (response.Tokens.Count < 1 || response.Tokens.Count > _rules.ResponseTokens)
                throw new ArgumentException(FormattableString.Invariant($"a response has {response.Tokens.Count} tokens, where it may have 1 to {_rules.ResponseTokens}"));
        }

        _answers.Add([first, second]);
    }

    /// <summary>The debate that was held.</summary>
    /// <param name="first">Who sat in seat 0.</param>
    /// <param name="second">Who sat in seat 1.</param>
    /// <exception cref="InvalidOperationException">The debate is not over.</exception>
    public DebateRecord ToRecord(string first, string second) =>
        IsOver ? new DebateRecord(Question, [first, second], [.. _answers]) : throw new InvalidOperationException("the debate is not over");
}

/// <summary>Counts recorded debates as <see cref="DebateOutcomes"/>, which all measures and tables are made from.</summary>
public static class DebateScorer
{
    private const int GramLength = 4;

    /// <summary>What the debates of a pair of runs came to.</summary>
    /// <param name="debates">Debates of equally many rounds, at least one, in order of question; in every one seat 0 is the run of the row, see <see cref="DebateRecord.Swapped"/>.</param>
    /// <param name="independent">[debates][draws] first answers of the row's run to the same questions, each drawn anew and equally many; null where none were asked for.</param>
    /// <exception cref="ArgumentException">There are no debates, they differ in their rounds, or the independent answers are not equally many to each of their questions.</exception>
    public static DebateOutcomes Score(IReadOnlyList<DebateRecord> debates, IReadOnlyList<IReadOnlyList<DebateResponse>>? independent = null)
    {
        ArgumentNullException.ThrowIfNull(debates);
        var rounds = debates.Count == 0 ? throw new ArgumentException("there are no debates", nameof(debates)) : debates[0].Rounds.Count;
        if (debates.Any(debate => debate.Rounds.Count != rounds)) throw new ArgumentException("debates have equally many rounds", nameof(debates));
        var outcomes = new DebateOutcomes(
            rounds, [.. debates.Select(debate => debate.Question.Number)], new byte[debates.Count * rounds * 2], new int[debates.Count * rounds * 2], new float[debates.Count * rounds * 2])
        { Independent = independent is null ? null : Count(debates, independent) };
        for (var question = 0; question < debates.Count; question++)
        {
            for (var round = 0; round < rounds; round++)
            {
                foreach (var seat in new[] { 0, 1 })
                {
                    var at = outcomes.Index(question, round, seat);
                    var response = debates[question].Rounds[round][seat];
                    outcomes.Responses[at] = (byte)Mark(debates[question], round, seat);
                    outcomes.Tokens[at] = response.Tokens.Count;
                    outcomes.Repetition[at] = (float)RepetitionOf(response.Tokens);
                }
            }
        }

        return outcomes;
    }

    /// <summary>The share of runs of four tokens that were there before in the same response; 0 of fewer than four tokens.</summary>
    /// <param name="tokens">The tokens of a response.</param>
    public static double RepetitionOf(IReadOnlyList<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var grams = tokens.Count - GramLength + 1;
        if (grams < 1) return 0;
        var seen = new HashSet<(int, int, int, int)>(grams);
        for (var i = 0; i < grams; i++) seen.Add((tokens[i], tokens[i + 1], tokens[i + 2], tokens[i + 3]));
        return 1 - ((double)seen.Count / grams);
    }

    private static ResponseOutcome Mark(DebateRecord debate, int round, int seat)
    {
        var (response, peer) = (debate.Rounds[round][seat], debate.Rounds[round][1 - seat]);
        return If(debate.IsRight(round, seat, AnswerRule.Strict), ResponseOutcome.Strict)
            | If(debate.IsRight(round, seat, AnswerRule.Flexible), ResponseOutcome.Flexible)
            | If(response.Strict is not null, ResponseOutcome.HasStrict)
            | If(response.Flexible is not null, ResponseOutcome.HasFlexible)
            | If(response.Strict is { } strict && strict == peer.Strict, ResponseOutcome.AgreesStrict)
            | If(response.Flexible is { } flexible && flexible == peer.Flexible, ResponseOutcome.AgreesFlexible)
            | If(round > 0 && response.Strict != debate.Rounds[round - 1][seat].Strict, ResponseOutcome.FlippedStrict)
            | If(round > 0 && response.Flexible != debate.Rounds[round - 1][seat].Flexible, ResponseOutcome.FlippedFlexible);

        static ResponseOutcome If(bool holds, ResponseOutcome mark) => holds ? mark : ResponseOutcome.None;
    }

    private static IndependentAnswers Count(IReadOnlyList<DebateRecord> debates, IReadOnlyList<IReadOnlyList<DebateResponse>> answers)
    {
        var draws = answers.Count == 0 ? 0 : answers[0].Count;
        if (answers.Count != debates.Count || draws == 0 || answers.Any(given => given.Count != draws))
            throw new ArgumentException("every debate has equally many independent answers to its question, at least one", nameof(answers));
        var all = answers.SelectMany(given => given).ToArray();
        return new(
            draws, [.. all.Select(response => response.Strict?.Text ?? "")], [.. all.Select(response => response.Flexible?.Text ?? "")],
            [.. debates.Select(debate => debate.Question.Answer.Text)], [.. all.Select(response => response.Tokens.Count)]);
    }
}
