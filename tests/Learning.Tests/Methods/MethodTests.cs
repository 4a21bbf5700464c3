using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Methods;
using Srpo.Learning.Tests.Games;

namespace Srpo.Learning.Tests.Methods;

/// <summary>What methods say of themselves, and what they refuse.</summary>
public sealed class MethodTests
{
    private static readonly EnvironmentInfo Three = new TestGame(new(3, 3), 1).Info;

    public static TheoryData<string> Ids => [.. MethodRegistry.Ids];

    private static PopulationSpec Spec(TrainingSettings training) => TestData.Spec(training);

    private static TrainingSettings Small(string method) => new() { Method = method, Lanes = 12, Horizon = 10 };

    [Theory]
    [InlineData("ippo", false, false, 1)]
    [InlineData("ippo", true, true, 1)]
    [InlineData("srpo", false, false, 3)]
    [InlineData("srpo", true, true, 1)]
    [InlineData("pure-adversarial", false, false, 3)]
    [InlineData("self-play", false, true, 1)]
    [InlineData("fcp", false, true, 1)]
    [InlineData("e3t", false, true, 1)]
    public void Methods_and_sharing_say_what_a_round_plays(string method, bool share, bool onePolicy, int rollouts)
    {
        var settings = Small(method) with { SharePolicy = share };
        PolicyReference[] partners = method == "fcp" ? [new("p/0/0", 1)] : [];
        Assert.Equal(onePolicy, settings.UsesOnePolicy());
        var plan = TeamPlan.For(Spec(settings) with { Partners = partners }, Three);
        Assert.Equal(rollouts, plan.Instances.Count);
        Assert.Equal((120, 120L * rollouts), (plan.StepsPerAgent, plan.StepsPerRound));
        var split = TeamPlan.For(Spec(settings with { SplitLanes = true }) with { Partners = partners }, Three);
        Assert.Equal((120 / rollouts, 120L), (split.StepsPerAgent, split.StepsPerRound));
    }

    [Fact]
    public void Weights_are_those_of_the_method()
    {
        var srpo = TeamPlan.For(Spec(Small("srpo")), Three);
        Assert.Equal(new Objective { EntropyWeight = 0.1 }, srpo.Objectives[0]);
        Assert.Equal(new Objective { Reward = RewardSource.MinusAgents, KlWeight = 0.1 }, srpo.Objectives[3]);
        var pure = TeamPlan.For(Spec(Small("pure-adversarial")), Three);
        Assert.Equal(new Objective(), pure.Objectives[0]);
        Assert.Equal(new Objective { Reward = RewardSource.MinusAgents }, pure.Objectives[3]);
        var critic = TeamPlan.For(Spec(Small("srpo") with { Adversary = new AdversarySettings { Critic = AdversaryCritic.Shared } }), Three);
        Assert.Equal((true, false), (critic.Objectives[0].LearnsValues, critic.Objectives[3].LearnsValues));
    }

    [Theory]
    [InlineData(AdversaryStart.Agent, false, 0, 0)]
    [InlineData(AdversaryStart.Agent, false, 2, 2)]
    [InlineData(AdversaryStart.Partner, false, 0, 1)]
    [InlineData(AdversaryStart.Partner, false, 1, 0)]
    [InlineData(AdversaryStart.Partner, false, 2, 0)]
    [InlineData(AdversaryStart.Partner, true, 0, 0)]
    public void Adversaries_start_as_the_agent_or_the_partner_whose_seat_they_take(AdversaryStart start, bool share, int seat, int agent)
    {
        var spec = Spec(Small("srpo") with { SharePolicy = share, Adversary = new AdversarySettings { Start = start } });
        var shape = ActorShape.For(spec.Training, Three);
        Assert.Equal(State(ActorKind.Agent, agent), State(ActorKind.Adversary, seat));
        Assert.NotEqual(State(ActorKind.Agent, 0), State(ActorKind.Agent, 1));

        float[] State(ActorKind kind, int of) => ActorInitialisation.Create(spec, 0, new ActorId(kind, of), shape).Parameters;
    }

    [Fact]
    public void A_shared_policy_has_no_agent_to_take_advantages_from()
    {
        var shared = Small("srpo") with { SharePolicy = true, Adversary = new AdversarySettings { Critic = AdversaryCritic.Shared } };
        Assert.Equal("adversary.critic", Assert.Single(TeamPlan.Problems(Spec(shared), Three)).Field);
        Assert.Empty(TeamPlan.Problems(Spec(shared with { SharePolicy = false }), Three));
        Assert.Empty(TeamPlan.Problems(Spec(shared with { Adversary = new AdversarySettings() }), Three));
        Assert.Empty(TeamPlan.Problems(Spec(shared with { Method = "ippo" }), Three));
    }

    [Fact]
    public void Co_play_needs_partners_and_nothing_else_has_them()
    {
        var problem = Assert.Single(TeamPlan.Problems(Spec(Small("fcp")), Three));
        Assert.Equal(("partners", true), (problem.Field, problem.Remedy.Contains("self-play", StringComparison.Ordinal)));
        problem = Assert.Single(TeamPlan.Problems(Spec(Small("ippo")) with { Partners = [new("p/0/0", 1)] }, Three));
        Assert.Equal(("partners", true), (problem.Field, problem.Remedy.Contains("\"fcp\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_method_that_is_not_known_is_named_with_those_that_are()
    {
        var problem = Assert.Single(TeamPlan.Problems(Spec(Small("spro")), Three));
        Assert.Equal("method", problem.Field);
        Assert.Contains("'srpo'", problem.Reason, StringComparison.Ordinal);
        Assert.Contains("pure-adversarial", problem.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_of_one_method_are_refused_by_others_and_out_of_range()
    {
        var noisy = Small("e3t") with { Own = OwnSettings.With(null, "e3t.noise", 0.25) };
        Assert.Empty(TeamPlan.Problems(Spec(noisy), Three));
        Assert.Equal(0.25, Assert.Single(TeamPlan.For(Spec(noisy), Three).Instances[0].Mirrors).Noise);
        Assert.Equal("e3t.noise", Assert.Single(TeamPlan.Problems(Spec(noisy with { Method = "ippo" }), Three)).Field);
        foreach (var wrong in (double[])[-0.1, 1.1, double.NaN])
            Assert.Contains("0 to 1", Assert.Single(TeamPlan.Problems(Spec(noisy with { Own = OwnSettings.With(null, "e3t.noise", wrong) }), Three)).Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_method_says_what_it_is(string id)
    {
        var method = MethodRegistry.Get(id);
        Assert.Matches("^[a-z0-9-]{1,30}$", method.Id);
        Assert.All(new[] { method.Title, method.Source, method.Summary }, text => Assert.NotEmpty(text));
        Assert.EndsWith(".", method.Summary, StringComparison.Ordinal);
        Assert.All(method.OwnSettings, setting =>
        {
            Assert.StartsWith(method.Id + ".", setting.Path, StringComparison.Ordinal);
            Assert.InRange(setting.Default, setting.Low, setting.High);
        });
    }
}
