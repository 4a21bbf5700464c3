using Srpo.Core.Random;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Devices;
using Srpo.Learning.Devices.Cpu;

namespace Srpo.Learning.Tests;

/// <summary>Random numbers and small specs for tests; fixed seeds.</summary>
internal static class TestData
{
    public static readonly KernelSet[] AllKernels = [KernelSet.Portable, KernelSet.Vector256, KernelSet.Vector512];

    public static IEnumerable<ILearnerDevice> AllDevices => AllKernels.Select(kernels => new CpuDevice(kernels));

    public static RandomStream Stream(int lane) => new StreamId(20260221, 0, 0, StreamPurpose.Tooling).Lane(lane);

    public static float[] Normals(int count, ref RandomStream random, double scale = 1)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++) values[i] = (float)(scale * random.NextNormal());
        return values;
    }

    public static PopulationSpec Spec(TrainingSettings training, int teams = 1) => new()
    {
        Population = "test",
        Environment = new EnvironmentSettings("gridworld", "official"),
        Training = training,
        Teams = teams,
        Seed = 11,
    };

    public static TrainingSettings Small(string method) => new()
    {
        Method = method,
        Lanes = 4,
        Horizon = 60,
        Network = new NetworkSettings { Hidden = [20, 17] },
    };

    public static EnvironmentInfo Info(PopulationSpec spec) => EnvironmentFactory.Create(spec.Environment, 1).Info;

    /// <summary>A team at its initial state, with the rollouts of its first round.</summary>
    public static (ActorShape Shape, TeamPlan Plan, LearnerState[] States, Rollout[] Rollouts) FirstRound(PopulationSpec spec, int round = 1)
    {
        var shape = ActorShape.For(spec.Training, Info(spec));
        var plan = TeamPlan.For(spec, Info(spec));
        var states = plan.Actors.Select(actor => ActorInitialisation.Create(spec, 0, actor, shape)).ToArray();
        var rollouts = Play(spec, plan, states, round);
        return (shape, plan, states, rollouts);
    }

    public static Rollout[] Play(PopulationSpec spec, TeamPlan plan, LearnerState[] states, int round, ILearnerDevice? device = null)
    {
        var rollouts = new Rollout[plan.Instances.Count];
        for (var i = 0; i < rollouts.Length; i++)
        {
            using var player = new RolloutPlayer(spec, 0, plan.Instances[i], RolloutActors.Of(spec, plan, null, device));
            rollouts[i] = player.Play(round, Parameters(plan.Instances[i], states));
        }

        return rollouts;
    }

    /// <summary>The parameters of an instance's actors.</summary>
    public static float[][] Parameters(InstancePlan instance, IReadOnlyList<LearnerState> states) => [.. instance.Actors.Select(actor => states[actor].Parameters)];
}

/// <summary>An updater of one team at a time.</summary>
internal sealed class TestUpdater(TrainingSettings settings, TeamPlan plan, ActorShape shape, ILearnerDevice? device = null) : IDisposable
{
    private readonly ITeamUpdater _updater = (device ?? CpuDevice.Default).CreateUpdater(settings, plan, shape);

    public (LearnerState[] States, UpdateMetrics[] Metrics) Update(ulong seed, int team, int round, LearnerState[] states, Rollout[] rollouts)
    {
        var update = _updater.Update([new TeamRound(seed, team, round, states, rollouts)])[0];
        return (update.States, update.Metrics);
    }

    public void Dispose() => _updater.Dispose();
}
