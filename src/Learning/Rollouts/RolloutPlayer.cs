using Srpo.Core.Random;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Devices;
using Srpo.Learning.Devices.Cpu;

namespace Srpo.Learning;

/// <summary>Plays rollouts and evaluation episodes of given actors. Not thread-safe: one per environment instance at a time.</summary>
public sealed class RolloutPlayer : IDisposable
{
    private readonly PopulationSpec _spec;
    private readonly int _team;
    private readonly TeamPlan _plan;
    private readonly InstancePlan _instance;
    private readonly ActorShape _shape;
    private readonly IReadOnlyList<FrozenPolicy> _frozen;
    private readonly ILearnerDevice _device;
    private readonly RolloutStage _training;
    private RolloutStage? _evaluation;

    /// <summary>A player for one environment instance.</summary>
    /// <param name="spec">Environment, settings and seed.</param>
    /// <param name="team">The team.</param>
    /// <param name="plan">The team's plan.</param>
    /// <param name="instance">Who sits where, and the lanes.</param>
    /// <param name="frozen">The frozen policies: opponents, then partners, as many as the plan says.</param>
    /// <param name="device">Where networks run, by default the processor.</param>
    /// <exception cref="ArgumentException">There are more or fewer frozen policies, or one does not fit the environment.</exception>
    public RolloutPlayer(
        PopulationSpec spec, int team, TeamPlan plan, InstancePlan instance, IReadOnlyList<FrozenPolicy>? frozen = null, ILearnerDevice? device = null)
    {
        (_spec, _team, _plan, _instance, _frozen, _device) = (spec, team, plan, instance, frozen ?? [], device ?? CpuDevice.Default);
        if (_frozen.Count != plan.Opponents + plan.Partners)
            throw new ArgumentException($"{_frozen.Count} frozen policies are given; the team plays with {plan.Opponents} opponents and {plan.Partners} partners", nameof(frozen));
        var environment = EnvironmentFactory.Create(spec.Environment, instance.Lanes);
        _shape = ActorShape.For(spec.Training, environment.Info);
        _training = new RolloutStage(environment, plan, instance, spec.Training.Horizon, _shape, _frozen, _device);
    }

    /// <summary>Plays one rollout from fresh episodes.</summary>
    /// <param name="round">The round, from 1; names the random streams.</param>
    /// <param name="actors">Flat parameters (policy, critic) of the instance's actors.</param>
    /// <param name="cancellation">Ends it between two steps.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Rollout Play(int round, IReadOnlyList<float[]> actors, CancellationToken cancellation = default)
    {
        var id = new StreamId(_spec.Seed, (uint)_team, (uint)round, StreamPurpose.Reset);
        _training.Play(
            id, (StreamPurpose.Dynamics, StreamPurpose.Action, StreamPurpose.Casting), _instance.FirstLane, actors, oneEpisode: false, cancellation);
        return _training.Collect();
    }

    /// <summary>Plays the evaluation episodes of a learning curve's point.</summary>
    /// <param name="round">Rounds behind it; names the random streams.</param>
    /// <param name="actors">Flat parameters (policy, critic) of the actors of <see cref="TeamPlan.Evaluation"/>.</param>
    /// <param name="cancellation">Ends it between two steps.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public CurvePoint Evaluate(int round, IReadOnlyList<float[]> actors, CancellationToken cancellation = default)
    {
        _evaluation ??= new RolloutStage(
            EnvironmentFactory.Create(_spec.Environment, _plan.Evaluation.Lanes), _plan, _plan.Evaluation, _spec.Training.EvaluationSteps, _shape, _frozen, _device);
        var id = new StreamId(_spec.Seed, (uint)_team, (uint)round, StreamPurpose.CurveReset);
        _evaluation.Play(
            id, (StreamPurpose.CurveDynamics, StreamPurpose.CurveAction, StreamPurpose.CurveCasting), 0, actors,
            oneEpisode: _evaluation.Environment.Info.EndsEarly, cancellation);
        var (mean, costs) = _evaluation.Score();
        return new CurvePoint(round, (long)round * _plan.StepsPerAgent, round * _plan.StepsPerRound, mean, costs);
    }

    /// <summary>Draws lane 0 of the training environment as it stands.</summary>
    public string Render() => _training.Environment.Render(0);

    /// <inheritdoc/>
    public void Dispose()
    {
        _training.Dispose();
        _evaluation?.Dispose();
    }
}
