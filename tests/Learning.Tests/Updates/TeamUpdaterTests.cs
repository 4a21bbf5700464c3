using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Learning.Devices.Cpu;

namespace Srpo.Learning.Tests.Updates;

/// <summary>Whole updates against <see cref="PlainUpdate"/>, and their determinism.</summary>
public sealed class TeamUpdaterTests
{
    public static TheoryData<string, TrainingSettings> Variants()
    {
        var srpo = TestData.Small("srpo");
        return new TheoryData<string, TrainingSettings>
        {
            { "ippo", TestData.Small("ippo") },
            { "srpo, KL from policy to adversary", srpo },
            { "srpo, KL from adversary to policy", srpo with { Adversary = new AdversarySettings { Kl = KlDirection.AdversaryToPolicy } } },
            { "srpo, shared critic and entropy for the adversary", srpo with { Adversary = new AdversarySettings { Critic = AdversaryCritic.Shared, Entropy = 0.05 } } },
            { "srpo, split lanes", srpo with { SplitLanes = true } },
            { "pure adversary", TestData.Small("pure-adversarial") },
            { "self-play", TestData.Small("self-play") },
            { "relu, orthogonal", TestData.Small("ippo") with { Network = new NetworkSettings { Hidden = [24], Activation = Activation.Relu, Initialisation = Initialisation.Orthogonal } } },
            { "one-hot", TestData.Small("ippo") with { Network = new NetworkSettings { Hidden = [16], OneHot = true } } },
            { "shared trunk", srpo with { Network = new NetworkSettings { Hidden = [20, 17], SharedTrunk = true } } },
            { "shared trunk, clipped norm, relu, orthogonal", TestData.Small("ippo") with { MaxGradientNorm = 0.02, Network = new NetworkSettings { Hidden = [24, 13], Activation = Activation.Relu, Initialisation = Initialisation.Orthogonal, SharedTrunk = true } } },
            { "shared trunk, shared critic, minibatches", srpo with { Minibatches = 2, Adversary = new AdversarySettings { Critic = AdversaryCritic.Shared }, Network = new NetworkSettings { Hidden = [18], SharedTrunk = true } } },
            { "shared policy", TestData.Small("ippo") with { SharePolicy = true } },
            { "shared policy and adversary", srpo with { SharePolicy = true } },
            { "critics' own rate", srpo with { CriticLearningRate = 2e-3 } },
            { "normalised values, minibatches", srpo with { NormaliseValues = true, Minibatches = 2 } },
            { "normalised values, shared critic, shared trunk", srpo with { NormaliseValues = true, Adversary = new AdversarySettings { Critic = AdversaryCritic.Shared }, Network = new NetworkSettings { Hidden = [18], SharedTrunk = true } } },
            { "clipped values", srpo with { ValueClip = 0.01 } },
            { "Huber loss", srpo with { HuberDelta = 0.3, Minibatches = 3 } },
            { "clipped Huber loss, shared trunk", srpo with { ValueClip = 0.01, HuberDelta = 0.3, Network = new NetworkSettings { Hidden = [20, 17], SharedTrunk = true } } },
            { "MAPPO's critics", Mappo(TestData.Small("ippo")) },
            { "MAPPO's critics, shared policy and adversary, minibatches, clipped norm", Mappo(srpo) with { SharePolicy = true, Minibatches = 2, NormaliseAdvantages = true, MaxGradientNorm = 0.05 } },
            { "minibatches, normalised, clipped norm, scaled rewards", TestData.Small("srpo") with { Minibatches = 3, NormaliseAdvantages = true, MaxGradientNorm = 0.05, RewardScale = 0.5 } },
        };
    }

    /// <summary>Clip and delta are small enough to matter.</summary>
    private static TrainingSettings Mappo(TrainingSettings settings) => settings with
    {
        CriticLearningRate = 1e-2,
        LearningRateDecay = LearningRateDecay.Linear,
        Iterations = 50,
        NormaliseValues = true,
        ValueClip = 0.02,
        HuberDelta = 0.5,
    };

    [Theory]
    [MemberData(nameof(Variants))]
    public void An_update_is_what_plain_doubles_give(string name, TrainingSettings variant)
    {
        // A larger epsilon keeps Adam from magnifying the rounding of gradients near zero into steps of full size; the
        // larger step makes ratios leave the clipping range within the four epochs.
        var settings = variant with { AdamEpsilon = 1e-3, LearningRate = 5e-3 };
        var spec = TestData.Spec(settings);
        var (shape, plan, states, rollouts) = TestData.FirstRound(spec);
        using var updater = new TestUpdater(settings, plan, shape);
        var (next, statistics) = updater.Update(spec.Seed, 0, 1, states, rollouts);
        var expected = new PlainUpdate(spec, plan, shape).Run(0, 1, states, rollouts);
        UpdateAssert.Same(name, expected, states, next);
        for (var actor = 0; actor < states.Length; actor++)
        {
            Assert.Equal(1, next[actor].Version);
            Assert.Equal(settings.Epochs * settings.Minibatches, next[actor].AdamSteps);
            Assert.True(double.IsFinite(statistics[actor].ValueLoss) && statistics[actor].Entropy is > 0 and < 1.61);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_second_update_goes_on_from_the_first(bool mappo)
    {
        var settings = TestData.Small("srpo") with { AdamEpsilon = 1e-3 };
        if (mappo) settings = Mappo(settings) with { Iterations = 2 };
        var spec = TestData.Spec(settings);
        var (shape, plan, states, rollouts) = TestData.FirstRound(spec);
        using var updater = new TestUpdater(settings, plan, shape);
        var (first, _) = updater.Update(spec.Seed, 0, 1, states, rollouts);
        var second = TestData.Play(spec, plan, first, 2);
        var (next, _) = updater.Update(spec.Seed, 0, 2, first, second);
        var expected = new PlainUpdate(spec, plan, shape).Run(0, 2, first, second);
        for (var actor = 0; actor < states.Length; actor++)
        {
            for (var i = 0; i < shape.ParameterCount; i++) Assert.Equal(expected[actor][i], next[actor].Parameters[i], 1e-5);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Two_rounds_give_the_same_bits_at_every_vector_width(bool mappo)
    {
        var settings = new TrainingSettings { Method = "srpo" };
        var spec = TestData.Spec(mappo ? Mappo(settings) : settings);
        var results = TestData.AllDevices.Select(device =>
        {
            var (shape, plan, states, _) = TestData.FirstRound(spec);
            using var updater = new TestUpdater(spec.Training, plan, shape, device);
            for (var round = 1; round <= 2; round++)
                (states, _) = updater.Update(spec.Seed, 0, round, states, TestData.Play(spec, plan, states, round, device));
            return states;
        }).ToArray();
        for (var actor = 0; actor < 4; actor++)
        {
            Assert.Equal(results[0][actor].Parameters, results[1][actor].Parameters);
            Assert.Equal(results[0][actor].Parameters, results[2][actor].Parameters);
            Assert.Equal(results[0][actor].SecondMoment, results[2][actor].SecondMoment);
        }
    }

    [Fact]
    public void An_update_changes_nothing_it_was_given_and_leaves_no_trace_in_the_updater()
    {
        var spec = TestData.Spec(TestData.Small("srpo"));
        var (shape, plan, states, rollouts) = TestData.FirstRound(spec);
        var before = states.Select(s => (float[])s.Parameters.Clone()).ToArray();
        using var updater = new TestUpdater(spec.Training, plan, shape);
        var (once, _) = updater.Update(spec.Seed, 0, 1, states, rollouts);
        updater.Update(spec.Seed, 3, 9, once, rollouts);
        var (again, _) = updater.Update(spec.Seed, 0, 1, states, rollouts);
        for (var actor = 0; actor < states.Length; actor++)
        {
            Assert.Equal(before[actor], states[actor].Parameters);
            Assert.Equal(once[actor].Parameters, again[actor].Parameters);
        }
    }

    [Fact]
    public void The_kernels_the_environment_variable_names_are_known()
    {
        Assert.Same(KernelSet.Portable, KernelSet.Choose("portable"));
        Assert.Contains("512, 256, portable", Assert.Throws<SrpoException>(() => KernelSet.Choose("1024")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gridworld", "official", "srpo")]
    [InlineData("hanabi", "3x3-2p", "ippo")]
    public void A_round_allocates_what_it_hands_over(string environment, string variant, string method)
    {
        // Beside arrays of samples and states there are records, lists and enumerators, whose number does not depend on sizes. Buffers that
        // are kept grow when a round has more samples than any before it, and code that is not compiled for good yet makes more of the small things, for
        // longer where the machine is busy: so the leanest of the later rounds counts.
        const long Small = 8192;
        var settings = TestData.Small(method) with { Horizon = 100, SharePolicy = environment == "hanabi", NormaliseAdvantages = true };
        var spec = TestData.Spec(settings) with { Environment = new EnvironmentSettings(environment, variant) };
        var plan = TeamPlan.For(spec, TestData.Info(spec));
        var shape = ActorShape.For(settings, TestData.Info(spec));
        var states = plan.Actors.Select(actor => ActorInitialisation.Create(spec, 0, actor, shape)).ToArray();
        var players = plan.Instances.Select(instance => new RolloutPlayer(spec, 0, instance, RolloutActors.Of(spec, plan, null, null))).ToArray();
        using var updater = new TestUpdater(settings, plan, shape);
        var surplus = long.MaxValue;
        for (var round = 1; round <= 16; round++)
        {
            var actors = plan.Instances.Select(instance => TestData.Parameters(instance, states)).ToArray();
            var rollouts = new Rollout[players.Length];
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < rollouts.Length; i++) rollouts[i] = players[i].Play(round, actors[i]);
            (states, _) = updater.Update(spec.Seed, 0, round, states, rollouts);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (round < 4) continue;

            var handedOver = states.Sum(state => 3L * sizeof(float) * state.Parameters.Length) + rollouts.SelectMany(rollout => rollout.Parts).Sum(Bytes);
            surplus = Math.Min(surplus, allocated - handedOver);
        }

        Assert.InRange(surplus, 0, Small);

        foreach (var player in players) player.Dispose();

        static long Bytes(SeatSamples part) =>
            (4L * (part.Observations.Length + part.LogProbabilities.Length + part.Values.Length + part.Row.Length + part.Rewards.Length + part.Costs.Length + part.Next.Length))
            + part.Legal.Length + part.Actions.Length + (ReferenceEquals(part.Signals, part.Rewards) ? 0 : 4L * part.Signals.Length);
    }
}
