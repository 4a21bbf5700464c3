using Srpo.Core.Results;

namespace Srpo.Core.Statistics;

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
    /// <summary>The rounds of debates in numbers; debates of several pairs count together.</summary>
    /// <param name="outcomes">Debates of equally many rounds, at least one.</param>
    /// <param name="rule">Which number of a response is its answer.</param>
    /// <returns>[rounds].</returns>
    /// <exception cref="ArgumentException">There is none, or they differ in their rounds.</exception>
    public static IReadOnlyList<RoundMeasures> Of(IReadOnlyList<DebateOutcomes> outcomes, AnswerRule rule)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        var rounds = outcomes.Count == 0 ? throw new ArgumentException("there are no debates", nameof(outcomes)) : outcomes[0].Rounds;
        if (outcomes.Any(debates => debates.Rounds != rounds)) throw new ArgumentException("debates have equally many rounds", nameof(outcomes));
        return [.. Enumerable.Range(0, rounds).Select(round => Round(outcomes, round, rule))];
    }

    /// <summary>As <see cref="Of(IReadOnlyList{DebateOutcomes}, AnswerRule)"/>, of one pair.</summary>
    /// <param name="outcomes">Its debates, at least one.</param>
    /// <param name="rule">Which number of a response is its answer.</param>
    public static IReadOnlyList<RoundMeasures> Of(DebateOutcomes outcomes, AnswerRule rule) => Of([outcomes], rule);

    private static RoundMeasures Round(IReadOnlyList<DebateOutcomes> all, int round, AnswerRule rule)
    {
        var (agrees, flipped) = rule == AnswerRule.Strict ? (ResponseOutcome.AgreesStrict, ResponseOutcome.FlippedStrict) : (ResponseOutcome.AgreesFlexible, ResponseOutcome.FlippedFlexible);
        return new(
            all.Sum(debates => debates.Questions.Length),
            Seats(seat => Share((_, _) => true, (debates, question) => debates.IsRight(question, round, seat, rule))),
            Share((_, _) => true, (debates, question) => debates.IsRight(question, round, 0, rule) && debates.IsRight(question, round, 1, rule)),
            Share((_, _) => true, (debates, question) => debates.Has(question, round, 0, agrees)),
            Later(seat => Share((debates, question) => !debates.IsRight(question, round - 1, seat, rule), (debates, question) => debates.IsRight(question, round, seat, rule))),
            Later(seat => Share((debates, question) => debates.IsRight(question, round - 1, seat, rule), (debates, question) => !debates.IsRight(question, round, seat, rule))),
            Later(seat => Share((_, _) => true, (debates, question) => debates.Has(question, round, seat, flipped))),
            Seats(seat => Mean((debates, index) => debates.Tokens[index], seat)),
            Seats(seat => Mean((debates, index) => debates.Repetition[index], seat)));

        double Share(Func<DebateOutcomes, int, bool> among, Func<DebateOutcomes, int, bool> counts)
        {
            var (of, some) = (0L, 0L);
            foreach (var debates in all)
            {
                for (var question = 0; question < debates.Questions.Length; question++)
                {
                    if (!among(debates, question)) continue;
                    of++;
                    some += counts(debates, question) ? 1 : 0;
                }
            }

            return of == 0 ? double.NaN : (double)some / of;
        }

        double Mean(Func<DebateOutcomes, int, double> number, int seat)
        {
            var sum = new CompensatedSum();
            var of = 0L;
            foreach (var debates in all)
            {
                for (var question = 0; question < debates.Questions.Length; question++, of++) sum.Add(number(debates, debates.Index(question, round, seat)));
            }

            return of == 0 ? double.NaN : sum.Value / of;
        }

        SeatPair Later(Func<int, double> measure) => round == 0 ? new(double.NaN, double.NaN) : Seats(measure);

        static SeatPair Seats(Func<int, double> measure) => new(measure(0), measure(1));
    }
}

/// <summary>The vote about a question.</summary>
/// <param name="IsRight">Whether the answer that most gave is right.</param>
/// <param name="Answers">How many answers could be had for the tokens.</param>
public readonly record struct QuestionVote(bool IsRight, int Answers);

/// <summary>
/// The votes that a debate must be held against: what the same models reach with the same number of tokens and without each other. What each model reaches alone are
/// its answers of round 0, which it gives without having seen its peer's.
/// </summary>
public static class DebateBaselines
{
    /// <summary>The answer that most responses give; of equally frequent ones the one that was given first; empty where none gives any.</summary>
    /// <param name="answers">The answers in order; responses without an answer, which are empty, have no vote.</param>
    public static string Vote(IEnumerable<string> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        var counts = new Dictionary<string, (int Count, int First)>(StringComparer.Ordinal);
        foreach (var answer in answers.Where(answer => answer.Length > 0))
            counts[answer] = counts.TryGetValue(answer, out var known) ? (known.Count + 1, known.First) : (1, counts.Count);
        return counts.Count == 0 ? "" : counts.MinBy(pair => (-pair.Value.Count, pair.Value.First)).Key;
    }

    /// <summary>
    /// The vote of the answers that a number of tokens pays for, one of each model in turn: as many whole ones, in order, as stay within it, and at least one.
    /// </summary>
    /// <param name="models">Independent answers of each model: one model for self-consistency, both debaters' models for a majority vote.</param>
    /// <param name="question">Place of the question in their lists.</param>
    /// <param name="tokens">The number of tokens, for example <see cref="DebateOutcomes.TokensOf"/> of the debate about the same question.</param>
    /// <param name="rule">Which number of a response is its answer.</param>
    public static QuestionVote AtEqualTokens(IReadOnlyList<IndependentAnswers> models, int question, int tokens, AnswerRule rule)
    {
        ArgumentNullException.ThrowIfNull(models);
        var taken = new List<string>();
        foreach (var (answer, cost) in Answers())
        {
            if (cost > tokens && taken.Count > 0) break;
            taken.Add(answer);
            tokens -= cost;
        }

        return new(taken.Count > 0 && Vote(taken) == models[0].Right[question], taken.Count);

        IEnumerable<(string Answer, int Cost)> Answers() =>
            from draw in Enumerable.Range(0, models.Max(model => model.Draws))
            from model in models
            where draw < model.Draws
            select (model.Answer(question, draw, rule), model.Tokens[(question * model.Draws) + draw]);
    }
}
