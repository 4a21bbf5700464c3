using Srpo.Core.Settings;

namespace Srpo.Core.Tests.Settings;

/// <summary>Settings of policy sharing, shared trunks and fictitious co-play.</summary>
public sealed class TrainingSettingsTests
{
    [Fact]
    public void A_shared_policy_has_no_agent_to_take_advantages_from()
    {
        var shared = new TrainingSettings { SharePolicy = true, Adversary = new AdversarySettings { Critic = AdversaryCritic.Shared } };
        Assert.Equal("adversary.critic", Assert.Single(shared.Validate()).Field);
        Assert.Empty((shared with { SharePolicy = false }).Validate());
        Assert.Empty((shared with { Adversary = new AdversarySettings() }).Validate());
        Assert.Empty((shared with { Method = Method.Ippo }).Validate());
    }

    [Theory]
    [InlineData(Method.Ippo, false, false, 1)]
    [InlineData(Method.Ippo, true, true, 1)]
    [InlineData(Method.Srpo, false, false, 3)]
    [InlineData(Method.Srpo, true, true, 1)]
    [InlineData(Method.PureAdversarial, false, false, 3)]
    [InlineData(Method.SelfPlay, false, true, 1)]
    [InlineData(Method.FictitiousCoPlay, false, true, 1)]
    public void Methods_and_sharing_say_what_a_round_plays(Method method, bool share, bool onePolicy, int rollouts)
    {
        var settings = new TrainingSettings { Method = method, SharePolicy = share, Lanes = 12, Horizon = 10 };
        Assert.Empty(settings.Validate());
        Assert.Equal(onePolicy, settings.UsesOnePolicy);
        Assert.Equal(rollouts, settings.RolloutsPerUpdate(3));
        Assert.Equal((120, 120L * rollouts), (settings.SamplesPerUpdate(3), settings.EnvironmentStepsPerUpdate(3)));
        var split = settings with { SplitLanes = true };
        Assert.Equal((120 / rollouts, 120L), (split.SamplesPerUpdate(3), split.EnvironmentStepsPerUpdate(3)));
    }

    [Fact]
    public void Weights_are_those_of_the_method()
    {
        Assert.Equal((0.1, 0.1), (new TrainingSettings().KlWeight, new TrainingSettings().EntropyWeight));
        var pure = new TrainingSettings { Method = Method.PureAdversarial };
        Assert.Equal((0.0, 0.0), (pure.KlWeight, pure.EntropyWeight));
        Assert.Equal(0, new TrainingSettings { Method = Method.FictitiousCoPlay }.KlWeight);
    }

    [Fact]
    public void A_shared_trunk_makes_another_network()
    {
        Assert.NotEqual(new NetworkSettings(), new NetworkSettings { SharedTrunk = true });
        Assert.Equal(new NetworkSettings { SharedTrunk = true }, new NetworkSettings { SharedTrunk = true });
        Assert.Empty(new TrainingSettings { Network = new NetworkSettings { SharedTrunk = true } }.Validate());
    }

    [Fact]
    public void Methods_that_are_not_known_are_named()
    {
        var problem = Assert.Single(new TrainingSettings { Method = (Method)9 }.Validate());
        Assert.Equal("method", problem.Field);
        Assert.Contains("FictitiousCoPlay", problem.Remedy);
    }
}
