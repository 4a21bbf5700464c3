using Srpo.Core.Random;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;

namespace Srpo.Learning;

/// <summary>Plays rollouts and evaluation episodes of given actors. Not thread-safe: one per environment instance at a time.</summary>
public sealed class RolloutPlayer : IRolloutPlayer
{
    private readonly PopulationSpec _spec;
    private readonly int _team;
    private readonly InstancePlan _instance;
    private readonly RolloutActors _actors;
    private readonly RolloutStage _training;
    private RolloutStage? _evaluation;

    /// <summary>A player for one environment instance.</summary>
    /// <param name="spec">Environment, settings and seed.</param>
    /// <param name="team">The team.</param>
    /// <param name="instance">Who sits where, and the lanes.</param>
    /// <param name="actors">Who plays.</param>
    /// <exception cref="ArgumentException">A frozen policy does not fit the environment.</exception>
    public RolloutPlayer(PopulationSpec spec, int team, InstancePlan instance, RolloutActors actors)
    {
        (_spec, _team, _instance, _actors) = (spec, team, instance, actors);
        _training = new RolloutStage(EnvironmentFactory.Create(spec.Environment, instance.Lanes), instance, spec.Training.Horizon, actors);
    }

    /// <inheritdoc/>
    public Rollout Play(int round, IReadOnlyList<float[]> actors, CancellationToken cancellation = default)
    {
        var id = new StreamId(_spec.Seed, (uint)_team, (uint)round, StreamPurpose.Reset);
        _training.Play(
            id, (StreamPurpose.Dynamics, StreamPurpose.Action, StreamPurpose.Casting), _instance.FirstLane, actors, oneEpisode: false, cancellation);
        return _training.Collect();
    }

    /// <inheritdoc/>
    public CurvePoint Evaluate(int round, IReadOnlyList<float[]> actors, CancellationToken cancellation = default)
    {
        var plan = _actors.Plan;
        _evaluation ??= new RolloutStage(EnvironmentFactory.Create(_spec.Environment, plan.Evaluation.Lanes), plan.Evaluation, _spec.Training.EvaluationSteps, _actors, _spec.Training.EvaluationActions);
        var id = new StreamId(_spec.Seed, (uint)_team, (uint)round, StreamPurpose.CurveReset);
        _evaluation.Play(
            id, (StreamPurpose.CurveDynamics, StreamPurpose.CurveAction, StreamPurpose.CurveCasting), 0, actors,
            oneEpisode: _evaluation.Environment.Info.EndsEarly, cancellation);
        var (mean, costs) = _evaluation.Score();
        return new CurvePoint(round, (long)round * plan.StepsPerAgent, round * plan.StepsPerRound, mean, costs);
    }

    /// <inheritdoc/>
    public string Render() => _training.Environment.Render(0);

    /// <inheritdoc/>
    public void Dispose()
    {
        _training.Dispose();
        _evaluation?.Dispose();
    }
}
