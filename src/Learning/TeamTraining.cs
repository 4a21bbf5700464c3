using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Learning.Devices;

namespace Srpo.Learning;

/// <summary>What a team's training stands on: who plays its rollouts, updates its actors and keeps their states. Local, or grains.</summary>
public interface ITeamHost
{
    /// <summary>Has the rollouts of a round played, in the order of <see cref="TeamPlan.Instances"/>.</summary>
    /// <param name="round">The round, from 1.</param>
    /// <param name="states">The actors' states.</param>
    Task<Rollout[]> PlayAsync(int round, LearnerState[] states);

    /// <summary>Runs an update where there is room for it, with an updater for the team's settings, perhaps together with those of other teams.</summary>
    /// <param name="round">What the team played.</param>
    Task<TeamUpdate> UpdateAsync(TeamRound round);

    /// <summary>Hands every actor its next state, and what there is to report.</summary>
    Task HandOverAsync(int round, TeamUpdate update);

    /// <summary>Has the evaluation episodes of the learning curve played.</summary>
    /// <param name="round">Rounds behind it.</param>
    /// <param name="states">The actors' states.</param>
    Task<CurvePoint> EvaluateAsync(int round, LearnerState[] states);
}

/// <summary>
/// The training of one team: the one loop of rounds that learner grains, benchmarks, tests and users' own programs run. A round is: play,
/// update, hand over, and where the learning curve has a point, evaluate. Not thread-safe.
/// </summary>
/// <param name="spec">The population's spec.</param>
/// <param name="team">The team.</param>
/// <param name="plan">Who learns, and what is played.</param>
/// <param name="host">Where it happens.</param>
public sealed class TeamTraining(PopulationSpec spec, int team, TeamPlan plan, ITeamHost host)
{
    private UpdateMetrics[]? _metrics;
    private LearnerState[]? _states;

    /// <summary>The actors' states in the order of <see cref="TeamPlan.Actors"/>; null before any are given, and after a round that failed.</summary>
    public LearnerState[]? States
    {
        get => _states;
        set => (_states, _metrics) = (value, null);
    }

    /// <summary>Rounds behind the states, or -1 without any.</summary>
    public int Round => States is null ? -1 : States[0].Version;

    /// <summary>Whether the last round that failed may have handed some actor its next state.</summary>
    public bool HasHandedOut { get; private set; }

    /// <summary>Plays and learns the next round.</summary>
    /// <exception cref="DivergedException">A parameter is no longer finite; nothing was handed over.</exception>
    /// <exception cref="InvalidOperationException">There are no states.</exception>
    public async Task<TeamUpdate> TrainAsync()
    {
        var states = States ?? throw new InvalidOperationException("the team has no states to go on from");
        var round = Round + 1;

        // Whatever fails from here on, the states are fetched again.
        (States, HasHandedOut) = (null, false);
        var rollouts = await host.PlayAsync(round, states);
        if (spec.Training.ContinueEpisodes && Array.Exists(rollouts, rollout => rollout.LaneState is null))
            throw new InvalidOperationException("a rollout came without the state of its lanes: who has played it does not know the setting continueEpisodes");
        var played = new TeamRound(spec.Seed, team, round, states, rollouts);
        var update = Checked(round, await host.UpdateAsync(played));
        KeepLanes(update.States, rollouts);
        HasHandedOut = true;
        await host.HandOverAsync(round, update);
        (_states, _metrics) = (update.States, update.Metrics);
        return update;
    }

    /// <summary>The point of the learning curve at the present round; null where it has none.</summary>
    public async Task<CurvePoint?> EvaluateAsync() =>
        HasPoint(spec.Training, plan, Round) ? (await host.EvaluateAsync(Round, States!)) with { Actors = _metrics } : null;

    /// <summary>Whether the learning curve has a point at a round: round 0, and every round in which an agent's interactions pass a multiple of the interval.</summary>
    public static bool HasPoint(TrainingSettings settings, TeamPlan plan, int round) =>
        settings.CurveInterval > 0 && (round == 0 || Passed(settings, plan, round) > Passed(settings, plan, round - 1));

    /// <summary>Whether a round in (known, round] has a point; -1 stands for a curve without any.</summary>
    public static bool HasPointBetween(TrainingSettings settings, TeamPlan plan, int known, int round) =>
        settings.CurveInterval > 0 && round > known && (known < 0 || Passed(settings, plan, round) > Passed(settings, plan, known));

    /// <summary>An update whose parameters and moments are all finite.</summary>
    private TeamUpdate Checked(int round, TeamUpdate update)
    {
        for (var i = 0; i < update.States.Length; i++)
        {
            if (!update.States[i].IsFinite) throw new DivergedException(plan.Actors[i], round);
        }

        return update;
    }

    /// <summary>Whoever keeps the state of an instance's lanes takes it over with its next state.</summary>
    private void KeepLanes(LearnerState[] states, Rollout[] rollouts)
    {
        if (!spec.Training.ContinueEpisodes) return;
        for (var i = 0; i < rollouts.Length; i++)
        {
            ref var keeper = ref states[plan.Instances[i].Keeper];
            keeper = keeper with { LaneState = rollouts[i].LaneState };
        }
    }

    private static long Passed(TrainingSettings settings, TeamPlan plan, int round) => (long)round * plan.StepsPerAgent / settings.CurveInterval;
}

/// <summary>Parameters became infinite or not a number.</summary>
/// <param name="actor">Whose.</param>
/// <param name="round">After which round.</param>
public sealed class DivergedException(ActorId actor, int round) : Exception(FormattableString.Invariant(
    $"the parameters of {actor} are no longer finite after round {round}; use a smaller learning rate, or limit the gradients' norm"));
