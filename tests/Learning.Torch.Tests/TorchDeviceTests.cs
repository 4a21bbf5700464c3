using System.Runtime.InteropServices;
using Srpo.Core.Errors;
using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Devices;
using Srpo.Learning.Devices.Cpu;

namespace Srpo.Learning.Torch.Tests;

/// <summary>The device `torch` on the processor, against the kernels and against itself.</summary>
public sealed class TorchDeviceTests
{
    private static readonly TrainingSettings Srpo = new()
    {
        Method = "srpo",
        Lanes = 3,
        Horizon = 40,
        LearningRate = 1e-3,
        CurveInterval = 0,
        Network = new() { Hidden = [20, 17] },
    };

    /// <summary>Clip and delta are small enough to matter.</summary>
    private static TrainingSettings Mappo(TrainingSettings settings) => settings with
    {
        LearningRateDecay = LearningRateDecay.Linear,
        Iterations = 20,
        NormaliseValues = true,
        ValueClip = 0.02,
        HuberDelta = 0.3,
        CriticLearningRate = settings.Network.SharedTrunk ? null : 3e-3,
    };

    private static readonly Dictionary<string, NetworkSettings> Networks = new()
    {
        ["perceptron"] = Srpo.Network,
        ["shared trunk"] = Srpo.Network with { SharedTrunk = true },
        ["central critic"] = Srpo.Network with { CentralCritic = true },
        ["memory"] = Srpo.Network with { Gru = 11 },
        ["memory, shared trunk"] = Srpo.Network with { Gru = 16, SharedTrunk = true },
        ["memory, central critic"] = Srpo.Network with { Gru = 32, CentralCritic = true },
    };

    public static TheoryData<string> Kinds() => [.. Networks.Keys];

    [TorchFact]
    public void Every_case_agrees_with_the_kernels()
    {
        var report = DeviceCheck.Run(Device(), updates: 20);
        Assert.Equal(5 * DeviceCheck.Cases.Count, report.Deviations.Count);
        Assert.All(report.Deviations, deviation => Assert.True(deviation.IsWithin, deviation.ToString()));
        Assert.Contains("2.10", report.Description, StringComparison.Ordinal);
    }

    [TorchTheory]
    [InlineData("perceptron", 1, null)]
    [InlineData("perceptron", 3, 0.5)]
    [InlineData("central critic", 2, 0.5)]
    [InlineData("memory", 2, 0.5)]
    [InlineData("memory, shared trunk", 1, null)]
    [InlineData("memory, central critic", 1, null)]
    [InlineData("perceptron", 1, null, true)]
    [InlineData("shared trunk", 3, 0.5, true)]
    [InlineData("memory, central critic", 2, null, true)]
    public void Teams_that_are_updated_together_come_out_as_each_for_itself(string kind, int minibatches, double? limit, bool mappo = false)
    {
        var spec = Spec(Srpo with { Minibatches = minibatches, NormaliseAdvantages = minibatches > 1, MaxGradientNorm = limit, Network = Networks[kind] });
        if (mappo) spec = spec with { Training = Mappo(spec.Training) };
        using var device = new Teams(spec, 7);
        using var updater = Device().CreateUpdater(spec.Training, device.Plan, device.Shape);
        var together = updater.Update(device.Rounds);
        for (var team = 0; team < device.Rounds.Length; team++)
        {
            using var alone = Device().CreateUpdater(spec.Training, device.Plan, device.Shape);
            var apart = alone.Update([device.Rounds[team]])[0];
            for (var actor = 0; actor < apart.States.Length; actor++)
            {
                Assert.Equal(apart.States[actor].Parameters, together[team].States[actor].Parameters);
                Assert.Equal(apart.States[actor].SecondMoment, together[team].States[actor].SecondMoment);
                Assert.Equal(apart.Metrics[actor], together[team].Metrics[actor]);
            }
        }

        Assert.NotEqual(together[0].States[0].Parameters, together[1].States[0].Parameters);
    }

    [TorchFact]
    public void Teams_of_different_ages_have_their_own_corrections()
    {
        var spec = Spec(Srpo with { Epochs = 1 });
        using var teams = new Teams(spec, 2);
        var old = teams.Rounds[1] with { States = [.. teams.Rounds[1].States.Select(state => state with { AdamSteps = 1000, SecondMoment = [.. state.SecondMoment.Select(_ => 1e-6f)] })] };
        using var updater = Device().CreateUpdater(spec.Training, teams.Plan, teams.Shape);
        using var cpu = CpuDevice.Default.CreateUpdater(spec.Training, teams.Plan, teams.Shape);
        TeamRound[] rounds = [teams.Rounds[0] with { States = [.. teams.Rounds[0].States.Select(state => state with { SecondMoment = [.. state.SecondMoment.Select(_ => 1e-6f)] })] }, old];
        var (actual, expected) = (updater.Update(rounds), cpu.Update(rounds));
        for (var team = 0; team < 2; team++)
        {
            Assert.Equal(expected[team].States[0].AdamSteps, actual[team].States[0].AdamSteps);
            for (var i = 0; i < teams.Shape.ParameterCount; i++) Assert.Equal(expected[team].States[0].Parameters[i], actual[team].States[0].Parameters[i], 1e-5);
        }
    }

    /// <summary>Decay leaves teams of different rounds different rates.</summary>
    [TorchFact]
    public void Teams_of_different_ages_have_their_own_rates_and_normalisers()
    {
        var spec = Spec(Mappo(Srpo) with { AdamEpsilon = 1e-3 });
        using var teams = new Teams(spec, 2);
        TeamRound[] rounds = [teams.Rounds[0], Old(teams.Rounds[1])];
        using var updater = Device().CreateUpdater(spec.Training, teams.Plan, teams.Shape);
        using var cpu = CpuDevice.Default.CreateUpdater(spec.Training, teams.Plan, teams.Shape);
        var (actual, expected) = (updater.Update(rounds), cpu.Update(rounds));
        var alone = updater.Update([rounds[1]])[0];
        for (var team = 0; team < 2; team++)
        {
            for (var actor = 0; actor < expected[team].States.Length; actor++)
            {
                for (var i = 0; i < teams.Shape.ParameterCount; i++) Assert.Equal(expected[team].States[actor].Parameters[i], actual[team].States[actor].Parameters[i], 1e-5);
                Assert.Equal(4 + (team * 64), actual[team].States[actor].Parameters[^5]);
                if (team == 1) Assert.Equal(alone.States[actor].Parameters, actual[team].States[actor].Parameters);
            }
        }

        static TeamRound Old(TeamRound round) => round with
        {
            Round = 17,
            States = [.. round.States.Select(state => state with { Version = 16, AdamSteps = 64, Parameters = [.. state.Parameters[..^5], 64, 1.5f, 0, 4, 0], SecondMoment = [.. state.SecondMoment.Select(_ => 1e-6f)] })],
        };
    }

    [TorchTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Statistics_are_those_of_the_kernels(bool mappo)
    {
        var spec = Spec(mappo ? Mappo(Srpo) : Srpo);
        using var teams = new Teams(spec, 1);
        using var updater = Device().CreateUpdater(spec.Training, teams.Plan, teams.Shape);
        using var cpu = CpuDevice.Default.CreateUpdater(spec.Training, teams.Plan, teams.Shape);
        var (actual, expected) = (updater.Update(teams.Rounds)[0].Metrics, cpu.Update(teams.Rounds)[0].Metrics);
        for (var actor = 0; actor < expected.Length; actor++)
        {
            Assert.Equal(expected[actor].Return, actual[actor].Return);
            Assert.Equal(expected[actor].ExplainedVariance, actual[actor].ExplainedVariance);
            Assert.Equal(expected[actor].Entropy, actual[actor].Entropy, 1e-5);
            Assert.Equal(expected[actor].Kl, actual[actor].Kl, 1e-5);
            Assert.Equal(expected[actor].ClipFraction, actual[actor].ClipFraction, 1e-2);
            Assert.Equal(expected[actor].ValueLoss, actual[actor].ValueLoss, 1e-4);
            Assert.Equal(expected[actor].PolicyLoss, actual[actor].PolicyLoss, 1e-4);
            Assert.NotEqual(0, actual[actor].ValueLoss);
        }
    }

    [TorchTheory]
    [MemberData(nameof(Kinds))]
    public void Micro_batches_change_the_last_digits_only(string kind)
    {
        AssertMicroBatches(Spec(Srpo with { AdamEpsilon = 1e-3, Network = Networks[kind] }));
        AssertMicroBatches(Spec(Mappo(Srpo with { AdamEpsilon = 1e-3, Network = Networks[kind] })));
    }

    private static void AssertMicroBatches(PopulationSpec spec)
    {
        using var teams = new Teams(spec, 2);
        var (whole, small) = (Device(), Device());
        small.FloatsPerPass = 12_000;
        using var updater = whole.CreateUpdater(spec.Training, teams.Plan, teams.Shape);
        using var other = small.CreateUpdater(spec.Training, teams.Plan, teams.Shape);
        var (expected, actual) = (updater.Update(teams.Rounds), other.Update(teams.Rounds));
        for (var team = 0; team < 2; team++)
        {
            for (var actor = 0; actor < expected[team].States.Length; actor++)
            {
                for (var i = 0; i < teams.Shape.ParameterCount; i++) Assert.Equal(expected[team].States[actor].Parameters[i], actual[team].States[actor].Parameters[i], 1e-6);
                Assert.Equal(expected[team].Metrics[actor].ValueLoss, actual[team].Metrics[actor].ValueLoss, 1e-6);
            }
        }

        Assert.NotEqual(expected[0].States[0].Parameters, actual[0].States[0].Parameters);
    }

    [Fact]
    public void What_does_not_fit_into_memory_is_halved_until_it_does_with_a_warning_each()
    {
        var device = Device();
        device.FloatsPerPass = 8000;
        var warnings = new List<string>();
        device.Warn = warnings.Add;
        device.Halve(80, 100, new NativeError("CUDA out of memory. Tried to allocate 2 GiB"));
        Assert.Equal(4000, device.FloatsPerPass);
        device.Halve(40, 100, new InsufficientMemoryException());
        Assert.Equal(2000, device.FloatsPerPass);

        // Another thread ran out with the size of before: still smaller.
        device.Halve(80, 100, new InsufficientMemoryException());
        Assert.Equal(1000, device.FloatsPerPass);
        Assert.Equal(3, warnings.Count);
        Assert.Contains("CUDA out of memory", warnings[0], StringComparison.Ordinal);
        Assert.Contains("40 rows at a time instead of 80", warnings[0], StringComparison.Ordinal);
        Assert.True(TorchPlace.IsOutOfMemory(new NativeError("[enforce fail at alloc_cpu.cpp:121] . DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes")));
        Assert.False(TorchPlace.IsOutOfMemory(new NativeError("size mismatch")));
    }

    [TorchTheory]
    [MemberData(nameof(Kinds))]
    public void Policies_and_critics_are_those_of_the_kernels(string kind)
    {
        var spec = Spec(Srpo with { Network = Networks[kind] });
        var shape = ActorShape.For(spec.Training, EnvironmentFactory.Create(spec.Environment, 1).Info);
        var state = ActorInitialisation.Create(spec, 0, new ActorId(ActorKind.Agent, 0), shape);
        const int Rows = 37;
        var random = new StreamId(5, 0, 0, StreamPurpose.Tooling).Lane(0);
        var (observations, seen) = (Numbers(shape.Policy.Inputs), Numbers(shape.CriticInputs));
        var (carried, remembered) = (Numbers(shape.Policy.Gru), Numbers(shape.CriticState));
        var legal = Enumerable.Range(0, Rows * shape.Policy.Outputs).Select(i => (byte)(i % 3 == 0 || i % shape.Policy.Outputs == 0 ? 1 : 0)).ToArray();
        var place = Device().Place();
        foreach (var mask in new[] { [], legal })
        {
            using var policy = new TorchPolicy(shape.Policy, place);
            using var kernels = CpuDevice.Default.CreatePolicy(shape.Policy);
            var (actual, expected) = (Play(policy, mask), Play(kernels, mask));
            AssertNear(expected.P, actual.P);
            AssertNear(expected.Log, actual.Log);
            AssertNear(expected.State, actual.State);
            for (var i = 0; i < mask.Length; i++)
            {
                if (mask[i] == 0) Assert.Equal((0f, 0f), (actual.P[i], actual.Log[i]));
            }
        }

        using var critic = new TorchCritic(shape, place);
        using var plain = CpuDevice.Default.CreateCritic(shape);
        var (values, wanted) = (Judge(critic), Judge(plain));
        AssertNear(wanted.Values, values.Values);
        AssertNear(wanted.State, values.State);
        Assert.NotEqual(0, values.Values[0]);

        float[] Numbers(int width)
        {
            var numbers = new float[Rows * width];
            foreach (ref var x in numbers.AsSpan()) x = (float)random.NextNormal();
            return numbers;
        }

        (float[] P, float[] Log, float[] State) Play(IPolicyNetwork network, byte[] mask)
        {
            var (p, log, memory) = (new float[Rows * shape.Policy.Outputs], new float[Rows * shape.Policy.Outputs], (float[])carried.Clone());
            network.Load(state.Parameters);
            network.Evaluate(new PolicyBatch { Rows = Rows, Observations = observations, Legal = mask, State = memory, Probabilities = p, LogProbabilities = log });
            return (p, log, memory);
        }

        (float[] Values, float[] State) Judge(ICriticNetwork network)
        {
            var (result, memory) = (new float[Rows], (float[])remembered.Clone());
            network.Load(state.Parameters);
            network.Evaluate(new CriticBatch { Observations = seen, State = memory, Values = result });
            return (result, memory);
        }

        static void AssertNear(float[] expected, float[] actual)
        {
            Assert.Equal(expected.Length, actual.Length);
            for (var i = 0; i < actual.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5);
        }
    }

    [TorchFact]
    public async Task A_team_goes_on_on_another_device()
    {
        var spec = Spec(Srpo with { AdamEpsilon = 1e-3 });
        using var torch = new LocalTeam(spec, device: Device());
        using var cpu = new LocalTeam(spec);
        await torch.Training.TrainAsync();
        cpu.Training.States = torch.Training.States;
        await cpu.Training.TrainAsync();
        torch.Training.States = cpu.Training.States;
        await torch.Training.TrainAsync();
        Assert.Equal(3, torch.Training.Round);

        using var kernels = new LocalTeam(spec);
        while (kernels.Training.Round < 3) await kernels.Training.TrainAsync();
        for (var i = 0; i < torch.Shape.ParameterCount; i++)
            Assert.Equal(kernels.Training.States![0].Parameters[i], torch.Training.States![0].Parameters[i], 1e-4);
    }

    [TorchFact]
    public void Factors_of_fewer_bits_are_used_where_they_are_asked_for_and_nowhere_else()
    {
        var spec = Spec(Srpo with { AdamEpsilon = 1e-3 });
        using var teams = new Teams(spec, 1);
        using var exact = Device().CreateUpdater(spec.Training, teams.Plan, teams.Shape);
        using var rounded = Device("torch:cpu+bf16").CreateUpdater(spec.Training, teams.Plan, teams.Shape);
        var (expected, actual) = (exact.Update(teams.Rounds)[0].States[0], rounded.Update(teams.Rounds)[0].States[0]);
        var (error, norm) = (0.0, 0.0);
        for (var i = 0; i < expected.Parameters.Length; i++)
        {
            error += Math.Pow(expected.FirstMoment[i] - actual.FirstMoment[i], 2);
            norm += Math.Pow(expected.FirstMoment[i], 2);
        }

        Assert.InRange(Math.Sqrt(error / norm), 1e-4, 0.1);
    }

    [TorchFact]
    public void A_GPU_that_is_not_there_is_told_before_anything_starts()
    {
        if (TorchBackend.CudaDevices() > 0) return;
        var refused = Assert.Throws<SrpoException>(Device("torch:cuda:0").Require);
        Assert.Equal(ErrorKind.Environment, refused.Kind);
        Assert.Contains("'torch:cuda:0'", refused.Message, StringComparison.Ordinal);
        Device("torch").Require();
    }

    [TorchFact]
    public void A_cancelled_update_ends_early()
    {
        var spec = Spec(Srpo with { Epochs = 1000 });
        using var teams = new Teams(spec, 1);
        using var updater = Device().CreateUpdater(spec.Training, teams.Plan, teams.Shape);
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(() => updater.Update(teams.Rounds, cancellation.Token));
    }

    /// <summary>What a call still reads is not freed under its hands.</summary>
    [TorchFact]
    public void The_collector_in_the_midst_of_an_update_changes_nothing()
    {
        var spec = Spec(Srpo with { Lanes = 1, Horizon = 8, Epochs = 2, Minibatches = 2, MaxGradientNorm = 0.5 });
        using var teams = new Teams(spec, 2);
        using var updater = Device().CreateUpdater(spec.Training, teams.Plan, teams.Shape);
        var expected = updater.Update(teams.Rounds);
        using var end = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!end.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            for (var i = 0; i < 150; i++)
            {
                var actual = updater.Update(teams.Rounds);
                for (var team = 0; team < expected.Length; team++)
                {
                    for (var actor = 0; actor < expected[team].States.Length; actor++)
                    {
                        Assert.Equal(expected[team].States[actor].Parameters, actual[team].States[actor].Parameters);
                        Assert.Equal(expected[team].Metrics[actor], actual[team].Metrics[actor]);
                    }
                }
            }
        }
        finally
        {
            end.Cancel();
            collector.Join();
        }
    }

    [TorchFact]
    public void Memory_does_not_grow_with_the_rounds()
    {
        // SRPO_TEST_MEMORY_ROUNDS: more of them, for a longer look.
        var rounds = int.TryParse(Environment.GetEnvironmentVariable("SRPO_TEST_MEMORY_ROUNDS"), out var more) ? more : 600;
        var spec = Spec(Srpo with { Lanes = 1, Horizon = 24, Epochs = 1, Minibatches = 2, MaxGradientNorm = 0.5, Network = new() { Hidden = [64, 64] } });
        using var teams = new Teams(spec, 2);
        using var updater = Device().CreateUpdater(spec.Training, teams.Plan, teams.Shape);
        for (var i = 0; i < rounds / 3; i++) updater.Update(teams.Rounds);

        // What a round leaves behind is left by every round of every block; what the allocator and other tests take meanwhile is not in all of them.
        var grown = long.MaxValue;
        for (var block = 0; block < 4; block++)
        {
            var before = Resident();
            for (var i = 0; i < rounds / 4; i++) updater.Update(teams.Rounds);
            grown = Math.Min(grown, Resident() - before);
        }

        // A tensor of one network's parameters that is kept in every round would be 30 KB times the rounds.
        Assert.True(grown < 30_000L * rounds / 4 / 2, $"at least {grown >> 10} KB more in every {rounds / 4} rounds");

        static long Resident()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            using var process = System.Diagnostics.Process.GetCurrentProcess();
            return process.WorkingSet64;
        }
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(16, 16)]
    [InlineData(17, 32)]
    [InlineData(64, 64)]
    [InlineData(65, 80)]
    [InlineData(129, 160)]
    [InlineData(1000, 1024)]
    [InlineData(1025, 1280)]
    public void Rows_are_padded_in_few_steps(int rows, int padded) => Assert.Equal(padded, TorchUpdater.RoundUp(rows));

    private static TorchDevice Device(string name = "torch:cpu") => new(name, DeviceName.TryParseTorch(name)!);

    private static PopulationSpec Spec(TrainingSettings training) =>
        new() { Population = "test", Environment = new EnvironmentSettings("gridworld", "official"), Training = training, Teams = 1, Seed = 3 };

    private sealed class NativeError(string message) : ExternalException(message);

    /// <summary>Teams at their initial states, with what the kernels played in their first rounds.</summary>
    private sealed class Teams : IDisposable
    {
        private readonly List<RolloutPlayer> _players = [];

        public Teams(PopulationSpec spec, int count)
        {
            var info = EnvironmentFactory.Create(spec.Environment, 1).Info;
            (Plan, Shape) = (TeamPlan.For(spec, info), ActorShape.For(spec.Training, info));
            Rounds = [.. Enumerable.Range(0, count).Select(team => Play(spec, team))];
        }

        public TeamPlan Plan { get; }

        public ActorShape Shape { get; }

        public TeamRound[] Rounds { get; }

        public void Dispose()
        {
            foreach (var player in _players) player.Dispose();
        }

        private TeamRound Play(PopulationSpec spec, int team)
        {
            LearnerState[] states = [.. Plan.Actors.Select(actor => ActorInitialisation.Create(spec, team, actor, Shape))];
            var rollouts = new List<Rollout>();
            foreach (var instance in Plan.Instances)
            {
                var player = new RolloutPlayer(spec, team, instance, RolloutActors.Of(spec, Plan, null, CpuDevice.Default));
                _players.Add(player);
                rollouts.Add(player.Play(1, [.. instance.Actors.Select(actor => states[actor].Parameters)]));
            }

            return new TeamRound(spec.Seed, team, 1, states, rollouts);
        }
    }
}
