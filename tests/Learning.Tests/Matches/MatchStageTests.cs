using Srpo.Core.Random;
using Srpo.Core.Results;
using Srpo.Learning.Devices;
using Srpo.Learning.Devices.Cpu;
using Srpo.Learning.Tests.Games;

namespace Srpo.Learning.Tests.Matches;

/// <summary>Matches of many seats, with opponents, turns, early ends, against the log of the game.</summary>
public sealed class MatchStageTests
{
    private static (MatchResult Outcome, TestGame Game) Play(
        TestGameRules rules, Seating seating, int asked, FrozenTeam row, FrozenTeam column, int steps = 40, FrozenPolicy[]? opponents = null,
        ILearnerDevice? device = null, bool tabulate = true, uint cell = 3)
    {
        var game = new TestGame(rules, Seatings.Episodes(seating, rules.TeamSeats, asked));
        var stage = new MatchStage(game, seating);
        var players = new Dictionary<FrozenPolicy, PolicyPlayer>(ReferenceEqualityComparer.Instance);
        stage.Cast(row, column, opponents ?? [], policy =>
        {
            if (!players.TryGetValue(policy, out var player)) players.Add(policy, player = new PolicyPlayer((NetworkPolicy)policy, game, device ?? CpuDevice.Default, tabulate));
            return player;
        });
        stage.Play(new StreamId(5, 2, cell, StreamPurpose.MatchReset), steps, default);
        foreach (var player in players.Values) player.Dispose();
        return (stage.Summarise(), game);
    }

    private static FrozenTeam Own(int first, int seats) => new([.. Enumerable.Range(first, seats).Select(GameTable.Policy)]);

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Both_runs_sit_in_every_mixture_of_seats(int seats)
    {
        var (_, game) = Play(new(seats, seats), Seating.Mixed, 50, FrozenTeam.Shared(GameTable.Always(1), seats), FrozenTeam.Shared(GameTable.Always(2), seats));
        var casts = game.Log.GroupBy(step => step.Lane).Select(lane => string.Concat(lane.SelectMany(step => step.Actions.Select((action, seat) => (action, seat))).Distinct().OrderBy(x => x.seat).Select(x => x.action))).ToList();
        Assert.All(casts, cast => Assert.Equal(seats, cast.Length));
        var counts = casts.GroupBy(cast => cast).Select(group => group.Count()).ToArray();
        Assert.Equal((1 << seats) - 2, counts.Length);
        Assert.Single(counts.Distinct());
        Assert.All(casts, cast => Assert.True(cast.Contains('1') && cast.Contains('2')));
    }

    [Theory]
    [MemberData(nameof(GameKinds.All), MemberType = typeof(GameKinds))]
    public void Outcomes_are_those_of_the_log(bool turns, bool early, bool shared)
    {
        var rules = new TestGameRules(4, 3) { TurnBased = turns, Masks = turns, EndsEarly = early, SharedReward = shared };
        var (outcome, game) = Play(rules, Seating.Mixed, 20, Own(0, 3), Own(3, 3), opponents: [GameTable.Policy(9)]);
        var lanes = game.Lanes;
        Assert.Equal(24, lanes);
        var episodes = Enumerable.Range(0, lanes).Select(lane =>
        {
            var steps = game.Log.Where(step => step.Lane == lane);
            return (early ? steps.TakeUntilEnd() : steps).ToList();
        }).ToArray();
        double[] scores = [.. episodes.Select(steps => steps.Sum(step => shared ? step.Rewards[0] : (double)step.Rewards[..3].Sum()))];
        Assert.Equal(scores.Average(), outcome.MeanReturn, 1e-5);
        Assert.Equal(Math.Sqrt(scores.Sum(score => Math.Pow(score - scores.Average(), 2)) / (lanes - 1)), outcome.ReturnDeviation, 1e-5);
        foreach (var column in new[] { false, true })
        {
            var seats = episodes.SelectMany((steps, lane) => Enumerable.Range(0, 3).Where(seat => Seatings.IsColumn(Seating.Mixed, 3, lane, seat) == column)
                .Select(seat => (Return: steps.Sum(step => (double)step.Rewards[seat]), Cost: steps.Sum(step => (double)step.Costs[seat])))).ToArray();
            Assert.Equal(seats.Average(seat => seat.Return), outcome.SeatReturns[column ? 1 : 0], 1e-5);
            Assert.Equal(seats.Average(seat => seat.Cost), outcome.SeatCosts[column ? 1 : 0], 1e-5);
        }

        if (early) Assert.InRange(game.Log.Count / lanes, 2, 9);
    }

    [Fact]
    public void In_an_ordered_match_each_seat_plays_its_own_policy()
    {
        var (outcome, game) = Play(
            new(3, 2), Seating.Ordered, 5, new FrozenTeam([GameTable.Always(0), GameTable.Always(1)]), new FrozenTeam([GameTable.Always(2), GameTable.Always(3)]),
            opponents: [GameTable.Always(1)]);
        Assert.All(game.Log, step => Assert.Equal([0, 3, 1], step.Actions));
        Assert.Equal(game.Log.Sum(step => (double)step.Costs[0]) / 5, outcome.SeatCosts[0], 1e-5);
        Assert.Equal(0, outcome.SeatCosts[1]);
    }

    [Fact]
    public void In_mixed_matches_every_seat_is_played_by_the_policy_trained_for_it()
    {
        var row = new FrozenTeam([GameTable.Always(0), GameTable.Always(1), GameTable.Always(0)]);
        var column = new FrozenTeam([GameTable.Always(2), GameTable.Always(3), GameTable.Always(2)]);
        var (_, game) = Play(new(3, 3) { TurnBased = true }, Seating.Mixed, 6, row, column);
        Assert.All(game.Log, step => Assert.Equal(
            (step.Mover == 1 ? 1 : 0) + (Seatings.IsColumn(Seating.Mixed, 3, step.Lane, step.Mover) ? 2 : 0), step.Actions[step.Mover]));
    }

    [Fact]
    public void The_diagonal_is_one_run_in_all_seats()
    {
        var (outcome, game) = Play(new(3, 3), Seating.Mixed, 6, FrozenTeam.Shared(GameTable.Always(2), 3), FrozenTeam.Shared(GameTable.Always(2), 3));
        Assert.All(game.Log, step => Assert.Equal([2, 2, 2], step.Actions));
        Assert.Equal([0.0, 0.0], outcome.SeatCosts);
    }

    [Fact]
    public void A_team_of_one_plays_with_its_opponents()
    {
        var (_, game) = Play(new(2, 1), Seatings.For(1, true), 4, FrozenTeam.Shared(GameTable.Always(1), 1), FrozenTeam.Shared(GameTable.Always(2), 1), opponents: [GameTable.Always(3)]);
        Assert.All(game.Log, step => Assert.Equal([1, 3], step.Actions));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Widths_and_tables_make_no_difference(bool turns)
    {
        var rules = new TestGameRules(3, 3) { TurnBased = turns, Masks = turns, Enumerable = true, EndsEarly = true };
        var outcomes = TestData.AllDevices.SelectMany(device => new[] { true, false }.Select(tabulate =>
            Play(rules, Seating.Mixed, 12, Own(0, 3), Own(3, 3), device: device, tabulate: tabulate).Outcome)).ToArray();
        Assert.All(outcomes, outcome => Assert.Equal((outcomes[0].MeanReturn, outcomes[0].ReturnDeviation), (outcome.MeanReturn, outcome.ReturnDeviation)));
        Assert.NotEqual(outcomes[0].MeanReturn, Play(rules, Seating.Mixed, 12, Own(0, 3), Own(3, 3), cell: 4).Outcome.MeanReturn);
    }

    [Fact]
    public void Lanes_that_are_over_go_on_without_masks_too()
    {
        var (outcome, game) = Play(new(2, 2) { TurnBased = true, EndsEarly = true }, Seating.Mixed, 30, FrozenTeam.Shared(GameTable.Policy(1), 2), FrozenTeam.Shared(GameTable.Policy(2), 2));
        var first = Enumerable.Range(0, 30).Select(lane => game.Log.Where(step => step.Lane == lane).TakeUntilEnd().Sum(step => (double)step.Rewards.Sum()));
        Assert.Equal(first.Average(), outcome.MeanReturn, 1e-5);
    }

    [Fact]
    public void The_wrong_number_of_policies_is_refused()
    {
        var rules = new TestGameRules(3, 2);
        var two = FrozenTeam.Shared(GameTable.Policy(1), 2);
        Assert.Contains("2 seats for a team", Assert.Throws<ArgumentException>(() => Play(rules, Seating.Mixed, 4, FrozenTeam.Shared(GameTable.Policy(1), 3), two, opponents: [GameTable.Policy(1)])).Message);
        Assert.Contains("1 seats for them", Assert.Throws<ArgumentException>(() => Play(rules, Seating.Mixed, 4, two, two)).Message);
    }
}

internal static class TestGameStepExtensions
{
    /// <summary>The steps of a lane up to the end of its first episode.</summary>
    public static IEnumerable<TestGameStep> TakeUntilEnd(this IEnumerable<TestGameStep> steps)
    {
        foreach (var step in steps)
        {
            yield return step;
            if (step.Terminated || step.Truncated) yield break;
        }
    }
}
