using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Srpo.Core.Settings;
using Srpo.Grains.Compute;
using Srpo.Grains.Diagnostics;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>What agents and adversaries have in common: they own what learning changes and keep its last two checkpoints.</summary>
internal abstract class ActorGrain : Grain, IActorGrain
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ActorKind _kind;
    private readonly EnvironmentCatalog _environments;
    private readonly ComputePool _pool;
    private readonly ActiveWork _work;
    private readonly ILocalSiloDetails _silo;
    private readonly ActorCheckpoints _checkpoints;
    private readonly ActorSnapshots _snapshots;
    private Task? _loading;
    private MemberKey _key;
    private PopulationSpec? _spec;
    private string? _identity;
    private ActorShape? _shape;
    private ActorState? _state;
    private UpdateMetrics? _metrics;
    private long _session;
    private bool _stored = true;

    private protected ActorGrain(ActorKind kind, IServiceProvider services, EnvironmentCatalog environments, ComputePool pool, ActiveWork work, ILocalSiloDetails silo)
    {
        (_kind, _environments, _pool, _work, _silo) = (kind, environments, pool, work, silo);
        _checkpoints = new ActorCheckpoints(SlotPair<ActorCheckpoint>.Of(this, services, StorageNames.Actors, "checkpoint"), services.GetRequiredService<SrpoMeter>());
        _snapshots = new ActorSnapshots(round => SlotPair<ActorCheckpoint>.Of(this, services, StorageNames.Actors, ActorSnapshots.NameOf(round)));
    }

    /// <inheritdoc/>
    public async Task<bool> PrepareAsync(PopulationSpec spec, int round, long session)
    {
        await LoadAsync();
        Check(spec, round);
        Fence(session);
        _session = session;
        var identity = SpecIdentity.Of(spec);
        if (_state is not null && _identity == identity && _state.Version == round)
        {
            _checkpoints.Keep(identity, round);
            _spec = spec;
            if (_checkpoints.Versions(identity).Contains(round)) NoteStored();
            return true;
        }

        if (await _checkpoints.TakeAsync(identity, round) is { } stored)
        {
            Use(stored);
            _spec = spec;
            NoteStored();
            return true;
        }

        if (round > 0) return false;
        var shape = _environments.Shape(spec);
        var actor = new ActorId(_kind, _key.Seat);
        var initial = await _pool.RunAsync(() => ActorInitialisation.Create(spec, _key.Team, actor, shape));
        (_spec, _identity, _shape, _state, _metrics) = (spec, identity, shape, Wire.ToMessage(initial), null);
        _checkpoints.Keep(identity, 0);
        NoteStored();
        return true;
    }

    /// <inheritdoc/>
    public async Task<ActorState> GetStateAsync()
    {
        await LoadAsync();
        return Known();
    }

    /// <inheritdoc/>
    public async Task ApplyAsync(ActorState next, UpdateMetrics metrics, long session)
    {
        if (_loading is not { IsCompletedSuccessfully: true }) await LoadAsync();
        var present = Known();
        Fence(session);
        if (next is null || metrics is null) throw new SrpoGrainException($"{Name()}: an update needs a state and measures");
        if (next.Version <= present.Version) return;
        var count = _shape!.ParameterCount;
        if (next.Parameters.Length != count || next.FirstMoment.Length != count || next.SecondMoment.Length != count)
        {
            throw new SrpoGrainException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Name()}: an update of {next.Parameters.Length} parameters, {next.FirstMoment.Length} and {next.SecondMoment.Length} moments does not fit; {count} of each are expected"));
        }

        GrainChecks.Finite(next.Parameters, "parameters", this.GetPrimaryKeyString());
        (_state, _metrics) = (next, metrics);
        if (_spec!.Snapshots.Contains(next.Version)) _snapshots.Take(next);
        if (_stored) (_stored, _work.Unstored[this.GetGrainId()]) = (false, true);
    }

    /// <inheritdoc/>
    public async Task<int> CheckpointAsync(long session)
    {
        await LoadAsync();
        var state = Known();
        Fence(session);

        // Before the checkpoint: a team that goes on from it does not come by the snapshot's round again.
        await _snapshots.StoreAsync(_identity!, _spec!, _session);
        await _checkpoints.StoreAsync(new ActorCheckpoint { Identity = _identity!, Spec = _spec, State = state, Metrics = _metrics, Session = _session });
        NoteStored();
        return state.Version;
    }

    /// <inheritdoc/>
    public Task<bool> MoveToAsync(SiloAddress silo)
    {
        if (silo is null) throw new SrpoGrainException($"{Name()}: name the silo to move to");
        if (silo.Equals(_silo.SiloAddress)) return Task.FromResult(true);
        PlacementHint.Move(this, silo);
        return Task.FromResult(false);
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
        await LoadAsync();
        await _checkpoints.ReadAllAsync(_identity);
        return _checkpoints.Versions(_identity);
    }

    /// <inheritdoc/>
    public async Task<PolicySnapshot> GetPolicyAsync()
    {
        var state = await AskedAsync();
        var policy = state.Parameters.Span[.._shape!.Policy.ParameterCount].ToArray();
        return new PolicySnapshot(this.GetPrimaryKeyString(), state.Version, Wire.Describe(_shape), new FloatBlock(policy));
    }

    /// <inheritdoc/>
    public async Task<PolicySnapshot> GetPolicyAfterAsync(int round)
    {
        var present = await GetPolicyAsync();
        if (present.Version == round) return present;
        if (await _snapshots.ReadAsync(_identity!, round) is not { } kept)
        {
            throw new SrpoGrainException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Name()} stands at round {present.Version} and has not kept its policy of round {round}; train the population to that round, or name it among its snapshots"));
        }

        return present with { Version = round, Parameters = new FloatBlock(kept[.._shape!.Policy.ParameterCount]) };
    }

    /// <inheritdoc/>
    public async Task<double[]> GetActionProbabilitiesAsync(float[] observation)
    {
        var snapshot = await GetPolicyAsync();
        try
        {
            return Wire.ToPolicy(snapshot).Probabilities(observation);
        }
        catch (ArgumentException error)
        {
            throw new SrpoGrainException($"{Name()}: {error.Message}");
        }
    }

    /// <inheritdoc/>
    public async Task<ActorReport> QueryAsync()
    {
        var state = await AskedAsync();
        return new ActorReport(
            this.GetPrimaryKeyString(), KindName(), MethodNames.Of(_spec!.Training.Method), $"{_spec.Environment.Name} {_spec.Environment.Variant}",
            state.Version, _checkpoints.Versions(_identity), state.Parameters.Length, Wire.Describe(_shape!), _metrics,
            _checkpoints.Warning(state.Version));
    }

    /// <inheritdoc/>
    public async Task<ActorExport> ExportAsync()
    {
        var state = await AskedAsync();
        var (spec, shape, kind) = (_spec!, _shape!, KindName());
        var content = await Task.Run(() => ActorExporter.Write(_key, kind, spec, shape, state));
        return new ActorExport(this.GetPrimaryKeyString(), state.Version, content);
    }

    private Task LoadAsync()
    {
        if (_loading is null or { IsFaulted: true } or { IsCanceled: true }) _loading = ReadAsync();
        return _loading;
    }

    private async Task ReadAsync()
    {
        _key = GrainKeys.ParseMember(this.GetPrimaryKeyString());
        if (await _checkpoints.ReadAllAsync(null) is { } stored) Use(stored);
    }

    /// <summary>
    /// Requests of a session older than one that has prepared this actor are refused: their coordinator has been replaced
    /// without knowing it yet, and two must not train one team.
    /// </summary>
    private void Fence(long session)
    {
        if (session < _session)
        {
            throw new StaleSessionException(string.Create(
                CultureInfo.InvariantCulture, $"{Name()} is trained by session {_session} and takes nothing from session {session} any more"));
        }
    }

    private void NoteStored()
    {
        if (_stored) return;
        _stored = true;
        _work.Unstored.TryRemove(this.GetGrainId(), out _);
    }

    private void Use(ActorCheckpoint stored)
    {
        var shape = _environments.Shape(stored.Spec!);
        if (stored.State!.Parameters.Length != shape.ParameterCount)
        {
            throw new CorruptStateException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Name()}: the stored checkpoint has {stored.State.Parameters.Length} parameters, its networks have {shape.ParameterCount}"));
        }

        (_spec, _identity, _shape, _state, _metrics) = (stored.Spec, stored.Identity, shape, stored.State, stored.Metrics);
        _session = Math.Max(_session, stored.Session);
    }

    private ActorState Known()
    {
        if (_state is not null) return _state;
        if (_checkpoints.Warning(0) is { } warning)
            throw new CorruptStateException($"{Name()} cannot be read back ({warning}); resume the population '{_key.Population}', which trains it again");
        throw new UnknownGrainException($"there is no {Name()}: nothing was trained under this key");
    }

    /// <summary>The state for whoever asks from outside: where there is none, the population says which actors it has.</summary>
    private async Task<ActorState> AskedAsync()
    {
        await LoadAsync();
        if (_state is not null || _checkpoints.Warning(0) is not null) return Known();
        var reason = await AbsenceAsync();
        return _state ?? throw new UnknownGrainException($"there is no {Name()}: {reason}");
    }

    private async Task<string> AbsenceAsync()
    {
        try
        {
            var spec = await GrainFactory.GetGrain<ICoordinatorGrain>(_key.Population).GetSpecAsync().WaitAsync(Patience);
            return Misplaced(spec) ?? $"nothing of team {_key.Team} of '{_key.Population}' is stored yet";
        }
        catch (UnknownGrainException error)
        {
            return error.Message;
        }
        catch (Exception error) when (Transient.Is(error) || error is CorruptStateException)
        {
            return $"nothing was trained under this key; the population '{_key.Population}' could not be asked: {error.Message}";
        }
    }

    /// <summary>Why a population has no such actor, and which it has; null if it has it.</summary>
    private string? Misplaced(PopulationSpec spec)
    {
        if (_key.Team >= spec.Teams) return $"the population has the teams 0 to {spec.Teams - 1}";
        var actors = _environments.Plan(spec).Actors;
        return actors.Contains(new ActorId(_kind, _key.Seat)) ? null : $"{MethodNames.Of(spec.Training.Method)} trains {string.Join(", ", actors)}";
    }

    private void Check(PopulationSpec spec, int round)
    {
        var problems = _environments.Problems(spec);
        if (problems.Count > 0) throw new SrpoGrainException($"{Name()}: {string.Join("; ", problems)}");
        if (spec.Population != _key.Population) throw new SrpoGrainException($"{Name()} does not belong to the population '{spec.Population}'");
        if (Misplaced(spec) is { } reason) throw new SrpoGrainException($"there is no {Name()}: {reason}");
        if (round < 0 || round > spec.Training.Iterations) throw new SrpoGrainException($"{Name()}: round {round} is not among 0 to {spec.Training.Iterations}");
    }

    private string Name() => $"{KindName()} '{this.GetPrimaryKeyString()}'";

    private string KindName() => _kind == ActorKind.Agent ? "agent" : "adversary";
}
