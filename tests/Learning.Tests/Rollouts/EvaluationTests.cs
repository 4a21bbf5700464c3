using Srpo.Core.Settings;
using Srpo.Learning.Tests.Games;

namespace Srpo.Learning.Tests.Rollouts;

/// <summary>Points of learning curves: which steps and which seats count.</summary>
public sealed class EvaluationTests
{
    private static readonly TrainingSettings Settings = TestData.Small("ippo") with { CurveEpisodes = 7, EvaluationSteps = 40 };

    [Theory]
    [MemberData(nameof(GameKinds.All), MemberType = typeof(GameKinds))]
    public void The_score_is_the_teams_over_all_steps_or_one_episode(bool turns, bool early, bool shared)
    {
        var table = new GameTable(new(4, 3) { TurnBased = turns, Masks = turns, EndsEarly = early, SharedReward = shared }, Settings, opponents: [GameTable.Policy(1)]);
        var (evaluation, game) = table.Evaluate();
        var counted = Enumerable.Range(0, 7).SelectMany(lane => Counted([.. game.Log.Where(step => step.Lane == lane)], early)).ToList();
        var score = counted.Sum(step => shared ? step.Rewards[0] : (double)step.Rewards[..3].Sum()) / 7;
        Assert.Equal(score, evaluation.MeanReturn, 1e-4);
        for (var seat = 0; seat < 4; seat++) Assert.Equal(counted.Sum(step => (double)step.Costs[seat]) / 7, evaluation.SeatCosts[seat], 1e-4);

        // Play stops when nothing can be counted any more.
        var steps = game.Log.Count / 7;
        if (early) Assert.InRange(steps, 2, 9);
        else Assert.Equal(40, steps);
    }

    [Fact]
    public void A_limit_of_steps_holds_where_episodes_may_be_longer()
    {
        var table = new GameTable(new(2, 2) { TurnBased = true, EndsEarly = true }, Settings with { EvaluationSteps = 2 });
        var (evaluation, game) = table.Evaluate();
        Assert.Equal(14, game.Log.Count);
        var counted = Enumerable.Range(0, 7).SelectMany(lane => Counted([.. game.Log.Where(step => step.Lane == lane)], early: true));
        Assert.Equal(counted.Sum(step => (double)step.Rewards.Sum()) / 7, evaluation.MeanReturn, 1e-4);
    }

    [Theory]
    [InlineData("srpo")]
    [InlineData("fcp")]
    public void Agents_are_evaluated_with_each_other(string method)
    {
        var table = new GameTable(new(3, 3), Settings with { Method = method }, partners: method == "fcp" ? [GameTable.Always(3)] : []);
        table.States = [.. table.States.Select((state, i) => state with { Parameters = GameTable.Insist(state.Parameters, table.Shape.Policy, Math.Min(i, 3)) })];
        var (_, game) = table.Evaluate();
        Assert.All(game.Log, step => Assert.Equal(method == "srpo" ? [0, 1, 2] : [0, 0, 0], step.Actions));
    }

    [Theory]
    [InlineData(ActionChoice.Sampled)]
    [InlineData(ActionChoice.Greedy)]
    public void Greedy_is_the_most_likely_action_however_little_likelier_it_is(ActionChoice choice)
    {
        var table = new GameTable(new(3, 3), Settings with { EvaluationActions = choice });
        table.States = [.. table.States.Select((state, seat) =>
        {
            // Nothing but the bias of one action, so that it is likelier than the others by a tenth.
            var parameters = new float[state.Parameters.Length];
            parameters[table.Shape.Policy.Body.Layers[^1].BiasOffset + seat + 1] = 0.1f;
            return state with { Parameters = parameters };
        })];
        var (_, game) = table.Evaluate();
        Assert.Equal(choice == ActionChoice.Greedy, game.Log.All(step => step.Actions is [1, 2, 3]));
    }

    private static IEnumerable<TestGameStep> Counted(List<TestGameStep> lane, bool early)
    {
        var end = lane.FindIndex(step => step.Terminated || step.Truncated);
        return early && end >= 0 ? lane.Take(end + 1) : lane;
    }
}
