using Srpo.Core.Settings;
using Srpo.Learning.Devices;
using Srpo.Learning.Devices.Cpu;
using Srpo.Learning.Devices.Plain;
using Srpo.Learning.Methods;
using Srpo.Learning.Tests.Games;

namespace Srpo.Learning.Tests.Devices;

/// <summary>The device of plain doubles against the kernels, from the same rollouts; and that a second device is one at all.</summary>
public sealed class PlainDeviceTests
{
    private static readonly TestGameRules Three = new(3, 3) { EndsEarly = true };
    private static readonly TestGameRules Turns = new(3, 3) { TurnBased = true, Masks = true, EndsEarly = true };

    public static TheoryData<string, bool> Cases()
    {
        var data = new TheoryData<string, bool>();
        foreach (var method in MethodRegistry.All.Where(method => method.Learns).Select(method => method.Id))
        {
            data.Add(method, false);
            data.Add(method, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void One_epoch_has_the_kernels_gradients(string method, bool turns)
    {
        // After one step from zero moments, Adam's first moment is a tenth of the gradient.
        AssertSameGradients(Table(method, turns, new() { Epochs = 1, Method = method }), method);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_update_has_the_kernels_parameters(string method, bool turns)
    {
        AssertSameParameters(Table(method, turns, new() { Method = method, AdamEpsilon = 1e-3, Minibatches = 3, NormaliseAdvantages = true, MaxGradientNorm = 0.5 }));
    }

    public static TheoryData<string, TrainingSettings> Variants()
    {
        var srpo = new TrainingSettings { Method = "srpo" };
        return new()
        {
            { "shared trunk", srpo with { Network = new() { SharedTrunk = true } } },
            { "critic of the agent", srpo with { Adversary = new() { Critic = AdversaryCritic.Shared } } },
            { "the paper's KL", srpo with { Adversary = new() { Kl = KlDirection.AdversaryToPolicy } } },
            { "entropy of the adversary", srpo with { Adversary = new() { Entropy = 0.05 } } },
            { "one policy", srpo with { SharePolicy = true } },
            { "rectifiers", srpo with { Network = new() { Activation = Activation.Relu, Initialisation = Initialisation.Orthogonal } } },
            { "split lanes", srpo with { SplitLanes = true, RewardScale = 0.5 } },
            { "Gaussian error units", srpo with { Network = new() { Activation = Activation.Gelu } } },
            { "normalised layers", srpo with { Network = new() { LayerNorm = true } } },
            { "normalised layers, rectifiers, shared trunk", srpo with { Network = new() { LayerNorm = true, Activation = Activation.Relu, SharedTrunk = true } } },
            { "central critics", srpo with { Network = new() { CentralCritic = true } } },
            { "memory", srpo with { Network = new() { Gru = 6 } } },
            { "memory of a whole vector and some", srpo with { NormaliseAdvantages = true, Network = new() { Gru = 19, Initialisation = Initialisation.Orthogonal } } },
            { "memory, one policy, the paper's KL", srpo with { SharePolicy = true, Adversary = new() { Kl = KlDirection.AdversaryToPolicy }, Network = new() { Gru = 6 } } },
            { "memory, shared trunk", srpo with { Network = new() { Gru = 6, SharedTrunk = true } } },
            { "memory, central critics, normalised Gaussian error units", srpo with { Network = new() { Gru = 5, CentralCritic = true, LayerNorm = true, Activation = Activation.Gelu } } },
            { "critics' own rate, decaying", srpo with { CriticLearningRate = 1e-2, LearningRateDecay = LearningRateDecay.Linear, Iterations = 3 } },
            { "normalised values", srpo with { NormaliseValues = true } },
            { "clipped Huber loss", srpo with { ValueClip = 0.02, HuberDelta = 0.2 } },
            { "MAPPO's critics", srpo with { NormaliseValues = true, ValueClip = 0.02, HuberDelta = 0.5 } },
            { "MAPPO's critics, memory, central critics", srpo with { NormaliseValues = true, ValueClip = 0.02, HuberDelta = 0.2, Network = new() { Gru = 6, CentralCritic = true } } },
            { "MAPPO's critics, memory, shared trunk", srpo with { NormaliseValues = true, ValueClip = 0.02, HuberDelta = 0.2, Network = new() { Gru = 6, SharedTrunk = true } } },
            { "normalised values, critic of the agent", srpo with { NormaliseValues = true, Adversary = new() { Critic = AdversaryCritic.Shared } } },
            { "memory, critic of the agent", srpo with { Adversary = new() { Critic = AdversaryCritic.Shared }, Network = new() { Gru = 6 } } },
        };
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Every_kind_of_team_has_the_kernels_gradients_and_parameters(string variant, TrainingSettings settings)
    {
        AssertSame(new TestGameRules(2, 2) { EndsEarly = true }, variant, settings);

        // In turns a seat's sequence is that of its own turns; the last of them has seen nothing of what followed.
        if (settings.Adversary.Critic == AdversaryCritic.Own) AssertSame(Turns, variant + " in turns", settings);
    }

    private static void AssertSame(TestGameRules game, string variant, TrainingSettings settings)
    {
        settings = settings with { Lanes = 6, Horizon = 30, LearningRate = 5e-3, AdamEpsilon = 1e-3, Network = settings.Network with { Hidden = [10, 7] } };
        AssertSameGradients(new GameTable(game, settings with { Epochs = 1 }), variant);
        AssertSameParameters(new GameTable(game, settings with { Minibatches = 2, MaxGradientNorm = 0.5 }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Statistics_are_those_of_the_kernels(bool mappo)
    {
        var settings = new TrainingSettings { Method = "srpo" };
        var table = Table("srpo", turns: false, mappo ? settings with { NormaliseValues = true, ValueClip = 0.02, HuberDelta = 0.2 } : settings);
        var (plain, cpu) = (Update(table, new PlainDevice()).Metrics, Update(table, CpuDevice.Default).Metrics);
        for (var actor = 0; actor < plain.Length; actor++)
        {
            Assert.Equal(cpu[actor].Entropy, plain[actor].Entropy, 1e-5);
            Assert.Equal(cpu[actor].Kl, plain[actor].Kl, 1e-5);
            Assert.Equal(cpu[actor].ClipFraction, plain[actor].ClipFraction, 1e-2);
            Assert.Equal(cpu[actor].ValueLoss, plain[actor].ValueLoss, 1e-3);
            Assert.Equal(cpu[actor].ExplainedVariance, plain[actor].ExplainedVariance);
            Assert.Equal(cpu[actor].PolicyLoss, plain[actor].PolicyLoss, 1e-4);
            Assert.NotEqual(0, plain[actor].PolicyLoss);
            Assert.Equal(cpu[actor].Return, plain[actor].Return);
        }
    }

    [Theory]
    [InlineData("ippo")]
    [InlineData("srpo")]
    public async Task A_team_trains_on_it(string method)
    {
        var spec = TestData.Spec(TestData.Small(method) with { Lanes = 2, Horizon = 20, Iterations = 2 });
        using var plain = new LocalTeam(spec, device: new PlainDevice());
        using var again = new LocalTeam(spec, device: new PlainDevice());
        using var cpu = new LocalTeam(spec);
        foreach (var team in (LocalTeam[])[plain, again, cpu])
            while (team.Training.Round < 2) await team.Training.TrainAsync();

        // Actions that fall between two bits could be others; within two rounds of so few steps none does.
        for (var actor = 0; actor < plain.Plan.Actors.Count; actor++)
        {
            Assert.Equal(plain.Training.States![actor].Parameters, again.Training.States![actor].Parameters);
            for (var i = 0; i < plain.Shape.ParameterCount; i++) Assert.Equal(plain.Training.States[actor].Parameters[i], cpu.Training.States![actor].Parameters[i], 5e-3);
            Assert.NotEqual(plain.Training.States[actor].Parameters, cpu.Training.States![actor].Parameters);
        }
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("plain")]
    public void Teams_that_are_updated_together_come_out_as_each_for_itself(string device)
    {
        var table = Table("srpo", turns: false, new() { Method = "srpo", Minibatches = 2 });
        TeamRound[] rounds = [.. Enumerable.Range(1, 3).Select(round => new TeamRound(table.Spec.Seed, round, round, table.States, table.PlayAll(round)))];
        using var updater = LearnerDevices.Get(device).CreateUpdater(table.Spec.Training, table.Plan, table.Shape);
        var together = updater.Update(rounds);
        var apart = rounds.Select(round => updater.Update([round])[0]).ToArray();
        for (var team = 0; team < rounds.Length; team++)
        {
            for (var actor = 0; actor < table.States.Length; actor++)
                Assert.Equal(apart[team].States[actor].Parameters, together[team].States[actor].Parameters);
        }

        Assert.NotEqual(together[0].States[0].Parameters, together[1].States[0].Parameters);
    }

    [Fact]
    public void Devices_are_found_by_their_names()
    {
        Assert.All(["cpu", "plain"], name => Assert.Equal(name, LearnerDevices.Get(name).Name));
        var unknown = Assert.Throws<SettingsException>(() => LearnerDevices.Get("plian"));
        Assert.Contains("'plain'", unknown.Message, StringComparison.Ordinal);
        Assert.Equal("learner.device", Assert.Single(unknown.Problems).Field);
    }

    [Fact]
    public void A_device_that_computes_something_else_is_found_out()
    {
        Assert.True(DeviceCheck.Run(new PlainDevice(), updates: 2).Agrees);
        var wrong = DeviceCheck.Run(new Wrong(), updates: 1);
        Assert.False(wrong.Agrees);
        Assert.All(wrong.Deviations.Where(deviation => deviation.Quantity.StartsWith("gradient", StringComparison.Ordinal)), deviation => Assert.True(deviation.IsWithin));
        Assert.All(wrong.Deviations.Where(deviation => deviation is { Quantity: "parameters after 1 update" }), deviation => Assert.False(deviation.IsWithin));
        Assert.False(new DeviceDeviation("", "", double.NaN, 1, "").IsWithin);
    }

    /// <summary>The kernels, with steps that are too large.</summary>
    private sealed class Wrong : ILearnerDevice
    {
        public string Name => "wrong";

        public string Description => "";

        public int Capacity(int workers) => workers;

        public ITeamUpdater CreateUpdater(TrainingSettings settings, TeamPlan plan, ActorShape shape) =>
            CpuDevice.Default.CreateUpdater(settings with { LearningRate = 1.1 * settings.LearningRate }, plan, shape);

        public IPolicyNetwork CreatePolicy(NetworkShape shape) => CpuDevice.Default.CreatePolicy(shape);

        public ICriticNetwork CreateCritic(ActorShape shape) => CpuDevice.Default.CreateCritic(shape);
    }

    private static void AssertSameGradients(GameTable table, string what)
    {
        foreach (var (plain, cpu) in Both(table))
        {
            for (var tensor = 0; tensor < Tensors(table.Shape).Count; tensor++)
            {
                var (from, to) = Tensors(table.Shape)[tensor];
                var (error, norm) = (0.0, 0.0);
                for (var i = from; i < to; i++)
                {
                    error += Math.Pow(plain.FirstMoment[i] - cpu.FirstMoment[i], 2);
                    norm += Math.Pow(plain.FirstMoment[i], 2);
                }

                Assert.True(Math.Sqrt(error) <= 1e-5 * Math.Sqrt(norm), $"{what}, tensor {tensor}: {Math.Sqrt(error)} of {Math.Sqrt(norm)}");
            }

            Assert.Contains(plain.FirstMoment, value => Math.Abs(value) > 1e-5);
        }
    }

    private static void AssertSameParameters(GameTable table)
    {
        foreach (var (plain, cpu) in Both(table))
        {
            Assert.Equal((cpu.Version, cpu.AdamSteps), (plain.Version, plain.AdamSteps));
            for (var i = 0; i < plain.Parameters.Length; i++) Assert.Equal(plain.Parameters[i], cpu.Parameters[i], 1e-5);
        }
    }

    private static GameTable Table(string method, bool turns, TrainingSettings settings) => new(
        turns ? Turns : Three, settings with { Lanes = 6, Horizon = 30, LearningRate = 5e-3, Network = new NetworkSettings { Hidden = [10, 7] } },
        partners: MethodRegistry.Get(method).NeedsPartners ? [GameTable.Policy(1), GameTable.Policy(2)] : null);

    private static TeamUpdate Update(GameTable table, ILearnerDevice device)
    {
        using var updater = device.CreateUpdater(table.Spec.Training, table.Plan, table.Shape);
        return updater.Update([new TeamRound(table.Spec.Seed, 0, 1, table.States, table.PlayAll())])[0];
    }

    private static IEnumerable<(LearnerState Plain, LearnerState Cpu)> Both(GameTable table) =>
        Update(table, new PlainDevice()).States.Zip(Update(table, CpuDevice.Default).States);

    private static List<(int From, int To)> Tensors(ActorShape shape)
    {
        var tensors = new List<(int From, int To)>();
        var offset = 0;
        foreach (var tensor in NetworkTensors.OfActor("", shape, new float[shape.ParameterCount]))
        {
            tensors.Add((offset, offset + tensor.Values.Length));
            offset += tensor.Values.Length;
        }

        Assert.Equal(shape.ParameterCount, offset);
        return tensors;
    }
}
