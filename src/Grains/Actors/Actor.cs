using System.Globalization;
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
/// <param name="environments">Shapes of networks.</param>
/// <param name="records">What storage keeps of it.</param>
/// <param name="specOf">The spec of a population, as its coordinator would say it.</param>
internal sealed class Actor(ActorKind kind, string key, EnvironmentCatalog environments, ActorRecords records, Func<string, Task<PopulationSpec>> specOf)
{
    private Task? _loading;

    /// <summary>Its key, taken apart.</summary>
    public MemberKey Key { get; private set; }

    /// <summary>The spec that it is trained with, or null where it stands at nothing.</summary>
    public PopulationSpec? Spec { get; set; }

    /// <summary>Identity of that spec.</summary>
    public string? Identity { get; private set; }

    /// <summary>Shape of its networks.</summary>
    public ActorShape? Shape { get; private set; }

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
        var shape = environments.Shape(stored.Spec!);
        if (stored.State!.Parameters.Length != shape.ParameterCount)
        {
            throw new CorruptStateException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Name}: the stored checkpoint has {stored.State.Parameters.Length} parameters, its networks have {shape.ParameterCount}"));
        }

        (Spec, Identity, Shape, State, Metrics) = (stored.Spec, stored.Identity, shape, stored.State, stored.Metrics);
        Session = Math.Max(Session, stored.Session);
    }

    /// <summary>Begins anew.</summary>
    public void Use(PopulationSpec spec, string identity, ActorShape shape, ActorState initial) =>
        (Spec, Identity, Shape, State, Metrics) = (spec, identity, shape, initial, null);

    /// <summary>Takes over an update.</summary>
    public void Use(ActorState next, UpdateMetrics metrics) => (State, Metrics) = (next, metrics);

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
        var policy = state.Parameters.Span[..Shape!.Policy.ParameterCount].ToArray();
        return new PolicySnapshot(key, state.Version, Wire.Describe(Shape), new FloatBlock(policy));
    }

    /// <summary>The policy as it was after a round: the present one, or a snapshot.</summary>
    public async Task<PolicySnapshot> PolicyAfterAsync(int round)
    {
        var present = await PolicyAsync();
        if (present.Version == round) return present;
        if (await records.Snapshots.ReadAsync(Identity!, round) is not { } kept)
        {
            throw new SrpoGrainException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Name} stands at round {present.Version} and has not kept its policy of round {round}; train the population to that round, or name it among its snapshots"));
        }

        return present with { Version = round, Parameters = new FloatBlock(kept[..Shape!.Policy.ParameterCount]) };
    }

    /// <summary>What it says of itself.</summary>
    public async Task<ActorReport> ReportAsync()
    {
        var state = await AskedAsync();
        return new ActorReport(
            key, KindName, Spec!.Training.Method, $"{Spec.Environment.Name} {Spec.Environment.Variant}",
            state.Version, records.Checkpoints.Versions(Identity), state.Parameters.Length, Wire.Describe(Shape!), Metrics,
            records.Checkpoints.Warning(state.Version));
    }

    /// <summary>Policy, critic and Adam's moments as a safetensors file.</summary>
    public async Task<ActorExport> ExportAsync()
    {
        var state = await AskedAsync();
        var (spec, shape) = (Spec!, Shape!);
        var content = await Task.Run(() => ActorExporter.Write(Key, KindName, spec, shape, state));
        return new ActorExport(key, state.Version, content);
    }

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
        if (await records.Checkpoints.ReadAllAsync(null) is { } stored) Use(stored);
    }

    /// <summary>The state for whoever asks from outside: where there is none, the population says which actors it has.</summary>
    private async Task<ActorState> AskedAsync()
    {
        await LoadAsync();
        if (State is not null || records.Checkpoints.Warning(0) is not null) return Known();
        var reason = await AbsenceAsync();
        return State ?? throw new UnknownGrainException($"there is no {Name}: {reason}");
    }

    private async Task<string> AbsenceAsync()
    {
        try
        {
            return Misplaced(await specOf(Key.Population)) ?? $"nothing of team {Key.Team} of '{Key.Population}' is stored yet";
        }
        catch (UnknownGrainException error)
        {
            return error.Message;
        }
        catch (Exception error) when (Transient.Is(error) || error is CorruptStateException)
        {
            return $"nothing was trained under this key; the population '{Key.Population}' could not be asked: {error.Message}";
        }
    }
}
