using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Tests.Games;

namespace Srpo.Learning.Tests.Matches;

/// <summary>What adversaries do, against the log of the game and plain doubles.</summary>
public sealed class AdversaryTrialTests
{
    private const int Steps = 20;

    private static readonly EnvironmentSettings Environment = new("test", "game");

    public static TheoryData<bool, bool, bool, int?> Kinds()
    {
        var data = new TheoryData<bool, bool, bool, int?>();
        foreach (var turns in new[] { false, true })
        {
            foreach (var early in new[] { false, true })
            {
                foreach (var agent in new int?[] { null, 0, 2 }) data.Add(turns, early, turns, agent);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Returns_and_nats_are_those_of_the_log(bool turns, bool early, bool masks, int? agent)
    {
        var rules = new TestGameRules(4, 3) { TurnBased = turns, EndsEarly = early, Masks = masks };
        NetworkPolicy[] agents = [.. Enumerable.Range(0, 3).Select(seat => (NetworkPolicy)GameTable.Policy(agent is null ? 1 : seat))];
        if (agent is null) agents = [agents[0], agents[0], agents[0]];
        var adversary = (NetworkPolicy)GameTable.Policy(7);
        var games = new List<TestGame>();
        var outcome = new AdversaryTrial { Environment = Environment, Agents = agents, Opponents = [GameTable.Policy(9)], Adversary = adversary, Agent = agent, Episodes = 19, Steps = Steps }
            .Play(lanes => New(games, rules, lanes), default);
        var lanes = agent is null ? 21 : 19;
        Assert.Equal(lanes, outcome.Episodes);
        var together = Returns(games[0]);
        var against = Returns(games[1]);
        Assert.Equal(together.Average(), outcome.Together, 1e-5);
        Assert.Equal(against.Average(), outcome.Against, 1e-5);
        double[] lost = [.. together.Zip(against, (with, without) => with - without)];
        Assert.Equal(lost.Average(), outcome.Lost, 1e-5);
        Assert.Equal(Math.Sqrt(lost.Sum(each => Math.Pow(each - lost.Average(), 2)) / (lanes - 1) / lanes), outcome.LostError, 1e-5);

        var moves = new List<(double To, double From)>();
        for (var lane = 0; lane < lanes; lane++)
        {
            foreach (var step in StepsOf(games[1], lane))
            {
                for (var seat = 0; seat < 3; seat++)
                {
                    if (!IsAdversarys(lane, seat) || (step.Mover >= 0 && step.Mover != seat)) continue;
                    moves.Add(Nats(Probabilities(adversary, step, seat), Probabilities(agents[seat], step, seat)));
                }
            }
        }

        Assert.Equal((double)moves.Count / lanes, outcome.Moves, 1e-9);
        Assert.Equal(moves.Average(move => move.To), outcome.ToPolicy, 1e-5);
        Assert.Equal(moves.Average(move => move.From), outcome.FromPolicy, 1e-5);
        Assert.All(games, game => Assert.Equal(1, game.Disposals));
        Assert.True(outcome.ToPolicy > 0.01 && outcome.FromPolicy > 0.01);

        bool IsAdversarys(int lane, int seat) => agent is null ? seat == lane % 3 : seat != agent;

        IEnumerable<TestGameStep> StepsOf(TestGame game, int lane)
        {
            var steps = game.Log.Where(step => step.Lane == lane);
            return early ? steps.TakeUntilEnd() : steps;
        }

        double[] Returns(TestGame game) =>
            [.. Enumerable.Range(0, lanes).Select(lane => Enumerable.Range(0, 3).Where(seat => !IsAdversarys(lane, seat)).Average(seat => StepsOf(game, lane).Sum(step => (double)step.Rewards[seat])))];
    }

    [Fact]
    public void Who_plays_as_the_partners_do_costs_nothing()
    {
        var policy = GameTable.Policy(3);
        var outcome = new AdversaryTrial { Environment = Environment, Agents = [policy, policy], Adversary = policy with { }, Episodes = 10, Steps = Steps }
            .Play(lanes => new TestGame(new(2, 2) { TurnBased = true }, lanes), default);
        Assert.Equal((outcome.Against, 0, 0, 0, 0), (outcome.Together, outcome.Lost, outcome.LostError, outcome.ToPolicy, outcome.FromPolicy));
    }

    [Fact]
    public void Too_few_players_are_refused()
    {
        var policy = GameTable.Policy(3);
        var trial = new AdversaryTrial { Environment = Environment, Agents = [policy, policy], Adversary = policy, Episodes = 10, Steps = Steps };
        Assert.Throws<ArgumentException>(() => trial.Play(lanes => new TestGame(new(3, 2), lanes), default));
    }

    private static TestGame New(List<TestGame> games, TestGameRules rules, int lanes)
    {
        games.Add(new TestGame(rules, lanes));
        return games[^1];
    }

    private static double[] Probabilities(NetworkPolicy policy, TestGameStep step, int seat)
    {
        var seen = step.Before[seat];
        float[] observation = policy.Encoding == ObservationEncoding.OwnFirst ? [seen[2], seen[0], seen[1], seen[3], seen[4]] : seen;
        var all = policy.Probabilities(observation);
        var legal = step.Legal[seat];
        var sum = all.Where((_, action) => legal[action] == 1).Sum();
        return [.. all.Select((probability, action) => legal[action] == 1 ? probability / sum : 0)];
    }

    private static (double To, double From) Nats(double[] adversary, double[] partner) =>
        (Kl(adversary, partner), Kl(partner, adversary));

    private static double Kl(double[] of, double[] from) => of.Zip(from, (p, q) => p > 0 ? p * Math.Log(p / q) : 0).Sum();
}
