using Srpo.Core.Settings;

namespace Srpo.Learning.Tests.Matches;

/// <summary>Matches: looked-up and computed policies agree, order of play does not matter.</summary>
public sealed class MatchPlayerTests
{
    private static readonly EnvironmentSettings Gridworld = new("gridworld", "official");

    private static FrozenPolicy[] Policies(int count)
    {
        var spec = TestData.Spec(new TrainingSettings { Method = Method.Ippo }, count);
        var shape = TestData.FirstRound(spec).Shape;
        return [.. Enumerable.Range(0, count).Select(team => new FrozenPolicy(
            shape.Policy, shape.Encoding, ActorInitialisation.Create(spec, team, new ActorId(ActorKind.Agent, 0), shape).Parameters))];
    }

    private static void AssertSame(MatchOutcome a, MatchOutcome b)
    {
        Assert.Equal(a.MeanReturn, b.MeanReturn);
        Assert.Equal(a.ReturnDeviation, b.ReturnDeviation);
        Assert.Equal(a.SeatReturns, b.SeatReturns);
        Assert.Equal(a.SeatCosts, b.SeatCosts);
    }

    [Fact]
    public void Tables_give_the_bits_of_the_networks()
    {
        var policies = Policies(3);
        using var table = new MatchPlayer(Gridworld);
        using var network = new MatchPlayer(Gridworld, tabulate: false);
        var looked = table.Play(5, 2, policies[0], 4, policies, 20, 60);
        var computed = network.Play(5, 2, policies[0], 4, policies, 20, 60);
        for (var i = 0; i < 3; i++) AssertSame(looked[i], computed[i]);
        Assert.NotEqual(looked[0].MeanReturn, looked[1].MeanReturn);
    }

    [Fact]
    public void A_cell_does_not_depend_on_its_tile()
    {
        var policies = Policies(3);
        using var player = new MatchPlayer(Gridworld);
        var together = player.Play(5, 1, policies[1], 0, policies, 20, 60);
        using var other = new MatchPlayer(Gridworld);
        AssertSame(together[2], other.Play(5, 1, policies[1], 2, [policies[2]], 20, 60)[0]);
    }

    [Fact]
    public void One_policy_may_sit_in_both_seats()
    {
        var policy = Policies(1)[0];
        using var player = new MatchPlayer(Gridworld);
        using var network = new MatchPlayer(Gridworld, tabulate: false);
        AssertSame(player.Play(5, 0, policy, 0, [policy], 10, 50)[0], network.Play(5, 0, policy, 0, [policy], 10, 50)[0]);
    }

    [Fact]
    public void Replay_shows_the_rewards_it_sums_to()
    {
        var policies = Policies(2);
        using var player = new MatchPlayer(Gridworld);
        var frames = player.Replay(5, 3, policies, 50);
        Assert.Equal(51, frames.Count);
        Assert.Empty(frames[0].Actions);
        Assert.True(frames[50].EpisodeEnded);
        Assert.All(frames.Skip(1), f =>
        {
            Assert.Equal(1.0, f.Probabilities[0].Sum(), 1e-5);
            Assert.True(f.Probabilities[1][f.Actions[1]] > 0);
        });
        Assert.Equal(frames.Count, player.Replay(5, 3, policies, 50).Count);
    }

    [Fact]
    public void A_policy_of_another_environment_is_refused()
    {
        var shape = new MlpShape(3, [4], 5, Activation.Tanh);
        var policy = new FrozenPolicy(shape, Srpo.Environments.ObservationEncoding.Absolute, new float[shape.ParameterCount]);
        using var player = new MatchPlayer(Gridworld);
        Assert.Throws<ArgumentException>(() => player.Play(1, 0, policy, 0, [policy], 1, 1));
    }

    [Fact]
    public void Cancellation_stops_between_pairs()
    {
        var policies = Policies(1);
        using var player = new MatchPlayer(Gridworld);
        Assert.Throws<OperationCanceledException>(() => player.Play(1, 0, policies[0], 0, policies, 1, 1, new CancellationToken(true)));
    }
}
