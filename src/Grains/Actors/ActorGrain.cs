using System.Globalization;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Grains.Compute;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>What agents and adversaries have in common: they own what learning changes and keep its last two checkpoints.</summary>
internal abstract class ActorGrain : Grain, IActorGrain, ITeamActor
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ActorKind _kind;
    private readonly GrainHost _host;
    private readonly EnvironmentCatalog _environments;
    private readonly ComputePool _pool;
    private readonly ActorRecords _records;
    private readonly Actor _actor;
    private bool _stored = true;

    private protected ActorGrain(ActorKind kind, GrainHost host, EnvironmentCatalog environments, ComputePool pool)
    {
        (_kind, _host, _environments, _pool) = (kind, host, environments, pool);
        _records = new ActorRecords(name => host.Slots<ActorCheckpoint>(this.GetGrainId(), StorageNames.Actors, name), host.Meter);
        _actor = new Actor(
            kind, this.GetPrimaryKeyString(), environments, _records, new CoordinatorPopulation(GrainFactory, Patience, host.Time));
    }

    /// <inheritdoc/>
    public async Task<bool> PrepareAsync(PopulationSpec spec, int round, long session)
    {
        await _actor.LoadAsync();
        Check(spec, round);
        Fence(session);
        _actor.Session = session;
        var identity = SpecIdentity.Of(spec);
        if (_actor.State is { } present && _actor.Identity == identity && present.Version == round)
        {
            _records.Checkpoints.Keep(identity, round);
            _actor.TakeUp(spec);
            if (_records.Checkpoints.Versions(identity).Contains(round)) NoteStored();
            return true;
        }

        if (await _records.Checkpoints.TakeAsync(identity, round) is { } stored)
        {
            _actor.Use(stored);
            _actor.TakeUp(spec);
            NoteStored();
            return true;
        }

        if (round > 0) return false;
        var architecture = _environments.Architecture(spec);
        var actor = new ActorId(_kind, _actor.Key.Seat);
        var initial = await _pool.RunAsync(() => architecture.Create(spec, _actor.Key.Team, actor));
        _actor.Use(spec, identity, architecture, Wire.ToMessage(initial));
        _records.Checkpoints.Keep(identity, 0);
        NoteStored();
        return true;
    }

    /// <inheritdoc/>
    public async Task<ActorState> GetStateAsync()
    {
        await _actor.LoadAsync();
        return _actor.Known();
    }

    /// <inheritdoc/>
    public async Task ApplyAsync(ActorState next, UpdateMetrics metrics, long session)
    {
        if (!_actor.IsLoaded) await _actor.LoadAsync();
        var present = _actor.Known();
        Fence(session);
        if (next is null || metrics is null) throw new SrpoGrainException($"{_actor.Name}: an update needs a state and measures");
        if (next.Version <= present.Version) return;
        var count = _actor.Architecture!.ParameterCount;
        if (next.Parameters.Length != count || next.FirstMoment.Length != count || next.SecondMoment.Length != count)
        {
            throw new SrpoGrainException(string.Create(
                CultureInfo.InvariantCulture,
                $"{_actor.Name}: an update of {next.Parameters.Length} parameters, {next.FirstMoment.Length} and {next.SecondMoment.Length} moments does not fit; {count} of each are expected"));
        }

        GrainChecks.Finite(next.Parameters, "parameters", this.GetPrimaryKeyString());
        _actor.Use(next, metrics);
        if (_actor.Spec!.Snapshots.Contains(next.Version)) _records.Snapshots.Take(next);
        if (_stored) (_stored, _host.Work.Unstored[this.GetGrainId()]) = (false, true);
    }

    /// <inheritdoc/>
    public async Task<int> CheckpointAsync(long session)
    {
        await _actor.LoadAsync();
        var state = _actor.Known();
        Fence(session);
        var (identity, spec, metrics) = (_actor.Identity!, _actor.Spec!, _actor.Metrics);

        // Before the checkpoint: a team that goes on from it does not come by the snapshot's round again.
        await _records.Snapshots.StoreAsync(identity, spec, _actor.Session);
        await _records.Checkpoints.StoreAsync(new ActorCheckpoint { Identity = identity, Spec = spec, State = state, Metrics = metrics, Session = _actor.Session });
        NoteStored();
        return state.Version;
    }

    /// <inheritdoc/>
    public async Task<PopulationSpec?> GetSpecAsync()
    {
        await _actor.LoadAsync();
        return _actor.Spec;
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(PopulationSpec spec, long session)
    {
        await _actor.LoadAsync();
        if (spec?.Snapshots is not { } kept) throw new SrpoGrainException($"{_actor.Name}: the spec does not say which rounds were kept");
        Fence(session);
        await _records.ClearAsync(kept);
        _actor.Forget();
        NoteStored();
        DeactivateOnIdle();
    }

    /// <inheritdoc/>
    public Task<bool> MoveToAsync(SiloAddress silo)
    {
        if (silo is null) throw new SrpoGrainException($"{_actor.Name}: name the silo to move to");
        return Task.FromResult(PlacementHint.Move(this, silo));
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        NoteStored();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<int[]> GetCheckpointVersionsAsync()
    {
        await _actor.LoadAsync();
        await _records.Checkpoints.ReadAllAsync(_actor.Identity);
        return _records.Checkpoints.Versions(_actor.Identity);
    }

    /// <inheritdoc/>
    public Task<PolicySnapshot> GetPolicyAsync() => _actor.PolicyAsync();

    /// <inheritdoc/>
    public Task<PolicySnapshot> GetPolicyAfterAsync(int round) => _actor.PolicyAfterAsync(round);

    /// <inheritdoc/>
    public async Task<double[]> GetActionProbabilitiesAsync(float[] observation)
    {
        var snapshot = await _actor.PolicyAsync();
        try
        {
            return Wire.ToPolicy(snapshot) is ObservingPolicy policy
                ? policy.In(_actor.Spec!.Environment).Probabilities(observation, _actor.Key.Seat)
                : throw new SrpoGrainException($"{_actor.Name} is a language model, which observes no numbers; `srpo replay` shows what it says");
        }
        catch (ArgumentException error)
        {
            throw new SrpoGrainException($"{_actor.Name}: {error.Message}");
        }
    }

    /// <inheritdoc/>
    public Task<ActorReport> QueryAsync() => _actor.ReportAsync();

    /// <inheritdoc/>
    public Task<ActorExport> ExportAsync() => _actor.ExportAsync();

    /// <summary>
    /// Requests of a session older than one that has prepared this actor are refused: their coordinator has been replaced
    /// without knowing it yet, and two must not train one team.
    /// </summary>
    private void Fence(long session)
    {
        if (session < _actor.Session)
        {
            throw new StaleSessionException(string.Create(
                CultureInfo.InvariantCulture, $"{_actor.Name} is trained by session {_actor.Session} and takes nothing from session {session} any more"));
        }
    }

    private void NoteStored()
    {
        if (_stored) return;
        _stored = true;
        _host.Work.Unstored.TryRemove(this.GetGrainId(), out _);
    }

    private void Check(PopulationSpec spec, int round)
    {
        var problems = _environments.Problems(spec);
        if (problems.Count > 0) throw new SrpoGrainException($"{_actor.Name}: {string.Join("; ", problems)}");
        if (spec.Population != _actor.Key.Population) throw new SrpoGrainException($"{_actor.Name} does not belong to the population '{spec.Population}'");
        if (_actor.Misplaced(spec) is { } reason) throw new SrpoGrainException($"there is no {_actor.Name}: {reason}");
        if (round < 0 || round > spec.Training.Iterations) throw new SrpoGrainException($"{_actor.Name}: round {round} is not among 0 to {spec.Training.Iterations}");
    }
}

/// <summary>The population of an actor, as its coordinator says it, without waiting for long.</summary>
internal sealed class CoordinatorPopulation(IGrainFactory grains, TimeSpan patience, TimeProvider time) : IActorPopulation
{
    /// <inheritdoc/>
    public Task<PopulationSpec> SpecAsync(string population) => grains.GetGrain<ICoordinatorGrain>(population).GetSpecAsync().WaitAsync(patience, time);

    /// <inheritdoc/>
    public Task<TeamCheckpoint> CheckpointAsync(string population, int team) => grains.GetGrain<ICoordinatorGrain>(population).GetCheckpointAsync(team).WaitAsync(patience, time);
}

/// <summary>An agent. Placed where its team's learner is. Kept while its team waits for a busy learner.</summary>
[GrainType("agent"), CollectionAgeLimit(Hours = 2)]
internal sealed class AgentGrain(GrainHost host, EnvironmentCatalog environments, ComputePool pool)
    : ActorGrain(ActorKind.Agent, host, environments, pool), IAgentGrain, ITeamAgent;

/// <summary>An adversary. Placed where its team's learner is. Kept while its team waits for a busy learner.</summary>
[GrainType("adversary"), CollectionAgeLimit(Hours = 2)]
internal sealed class AdversaryGrain(GrainHost host, EnvironmentCatalog environments, ComputePool pool)
    : ActorGrain(ActorKind.Adversary, host, environments, pool), IAdversaryGrain, ITeamAdversary;
