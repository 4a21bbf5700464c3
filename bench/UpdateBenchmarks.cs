using BenchmarkDotNet.Attributes;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning;

namespace Srpo.Bench;

/// <summary>One round of one team with the preset `official`: its rollouts and its update, with what they allocate.</summary>
[MemoryDiagnoser]
public class UpdateBenchmarks
{
    private PopulationSpec _spec = null!;
    private TeamPlan _plan = null!;
    private RolloutPlayer[] _players = [];
    private TeamUpdater _updater = null!;
    private LearnerState[] _states = [];
    private Rollout[] _rollouts = [];

    /// <summary>Training method.</summary>
    [Params(Method.Ippo, Method.Srpo)]
    public Method Method { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _spec = new PopulationSpec
        {
            Population = "bench",
            Environment = new EnvironmentSettings("gridworld", "official"),
            Training = new TrainingSettings { Method = Method },
            Teams = 1,
        };
        var info = EnvironmentFactory.Create(_spec.Environment, 1).Info;
        var shape = ActorShape.For(_spec.Training, info);
        _plan = TeamPlan.For(_spec, info);
        _players = [.. _plan.Instances.Select(instance => new RolloutPlayer(_spec, 0, _plan, instance))];
        _updater = new TeamUpdater(_spec.Training, _plan, shape);
        _states = [.. _plan.Actors.Select(actor => ActorInitialisation.Create(_spec, 0, actor, shape))];
        for (var round = 1; round <= 300; round++)
        {
            _rollouts = Rollouts();
            (_states, _) = _updater.Update(1, 0, round, _states, _rollouts);
        }
    }

    [Benchmark]
    public Rollout[] Rollouts() =>
        [.. _plan.Instances.Select((instance, i) => _players[i].Play(301, [.. instance.Actors.Select(actor => _states[actor].Parameters)]))];

    [Benchmark]
    public LearnerState[] Update() => _updater.Update(1, 0, 301, _states, _rollouts).States;

    [GlobalCleanup]
    public void Cleanup()
    {
        foreach (var player in _players) player.Dispose();
        _updater.Dispose();
    }
}
