using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Core.Json;
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
    private readonly DebateSettings _settings;
    private readonly List<IReadOnlyList<DebateResponse>> _rounds = [];

    /// <summary>A debate before its first round.</summary>
    /// <param name="question">The question.</param>
    /// <param name="settings">The settings, valid.</param>
    public DebateSession(Question question, DebateSettings settings)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(settings);
        (Question, _settings) = (question, settings);
    }

    /// <summary>The question.</summary>
    public Question Question { get; }

    /// <summary>The round that is to be answered, from 0; the number of rounds at the end.</summary>
    public int Round => _rounds.Count;

    /// <summary>Whether all rounds have been answered.</summary>
    public bool IsOver => _rounds.Count == _settings.Rounds;

    /// <summary>What a debater is asked in this round.</summary>
    /// <param name="seat">0 or 1.</param>
    /// <param name="tokens">Number of tokens of messages as this debater's model gets them, template included.</param>
    /// <exception cref="SrpoException">The question alone is longer than fits.</exception>
    public IReadOnlyList<ChatMessage> Prompt(int seat, Func<IReadOnlyList<ChatMessage>, int> tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seat);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seat, 1);
        var (own, peer) = _rounds.Count == 0 ? ("", "") : (_rounds[^1][seat].Text, _rounds[^1][1 - seat].Text);
        return DebatePrompts.Make(Question, _settings, Round, own, peer, tokens);
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
            if (response.Tokens.Count < 1 || response.Tokens.Count > _settings.ResponseTokens)
                throw new ArgumentException(FormattableString.Invariant($"a response has {response.Tokens.Count} tokens, where it may have 1 to {_settings.ResponseTokens}"));
        }

        _rounds.Add([first, second]);
    }

    /// <summary>The debate that was held.</summary>
    /// <param name="first">Who sat in seat 0.</param>
    /// <param name="second">Who sat in seat 1.</param>
    /// <exception cref="InvalidOperationException">The debate is not over.</exception>
    public DebateRecord ToRecord(string first, string second) =>
        IsOver ? new DebateRecord(Question, [first, second], [.. _rounds]) : throw new InvalidOperationException("the debate is not over");
}
