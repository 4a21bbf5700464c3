using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Tests.Games;

namespace Srpo.Learning.Tests.Teams;

/// <summary>Who learns in a team and what it plays; and what cannot be played.</summary>
public sealed class TeamPlanTests
{
    private static readonly PolicyReference Frozen = new("pool/0/0", 1);

    private static EnvironmentInfo Game(int seats, int team, bool turns = false) => new TestGame(new(seats, team) { TurnBased = turns }, 1).Info;

    private static PopulationSpec Spec(string method, bool share = false, int opponents = 0) => TestData.Spec(TestData.Small(method) with { SharePolicy = share }) with
    {
        Opponents = [.. Enumerable.Repeat(Frozen, opponents)],
        Partners = method == "fcp" ? [Frozen, Frozen] : [],
    };

    private static string[] Actors(TeamPlan plan) => [.. plan.Actors.Select(actor => actor.ToString())];

    [Fact]
    public void Independent_agents_play_together()
    {
        var plan = TeamPlan.For(Spec("ippo"), Game(3, 3));
        Assert.Equal(["agent 0", "agent 1", "agent 2"], Actors(plan));
        var instance = Assert.Single(plan.Instances);
        Assert.Equal((Casting.Fixed, 0, 4), (instance.Casting, instance.FirstLane, instance.Lanes));
        Assert.Equal([0, 1, 2], instance.Cast);
        Assert.Equal([0, 1, 2], plan.Evaluation.Cast);
        Assert.Equal(5, plan.Evaluation.Lanes);
        Assert.Equal((240L, 240), (plan.StepsPerRound, plan.StepsPerAgent));
    }

    [Fact]
    public void Every_agent_meets_its_adversary()
    {
        var plan = TeamPlan.For(Spec("srpo"), Game(3, 3));
        Assert.Equal(["agent 0", "agent 1", "agent 2", "adversary 0", "adversary 1", "adversary 2"], Actors(plan));
        Assert.Equal(3, plan.Instances.Count);
        Assert.Equal([0, 1, 1], plan.Instances[0].Cast);
        Assert.Equal([1, 0, 1], plan.Instances[1].Cast);
        Assert.Equal([1, 1, 0], plan.Instances[2].Cast);
        Assert.Equal([2, 5], plan.Instances[2].Actors);
        Assert.Equal([0, 4, 8], plan.Instances.Select(instance => instance.FirstLane));
        Assert.Equal([0, 1, 2], plan.Evaluation.Actors);
        Assert.Equal((720L, 240), (plan.StepsPerRound, plan.StepsPerAgent));
    }

    [Theory]
    [InlineData("ippo", false, false, 240)]
    [InlineData("ippo", true, false, 960)]
    [InlineData("srpo", false, false, 240)]
    [InlineData("srpo", true, false, 720)]
    [InlineData("self-play", false, false, 960)]
    [InlineData("fcp", false, false, 240)]
    [InlineData("ippo", false, true, 60)]
    [InlineData("ippo", true, true, 240)]
    [InlineData("srpo", true, true, 180)]
    public void A_policy_learns_from_its_own_steps(string method, bool share, bool turns, int steps)
    {
        var spec = Spec(method, share);
        var plan = TeamPlan.For(spec, Game(4, 4, turns));
        Assert.Equal(steps, plan.PolicyStepsPerRound);
        Assert.Equal((plan.StepsPerRound, plan.PolicyStepsPerRound), TeamPlan.StepsOfRound(spec.Training, Game(4, 4, turns), hasOpponents: false));
    }

    [Theory]
    [InlineData("ippo", true, "agent 0", Casting.Fixed)]
    [InlineData("self-play", false, "agent 0", Casting.Fixed)]
    [InlineData("fcp", false, "agent 0", Casting.RandomPartner)]
    [InlineData("srpo", true, "agent 0, adversary 0", Casting.RandomAdversary)]
    [InlineData("pure-adversarial", true, "agent 0, adversary 0", Casting.RandomAdversary)]
    public void One_policy_plays_all_seats(string method, bool share, string actors, Casting casting)
    {
        var plan = TeamPlan.For(Spec(method, share), Game(4, 4));
        Assert.Equal(actors, string.Join(", ", Actors(plan)));
        Assert.Equal(casting, Assert.Single(plan.Instances).Casting);
        Assert.Equal([0, 0, 0, 0], plan.Evaluation.Cast);
        Assert.Equal([0], plan.Evaluation.Actors);
        Assert.Equal(Casting.Fixed, plan.Evaluation.Casting);
        Assert.Equal((240L, 240), (plan.StepsPerRound, plan.StepsPerAgent));
    }

    [Theory]
    [InlineData("ippo", false, 2)]
    [InlineData("srpo", false, 2)]
    [InlineData("srpo", true, 2)]
    [InlineData("fcp", false, 1)]
    public void Opponents_are_the_players_after_the_actors(string method, bool share, int first)
    {
        var plan = TeamPlan.For(Spec(method, share, opponents: 2), Game(4, 2));
        Assert.Equal((2, 4, 2), (plan.Agents, plan.Seats, plan.Opponents));
        Assert.All(plan.Instances, instance => Assert.Equal([first, first + 1], instance.Cast.Skip(2)));
        Assert.Equal([plan.Evaluation.Actors.Count, plan.Evaluation.Actors.Count + 1], plan.Evaluation.Cast.Skip(2));
    }

    [Theory]
    [InlineData("srpo", false, 0, 3, 2, "opponents", "only method \"ippo\"")]
    [InlineData("self-play", false, 0, 3, 2, "opponents", "only method \"ippo\"")]
    [InlineData("ippo", true, 0, 3, 2, "sharePolicy", "cannot share")]
    [InlineData("ippo", false, 1, 2, 2, "opponents", "has 0 seats for opponents; leave them out")]
    [InlineData("ippo", false, 2, 3, 2, "opponents", "has 1 seats for opponents; name 1")]
    [InlineData("srpo", false, 1, 2, 1, "method", "no partner")]
    [InlineData("fcp", false, 1, 2, 1, "method", "no partner")]
    public void What_cannot_be_played_is_named(string method, bool share, int opponents, int seats, int team, string field, string text)
    {
        var spec = Spec(method, share, opponents);
        var problem = Assert.Single(TeamPlan.Problems(spec, Game(seats, team)));
        Assert.Equal(field, problem.Field);
        Assert.Contains(text, problem.ToString());
        Assert.Equal(problem, Assert.Single(Assert.Throws<SettingsException>(() => TeamPlan.For(spec, Game(seats, team))).Problems));
    }

    [Fact]
    public void Everything_else_can_be_played()
    {
        Assert.Empty(TeamPlan.Problems(Spec("ippo"), Game(3, 2)));
        Assert.Empty(TeamPlan.Problems(Spec("ippo", opponents: 1), Game(2, 1)));
        Assert.Empty(TeamPlan.Problems(Spec("srpo", true, 1), Game(3, 2)));
        Assert.Empty(TeamPlan.Problems(Spec("self-play", opponents: 1), Game(2, 1)));
    }

    [Fact]
    public void Lanes_must_divide_among_the_pairings()
    {
        static PopulationSpec Lanes(int lanes, bool share) =>
            TestData.Spec(TestData.Small("srpo") with { Lanes = lanes, SplitLanes = true, SharePolicy = share });
        Assert.Empty(TeamPlan.Problems(Lanes(6, false), Game(3, 3)));
        Assert.Equal("lanes", Assert.Single(TeamPlan.Problems(Lanes(8, false), Game(3, 3))).Field);
        Assert.Equal("lanes", Assert.Single(TeamPlan.Problems(Lanes(2, false), Game(3, 3))).Field);
        Assert.Empty(TeamPlan.Problems(Lanes(8, true), Game(3, 3)));
    }

    [Fact]
    public void Agents_that_act_at_different_times_share_no_advantage()
    {
        var spec = TestData.Spec(TestData.Small("srpo") with { Adversary = new() { Critic = AdversaryCritic.Shared } });
        Assert.Empty(TeamPlan.Problems(spec, Game(3, 3)));
        Assert.Equal("adversary.critic", Assert.Single(TeamPlan.Problems(spec, Game(3, 3, turns: true))).Field);
    }

    [Fact]
    public void In_turns_a_rollout_must_be_longer_than_a_round_of_turns()
    {
        var spec = TestData.Spec(TestData.Small("ippo") with { Horizon = 3 });
        Assert.Empty(TeamPlan.Problems(spec, Game(3, 3)));
        Assert.Empty(TeamPlan.Problems(spec, Game(2, 2, turns: true)));
        Assert.Equal("horizon", Assert.Single(TeamPlan.Problems(spec, Game(3, 3, turns: true))).Field);
    }

    [Fact]
    public void Observations_must_be_on_offer_and_fit_into_memory()
    {
        var oneHot = TestData.Spec(TestData.Small("ippo") with { Network = new() { OneHot = true } });
        var problem = Assert.Single(TeamPlan.Problems(oneHot, Game(2, 2)));
        Assert.Equal(("network.oneHot", "use false"), (problem.Field, problem.Remedy));
        Assert.Empty(TeamPlan.Problems(oneHot, TestData.Info(oneHot)));

        var large = TestData.Spec(TestData.Small("ippo") with { Lanes = 4096, Horizon = 4096 });
        Assert.Equal("horizon", Assert.Single(TeamPlan.Problems(large, Game(2, 2))).Field);
        Assert.Empty(TeamPlan.Problems(large, TestData.Info(large)));
    }

    [Fact]
    public void Frozen_policies_must_be_as_many_as_planned_and_fit()
    {
        var spec = TestData.Spec(TestData.Small("ippo")) with { Environment = new EnvironmentSettings("tag", "simple-tag"), Opponents = [Frozen] };
        var info = TestData.Info(spec);
        var plan = TeamPlan.For(spec, info);
        var shape = new NetworkShape(info.ObservationLength(ObservationEncoding.Absolute), [4], info.Actions, Activation.Tanh);
        var runner = new NetworkPolicy(shape, ObservationEncoding.Absolute, new float[shape.ParameterCount]);
        using (new RolloutPlayer(spec, 0, plan.Instances[0], RolloutActors.Of(spec, plan, [runner])))
        {
        }

        Assert.Contains("0 frozen policies", Assert.Throws<ArgumentException>(() => RolloutActors.Of(spec, plan)).Message);
        Assert.Contains("2 frozen policies", Assert.Throws<ArgumentException>(() => RolloutActors.Of(spec, plan, [runner, runner])).Message);
        Assert.Contains("cannot play tag", Assert.Throws<ArgumentException>(() => new RolloutPlayer(spec, 0, plan.Instances[0], RolloutActors.Of(spec, plan, [GameTable.Policy(1)]))).Message);
    }

    [Theory]
    [InlineData(false, false, ObservationEncoding.Absolute)]
    [InlineData(true, false, ObservationEncoding.OwnFirst)]
    [InlineData(false, true, ObservationEncoding.OneHot)]
    [InlineData(true, true, ObservationEncoding.OneHotOwnFirst)]
    public void One_network_for_all_seats_is_told_which_it_plays(bool share, bool oneHot, ObservationEncoding encoding)
    {
        var spec = TestData.Spec(TestData.Small("ippo") with { SharePolicy = share, Network = new() { OneHot = oneHot } });
        Assert.Equal(encoding, ActorShape.For(spec.Training, TestData.Info(spec)).Encoding);
    }
}
