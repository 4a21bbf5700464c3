using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>
/// An agent or adversary as it can be asked: what it learned, and its stored checkpoints. It belongs to a grain, which lets it learn, or is
/// read from storage without one. Not thread-safe beyond its grain.
/// </summary>
/// <param name="kind">Agent or adversary.</param>
/// <param name="key">Its key, population/team/seat.</param>
/// <param name="environments">What actors are made of.</param>
/// <param name="records">What storage keeps of it.</param>
/// <param name="population">What its coordinator would say.</param>
internal sealed class Actor(ActorKind kind, string key, EnvironmentCatalog environments, ActorRecords records, IActorPopulation population)
{
    private Task? _loading;
    private bool _asStored;
    private (ActorState? Of, string Hash) _weights;

    /// <summary>Its key, taken apart.</summary>
    public MemberKey Key { get; private set; }

    /// <summary>The spec that it is trained with, or null where it stands at nothing.</summary>
    public PopulationSpec? Spec { get; set; }

    /// <summary>Identity of that spec.</summary>
    public string? Identity { get; private set; }

    /// <summary>What it is made of.</summary>
    public ActorArchitecture? Architecture { get; private set; }

    /// <summary>What it learned, or null.</summary>
    public ActorState? State { get; private set; }

    /// <summary>Measures of its last update, or null.</summary>
    public UpdateMetrics? Metrics { get; private set; }

    /// <summary>The training session that stored it.</summary>
    public long Session { get; set; }

    /// <summary>Whether storage was read.</summary>
    public bool IsLoaded => _loading is { IsCompletedSuccessfully: true };

    /// <summary>As messages name it.</summary>
    public string Name => $"{KindName} '{key}'";

    private string KindName => kind == ActorKind.Agent ? "agent" : "adversary";

    /// <summary>Checks the key and reads storage at the first call.</summary>
    /// <exception cref="GrainKeyException">The key has another form.</exception>
    public Task LoadAsync()
    {
        if (_loading is null or { IsFaulted: true } or { IsCanceled: true }) _loading = ReadAsync();
        return _loading;
    }

    /// <summary>Takes a stored checkpoint as its state.</summary>
    /// <exception cref="CorruptStateException">It does not fit its own spec.</exception>
    public void Use(ActorCheckpoint stored)
    {
        var architecture = environments.Architecture(stored.Spec!);
        if (stored.State!.Parameters.Length != architecture.ParameterCount)
        {
            throw new CorruptStateException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Name}: the stored checkpoint has {stored.State.Parameters.Length} parameters, its networks have {architecture.ParameterCount}"));
        }

        (Spec, Identity, Architecture, State, Metrics) = (stored.Spec, stored.Identity, architecture, stored.State, stored.Metrics);
        Session = Math.Max(Session, stored.Session);
        _asStored = false;
    }

    /// <summary>Training takes it up as it stands: no newer state is missed.</summary>
    public void TakeUp(PopulationSpec spec) => (Spec, _asStored) = (spec, false);

    /// <summary>Begins anew.</summary>
    public void Use(PopulationSpec spec, string identity, ActorArchitecture architecture, ActorState initial) =>
        (Spec, Identity, Architecture, State, Metrics, _asStored) = (spec, identity, architecture, initial, null, false);

    /// <summary>Takes over an update.</summary>
    public void Use(ActorState next, UpdateMetrics metrics) => (State, Metrics, _asStored) = (next, metrics, false);

    /// <summary>Nothing is stored of it any more.</summary>
    public void Forget() => (Spec, Identity, Architecture, State, Metrics, _asStored, _weights) = (null, null, null, null, null, false, default);

    /// <summary>What it learned.</summary>
    /// <exception cref="UnknownGrainException">Nothing was ever prepared or stored under this key.</exception>
    /// <exception cref="CorruptStateException">Something is stored, but nothing of it can be read.</exception>
    public ActorState Known()
    {
        if (State is not null) return State;
        if (records.Checkpoints.Warning(0) is { } warning)
            throw new CorruptStateException($"{Name} cannot be read back ({warning}); resume the population '{Key.Population}', which trains it again");
        throw new UnknownGrainException($"there is no {Name}: nothing was trained under this key");
    }

    /// <summary>The policy at its present version.</summary>
    public async Task<PolicySnapshot> PolicyAsync()
    {
        var state = await AskedAsync();
        var older = await OlderAsync();
        state = State!;
        var policy = state.Parameters.Span[..Architecture!.PolicyParameters].ToArray();
        return new PolicySnapshot(key, state.Version, Wire.Describe(Architecture), new FloatBlock(policy), older, Weights(state));
    }

    /// <summary>The policy as it was after a round: the present one, or a snapshot.</summary>
    public async Task<PolicySnapshot> PolicyAfterAsync(int round)
    {
        var present = await PolicyAsync();
        if (present.Version == round) return present with { Older = null };
        if (await records.Snapshots.ReadAsync(Identity!, round) is not { } kept)
        {
            if (present.Version < round && present.Older is { } older) throw new CorruptStateException(older);
            throw new SrpoGrainException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Name} stands at round {present.Version} and has not kept its policy of round {round}; train the population to that round, or name it among its snapshots"));
        }

        var policy = kept[..Architecture!.PolicyParameters];
        return present with { Version = round, Parameters = new FloatBlock(policy), Older = null, Weights = Architecture.Hash(policy) };
    }

    /// <summary>What it says of itself.</summary>
    public async Task<ActorReport> ReportAsync()
    {
        await AskedAsync();
        var older = await OlderAsync();
        var state = State!;
        return new ActorReport(
            key, KindName, Spec!.Training.Method, $"{Spec.Environment.Name} {Spec.Environment.Variant}",
            state.Version, records.Checkpoints.Versions(Identity), Architecture is ScriptedArchitecture ? 0 : state.Parameters.Length, Wire.Describe(Architecture!), Metrics,
            records.Checkpoints.Warning(state.Version), older, Weights(state))
        { Imported = ImportedFrom(Spec!, Key) };
    }

    /// <summary>Policy, critic and Adam's moments as a safetensors file; a graph as the file that it came in.</summary>
    public async Task<ActorExport> ExportAsync()
    {
        await AskedAsync();
        var older = await OlderAsync();
        var (state, spec, architecture) = (State!, Spec!, Architecture!);
        var weights = Weights(state);
        if (architecture is GraphArchitecture)
            return new ActorExport(key, state.Version, PackedFile.Unpack(state.Parameters.Span), older, weights) { Extension = GraphArchitecture.Extension };
        if (architecture is ScriptedArchitecture { Player: var player }) throw new SrpoGrainException(ErrorKind.Usage, $"{Name} is the {player}, which plays by rules and has no weights that could be exported");
        var content = await Task.Run(() => ActorExporter.Write(Key, KindName, spec, architecture, state, weights));
        return new ActorExport(key, state.Version, content, older, weights);
    }

    /// <summary>Where an agent comes from that another program has trained; null for one that is trained here.</summary>
    /// <param name="spec">Its population.</param>
    /// <param name="key">Its key.</param>
    public static ImportedPolicy? ImportedFrom(PopulationSpec spec, MemberKey key) => spec.Imported is { Count: > 0 } files ? files[Math.Min(key.Seat, files.Count - 1)] : null;

    /// <summary>Why a population has no such actor, and which it has; null if it has it.</summary>
    public string? Misplaced(PopulationSpec spec)
    {
        if (Key.Team >= spec.Teams) return $"the population has the teams 0 to {spec.Teams - 1}";
        var actors = environments.Plan(spec).Actors;
        return actors.Contains(new ActorId(kind, Key.Seat)) ? null : $"{spec.Training.Method} trains {string.Join(", ", actors)}";
    }

    private async Task ReadAsync()
    {
        Key = GrainKeys.ParseMember(key);
        if (await records.Checkpoints.ReadAllAsync(null) is not { } stored) return;
        Use(stored);
        _asStored = true;
    }

    /// <summary>The hash of the policy's weights; taken once of each state.</summary>
    private string Weights(ActorState state)
    {
        if (_weights.Of != state) _weights = (state, Architecture!.Hash(state.Parameters.Values));
        return _weights.Hash;
    }

    /// <summary>
    /// Why what was read back is not, or may not be, the newest that was stored: the coordinator knows of a newer checkpoint, or one that cannot be read
    /// may be newer than what the coordinator knows. Null where it is the newest, or training has taken it up.
    /// </summary>
    private async Task<string?> OlderAsync()
    {
        for (var look = 0; ; look++)
        {
            var version = State!.Version;
            if (!_asStored || version >= Spec!.Training.Iterations) return null;
            var newest = await NewestAsync();
            if (!_asStored) continue;
            if (newest is { } known && known.Round > version)
            {
                // Somebody else may have stored it since this was read.
                if (look == 0 && await records.Checkpoints.ReadAllAsync(Identity) is { } stored && _asStored && stored.State!.Version > State.Version)
                {
                    Use(stored);
                    _asStored = true;
                    continue;
                }

                if (_asStored) return Older(version, string.Create(CultureInfo.InvariantCulture, $"its newest checkpoint, of round {known.Round}, {Trouble("is not there any more")}"));
            }
            else
            {
                return newest is { Certain: true } || records.Checkpoints.Damage is null ? null : Older(version, $"a checkpoint that may be newer {Trouble("")}");
            }
        }
    }

    private string Trouble(string otherwise) => records.Checkpoints.Damage is { } damage ? $"cannot be read ({damage})" : otherwise;

    private string Older(int version, string why) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name} stands at round {version}: {why}. Resume the population '{Key.Population}', which trains it again, or use round {version} all the same with --allow-older.");

    /// <summary>What the coordinator knows of the team's checkpoints; null if it knows nothing, or cannot be asked.</summary>
    private async Task<TeamCheckpoint?> NewestAsync()
    {
        try
        {
            return await population.CheckpointAsync(Key.Population, Key.Team);
        }
        catch (Exception error) when (Transient.Is(error) || error is UnknownGrainException or CorruptStateException)
        {
            return null;
        }
    }

    /// <summary>The state for whoever asks from outside: where there is none, the population says which actors it has.</summary>
    private async Task<ActorState> AskedAsync()
    {
        await LoadAsync();
        if (State is not null || records.Checkpoints.Warning(0) is not null) return Known();
        var absence = await AbsenceAsync();
        if (absence is CorruptStateException && State is null)
        {
            // Somebody else may have stored it since this was read.
            if (await records.Checkpoints.ReadAllAsync(null) is { } stored && State is null)
            {
                Use(stored);
                _asStored = true;
            }

            if (records.Checkpoints.Warning(0) is not null) return Known();
        }

        return State ?? throw absence;
    }

    /// <summary>Why nothing is stored under the key: nothing ever was, or it is gone.</summary>
    private async Task<SrpoGrainException> AbsenceAsync()
    {
        string reason;
        try
        {
            if (Misplaced(await population.SpecAsync(Key.Population)) is { } misplaced) reason = misplaced;
            else if (await NewestAsync() is { Round: > 0 } newest) return Gone(newest.Round);
            else reason = $"nothing of team {Key.Team} of '{Key.Population}' is stored yet";
        }
        catch (UnknownGrainException error)
        {
            reason = error.Message;
        }
        catch (Exception error) when (Transient.Is(error) || error is CorruptStateException)
        {
            reason = $"nothing was trained under this key; the population '{Key.Population}' could not be asked: {error.Message}";
        }

        return new UnknownGrainException($"there is no {Name}: {reason}");
    }

    private CorruptStateException Gone(int round) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"the checkpoint of round {round} of {Name} is missing, and no other one is stored; restore its file from a copy, or train it again with `srpo population resume {Key.Population}`"));
}

/// <summary>What actors ask of the population that they belong to, whoever answers.</summary>
internal interface IActorPopulation
{
    /// <summary>The spec of a population.</summary>
    Task<PopulationSpec> SpecAsync(string population);

    /// <summary>The newest checkpoint of a team.</summary>
    Task<TeamCheckpoint> CheckpointAsync(string population, int team);
}
