using Orleans;

namespace Srpo.Core.Results;

/// <summary>Which number of a response counts. The numbers are part of stored state: never renumber.</summary>
public enum AnswerRule
{
    /// <summary>The number right after the last mark "####" that a number follows; none without such a mark.</summary>
    Strict = 0,

    /// <summary>The strict one; without it the last number in the last \boxed{} that holds one; without that the last number of all.</summary>
    Flexible = 1,
}

/// <summary>What a response came to. The numbers are part of stored state: never renumber.</summary>
[Flags]
public enum ResponseOutcome
{
    /// <summary>No answer, and no mark of any other kind.</summary>
    None = 0,

    /// <summary>The number after the mark is right.</summary>
    Strict = 1,

    /// <summary>The number is right that counts without the mark.</summary>
    Flexible = 2,

    /// <summary>There is a number after the mark.</summary>
    HasStrict = 4,

    /// <summary>There is a number at all.</summary>
    HasFlexible = 8,

    /// <summary>Strictly the same answer as the peer's in the same round; none is like no other.</summary>
    AgreesStrict = 16,

    /// <summary>Flexibly the same.</summary>
    AgreesFlexible = 32,

    /// <summary>Strictly another answer than the debater's own the round before, or one where it had none, or none where it had one.</summary>
    FlippedStrict = 64,

    /// <summary>Flexibly so.</summary>
    FlippedFlexible = 128,
}

/// <summary>
/// What the debates of a pair of runs came to, question by question: what all measures, tables and intervals are made from. Entries are in order of
/// question, round, seat; seat 0 is the run of the row, wherever it sat, and seat 1 that of the column.
/// </summary>
/// <param name="Rounds">Rounds of a debate, at least 1.</param>
/// <param name="Questions">[questions] numbers of the questions within their set.</param>
/// <param name="Responses">[questions x rounds x 2] what each response came to, <see cref="ResponseOutcome"/>.</param>
/// <param name="Tokens">[questions x rounds x 2] tokens of each response.</param>
/// <param name="Repetition">[questions x rounds x 2] share of a response's runs of four tokens that it has had before.</param>
[GenerateSerializer, Alias("srpo.DebateOutcomes"), Immutable]
public sealed record DebateOutcomes(
    [property: Id(0)] int Rounds,
    [property: Id(1)] int[] Questions,
    [property: Id(2)] byte[] Responses,
    [property: Id(3)] int[] Tokens,
    [property: Id(4)] float[] Repetition)
{
    /// <summary>Independent answers of the run in the row to the same questions, for votes; null where none were asked for.</summary>
    [Id(5)]
    public IndependentAnswers? Independent { get; init; }

    /// <summary>Index of a response in the lists.</summary>
    public int Index(int question, int round, int seat) => (((question * Rounds) + round) * 2) + seat;

    /// <summary>Whether a response has all of some marks.</summary>
    /// <param name="question">Place of the question in the list.</param>
    /// <param name="round">Round, from 0.</param>
    /// <param name="seat">0 or 1.</param>
    /// <param name="marks">The marks.</param>
    public bool Has(int question, int round, int seat, ResponseOutcome marks) => ((ResponseOutcome)Responses[Index(question, round, seat)] & marks) == marks;

    /// <summary>Whether a response gives the right answer.</summary>
    /// <param name="question">Place of the question in the list.</param>
    /// <param name="round">Round, from 0.</param>
    /// <param name="seat">0 or 1.</param>
    /// <param name="rule">Which number of a response is its answer.</param>
    public bool IsRight(int question, int round, int seat, AnswerRule rule) => Has(question, round, seat, rule == AnswerRule.Strict ? ResponseOutcome.Strict : ResponseOutcome.Flexible);

    /// <summary>Tokens of all responses of a debate.</summary>
    /// <param name="question">Place of the question in the list.</param>
    public int TokensOf(int question) => Tokens.AsSpan(Index(question, 0, 0), 2 * Rounds).ToArray().Sum();

    /// <summary>The same debates with the seats exchanged, and without independent answers, which are the row's.</summary>
    public DebateOutcomes Swapped() => new(Rounds, Questions, Exchanged(Responses), Exchanged(Tokens), Exchanged(Repetition));

    /// <summary>What is wrong with the lists; null where they are as long as rounds and questions ask for.</summary>
    public string? Problem()
    {
        if (Rounds < 1 || Questions is not { Length: > 0 }) return "there are no rounds or no questions";
        var responses = (long)Questions.Length * Rounds * 2;
        if (Responses?.Length != responses || Tokens?.Length != responses || Repetition?.Length != responses)
            return FormattableString.Invariant($"{Questions.Length} questions in {Rounds} rounds have not {responses} responses each with an outcome, tokens and repetition");
        return Independent is { } answers && (answers.Draws < 1 || answers.Right?.Length != Questions.Length
            || new[] { answers.Strict?.Length, answers.Flexible?.Length, answers.Tokens?.Length }.Any(length => length != Questions.Length * answers.Draws))
            ? FormattableString.Invariant($"the independent answers are not {answers.Draws} to each of {Questions.Length} questions")
            : null;
    }

    private static T[] Exchanged<T>(T[] bySeat)
    {
        var exchanged = new T[bySeat.Length];
        for (var i = 0; i < bySeat.Length; i++) exchanged[i] = bySeat[i ^ 1];
        return exchanged;
    }
}

/// <summary>Answers that a debater gives to questions without having seen anybody else's: first rounds, each drawn anew.</summary>
/// <param name="Draws">Answers to each question.</param>
/// <param name="Strict">[questions x draws] the number after the mark as a text; empty where there is none.</param>
/// <param name="Flexible">[questions x draws] the number that counts without the mark; empty where there is none.</param>
/// <param name="Right">[questions] the right answer.</param>
/// <param name="Tokens">[questions x draws] tokens of each response.</param>
[GenerateSerializer, Alias("srpo.IndependentAnswers"), Immutable]
public sealed record IndependentAnswers(
    [property: Id(0)] int Draws,
    [property: Id(1)] string[] Strict,
    [property: Id(2)] string[] Flexible,
    [property: Id(3)] string[] Right,
    [property: Id(4)] int[] Tokens)
{
    /// <summary>The number that an answer gives; empty where it has none.</summary>
    /// <param name="question">Place of the question in the list.</param>
    /// <param name="draw">Which answer, from 0.</param>
    /// <param name="rule">Which number of a response is its answer.</param>
    public string Answer(int question, int draw, AnswerRule rule) => (rule == AnswerRule.Strict ? Strict : Flexible)[(question * Draws) + draw];
}
