using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Devices;

namespace Srpo.Learning;

/// <summary>A team that trains where it is called, without grains, on the calling thread. Not thread-safe.</summary>
public sealed class LocalTeam : ITeamHost, IDisposable
{
    private readonly IRolloutPlayer[] _players;
    private readonly ITeamUpdater _updater;

    /// <summary>A team at its initial state.</summary>
    /// <param name="spec">A valid spec.</param>
    /// <param name="team">The team, 0 to Teams - 1.</param>
    /// <param name="frozen">The frozen policies that the spec names: opponents, then partners.</param>
    /// <param name="device">Where networks run, by default the one that the spec names.</param>
    /// <exception cref="SettingsException">The spec cannot be trained.</exception>
    /// <exception cref="ArgumentException">There are more or fewer frozen policies, or one does not fit the environment.</exception>
    public LocalTeam(PopulationSpec spec, int team = 0, IReadOnlyList<FrozenPolicy>? frozen = null, ILearnerDevice? device = null)
    {
        var problems = spec.Validate();
        if (problems.Count > 0) throw new SettingsException(problems);
        problems = ArchitectureRegistry.Problems(spec);
        if (problems.Count > 0) throw new SettingsException(problems);
        Plan = TeamPlan.For(spec, EnvironmentFactory.Info(spec.Environment));
        Architecture = ArchitectureRegistry.Of(spec);
        _players = [.. Plan.Instances.Select(instance => Architecture.CreatePlayer(spec, team, instance, Plan, frozen, device))];
        _updater = Architecture.CreateUpdater(spec.Training, Plan, device);
        Training = new TeamTraining(spec, team, Plan, this) { States = [.. Plan.Actors.Select(actor => Architecture.Create(spec, team, actor))] };
    }

    /// <summary>Its training.</summary>
    public TeamTraining Training { get; }

    /// <summary>Who learns, and what is played.</summary>
    public TeamPlan Plan { get; }

    /// <summary>What its actors are made of.</summary>
    public ActorArchitecture Architecture { get; }

    /// <summary>Shape of its actors.</summary>
    /// <exception cref="InvalidOperationException">They are no networks.</exception>
    public ActorShape Shape => Architecture is NetworkArchitecture networks ? networks.Shape : throw new InvalidOperationException("the actors are no networks");

    /// <summary>The agents' policies as they are now, by seat of the team.</summary>
    /// <exception cref="InvalidOperationException">A round failed, and the team has no states.</exception>
    public FrozenTeam Policies()
    {
        var states = Training.States ?? throw new InvalidOperationException("the team has no states");
        var agents = Plan.Actors.Select((actor, i) => (actor, i)).Where(pair => pair.actor.Kind == ActorKind.Agent)
            .Select(pair => Architecture.Freeze(states[pair.i].Parameters)).ToArray();
        return agents.Length == 1 ? FrozenTeam.Shared(agents[0], Plan.Agents) : new FrozenTeam(agents);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var player in _players) player.Dispose();
        _updater.Dispose();
    }

    /// <inheritdoc/>
    Task<Rollout[]> ITeamHost.PlayAsync(int round, LearnerState[] states) =>
        Task.FromResult(_players.Select((player, i) => player.Play(round, Parameters(Plan.Instances[i], states), states[Plan.Instances[i].Keeper].LaneState)).ToArray());

    /// <inheritdoc/>
    Task<TeamUpdate> ITeamHost.UpdateAsync(TeamRound round) => Task.FromResult(_updater.Update([round])[0]);

    /// <inheritdoc/>
    Task ITeamHost.HandOverAsync(int round, TeamUpdate update) => Task.CompletedTask;

    /// <inheritdoc/>
    Task<CurvePoint> ITeamHost.EvaluateAsync(int round, LearnerState[] states) =>
        Task.FromResult(_players[0].Evaluate(round, Parameters(Plan.Evaluation, states)));

    private static float[][] Parameters(InstancePlan instance, LearnerState[] states) => [.. instance.Actors.Select(actor => states[actor].Parameters)];
}
