using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Learning.Devices.Cpu;

namespace Srpo.Learning.Tests.Matches;

/// <summary>Matches: looked-up and computed policies agree, order of play does not matter.</summary>
public sealed class MatchPlayerTests
{
    private static readonly EnvironmentSettings Gridworld = new("gridworld", "official");

    private static FrozenPolicy[] Policies(int count)
    {
        var spec = TestData.Spec(new TrainingSettings { Method = "ippo" }, count);
        var shape = TestData.FirstRound(spec).Shape;
        return [.. Enumerable.Range(0, count).Select(team => new NetworkPolicy(
            shape.Policy, shape.Encoding, ActorInitialisation.Create(spec, team, new ActorId(ActorKind.Agent, 0), shape).Parameters))];
    }

    private static FrozenTeam Both(FrozenPolicy policy) => FrozenTeam.Shared(policy, 2);

    private static MatchResult[] Play(
        MatchPlayer player, ulong seed, int row, FrozenPolicy policy, int firstColumn, IEnumerable<FrozenPolicy> partners, int episodes, int steps,
        CancellationToken cancellation = default) =>
        player.Play(seed, row, Both(policy), firstColumn, [.. partners.Select(Both)], new MatchRules(Seating.Ordered, episodes, steps), null, cancellation);

    private static void AssertSame(MatchResult a, MatchResult b)
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
        var looked = Play(table, 5, 2, policies[0], 4, policies, 20, 60);
        var computed = Play(network, 5, 2, policies[0], 4, policies, 20, 60);
        for (var i = 0; i < 3; i++) AssertSame(looked[i], computed[i]);
        Assert.NotEqual(looked[0].MeanReturn, looked[1].MeanReturn);
    }

    [Fact]
    public void A_cell_does_not_depend_on_its_tile()
    {
        var policies = Policies(3);
        using var player = new MatchPlayer(Gridworld);
        var together = Play(player, 5, 1, policies[1], 0, policies, 20, 60);
        using var other = new MatchPlayer(Gridworld);
        AssertSame(together[2], Play(other, 5, 1, policies[1], 2, [policies[2]], 20, 60)[0]);
    }

    [Fact]
    public void One_policy_may_sit_in_both_seats()
    {
        var policy = Policies(1)[0];
        using var player = new MatchPlayer(Gridworld);
        using var network = new MatchPlayer(Gridworld, tabulate: false);
        AssertSame(Play(player, 5, 0, policy, 0, [policy], 10, 50)[0], Play(network, 5, 0, policy, 0, [policy], 10, 50)[0]);
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
        var shape = new NetworkShape(3, [4], 5, Activation.Tanh);
        var policy = new NetworkPolicy(shape, Srpo.Environments.ObservationEncoding.Absolute, new float[shape.ParameterCount]);
        using var player = new MatchPlayer(Gridworld);
        Assert.Throws<ArgumentException>(() => Play(player, 1, 0, policy, 0, [policy], 1, 1));
    }

    [Fact]
    public void Cancellation_stops_between_pairs()
    {
        var policies = Policies(1);
        using var player = new MatchPlayer(Gridworld);
        Assert.Throws<OperationCanceledException>(() => Play(player, 1, 0, policies[0], 0, policies, 1, 1, new CancellationToken(true)));
    }

    [Fact]
    public void Mixed_cells_do_not_depend_on_their_tile_either()
    {
        var environment = new EnvironmentSettings("hanabi", "3x3-4p");
        FrozenTeam[] teams = [.. Enumerable.Range(0, 3).Select(number => FrozenTeam.Shared(Hanabi(environment, number), 4))];
        var rules = new MatchRules(Seating.Mixed, 20, 100);
        using var player = new MatchPlayer(environment);
        using var other = new MatchPlayer(environment, new CpuDevice(KernelSet.Portable), tabulate: false);
        var together = player.Play(5, 1, teams[1], 0, teams, rules);
        AssertSame(together[2], other.Play(5, 1, teams[1], 2, [teams[2]], rules)[0]);
        Assert.NotEqual(together[0].MeanReturn, together[2].MeanReturn);
    }

    [Fact]
    public void Rules_may_change_between_plays()
    {
        var policies = Policies(2);
        using var player = new MatchPlayer(Gridworld);
        var ordered = Play(player, 5, 0, policies[0], 1, [policies[1]], 6, 50)[0];
        var mixed = player.Play(5, 0, Both(policies[0]), 1, [Both(policies[1])], new MatchRules(Seating.Mixed, 6, 50))[0];
        Assert.NotEqual(ordered.MeanReturn, mixed.MeanReturn);
        AssertSame(ordered, Play(player, 5, 0, policies[0], 1, [policies[1]], 6, 50)[0]);
    }

    [Fact]
    public void Teams_and_opponents_must_fill_the_seats()
    {
        var policy = Policies(1)[0];
        using var player = new MatchPlayer(Gridworld);
        var rules = new MatchRules(Seating.Ordered, 1, 1);
        Assert.Throws<ArgumentException>(() => player.Play(1, 0, FrozenTeam.Shared(policy, 3), 0, [Both(policy)], rules));
        Assert.Throws<ArgumentException>(() => player.Play(1, 0, Both(policy), 0, [FrozenTeam.Shared(policy, 1)], rules));
        Assert.Throws<ArgumentException>(() => player.Play(1, 0, Both(policy), 0, [Both(policy)], rules, [policy]));
    }

    private static FrozenPolicy Hanabi(EnvironmentSettings environment, int number)
    {
        var info = Srpo.Environments.EnvironmentFactory.Create(environment, 1).Info;
        var shape = new NetworkShape(info.ObservationLength(Srpo.Environments.ObservationEncoding.OwnFirst), [8], info.Actions, Activation.Tanh);
        var random = TestData.Stream(60 + number);
        return new NetworkPolicy(shape, Srpo.Environments.ObservationEncoding.OwnFirst, TestData.Normals(shape.ParameterCount, ref random, 0.3));
    }
}
