using Srpo.Core.Random;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Devices;
using Srpo.Learning.Devices.Cpu;
using Srpo.Learning.Methods;
using Srpo.Learning.Tests.Games;

namespace Srpo.Learning.Tests.Rollouts;

/// <summary>Rollouts that go on with the episodes of the rollout before.</summary>
public sealed class ContinuedRolloutTests
{
    private static readonly TestGameRules Together = new(3, 3) { EndsEarly = true };
    private static readonly TestGameRules InTurns = new(3, 3) { EndsEarly = true, TurnBased = true, Masks = true };
    private static readonly TestGameRules WithOpponent = new(3, 2) { EndsEarly = true, Truncates = true };

    private static PopulationSpec Spec(string environment, string variant, string method, int horizon, bool share = false) =>
        TestData.Spec(TestData.Small(method) with { ContinueEpisodes = true, Horizon = horizon, SharePolicy = share, CurveInterval = 2 * horizon * 4, CurveEpisodes = 2 }) with
        {
            Environment = new EnvironmentSettings(environment, variant),
        };

    private static TrainingSettings Settings(string method, bool share = false) => TestData.Small(method) with { Lanes = 20, Horizon = 24, SharePolicy = share, ContinueEpisodes = true };

    /// <summary>Episodes longer than a rollout end in a later one, where they should; a part of one is bootstrapped from what is seen next, with which the next rollout begins.</summary>
    [Theory]
    [InlineData("gridworld", "official", 20)]
    [InlineData("gridworld", "official", 128)]
    [InlineData("tag", "tag-3v1", 30)]
    [InlineData("recall", "4-back", 3)]
    public void Episodes_are_played_to_their_end_over_rollouts(string environment, string variant, int horizon)
    {
        var spec = Spec(environment, variant, "ippo", horizon);
        var info = TestData.Info(spec);
        var (length, lanes) = (info.EpisodeLength, spec.Training.Lanes);
        var plan = TeamPlan.For(spec, info);
        var shape = ActorShape.For(spec.Training, info);
        var parameters = plan.Actors.Select(actor => ActorInitialisation.Create(spec, 0, actor, shape).Parameters).ToArray();
        using var player = new RolloutPlayer(spec, 0, plan.Instances[0], RolloutActors.Of(spec, plan));
        var rounds = (2 * length / horizon) + 2;
        byte[]? state = null;
        float[][]? seen = null;
        var ends = 0;
        for (var round = 1; round <= rounds; round++)
        {
            var rollout = player.Play(round, parameters, state);
            state = rollout.LaneState;
            Assert.NotNull(state);
            float[] Row(SeatSamples part, int row) => part.Observations[(row * shape.Policy.Inputs)..((row + 1) * shape.Policy.Inputs)];
            if (seen is not null) Assert.Equal(seen, Firsts(0));
            for (var step = 0; step < horizon; step++)
            {
                var ended = (((round - 1) * horizon) + step + 1) % length == 0;
                if (ended) ends++;
                for (var lane = 0; lane < lanes; lane++)
                {
                    var next = rollout.Parts[0].Next[(step * lanes) + lane];
                    if (ended) Assert.Equal(SeatSamples.Ended, next);
                    else if (step < horizon - 1) Assert.Equal(((step + 1) * lanes) + lane, next);
                    else Assert.True(next < SeatSamples.Ended, "the part of an episode is bootstrapped");
                }
            }

            // Behind an end nothing is bootstrapped: what the next episode begins with is not among the samples.
            var cut = rollout.Parts[0].Next[^lanes..];
            seen = Array.Exists(cut, next => next == SeatSamples.Ended) ? null : [.. cut.Select(next => Row(rollout.Parts[0], SeatSamples.BootstrapRow(next)))];

            float[][] Firsts(int from) => [.. rollout.Parts[0].Row.Skip(from).Take(lanes).Select(row => Row(rollout.Parts[0], row))];
        }

        Assert.Equal(rounds * horizon / length, ends);
        Assert.True(ends >= 2);
    }

    /// <summary>Who holds nothing but what the rounds hand over plays and learns the same: another process, after a kill.</summary>
    [Theory]
    [InlineData("gridworld", "official", "srpo", false)]
    [InlineData("gridworld", "official", "srpo", true)]
    [InlineData("gridworld", "official", "e3t", false)]
    [InlineData("tag", "tag-3v1", "ippo", false)]
    [InlineData("hanabi", "3x3-2p", "self-play", false)]
    [InlineData("hanabi", "3x3-2p", "srpo", true)]
    [InlineData("matrix", "stag-hunt", "ippo", false)]
    [InlineData("recall", "4-back", "untrained", false)]
    public async Task Rounds_at_once_are_the_rounds_of_teams_that_know_only_the_states(string environment, string variant, string method, bool share)
    {
        var spec = Spec(environment, variant, method, 9, share);
        using var whole = new LocalTeam(spec);
        var states = whole.Training.States!;
        Assert.All(states, state => Assert.Null(state.LaneState));
        for (var round = 1; round <= 6; round++)
        {
            using var part = new LocalTeam(spec);
            part.Training.States = [.. states.Select(Copy)];
            var (expected, update) = (await whole.Training.TrainAsync(), await part.Training.TrainAsync());
            Assert.Equal(expected.Metrics, update.Metrics);
            for (var i = 0; i < states.Length; i++)
            {
                var (one, other) = (expected.States[i], update.States[i]);
                Assert.Equal(one.Parameters, other.Parameters);
                Assert.Equal(one.SecondMoment, other.SecondMoment);
                Assert.Equal(one.LaneState, other.LaneState);
                Assert.Equal(whole.Plan.Instances.Any(instance => instance.Keeper == i), one.LaneState is not null);
            }

            // Points of the curve are played in episodes of their own, in between.
            Assert.Equivalent(await whole.Training.EvaluateAsync(), await part.Training.EvaluateAsync(), strict: true);
            states = update.States;
        }
    }

    [Fact]
    public async Task Without_the_setting_nothing_is_kept_and_every_rollout_begins_anew()
    {
        var spec = Spec("gridworld", "official", "srpo", 20);
        spec = spec with { Training = spec.Training with { ContinueEpisodes = false } };
        using var team = new LocalTeam(spec);
        for (var round = 1; round <= 2; round++) Assert.All((await team.Training.TrainAsync()).States, state => Assert.Null(state.LaneState));
        Assert.All(TestData.FirstRound(spec).Rollouts, rollout => Assert.Null(rollout.LaneState));
    }

    /// <summary>A silo of an older build would play fresh episodes and hand back no state.</summary>
    [Fact]
    public async Task A_rollout_without_the_state_of_its_lanes_is_not_learned_from()
    {
        var spec = Spec("gridworld", "official", "srpo", 9);
        using var team = new LocalTeam(spec);
        var training = new TeamTraining(spec, 0, team.Plan, new OlderHost(team)) { States = team.Training.States };
        var error = await Assert.ThrowsAsync<InvalidOperationException>(training.TrainAsync);
        Assert.Contains("does not know the setting continueEpisodes", error.Message, StringComparison.Ordinal);
        Assert.Null(training.States);
    }

    /// <summary>Turns, legal actions, early ends, time-outs, lanes that are split among instances: from one stage to the next goes what a stage leaves, and nothing else.</summary>
    [Theory]
    [InlineData("together", "ippo", false)]
    [InlineData("together", "srpo", false)]
    [InlineData("together", "srpo", true)]
    [InlineData("together", "e3t", false)]
    [InlineData("turns", "ippo", false)]
    [InlineData("turns", "e3t", false)]
    [InlineData("turns", "srpo", true)]
    [InlineData("opponent", "ippo", false)]
    public void A_stage_goes_on_where_another_ended(string game, string method, bool share)
    {
        var rules = game switch { "together" => Together, "turns" => InTurns, _ => WithOpponent };
        var table = new GameTable(rules, Settings(method, share), opponents: game == "opponent" ? [Remembering(1)] : null);
        var plan = table.Plan.Instances[^1] with { FirstLane = 40 };
        using var stage = table.Stage(new TestGame(rules, plan.Lanes), plan);
        byte[]? state = null;
        var midst = 0;
        var played = new List<(byte[]? From, Rollout Rollout)>();
        for (var round = 1u; round <= 4; round++)
        {
            var left = state is null ? null : Seen((TestGame)stage.Environment);
            var other = new TestGame(rules, plan.Lanes);
            using var fresh = table.Stage(other, plan);
            var (one, same) = (Play(table, stage, plan, round, state), Play(table, fresh, plan, round, state));
            var game1 = (TestGame)stage.Environment;
            AssertSame(same, one);
            Assert.Equal(Texts(other), Texts(game1));
            played.Add((state, one));
            if (left is not null) Assert.Equal(left, game1.Log.Take(plan.Lanes).SelectMany(step => step.Before).ToArray());
            midst += Enumerable.Range(0, plan.Lanes).Count(lane => game1.Log[^(plan.Lanes - lane)] is { Terminated: false, Truncated: false });
            state = one.LaneState;
        }

        // A round that is lost is played again, by whoever has played later ones since.
        for (var round = 3u; round >= 1; round--) AssertSame(played[(int)round - 1].Rollout, Play(table, stage, plan, round, played[(int)round - 1].From));
        Assert.True(midst > 4, "the test must see rollouts that end in the midst of an episode");
    }

    [Fact]
    public void Partners_stay_until_the_episode_ends_that_they_have_begun()
    {
        var rules = Together with { Length = 30 };
        var table = new GameTable(rules, Settings("fcp"), partners: [GameTable.Always(0), GameTable.Always(1), GameTable.Always(2)]);
        table.States = [table.States[0] with { Parameters = GameTable.Insist(table.States[0].Parameters, table.Shape.Policy, 3) }];
        var plan = table.Plan.Instances[0];
        using var stage = table.Stage(new TestGame(rules, plan.Lanes), plan);
        var game = (TestGame)stage.Environment;
        var state = Play(table, stage, plan, 1, null).LaneState;
        var (stayed, changed) = (0, 0);
        for (var round = 2u; round <= 5; round++)
        {
            var last = game.Log[^plan.Lanes..];
            state = Play(table, stage, plan, round, state).LaneState;
            for (var lane = 0; lane < plan.Lanes; lane++)
            {
                if (!last[lane].Terminated)
                {
                    Assert.Equal(last[lane].Actions, game.Log[lane].Actions);
                    stayed++;
                }
                else if (!last[lane].Actions.SequenceEqual(game.Log[lane].Actions))
                {
                    changed++;
                }
            }
        }

        Assert.True(stayed > 20 && changed > 0, $"{stayed} stayed, {changed} changed");
    }

    [Fact]
    public void The_adversarys_seat_is_drawn_for_every_rollout_as_if_it_began_anew()
    {
        var table = new GameTable(Together, Settings("srpo", share: true));
        table.States = [.. table.States.Select((state, i) => state with { Parameters = GameTable.Insist(state.Parameters, table.Shape.Policy, i) })];
        var plan = table.Plan.Instances[0];
        using var stage = table.Stage(new TestGame(Together, plan.Lanes), plan);
        var state = Play(table, stage, plan, 1, null).LaneState;
        var first = Seats((TestGame)stage.Environment);
        Play(table, stage, plan, 2, state);
        Assert.Equal(Seats(table.Play(0, 2).Game), Seats((TestGame)stage.Environment));
        Assert.NotEqual(first, Seats((TestGame)stage.Environment));

        int[] Seats(TestGame game) => [.. game.Log.Take(plan.Lanes).Select(step => Array.IndexOf(step.Actions, (byte)1))];
    }

    /// <summary>What a frozen opponent with memory does follows from all that it has seen since the episode began, also before the rollout.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Opponents_with_memory_remember_what_came_before_the_rollout(bool turns)
    {
        var rules = WithOpponent with { TurnBased = turns, Length = 40 };
        var opponent = Remembering(3);
        var table = new GameTable(rules, Settings("ippo"), opponents: [opponent]);
        var plan = table.Plan.Instances[0];
        using var network = CpuDevice.Default.CreatePolicy(opponent.Shape);
        network.Load(opponent.Parameters);
        var memory = new float[plan.Lanes][];
        for (var lane = 0; lane < plan.Lanes; lane++) memory[lane] = new float[opponent.Shape.Gru];
        byte[]? state = null;
        var (carried, forgetful) = (0, 0);
        for (var round = 1u; round <= 3; round++)
        {
            var game = new TestGame(rules, plan.Lanes);
            using var stage = table.Stage(game, plan);
            state = Play(table, stage, plan, round, state).LaneState;
            var uniforms = new float[(turns ? 1 : 3) * plan.Lanes];
            for (var step = 0; step < 24; step++)
            {
                ActionDraws.Fill(new StreamId(table.Spec.Seed, 0, round, StreamPurpose.Action), plan.FirstLane, step, plan.Lanes, uniforms);
                for (var lane = 0; lane < plan.Lanes; lane++)
                {
                    var seen = game.Log[(step * plan.Lanes) + lane];
                    if (seen.Mover is -1 or 2)
                    {
                        var uniform = uniforms[turns ? lane : (2 * plan.Lanes) + lane];
                        var nothing = new float[opponent.Shape.Gru];
                        if (step == 0 && Array.Exists(memory[lane], number => number != 0)) carried++;
                        if (Choose(nothing) != seen.Actions[2]) forgetful++;
                        Assert.Equal(Choose(memory[lane]), seen.Actions[2]);

                        int Choose(float[] from)
                        {
                            var (probabilities, cumulative) = (new float[TestGame.Actions], new float[TestGame.Actions]);
                            var ownFirst = (float[])[seen.Before[2][2], seen.Before[2][0], seen.Before[2][1], seen.Before[2][3], seen.Before[2][4]];
                            network.Evaluate(new PolicyBatch { Rows = 1, Observations = ownFirst, State = from, Probabilities = probabilities });
                            Sampling.Accumulate(probabilities, cumulative);
                            return Sampling.Choose(cumulative, uniform);
                        }
                    }

                    if (seen.Terminated || seen.Truncated) memory[lane].AsSpan().Clear();
                }
            }
        }

        Assert.True(carried > 5 && forgetful > 20, $"{carried} carried, {forgetful} told apart");
    }

    [Fact]
    public void A_state_that_is_missing_not_asked_for_or_of_others_is_refused()
    {
        var spec = Spec("gridworld", "official", "ippo", 20);
        var info = TestData.Info(spec);
        var plan = TeamPlan.For(spec, info);
        var parameters = TestData.Parameters(plan.Instances[0], TestData.FirstRound(spec).States);
        using var player = new RolloutPlayer(spec, 0, plan.Instances[0], RolloutActors.Of(spec, plan));
        var state = player.Play(1, parameters).LaneState!;
        Assert.Contains("after round 1 is missing", Assert.Throws<ArgumentException>(() => player.Play(2, parameters)).Message, StringComparison.Ordinal);
        Assert.Contains("damaged", Assert.Throws<FormatException>(() => player.Play(2, parameters, state[..^1])).Message, StringComparison.Ordinal);

        var shared = Spec("gridworld", "official", "srpo", 20, share: true);
        var table = TeamPlan.For(shared, info);
        var (_, _, states, rollouts) = TestData.FirstRound(shared);
        using var others = new RolloutPlayer(shared, 0, table.Instances[0], RolloutActors.Of(shared, table));
        others.Play(2, TestData.Parameters(table.Instances[0], states), rollouts[0].LaneState);
        Assert.Contains("other players", Assert.Throws<FormatException>(() => player.Play(2, parameters, rollouts[0].LaneState)).Message, StringComparison.Ordinal);

        var anew = spec with { Training = spec.Training with { ContinueEpisodes = false } };
        using var fresh = new RolloutPlayer(anew, 0, plan.Instances[0], RolloutActors.Of(anew, plan));
        Assert.Contains("continueEpisodes is false", Assert.Throws<ArgumentException>(() => fresh.Play(2, parameters, state)).Message, StringComparison.Ordinal);

        // None of this has broken the player.
        AssertSame(player.Play(2, parameters, state), player.Play(2, parameters, state));
    }

    [Fact]
    public void What_cannot_be_continued_is_refused_with_a_remedy()
    {
        var settings = Settings("ippo");
        var problem = Assert.Single((settings with { Network = new NetworkSettings { Gru = 8 } }).Validate());
        Assert.Equal(("continueEpisodes", "use false, or network.gru = 0"), (problem.Field, problem.Remedy));
        Assert.Empty(settings.Validate());

        var info = new TestGame(Together with { SavesLanes = false }, 1).Info;
        problem = Assert.Single(TeamPlan.Problems(TestData.Spec(settings), info));
        Assert.Equal(("continueEpisodes", "use false"), (problem.Field, problem.Remedy));
        Assert.Empty(TeamPlan.Problems(TestData.Spec(settings with { ContinueEpisodes = false }), info));
    }

    /// <summary>No actor has to keep the lanes of two instances.</summary>
    [Fact]
    public void Every_instance_of_every_method_has_a_keeper_of_its_own()
    {
        var info = new TestGame(Together, 1).Info;
        foreach (var method in MethodRegistry.Ids)
        {
            foreach (var share in new[] { false, true })
            {
                PolicyReference[] partners = method == "fcp" ? [new("p/0/0", 1)] : [];
                var plan = TeamPlan.For(TestData.Spec(Settings(method, share)) with { Partners = partners }, info);
                var keepers = plan.Instances.Select(instance => instance.Keeper).ToArray();
                Assert.Equal(keepers.Distinct(), keepers);
                Assert.All(keepers, keeper => Assert.Equal(ActorKind.Agent, plan.Actors[keeper].Kind));
            }
        }
    }

    private sealed class OlderHost(ITeamHost host) : ITeamHost
    {
        public async Task<Rollout[]> PlayAsync(int round, LearnerState[] states) =>
            Array.ConvertAll(await host.PlayAsync(round, states), rollout => rollout with { LaneState = null });

        public Task<TeamUpdate> UpdateAsync(TeamRound round) => host.UpdateAsync(round);

        public Task HandOverAsync(int round, TeamUpdate update) => host.HandOverAsync(round, update);

        public Task<CurvePoint> EvaluateAsync(int round, LearnerState[] states) => host.EvaluateAsync(round, states);
    }

    private static void AssertSame(Rollout expected, Rollout actual)
    {
        Assert.Equal(expected.SeatRewards, actual.SeatRewards);
        Assert.Equal(expected.SeatCosts, actual.SeatCosts);
        Assert.Equal(expected.LaneState, actual.LaneState);
        Assert.Equal(expected.Parts.Count, actual.Parts.Count);
        foreach (var (one, other) in expected.Parts.Zip(actual.Parts))
        {
            Assert.Equal((one.Actor, one.Seat), (other.Actor, other.Seat));
            Assert.Equal(one.Observations, other.Observations);
            Assert.Equal(one.LogProbabilities, other.LogProbabilities);
            Assert.Equal(one.Values, other.Values);
            Assert.Equal(one.Row, other.Row);
            Assert.Equal(one.Actions, other.Actions);
            Assert.Equal(one.Rewards, other.Rewards);
            Assert.Equal(one.Signals, other.Signals);
            Assert.Equal(one.Next, other.Next);
        }
    }

    /// <summary>What happened; of seats that are not to move nobody reads the action.</summary>
    private static string[] Texts(TestGame game) =>
        [.. game.Log.Select(step => $"{step.Lane} {step.Mover} {string.Join(',', step.Before.SelectMany(seen => seen))} {string.Join(',', step.Mover < 0 ? step.Actions : [step.Actions[step.Mover]])} {string.Join(',', step.Rewards)} {step.Terminated} {step.Truncated}")];

    private static LearnerState Copy(LearnerState state) =>
        new(state.Version, [.. state.Parameters], [.. state.FirstMoment], [.. state.SecondMoment], state.AdamSteps) { LaneState = state.LaneState is { } lanes ? [.. lanes] : null };

    private static NetworkPolicy Remembering(int number)
    {
        var shape = new NetworkShape(5, [6], TestGame.Actions, Activation.Tanh, layerNorm: false, gru: 4);
        var random = TestData.Stream(300 + number);
        return new NetworkPolicy(shape, ObservationEncoding.OwnFirst, TestData.Normals(shape.ParameterCount, ref random, scale: 1.5));
    }

    private static Rollout Play(GameTable table, RolloutStage stage, InstancePlan plan, uint round, byte[]? state)
    {
        var id = new StreamId(table.Spec.Seed, 0, round, StreamPurpose.Reset);
        var purposes = (StreamPurpose.Dynamics, StreamPurpose.Action, StreamPurpose.Casting);
        var actors = TestData.Parameters(plan, table.States);
        if (state is null) stage.Play(id, purposes, plan.FirstLane, actors, oneEpisode: false, default);
        else stage.Resume(state, id, purposes, plan.FirstLane, actors, default);
        return stage.Collect(keepsLanes: true);
    }

    /// <summary>What every seat of every lane observes now.</summary>
    private static float[][] Seen(TestGame game) =>
        [.. Enumerable.Range(0, game.Lanes).SelectMany(lane => Enumerable.Range(0, game.Info.Seats).Select(seat => game.Observation(lane, seat, ObservationEncoding.Absolute)))];
}
