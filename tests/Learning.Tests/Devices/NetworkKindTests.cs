using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Devices;
using Srpo.Learning.Devices.Plain;
using Srpo.Learning.Tests.Games;

namespace Srpo.Learning.Tests.Devices;

/// <summary>Networks with memory, normalised layers, other nonlinearities, central critics: in gradients, rollouts, updates and matches.</summary>
public sealed class NetworkKindTests
{
    private static readonly TestGameRules Three = new(3, 3) { EndsEarly = true };
    private static readonly TestGameRules Turns = new(3, 3) { TurnBased = true, Masks = true, EndsEarly = true };
    private static readonly TestGameRules Enumerable2 = new(2, 2) { Enumerable = true };

    public static TheoryData<string> Kinds() => [.. Networks.Keys];

    private static readonly Dictionary<string, NetworkSettings> Networks = new()
    {
        ["gelu"] = new() { Hidden = [9, 18], Activation = Activation.Gelu },
        ["layer norm"] = new() { Hidden = [9, 18], LayerNorm = true },
        ["central critic"] = new() { Hidden = [9], CentralCritic = true },
        ["memory"] = new() { Hidden = [9], Gru = 7 },
        ["memory of 33 units, relu"] = new() { Hidden = [9, 17], Gru = 33, Activation = Activation.Relu },
        ["memory, shared trunk"] = new() { Hidden = [9], Gru = 7, SharedTrunk = true },
        ["memory, layer norm, gelu, central critic"] = new() { Hidden = [9], Gru = 7, CentralCritic = true, LayerNorm = true, Activation = Activation.Gelu },
    };

    private static TrainingSettings Settings(string kind) =>
        TestData.Small("srpo") with { Lanes = 6, Horizon = 30, AdamEpsilon = 1e-3, LearningRate = 5e-3, Minibatches = 2, Network = Networks[kind] };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_through_a_sequence_are_finite_differences(string kind)
    {
        var settings = Networks[kind];
        var shape = new NetworkShape(4, settings.Hidden, 3, settings.Activation, settings.LayerNorm, settings.Gru);
        var random = TestData.Stream(7);
        var parameters = PlainNetwork.Doubles(TestData.Normals(shape.ParameterCount, ref random));
        double[][] inputs = [.. Enumerable.Range(0, 3).Select(_ => Numbers(4))], weights = [.. Enumerable.Range(0, 3).Select(_ => Numbers(3))];
        double[] featureWeights = Numbers(shape.Features);

        // The loss: weighted outputs of all steps, and weighted features of the last.
        var gradient = new double[shape.ParameterCount];
        var network = new PlainNetwork(shape, parameters, 0);
        var traces = Run(parameters);
        var atState = new double[shape.Gru];
        for (var step = 2; step >= 0; step--) network.Backward(traces[step], weights[step], gradient, step == 2 ? featureWeights : [], atState);
        for (var i = 0; i < gradient.Length; i++)
        {
            const double Step = 1e-5;
            var (up, down) = ((double[])parameters.Clone(), (double[])parameters.Clone());
            up[i] += Step;
            down[i] -= Step;
            Assert.Equal((Loss(up) - Loss(down)) / (2 * Step), gradient[i], 1e-6 * (1 + Math.Abs(gradient[i])));
        }

        Assert.Contains(gradient, value => Math.Abs(value) > 0.1);

        double[] Numbers(int count)
        {
            var values = new double[count];
            for (var i = 0; i < count; i++) values[i] = random.NextNormal();
            return values;
        }

        PlainTrace[] Run(double[] theta)
        {
            var state = new double[shape.Gru];
            var steps = new PlainTrace[3];
            for (var step = 0; step < 3; step++)
            {
                steps[step] = new PlainNetwork(shape, theta, 0).Forward(inputs[step], state);
                if (shape.Gru > 0) state = steps[step].Features;
            }

            return steps;
        }

        double Loss(double[] theta)
        {
            var steps = Run(theta);
            return steps.Select((trace, step) => trace.Output.Zip(weights[step]).Sum(pair => pair.First * pair.Second)).Sum()
                + steps[2].Features.Zip(featureWeights).Sum(pair => pair.First * pair.Second);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Two_rounds_give_the_same_bits_at_every_vector_width(string kind)
    {
        foreach (var rules in (TestGameRules[])[Three, Turns, Enumerable2])
        {
            var results = TestData.AllDevices.Select(device =>
            {
                var table = new GameTable(rules, Settings(kind));
                for (var round = 1; round <= 2; round++) table.States = Update(table, device, round);
                return table.States;
            }).ToArray();
            for (var actor = 0; actor < results[0].Length; actor++)
            {
                Assert.Equal(results[0][actor].Parameters, results[1][actor].Parameters);
                Assert.Equal(results[0][actor].Parameters, results[2][actor].Parameters);
                Assert.NotEqual(new GameTable(rules, Settings(kind)).States[actor].Parameters, results[0][actor].Parameters);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_recorded_is_what_the_networks_say_from_the_start_of_every_episode(string kind)
    {
        foreach (var rules in (TestGameRules[])[Three, Turns, Three with { EndsEarly = false, Truncates = true }, Enumerable2])
        {
            var table = new GameTable(rules, Settings(kind));
            foreach (var part in table.PlayAll().SelectMany(rollout => rollout.Parts))
            {
                var networks = new PlainActor(table.Shape, PlainNetwork.Doubles(table.States[part.Actor].Parameters));
                var actions = TestGame.Actions;
                var follows = part.Next.Where(next => next >= 0).ToHashSet();
                double[] p = new double[actions], logP = new double[actions];
                var seen = 0;
                for (var first = 0; first < part.Count; first++)
                {
                    if (follows.Contains(first)) continue;
                    double[] state = new double[table.Shape.Policy.Gru], valueState = new double[table.Shape.Critic.Gru];
                    var last = first;
                    for (var sample = first; sample >= 0; sample = part.Next[sample]) Check(part.Row[last = sample]);

                    // A cut behind the sequence: the value of what was seen next, with the memory of the sequence, or of the sample's own row.
                    if (part.Next[last] < SeatSamples.Ended && SeatSamples.BootstrapRow(part.Next[last]) is var cut && cut != part.Row[last]) Check(cut);

                    void Check(int row)
                    {
                        seen++;
                        var x = PlainNetwork.Doubles(part.Observations.AsSpan(row * 5, 5));
                        var policy = networks.Policy.Forward(x, state);
                        if (state.Length > 0) state = policy.Features;
                        Losses.Softmax(policy.Output, part.Legal.Length == 0 ? default : part.Legal.AsSpan(row * actions, actions), p, logP);
                        for (var a = 0; a < actions; a++) Assert.Equal(logP[a], part.LogProbabilities[(row * actions) + a], 1e-5);
                        var all = part.Central.Length == 0 ? x : PlainNetwork.Doubles(part.Central.AsSpan(row * table.Shape.Critic.Inputs, table.Shape.Critic.Inputs));
                        var value = networks.Value(all, valueState, policy);
                        if (valueState.Length > 0) valueState = value.Features;
                        Assert.Equal(value.Output[0], part.Values[row], 1e-5);
                    }
                }

                Assert.True(seen >= part.Count && part.Count > 0);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_central_critic_sees_all_seats_its_own_first(bool turns)
    {
        var rules = (turns ? Turns : Three) with { EndsEarly = false };
        var table = new GameTable(rules, TestData.Small("ippo") with { Lanes = 4, Horizon = 9, Network = new() { Hidden = [9], CentralCritic = true } });
        var (rollout, game) = table.Play(0);
        Assert.Equal(15, table.Shape.Critic.Inputs);
        var checks = 0;
        foreach (var part in rollout.Parts)
        {
            for (var sample = 0; sample < part.Count; sample++)
            {
                var row = part.Row[sample];
                var own = part.Observations.AsSpan(row * 5, 5).ToArray();
                var step = game.Log.First(step => (step.Mover < 0 || step.Mover == part.Seat) && step.Before[part.Seat].SequenceEqual(own));
                Assert.Equal(own, part.Central.AsSpan(row * 15, 5).ToArray());
                for (var i = 1; i < 3; i++)
                {
                    var other = part.Central.AsSpan((row * 15) + (5 * i), 5).ToArray();
                    Assert.Contains(game.Log, entry => entry.Before[part.Seat].SequenceEqual(own) && entry.Before[(part.Seat + i) % 3].SequenceEqual(other));
                }

                Assert.NotNull(step);
                checks++;
            }
        }

        Assert.True(checks > 20);
    }

    [Fact]
    public void Equal_joint_observations_share_a_row_where_critics_are_central()
    {
        var table = new GameTable(Enumerable2, TestData.Small("ippo") with { Lanes = 20, Horizon = 30, Network = new() { Hidden = [9], CentralCritic = true } });
        foreach (var part in table.PlayAll()[0].Parts)
        {
            Assert.True(part.Values.Length < part.Count / 2);
            var keys = Enumerable.Range(0, part.Values.Length).Select(row => string.Join(',', part.Central.AsSpan(row * 10, 10).ToArray())).ToArray();
            Assert.Equal(keys.Length, keys.Distinct().Count());
        }
    }

    [Fact]
    public void Minibatches_are_of_whole_sequences()
    {
        var table = new GameTable(Three, Settings("memory"));
        var part = table.PlayAll()[0].Parts[0];
        var samples = new ActorSamples(part, new float[part.Count], [], null);
        var sequences = SampleSequences.Of([samples, samples]);
        Assert.Equal(Enumerable.Range(0, 2 * part.Count), sequences.SelectMany(sequence => sequence).Order());
        Assert.All(sequences, sequence =>
        {
            var offset = sequence[0] >= part.Count ? part.Count : 0;
            for (var i = 0; i + 1 < sequence.Length; i++) Assert.Equal(sequence[i + 1] - offset, part.Next[sequence[i] - offset]);
            Assert.True(part.Next[sequence[^1] - offset] < 0);
        });

        var pack = new SequencePack(sequences);
        Assert.Equal(2 * part.Count, pack.Counts.Sum());
        var at = 0;
        for (var step = 0; step < pack.Counts.Length; at += pack.Counts[step++])
        {
            Assert.True(step == 0 || pack.Counts[step] <= pack.Counts[step - 1]);
            for (var i = 0; i < pack.Counts[step]; i++)
                Assert.Contains(sequences, sequence => sequence.Length > step && sequence[step] == pack.Samples[at + i] && (step == 0 || pack.Samples[at - pack.Counts[step - 1] + i] == sequence[step - 1]));
        }
    }

    [Fact]
    public void A_match_with_memory_forgets_between_episodes_and_is_what_a_replay_shows()
    {
        var environment = new EnvironmentSettings("gridworld", "official");
        var info = EnvironmentFactory.Create(environment, 1).Info;
        var shape = new NetworkShape(info.ObservationLength(ObservationEncoding.Absolute), [12], info.Actions, Activation.Tanh, gru: 10);
        var random = TestData.Stream(3);
        var policy = new NetworkPolicy(shape, ObservationEncoding.Absolute, [.. TestData.Normals(shape.ParameterCount, ref random).Select(x => 2 * x)]);
        using var player = new MatchPlayer(environment);
        var frames = player.Replay(5, 0, [policy, policy], 12);
        using var session = new EpisodeSession(environment, [policy, policy], 5, 0);
        var networks = new PlainNetwork(shape, PlainNetwork.Doubles(policy.Parameters), 0);
        double[][] states = [new double[10], new double[10]];
        var observation = new float[info.ObservationLength(ObservationEncoding.Absolute)];
        for (var step = 1; step < frames.Count; step++)
        {
            for (var seat = 0; seat < 2; seat++)
            {
                session.Environment.Observe(seat, ObservationEncoding.Absolute, observation);
                var trace = networks.Forward(PlainNetwork.Doubles(observation), states[seat]);
                states[seat] = trace.Features;
                double[] p = new double[info.Actions], logP = new double[info.Actions];
                Losses.Softmax(trace.Output, default, p, logP);
                for (var a = 0; a < p.Length; a++) Assert.Equal(p[a], frames[step].Probabilities[seat][a], 1e-4);
            }

            Assert.Equal(frames[step].Actions, session.Advance().Actions);
        }

        // The same pair twice with the player's memory in between: nothing is carried from one match into the next.
        var rules = new MatchRules(Seating.Ordered, 3, 12);
        var team = FrozenTeam.Shared(policy, 2);
        var both = player.Play(1, 0, team, 0, [team, team], rules);
        for (var column = 0; column < 2; column++)
            Assert.Equivalent(player.Play(1, 0, team, column, [team], rules)[0], both[column], strict: true);
    }

    private static LearnerState[] Update(GameTable table, ILearnerDevice device, int round)
    {
        using var updater = device.CreateUpdater(table.Spec.Training, table.Plan, table.Shape);
        return updater.Update([new TeamRound(table.Spec.Seed, 0, round, table.States, table.PlayAll(round, device))])[0].States;
    }
}
