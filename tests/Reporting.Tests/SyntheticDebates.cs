using System.Collections.Immutable;
using Srpo.Core.Random;
using Srpo.Core.Results;

namespace Srpo.Reporting.Tests;

/// <summary>
/// Plausible debates without language models: questions are harder or easier, models more or less able; SRPO's debaters take over what is right more often than IPPO's. One stranger was
/// not trained.
/// </summary>
internal static class SyntheticDebates
{
    public const int Rounds = 3;

    public static readonly ImmutableArray<DebaterPopulation> Populations =
    [
        new("ippo-small", "ippo", "small", PopulationRole.Baseline, true), new("ippo-large", "ippo", "large", PopulationRole.Baseline, true), new("ippo-other", "ippo", "other", PopulationRole.Baseline, true),
        new("srpo-small", "srpo", "small", PopulationRole.Subject, true), new("srpo-large", "srpo", "large", PopulationRole.Subject, true), new("srpo-other", "srpo", "other", PopulationRole.Subject, true),
        new("stranger", "untrained", "llama", PopulationRole.Other, false),
    ];

    public static RunResults Create(int runs, int questions, ImmutableArray<DebaterPopulation>? populations = null, bool independent = true)
    {
        var all = populations ?? Populations;
        var matches = Matches("training", all, runs, questions, independent);
        return new(SyntheticRun.Info("Debates", runs) with { Score = "joint accuracy" }, [ToMatrix(matches)], [.. matches.Players.Where(player => all.Single(each => each.Label == player.Method).IsTrained).Select(player => Curve(player, all))])
        {
            Debaters = all,
            Debates = [matches],
            Episodes = [.. Episodes(ToMatrix(matches), all)],
        };
    }

    public static DebateMatches Matches(string layout, ImmutableArray<DebaterPopulation> populations, int runs, int questions, bool independent = true)
    {
        ImmutableArray<AgentLabel> players = [.. populations.SelectMany(population => Enumerable.Range(0, population.IsTrained ? runs : 1).Select(run => new AgentLabel(population.Label, run)))];
        DebaterPopulation Of(AgentLabel player) => populations.Single(population => population.Label == player.Method);
        return new(layout, players, [.. from row in players from column in players select (DebateOutcomes?)Debate(Of(row), Of(column), questions, Salt(row, column), independent && row == column)]);
    }

    /// <summary>The matrix that such debates belong to.</summary>
    public static CrossPlayMatrix ToMatrix(DebateMatches matches)
    {
        var builder = new CrossPlayMatrixBuilder(matches.Layout, matches.Players);
        for (var row = 0; row < matches.Players.Length; row++)
        {
            for (var column = 0; column < matches.Players.Length; column++)
            {
                if (matches[row, column] is not { } debates) continue;
                var joint = Core.Statistics.DebateMeasures.Of(debates, AnswerRule.Strict)[^1].Joint;
                builder[row, column] = new(joint, Math.Sqrt(joint * (1 - joint)), new(joint, joint), default, debates.Questions.Length);
            }
        }

        return builder.Build();
    }

    /// <summary>The debates of a pair.</summary>
    public static DebateOutcomes Debate(DebaterPopulation first, DebaterPopulation second, int questions, uint salt, bool independent = false, double gain = 0)
    {
        var random = new StreamId(31, salt, 1, StreamPurpose.Tooling).Lane(0);
        var debates = new DebateOutcomes(Rounds, [.. Enumerable.Range(0, questions)], new byte[questions * Rounds * 2], new int[questions * Rounds * 2], new float[questions * Rounds * 2]);
        var before = new[] { "", "" };
        for (var question = 0; question < questions; question++)
        {
            for (var round = 0; round < Rounds; round++)
            {
                var answers = new[] { Answer(ref random, first, second, question, round, before[0], before[1], gain), Answer(ref random, second, first, question, round, before[1], before[0], gain) };
                for (var seat = 0; seat < 2; seat++)
                {
                    var (answer, marked) = answers[seat];
                    var mark = answer.Length == 0 ? 0 : ResponseOutcome.HasFlexible | (answer == "42" ? ResponseOutcome.Flexible : 0) | (answer == answers[1 - seat].Answer ? ResponseOutcome.AgreesFlexible : 0);
                    if (marked) mark |= ResponseOutcome.HasStrict | (answer == "42" ? ResponseOutcome.Strict : 0) | (answers[1 - seat].Marked && answer == answers[1 - seat].Answer ? ResponseOutcome.AgreesStrict : 0);
                    if (round > 0 && answer != before[seat]) mark |= ResponseOutcome.FlippedStrict | ResponseOutcome.FlippedFlexible;
                    var at = debates.Index(question, round, seat);
                    (debates.Responses[at], debates.Tokens[at], debates.Repetition[at]) = ((byte)mark, 20 + random.NextInt32(30), 0.2f * (float)random.NextDouble());
                }

                (before[0], before[1]) = (answers[0].Answer, answers[1].Answer);
            }
        }

        return independent ? debates with { Independent = Independent(ref random, first, questions, draws: 8) } : debates;
    }

    private static LearningCurve Curve(AgentLabel player, ImmutableArray<DebaterPopulation> populations)
    {
        var population = populations.Single(each => each.Label == player.Method);
        return new(player.Method, player.Run, [.. Enumerable.Range(0, 11).Select(index =>
        {
            var debates = Debate(population, population, 30, Salt(player, player) + (uint)(100 * index), gain: (index - 10) / 40.0);
            return new LearningPoint(1536L * index, 768L * index, Core.Statistics.DebateMeasures.Of(debates, AnswerRule.Strict)[^1].Joint, default) { Entropy = 1 - (0.05 * index), Kl = population.Method == "srpo" ? 0.01 * index : null, Debates = debates, Actors = index == 0 ? [] : [new("agent 0", new(index, 0.1 * index, 0, 1, 0, 0, 0, 0)), new("adversary 0", new(index, -9, 0, 1, 0, 0, 0, 0))] };
        })]);
    }

    /// <summary>The worst, the median and the best pair of different models of every method.</summary>
    private static IEnumerable<RecordedEpisode> Episodes(CrossPlayMatrix matrix, ImmutableArray<DebaterPopulation> populations)
    {
        var known = populations.ToDictionary(population => population.Label);
        foreach (var method in populations.Where(population => population.IsTrained).Select(population => population.Method).Distinct())
        {
            foreach (var chosen in RepresentativePairs.Of(matrix, pair => known[pair.Row.Method].Method == method && known[pair.Column.Method].Method == method && known[pair.Row.Method].Model != known[pair.Column.Method].Model))
                yield return Episode(method, chosen);
        }
    }

    /// <summary>A debate of a pair, to be read.</summary>
    public static RecordedEpisode Episode(string method, RepresentativePair chosen) => new(method, $"{chosen.Pair.Row} with {chosen.Pair.Column}", [], [0, 0, 0, 1])
    {
        Partner = DebateDiagnostics.AnotherModel,
        Rank = chosen.Rank,
        PairReturn = chosen.Return,
        Transcript =
        [
            "Question 7: Ida finds 6 apples in each of 7 <trees>.\nHow many?\nAnswer: 42\n",
            $"Round 1 of 3\n\n  {chosen.Pair.Row} (seat 0): 41, wrong\n    6 * 7 = 41\n    #### 41\n\n  {chosen.Pair.Column} (seat 1): 42, right\n    #### 42\n",
            $"Round 2 of 3\n\n  {chosen.Pair.Row} (seat 0): 42, right; was 41 (wrong), taken over from the peer\n    #### 42\n\n  {chosen.Pair.Column} (seat 1): 42, right; as before\n    #### 42\n",
            $"Round 3 of 3\n\n  {chosen.Pair.Row} (seat 0): 42, right; as before\n    #### 42\n\n  {chosen.Pair.Column} (seat 1): 42, right; as before\n    #### 42\n\nBoth are right at the end.\n",
        ],
    };

    private static IndependentAnswers Independent(ref RandomStream random, DebaterPopulation population, int questions, int draws)
    {
        var (strict, flexible, tokens) = (new string[questions * draws], new string[questions * draws], new int[questions * draws]);
        for (var at = 0; at < strict.Length; at++)
        {
            var (answer, marked) = Answer(ref random, population, population, at / draws, 0, "", "", 0);
            (strict[at], flexible[at], tokens[at]) = (marked ? answer : "", answer, 20 + random.NextInt32(30));
        }

        return new(draws, strict, flexible, [.. Enumerable.Repeat("42", questions)], tokens);
    }

    private static (string Answer, bool Marked) Answer(ref RandomStream random, DebaterPopulation own, DebaterPopulation peer, int question, int round, string mine, string theirs, double gain)
    {
        var (draw, marked) = (random.NextDouble(), random.NextDouble() < 0.92);
        var able = Math.Clamp(Skill(own.Model) + gain - Hardness(question), 0.03, 0.97);
        if (round == 0) return (draw < able ? "42" : random.NextDouble() < 0.1 ? "" : random.NextInt32(3).ToString(System.Globalization.CultureInfo.InvariantCulture), marked && draw < 0.99);
        if (mine == theirs) return (mine, marked);
        var open = own.Method == "srpo" ? 0.75 : own.IsTrained ? 0.55 : 0.3;
        return (draw < open == (theirs == "42" || peer.Model == "large") ? theirs : mine, marked);
    }

    private static double Skill(string model) => model switch { "large" => 1.1, "other" => 0.85, "small" => 0.75, _ => 0.6 };

    private static double Hardness(int question) => 0.1 * ((question * 7) % 9);

    private static uint Salt(AgentLabel first, AgentLabel second) => (uint)(Sum(first) * 64 + Sum(second));

    private static int Sum(AgentLabel label) => label.Method.Sum(letter => letter) % 977 + (7 * label.Run);
}
