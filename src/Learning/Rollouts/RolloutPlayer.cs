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
        _training = new RolloutStage(EnvironmentFactory.Create(spec.Environment, instance.Lanes), instance, spec.Training.Horizon, actors, settings: spec.Environment);
    }

    /// <inheritdoc/>
    public Rollout Play(int round, IReadOnlyList<float[]> actors, byte[]? lanes = null, CancellationToken cancellation = default)
    {
        var continues = _spec.Training.ContinueEpisodes;
        if (Misfit(round, continues, lanes) is { } misfit) throw new ArgumentException(misfit, nameof(lanes));
        var id = new StreamId(_spec.Seed, (uint)_team, (uint)round, StreamPurpose.Reset);
        var purposes = (StreamPurpose.Dynamics, StreamPurpose.Action, StreamPurpose.Casting);
        if (lanes is null) _training.Play(id, purposes, _instance.FirstLane, actors, oneEpisode: false, cancellation);
        else _training.Resume(lanes, id, purposes, _instance.FirstLane, actors, cancellation);
        return _training.Collect(continues);
    }

    /// <summary>Why a round cannot be played with or without a state of the lanes; null if it can.</summary>
    /// <param name="round">The round.</param>
    /// <param name="continues">Whether rollouts continue episodes.</param>
    /// <param name="lanes">The state, or null.</param>
    public static string? Misfit(int round, bool continues, byte[]? lanes) =>
        !continues && lanes is not null ? "there is a state of the lanes to go on from, and continueEpisodes is false"
        : continues && round > 1 && lanes is null ? FormattableString.Invariant($"episodes are continued, and the state of the lanes after round {round - 1} is missing; begin at round 1, or restore a checkpoint that has it")
        : null;

    /// <inheritdoc/>
    public CurvePoint Evaluate(int round, IReadOnlyList<float[]> actors, CancellationToken cancellation = default)
    {
        var plan = _actors.Plan;
        _evaluation ??= new RolloutStage(EnvironmentFactory.Create(_spec.Environment, plan.Evaluation.Lanes), plan.Evaluation, _spec.Training.EvaluationSteps, _actors, _spec.Training.EvaluationActions, _spec.Environment);
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
