using Srpo.Core.Settings;
using Srpo.Learning.Tests.Games;

namespace Srpo.Learning.Tests.Methods;

/// <summary>Partners that mix the agent's own policy with uniform noise.</summary>
public sealed class E3tTests
{
    private static GameTable Table(double noise, bool masks = false, int lanes = 40) => new(
        new TestGameRules(3, 3) { EndsEarly = true, Masks = masks },
        TestData.Small("e3t") with { Lanes = lanes, Horizon = 60, Own = OwnSettings.With(null, "e3t.noise", noise) });

    /// <summary>Makes the agent take one action nearly always.</summary>
    private static GameTable Insist(GameTable table, int action)
    {
        table.States = [table.States[0] with { Parameters = GameTable.Insist(table.States[0].Parameters, table.Shape.Policy, action) }];
        return table;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.25)]
    [InlineData(1)]
    public void Partners_deviate_as_often_as_the_noise_says(double noise)
    {
        var (rollout, game) = Insist(Table(noise), 1).Play(0);
        var actions = game.Log.SelectMany(step => step.Actions).ToArray();
        var own = rollout.Parts.Single();
        Assert.All(own.Actions, action => Assert.Equal(1, action));

        // One seat in three is the agent's; the partners take that action with 1 - noise, and one in four times of the noise.
        var expected = 2 * noise * (TestGame.Actions - 1) / TestGame.Actions / 3;
        var deviations = actions.Count(action => action != 1) / (double)actions.Length;
        Assert.InRange(deviations, expected - 0.02, expected + 0.02);
        if (noise == 0) Assert.Equal(0, deviations);
    }

    [Fact]
    public void Noise_never_takes_an_illegal_action()
    {
        var (_, game) = Table(1, masks: true).Play(0);
        Assert.All(game.Log, step => Assert.All(step.Actions.Select((action, seat) => step.Legal[seat][action]), legal => Assert.Equal(1, legal)));
        Assert.Contains(game.Log, step => step.Legal.Any(legal => legal.Contains((byte)0)));
        Assert.True(game.Log.SelectMany(step => step.Actions).Distinct().Count() > 2);
    }

    [Fact]
    public void Only_the_agents_own_seat_is_learned_from_and_it_changes_with_the_episodes()
    {
        var table = Table(0.5);
        var (rollout, game) = table.Play(0);
        var part = Assert.Single(rollout.Parts);
        Assert.Equal((0, -1), (part.Actor, part.Seat));
        Assert.Equal(table.Plan.Instances[0].Lanes * 60, part.Count);

        // With a share of the noise below 1, mirrors use the parameters of the round: another state plays otherwise.
        var before = game.Log.Select(step => string.Concat(step.Actions)).ToArray();
        Insist(table, 2);
        Assert.NotEqual(before, table.Play(0).Game.Log.Select(step => string.Concat(step.Actions)));
    }

    [Fact]
    public void In_evaluation_the_agent_plays_all_seats_without_noise()
    {
        var (_, game) = Insist(Table(1), 3).Evaluate();
        Assert.All(game.Log.SelectMany(step => step.Actions), action => Assert.Equal(3, action));
    }

    [Fact]
    public async Task Its_team_learns_and_gives_the_same_bits_twice()
    {
        var spec = TestData.Spec(TestData.Small("e3t") with { Iterations = 3 });
        var states = new List<LearnerState>();
        for (var time = 0; time < 2; time++)
        {
            using var team = new LocalTeam(spec);
            while (team.Training.Round < 3) await team.Training.TrainAsync();
            states.Add(team.Training.States!.Single());
        }

        Assert.Equal(states[0].Parameters, states[1].Parameters);
        Assert.Equal(3, states[0].Version);
    }
}
