using System.Diagnostics;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Learning;
using Srpo.Learning.Devices;

namespace Srpo.Grains;

/// <summary>Which updater a team needs; teams with equal settings share updaters.</summary>
/// <param name="Settings">The settings.</param>
/// <param name="Architecture">What the actors are made of.</param>
/// <param name="Agents">Number of seats that learn: with the settings, it decides who the actors are.</param>
/// <param name="Plan">The plan of the team that asks.</param>
internal sealed record UpdaterKey(TrainingSettings Settings, ActorArchitecture Architecture, int Agents, TeamPlan Plan)
{
    public bool Equals(UpdaterKey? other) => other is not null && Settings == other.Settings && Architecture == other.Architecture && Agents == other.Agents;

    public override int GetHashCode() => HashCode.Combine(Settings, Architecture, Agents);
}

/// <summary>
/// What a learner holds of one team between rounds: its training, which stands on the team's grains, and references to these. Rollouts are
/// played by the environment grains, updates on the silo's worker pool. The states are shared with the actors, not copied, and changed by
/// the learner alone while the team trains. Runs on the learner's scheduler.
/// </summary>
internal sealed class TeamHost : ITeamHost
{
    /// <summary>How long a round in flight may go on after a stop.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly StopSignal _cancellation = new();
    private readonly PopulationSpec _spec;
    private readonly int _team;
    private readonly GrainHost _host;
    private readonly ITeamActor[] _actors;
    private readonly ITeamEnvironment[] _environments;
    private readonly Task<Rollout>[] _playing;
    private readonly Task[] _applying;
    private readonly UpdaterKey _key;
    private readonly UpdateQueue _updates;
    private PolicySnapshot[]? _frozen;
    private bool _evaluating;
    private bool _awake;

    public TeamHost(GrainHost host, EnvironmentCatalog environments, UpdateQueue updates, PopulationSpec spec, int team)
    {
        (_host, _updates, _spec, _team, Plan) = (host, updates, spec, team, environments.Plan(spec));
        _actors = TeamActors.Actors(host.Grains, spec.Population, team, Plan);
        _environments = TeamActors.Environments(host.Grains, spec.Population, team, Plan);
        _playing = new Task<Rollout>[_environments.Length];
        _applying = new Task[_actors.Length];
        _key = new UpdaterKey(spec.Training, environments.Architecture(spec), Plan.Agents, Plan);
        Training = new TeamTraining(spec, team, Plan, this);
        Key = FormattableString.Invariant($"{spec.Population}/{team}");
    }

    /// <summary>The spec that it trains.</summary>
    public PopulationSpec Spec => _spec;

    /// <summary>The team that it trains.</summary>
    public int Team => _team;

    /// <summary>Who learns, and what is played.</summary>
    public TeamPlan Plan { get; }

    /// <summary>Its training.</summary>
    public TeamTraining Training { get; }

    /// <summary>Population and team as "population/team".</summary>
    public string Key { get; }

    /// <summary>The session of the present chunk of rounds.</summary>
    public long Session { get; set; }

    /// <summary>Whether it has been cancelled and trains nothing any more.</summary>
    public bool IsCancelled => _cancellation.IsSet;

    /// <summary>The last chunk of rounds; the next one waits for it.</summary>
    public Task Last { get; set; } = Task.CompletedTask;

    /// <summary>Ticks spent waiting for rollouts.</summary>
    public long RolloutTicks { get; private set; }

    /// <summary>Tokens that language models generated for its rollouts.</summary>
    public long Tokens { get; private set; }

    /// <summary>Ticks spent waiting for updates.</summary>
    public long UpdateTicks { get; private set; }

    /// <summary>Its name in messages.</summary>
    public string Name => $"team {_team} of '{_spec.Population}'";

    /// <summary>Takes the actors' states, unless those held here are of the round already, and once the frozen policies.</summary>
    public async Task FetchAsync(int round)
    {
        _frozen ??= await Task.WhenAll(_spec.Opponents.Concat(_spec.Partners).Select(
            reference => _host.Grains.GetGrain<IAgentGrain>(reference.Agent).GetPolicyAfterAsync(reference.Round)));

        // A while may have passed since the last chunk: what is not active any more comes back here.
        _awake = false;
        if (Training.Round == round) return;
        Training.States = null;
        Task<ActorState[]> fetching;
        using (PlacementHint.To(_host.Here)) fetching = Task.WhenAll(_actors.Select(actor => actor.GetStateAsync()));
        var fetched = await fetching;
        for (var i = 0; i < fetched.Length; i++)
        {
            if (fetched[i].Version != round)
                throw new TeamOutOfStepException($"{Name}: {Plan.Actors[i]} stands at round {fetched[i].Version}, training was to go on from {round}; restore the team first");
        }

        Training.States = [.. fetched.Select(Wire.FromMessage)];
    }

    /// <summary>Ends the round in flight at its next step. An evaluation goes on: it is short, and the rounds before it would be lost with it.</summary>
    public void Cancel()
    {
        _cancellation.Set();
        if (_evaluating) return;
        foreach (var environment in _environments) _ = environment.CancelAsync();
    }

    /// <summary>The team takes part in rounds until the result is disposed: others need not be waited for.</summary>
    public IDisposable TakePart() => _updates.Join(_key);

    /// <summary>Has the environments let their buffers go: nothing is played for a while, or never again.</summary>
    public Task RestAsync() => Task.WhenAll(_environments.Select(environment => environment.CancelAsync()));

    /// <summary>The point of the learning curve at the present round; null where it has none.</summary>
    public async Task<CurvePoint?> EvaluateAsync()
    {
        _evaluating = true;
        try
        {
            return await Training.EvaluateAsync();
        }
        finally
        {
            _evaluating = false;
        }
    }

    /// <inheritdoc/>
    async Task<Rollout[]> ITeamHost.PlayAsync(int round, LearnerState[] states)
    {
        var start = Stopwatch.GetTimestamp();
        PlayAll(round, states);
        var rollouts = await Task.WhenAll(_playing);
        RolloutTicks += Stopwatch.GetTimestamp() - start;
        foreach (var rollout in rollouts) Tokens += rollout.Tokens;
        return rollouts;
    }

    /// <inheritdoc/>
    async Task<TeamUpdate> ITeamHost.UpdateAsync(TeamRound round)
    {
        var start = Stopwatch.GetTimestamp();
        var updated = await _updates.UpdateAsync(_key, round, _cancellation.Token);
        UpdateTicks += Stopwatch.GetTimestamp() - start;
        return updated;
    }

    /// <inheritdoc/>
    async Task ITeamHost.HandOverAsync(int round, TeamUpdate update)
    {
        for (var i = 0; i < _actors.Length; i++)
            _applying[i] = _actors[i].ApplyAsync(Wire.ToMessage(update.States[i]), update.Metrics[i], Session);
        await Task.WhenAll(_applying);
    }

    /// <inheritdoc/>
    async Task<CurvePoint> ITeamHost.EvaluateAsync(int round, LearnerState[] states)
    {
        var request = Request(round, Plan.Evaluation, states);
        return await Following.AskAsync(() => _environments[0].EvaluateAsync(_spec, request));
    }

    private void PlayAll(int round, LearnerState[] states)
    {
        using var hint = _awake ? (PlacementHint.Scope?)null : PlacementHint.To(_host.Here);
        for (var i = 0; i < _environments.Length; i++)
        {
            var (environment, request) = (_environments[i], Request(round, Plan.Instances[i], states));
            if (_spec.Training.ContinueEpisodes) request = request with { LaneState = states[Plan.Instances[i].Keeper].LaneState };
            _playing[i] = Following.AskAsync(() => environment.PlayAsync(_spec, request));
        }

        _awake = true;
    }

    private PlayRequest Request(int round, InstancePlan instance, LearnerState[] states)
    {
        var actors = new FloatBlock[instance.Actors.Count];
        for (var i = 0; i < actors.Length; i++) actors[i] = new FloatBlock(states[instance.Actors[i]].Parameters);
        return new PlayRequest(round, instance.FirstLane, instance.Lanes, actors, _frozen!);
    }
}
