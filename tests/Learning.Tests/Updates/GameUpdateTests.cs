using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Learning.Tests.Games;

namespace Srpo.Learning.Tests.Updates;

/// <summary>Updates from games of many seats, turns, masks, frozen players, against <see cref="PlainUpdate"/>.</summary>
public sealed class GameUpdateTests
{
    private static readonly TestGameRules Three = new(3, 3) { EndsEarly = true };
    private static readonly TestGameRules Turns = new(3, 3) { TurnBased = true, Masks = true, EndsEarly = true };
    private static readonly TestGameRules WithOpponent = new(3, 2) { EndsEarly = true };

    // As in TeamUpdaterTests: a larger epsilon against the magnified rounding of small gradients, a larger step so that ratios clip.
    private static TrainingSettings Settings(string method) =>
        TestData.Small(method) with { Lanes = 6, Horizon = 30, AdamEpsilon = 1e-3, LearningRate = 5e-3, NormaliseAdvantages = true };

    public static TheoryData<string> Names() => [.. Tables.Keys];

    private static readonly Dictionary<string, Func<GameTable>> Tables = new()
    {
        ["three agents"] = () => new GameTable(Three, Settings("ippo")),
        ["three agents, each with its adversary"] = () => new GameTable(Three, Settings("srpo")),
        ["three agents, shared critics, KL to the policy"] = () => new GameTable(Three, Settings("srpo") with { Adversary = new() { Critic = AdversaryCritic.Shared, Kl = KlDirection.AdversaryToPolicy } }),
        ["three agents, split lanes, minibatches"] = () => new GameTable(Three, Settings("srpo") with { SplitLanes = true, Minibatches = 4 }),
        ["one policy, one adversary"] = () => new GameTable(Three, Settings("srpo") with { SharePolicy = true }),
        ["in turns"] = () => new GameTable(Turns, Settings("ippo")),
        ["in turns, each with its adversary"] = () => new GameTable(Turns, Settings("srpo")),
        ["in turns, one policy, one adversary, KL to the policy"] = () => new GameTable(Turns, Settings("srpo") with { SharePolicy = true, Adversary = new() { Kl = KlDirection.AdversaryToPolicy, Entropy = 0.05 } }),
        ["in turns, one policy, shared trunk, clipped"] = () => new GameTable(Turns, Settings("ippo") with { SharePolicy = true, MaxGradientNorm = 0.1, Network = new() { Hidden = [20, 17], SharedTrunk = true } }),
        ["in turns, pure adversary, shared trunk"] = () => new GameTable(Turns, Settings("pure-adversarial") with { Network = new() { Hidden = [12], SharedTrunk = true, Activation = Activation.Relu } }),
        ["in turns, one policy, one adversary, MAPPO's critics"] = () => new GameTable(Turns, Settings("srpo") with { SharePolicy = true, NormaliseValues = true, ValueClip = 0.02, HuberDelta = 0.2, CriticLearningRate = 1e-2, Minibatches = 2 }),
        ["three agents, each with its adversary, normalised values"] = () => new GameTable(Three, Settings("srpo") with { NormaliseValues = true }),
        ["frozen opponent"] = () => new GameTable(WithOpponent, Settings("srpo"), opponents: [GameTable.Policy(1)]),
        ["frozen opponent, one policy, one adversary"] = () => new GameTable(WithOpponent, Settings("srpo") with { SharePolicy = true }, opponents: [GameTable.Policy(1)]),
        ["learning opponent"] = () => new GameTable(WithOpponent, Settings("ippo")),
        ["co-play"] = () => new GameTable(Three, Settings("fcp"), partners: [GameTable.Policy(1), GameTable.Policy(2)]),
        ["co-play in turns, with time-outs"] = () => new GameTable(Turns with { EndsEarly = false, Truncates = true }, Settings("fcp"), partners: [GameTable.Policy(1), GameTable.Policy(2)]),
        ["self-play of four"] = () => new GameTable(new(4, 4) { Masks = true }, Settings("self-play") with { Minibatches = 2 }),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void An_update_is_what_plain_doubles_give(string name)
    {
        var table = Tables[name]();
        var rollouts = table.PlayAll();
        using var updater = new TestUpdater(table.Spec.Training, table.Plan, table.Shape);
        var (next, statistics) = updater.Update(table.Spec.Seed, 0, 1, table.States, rollouts);
        UpdateAssert.Same(name, new PlainUpdate(table.Spec, table.Plan, table.Shape).Run(0, 1, table.States, rollouts), table.States, next);
        Assert.All(statistics, s => Assert.True(double.IsFinite(s.Return) && double.IsFinite(s.ExplainedVariance) && double.IsFinite(s.Kl) && s.Entropy > 0));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Two_rounds_give_the_same_bits_at_every_vector_width(string name)
    {
        var results = TestData.AllDevices.Select(device =>
        {
            var table = Tables[name]();
            using var updater = new TestUpdater(table.Spec.Training, table.Plan, table.Shape, device);
            for (var round = 1; round <= 2; round++)
                (table.States, _) = updater.Update(table.Spec.Seed, 0, round, table.States, table.PlayAll(round, device));
            return table.States;
        }).ToArray();
        for (var actor = 0; actor < results[0].Length; actor++)
        {
            Assert.Equal(results[0][actor].Parameters, results[1][actor].Parameters);
            Assert.Equal(results[0][actor].Parameters, results[2][actor].Parameters);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Each_seat_of_an_adversary_is_held_to_the_agent_of_that_seat(bool turns)
    {
        // One epoch reports the KL before any step: the mean over the adversary's samples of its distance to that seat's agent.
        var table = new GameTable(turns ? Turns : Three, Settings("srpo") with { Epochs = 1 });
        using var updater = new TestUpdater(table.Spec.Training, table.Plan, table.Shape);
        var rollouts = table.PlayAll();
        var (_, statistics) = updater.Update(1, 0, 1, table.States, rollouts);
        for (var agent = 0; agent < 3; agent++)
        {
            var (sum, count) = (0.0, 0);
            foreach (var seat in Enumerable.Range(0, 3).Where(seat => seat != agent))
            {
                var part = rollouts[agent].Parts[seat];
                for (var i = 0; i < part.Count; i++, count++)
                {
                    var (p, q) = (Distribution(table, 3 + agent, part, part.Row[i]), Distribution(table, seat, part, part.Row[i]));
                    sum += p.Zip(q).Where(pair => pair.First > 0).Sum(pair => pair.Second * Math.Log(pair.Second / pair.First));
                }
            }

            Assert.True(sum / count > 0.01);
            Assert.Equal(sum / count, statistics[3 + agent].Kl, 1e-5);
        }
    }

    private static double[] Distribution(GameTable table, int actor, SeatSamples part, int row)
    {
        var network = new PlainNetwork(table.Shape.Policy, [.. table.States[actor].Parameters.Select(x => (double)x)], 0);
        var z = network.Forward([.. PlainSamples.Row(part.Observations, row, 5).Select(x => (double)x)])[^1];
        double[] e = [.. z.Select((x, a) => part.Legal.Length == 0 || part.Legal[(row * TestGame.Actions) + a] == 1 ? Math.Exp(x) : 0)];
        return [.. e.Select(x => x / e.Sum())];
    }

    [Fact]
    public void The_agent_learns_nothing_from_the_adversarys_seats()
    {
        var table = new GameTable(Three, Settings("srpo") with { SharePolicy = true });
        var rollout = table.PlayAll()[0];
        using var updater = new TestUpdater(table.Spec.Training, table.Plan, table.Shape);
        var (next, _) = updater.Update(1, 0, 1, table.States, [rollout]);
        var spoilt = rollout with { Parts = [rollout.Parts[0], rollout.Parts[1] with { Rewards = [.. rollout.Parts[1].Rewards.Select(_ => 99f)] }] };
        var (same, reports) = updater.Update(1, 0, 1, table.States, [spoilt]);
        Assert.Equal(next[0].Parameters, same[0].Parameters);

        // Nor does the adversary learn from its own seat's reward, which only the report shows.
        Assert.Equal(next[1].Parameters, same[1].Parameters);
        Assert.Equal(99.0 * 30, reports[1].Return, 1e-3);
        var other = rollout with { Parts = [rollout.Parts[0], rollout.Parts[1] with { Signals = [.. rollout.Parts[1].Signals.Select((x, i) => i % 2 == 0 ? x : -x)] }] };
        Assert.NotEqual(next[1].Parameters, updater.Update(1, 0, 1, table.States, [other]).States[1].Parameters);
    }

    [Fact]
    public void Reports_are_per_seat_and_lane()
    {
        var table = new GameTable(Three, Settings("srpo") with { SharePolicy = true });
        var rollout = table.PlayAll()[0];
        using var updater = new TestUpdater(table.Spec.Training, table.Plan, table.Shape);
        var (_, reports) = updater.Update(1, 0, 1, table.States, [rollout]);
        Assert.Equal(rollout.Parts[0].Rewards.Sum(x => (double)x) / (6 * 2), reports[0].Return, 1e-4);
        Assert.Equal(rollout.Parts[1].Costs.Sum(x => (double)x) / 6, reports[1].PrivateCost, 1e-4);
        Assert.Equal(rollout.SeatRewards.Sum(), (reports[0].Return * 12) + (reports[1].Return * 6), 1e-3);
        Assert.True(reports[1].Kl > 0);
        Assert.Equal(0, reports[0].Kl);
    }

    [Fact]
    public void An_actor_without_a_finished_sample_stays_as_it_is()
    {
        var table = new GameTable(Turns, Settings("ippo"));
        var rollout = table.PlayAll()[0];
        var empty = rollout.Parts[1] with { Row = [], Actions = [], Rewards = [], Costs = [], Signals = [], Next = [] };
        using var updater = new TestUpdater(table.Spec.Training, table.Plan, table.Shape);
        var (next, reports) = updater.Update(1, 0, 1, table.States, [rollout with { Parts = [rollout.Parts[0], empty, rollout.Parts[2]] }]);
        Assert.Equal(table.States[1].Parameters, next[1].Parameters);
        Assert.Equal((1, 0L), (next[1].Version, next[1].AdamSteps));
        Assert.Equal(new UpdateMetrics(1, 0, 0, 0, 0, 0, 0, 0), reports[1]);
        Assert.NotEqual(table.States[2].Parameters, next[2].Parameters);
    }

    [Fact]
    public void More_minibatches_than_samples_are_as_many_as_samples()
    {
        var table = new GameTable(Turns, Settings("ippo") with { Lanes = 1, Horizon = 12, Minibatches = 12, NormaliseAdvantages = false });
        var rollouts = table.PlayAll();
        var samples = rollouts[0].Parts[1].Count;
        Assert.InRange(samples, 1, 11);
        using var updater = new TestUpdater(table.Spec.Training, table.Plan, table.Shape);
        var (next, _) = updater.Update(table.Spec.Seed, 0, 1, table.States, rollouts);
        Assert.Equal(4 * samples, next[1].AdamSteps);
        UpdateAssert.Same("minibatches", new PlainUpdate(table.Spec, table.Plan, table.Shape).Run(0, 1, table.States, rollouts), table.States, next);
    }

    [Fact]
    public void One_network_trunk_serves_both_heads()
    {
        var table = new GameTable(Three, Settings("ippo") with { Network = new() { Hidden = [8, 6], SharedTrunk = true, Initialisation = Initialisation.Orthogonal } });
        Assert.Equal((6, 1, 0), (table.Shape.Critic.Inputs, table.Shape.Critic.Outputs, table.Shape.Critic.Hidden.Count));
        Assert.Equal(table.Shape.Policy.ParameterCount + 7, table.Shape.ParameterCount);
        double[] parameters = [.. table.States[1].Parameters.Select(x => (double)x)];

        // Orthogonal, gain 1: the critic's head is a unit vector; its bias is 0.
        Assert.Equal(1, parameters[table.Shape.Policy.ParameterCount..^1].Sum(x => x * x), 1e-5);
        Assert.Equal(0, parameters[^1]);
        var part = table.PlayAll()[0].Parts[1];
        var policy = new PlainNetwork(table.Shape.Policy, parameters, 0);
        var critic = new PlainNetwork(table.Shape.Critic, parameters, table.Shape.Policy.ParameterCount);
        for (var row = 0; row < part.Values.Length; row++)
        {
            var features = policy.Forward([.. PlainSamples.Row(part.Observations, row, 5).Select(x => (double)x)])[^2];
            Assert.Equal(critic.Forward(features)[^1][0], part.Values[row], 1e-5);
        }
    }
}
