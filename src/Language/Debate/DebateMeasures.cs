using Srpo.Core.Results;
using Srpo.Language.Questions;

namespace Srpo.Language.Debate;

/// <summary>A round of many debates in numbers. Shares of nothing are NaN; those that compare with the round before are NaN in round 0.</summary>
/// <param name="Debates">How many debates.</param>
/// <param name="Accuracy">Share of right answers, by seat.</param>
/// <param name="Joint">Share of debates in which both are right.</param>
/// <param name="Agreement">Share of debates in which both give the same answer, right or wrong; no answer is like no other.</param>
/// <param name="Recovery">Share of right answers among those whose debater was wrong the round before, by seat.</param>
/// <param name="Corruption">Share of wrong answers among those whose debater was right the round before, by seat.</param>
/// <param name="Flips">Share of answers that are others than the round before, by seat; to have one or none is a difference.</param>
/// <param name="Tokens">Mean tokens of a response, by seat.</param>
/// <param name="Repetition">Mean share of a response's runs of four tokens that it has had before, by seat.</param>
public sealed record RoundMeasures(
    int Debates, SeatPair Accuracy, double Joint, double Agreement, SeatPair Recovery, SeatPair Corruption, SeatPair Flips, SeatPair Tokens, SeatPair Repetition);

/// <summary>What is counted of debates.</summary>
public static class DebateMeasures
{
    private const int GramLength = 4;

    /// <summary>The rounds of debates in numbers.</summary>
    /// <param name="debates">Debates of equally many rounds, at least one.</param>
    /// <param name="rule">Which number of a response is its answer.</param>
    /// <returns>[rounds].</returns>
    /// <exception cref="ArgumentException">There is none, or they differ in their rounds.</exception>
    public static IReadOnlyList<RoundMeasures> Of(IReadOnlyCollection<DebateRecord> debates, AnswerRule rule)
    {
        ArgumentNullException.ThrowIfNull(debates);
        var rounds = debates.FirstOrDefault()?.Rounds.Count ?? throw new ArgumentException("there are no debates", nameof(debates));
        if (debates.Any(debate => debate.Rounds.Count != rounds)) throw new ArgumentException("debates have equally many rounds", nameof(debates));
        return [.. Enumerable.Range(0, rounds).Select(round => Round(debates, round, rule))];
    }

    /// <summary>The share of debates whose last round has both right: the paper's joint accuracy.</summary>
    /// <param name="debates">The debates; NaN of none.</param>
    /// <param name="rule">Which number of a response is its answer.</param>
    public static double JointAccuracy(IEnumerable<DebateRecord> debates, AnswerRule rule) => Share(debates, debate => true, debate => debate.IsJointlyRight(rule));

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

    private static RoundMeasures Round(IReadOnlyCollection<DebateRecord> debates, int round, AnswerRule rule)
    {
        return new(
            debates.Count,
            Seats(seat => Share(debates, _ => true, debate => debate.IsRight(round, seat, rule))),
            Share(debates, _ => true, debate => debate.IsRight(round, 0, rule) && debate.IsRight(round, 1, rule)),
            Share(debates, _ => true, debate => Answer(debate, round, 0) is { } answer && answer == Answer(debate, round, 1)),
            Later(seat => Share(debates, debate => !debate.IsRight(round - 1, seat, rule), debate => debate.IsRight(round, seat, rule))),
            Later(seat => Share(debates, debate => debate.IsRight(round - 1, seat, rule), debate => !debate.IsRight(round, seat, rule))),
            Later(seat => Share(debates, _ => true, debate => Answer(debate, round, seat) != Answer(debate, round - 1, seat))),
            Seats(seat => debates.Average(debate => debate.Rounds[round][seat].Tokens.Count)),
            Seats(seat => debates.Average(debate => RepetitionOf(debate.Rounds[round][seat].Tokens))));

        ExactNumber? Answer(DebateRecord debate, int of, int seat) => debate.Rounds[of][seat].Answer(rule);

        SeatPair Later(Func<int, double> measure) => round == 0 ? new(double.NaN, double.NaN) : Seats(measure);

        static SeatPair Seats(Func<int, double> measure) => new(measure(0), measure(1));
    }

    private static double Share(IEnumerable<DebateRecord> debates, Func<DebateRecord, bool> among, Func<DebateRecord, bool> counts)
    {
        var (all, some) = (0, 0);
        foreach (var debate in debates)
        {
            if (!among(debate)) continue;
            all++;
            some += counts(debate) ? 1 : 0;
        }

        return all == 0 ? double.NaN : (double)some / all;
    }
}

/// <summary>
/// The baselines that a debate must be held against: what the same models reach with the same number of tokens and without each other. All are counted from recorded
/// answers, one entry a question.
/// </summary>
public static class DebateBaselines
{
    /// <summary>The accuracy of one debater alone: its answers of round 0, which it gives without having seen its peer's.</summary>
    /// <param name="debates">The debates; NaN of none.</param>
    /// <param name="seat">0 or 1.</param>
    /// <param name="rule">Which number of a response is its answer.</param>
    public static double Alone(IEnumerable<DebateRecord> debates, int seat, AnswerRule rule) => Accuracy(debates, debate => debate.IsRight(0, seat, rule));

    /// <summary>The answer that most responses give; of equally frequent ones the one that was given first; null where none gives any.</summary>
    /// <param name="answers">The answers in order; responses without an answer have no vote.</param>
    public static ExactNumber? Vote(IEnumerable<ExactNumber?> answers)
    {
        var counts = new Dictionary<ExactNumber, (int Count, int First)>();
        foreach (var answer in answers.OfType<ExactNumber>())
            counts[answer] = counts.TryGetValue(answer, out var known) ? (known.Count + 1, known.First) : (1, counts.Count);
        return counts.Count == 0 ? null : counts.MinBy(pair => (-pair.Value.Count, pair.Value.First)).Key;
    }

    /// <summary>
    /// The responses that a number of tokens pays for, one of each model in turn: as many whole ones, in order, as stay within it, and at least one.
    /// </summary>
    /// <param name="models">Independent first answers of each model to one question: one model for self-consistency, both debaters' models for a majority vote.</param>
    /// <param name="tokens">The number of tokens, for example <see cref="DebateRecord.TotalTokens"/> of the debate about the same question.</param>
    public static IReadOnlyList<DebateResponse> Within(IReadOnlyList<IReadOnlyList<DebateResponse>> models, int tokens)
    {
        ArgumentNullException.ThrowIfNull(models);
        var (taken, spent) = (new List<DebateResponse>(), 0);
        for (var turn = 0; models.Any(model => turn < model.Count); turn++)
        {
            foreach (var model in models)
            {
                if (turn >= model.Count) continue;
                spent += model[turn].Tokens.Count;
                if (spent > tokens && taken.Count > 0) return taken;
                taken.Add(model[turn]);
            }
        }

        return taken;
    }

    /// <summary>The accuracy of the vote of independent answers that cost no more tokens than the debates about the same questions.</summary>
    /// <param name="debates">[questions] the debates; NaN of none.</param>
    /// <param name="answers">[questions][models] independent first answers of each model.</param>
    /// <param name="rule">Which number of a response is its answer.</param>
    /// <exception cref="ArgumentException">Debates and answers are not equally many.</exception>
    public static double VoteAtEqualTokens(IReadOnlyList<DebateRecord> debates, IReadOnlyList<IReadOnlyList<IReadOnlyList<DebateResponse>>> answers, AnswerRule rule)
    {
        ArgumentNullException.ThrowIfNull(debates);
        ArgumentNullException.ThrowIfNull(answers);
        if (debates.Count != answers.Count) throw new ArgumentException("every debate has an entry of independent answers to its question", nameof(answers));
        return Accuracy(debates.Zip(answers), pair => Vote(Within(pair.Second, pair.First.TotalTokens).Select(response => response.Answer(rule))) == pair.First.Question.Answer);
    }

    private static double Accuracy<T>(IEnumerable<T> all, Func<T, bool> isRight) => all.Select(one => isRight(one) ? 1.0 : 0).DefaultIfEmpty(double.NaN).Average();
}
