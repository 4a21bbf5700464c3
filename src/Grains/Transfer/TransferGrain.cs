using Orleans.Core.Internal;
using Srpo.Core.Errors;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Grains;

/// <summary>
/// Carries what is stored of a population or tournament. It goes to storage itself, past the grains whose states these are: nothing may be under way that has them, and
/// grains that were asked before the states arrived, and found nothing, are put to sleep so that they look again.
/// </summary>
[GrainType("transfer"), CollectionAgeLimit(Minutes = 5)]
internal sealed class TransferGrain(GrainHost host, EnvironmentCatalog environments) : Grain, ITransferGrain
{
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(3);

    /// <summary>A call that finds nothing goes on looking for so long.</summary>
    private static readonly TimeSpan Looking = TimeSpan.FromSeconds(1);

    private readonly HashSet<StateName> _arrived = [];
    private readonly List<(StatePlace Place, IWorkRecord Record)> _records = [];
    private (int Number, byte[] Bytes)? _sending;
    private StatePlace[]? _parts;
    private (StateName State, MemoryStream Bytes)? _arriving;
    private StateName? _last;
    private Task? _finishing;
    private bool _begun;

    private WorkKind Kind => Key.Kind;

    private string Name => Key.Name;

    private (WorkKind Kind, string Name) Key => GrainKeys.ParseTransfer(this.GetPrimaryKeyString());

    private StatePlaces Places => field ??= new(Kind, Name);

    private string Described => $"{WorkNames.Word(Kind)} '{Name}'";

    private IDirectoryGrain Names => GrainFactory.GetGrain<IDirectoryGrain>(GrainKeys.Directory);

    /// <inheritdoc/>
    public async Task<StatePiece> ReadAsync(int state, long offset)
    {
        GrainChecks.Range("state", state, 0, int.MaxValue);
        GrainChecks.Range("offset", offset, 0, long.MaxValue);
        if (_parts is null || state == 0) _parts = await PartsAsync();
        var began = host.Time.GetTimestamp();
        string? damage = null;
        for (var number = state; ; number++)
        {
            if (PlaceAt(number) is not { } place) return new StatePiece(-1, null, 0, 0, [], damage);
            if (host.Time.GetElapsedTime(began) > Looking) return new StatePiece(number, null, 0, 0, [], damage);
            if (offset == 0 || _sending?.Number != number)
            {
                _sending = null;
                var (bytes, trouble) = await place.ReadAsync(host.Storage(place.Storage));
                damage ??= trouble;
                if (bytes is null) continue;
                _sending = (number, bytes);
            }

            var whole = _sending.Value.Bytes;
            if (number != state) offset = 0;
            if (offset > whole.Length) throw new SrpoGrainException(FormattableString.Invariant($"offset: the state {place.State} of {whole.Length} bytes has no piece at {offset}; begin with it again"));
            var piece = new StatePiece(number, place.State, offset, whole.Length, whole.AsSpan((int)offset, (int)Math.Min(StatePiece.MostBytes, whole.Length - offset)).ToArray(), damage);
            if (piece.IsLast) _sending = null;
            return piece;
        }
    }

    /// <inheritdoc/>
    public async Task BeginAsync()
    {
        if (_finishing is { IsCompleted: false }) throw new WorkPendingException($"the {Described} is being brought in; ask again");
        await RequireFreeAsync();
        _arrived.Clear();
        _records.Clear();
        (_arriving, _last, _finishing, _begun) = (null, null, null, true);
    }

    /// <inheritdoc/>
    public async Task<long> WriteAsync(StatePiece piece)
    {
        if (piece?.Bytes is null || piece.State is null) throw new SrpoGrainException("a piece is incomplete; give a state and bytes");
        GrainChecks.Range("bytes", piece.Bytes.Length, 1, StatePiece.MostBytes);
        GrainChecks.Range("length", piece.Length, 1, int.MaxValue);
        GrainChecks.Range("offset", piece.Offset, 0, piece.Length - piece.Bytes.Length);
        var place = Places.Of(piece.State);

        RequireBegun();

        // A piece whose answer was lost is sent again.
        if (_last == piece.State && piece.IsLast && piece.Offset > 0 && _arriving?.State != piece.State) return piece.Length;
        if (piece.Offset == 0) _arriving = (piece.State, new MemoryStream());
        if (_arriving is not { } arriving || arriving.State != piece.State) return 0;
        if (arriving.Bytes.Length != piece.Offset) return arriving.Bytes.Length;
        arriving.Bytes.Write(piece.Bytes);
        if (!piece.IsLast) return arriving.Bytes.Length;
        _arriving = null;
        arriving.Bytes.Position = 0;
        await TakeAsync(place, place.Parse(arriving.Bytes));
        _last = piece.State;
        return piece.Length;
    }

    /// <inheritdoc/>
    public async Task FinishAsync(int states)
    {
        _ = Key;
        RequireBegun();
        if (_finishing is null or { IsFaulted: true } or { IsCanceled: true }) _finishing = FinishAllAsync(states);
        try
        {
            await _finishing.WaitAsync(Answer, host.Time);
        }
        catch (TimeoutException) when (!_finishing.IsCompleted)
        {
            throw new WorkPendingException($"bringing in the {Described} takes longer than usual and goes on; ask again");
        }
    }

    private StatePlace? PlaceAt(int number) =>
        number < Places.Records.Count ? Places.Records[number] : number - Places.Records.Count < _parts!.Length ? _parts[number - Places.Records.Count] : null;

    /// <summary>What there is beside the record. The record is read as its own grain would read it.</summary>
    private async Task<StatePlace[]> PartsAsync()
    {
        if (Kind == WorkKind.Tournament)
        {
            if ((await LoadAsync<TournamentRecord>()).Spec is null) throw await UnknownAsync();
            return [];
        }

        var record = await LoadAsync<PopulationRecord>();
        if (record.Spec is null) throw await UnknownAsync();
        return [.. Places.Parts(record, environments.Plan(record.Spec))];
    }

    private async Task<T> LoadAsync<T>()
        where T : class, IWorkRecord, new()
    {
        var record = new AlternatingRecord<T>(host.Slots<T>(Places.Owner, Places.Records[0].Storage, WorkNames.Word(Kind)));
        await record.LoadAsync();
        return record.Value;
    }

    private Task<UnknownGrainException> UnknownAsync() => WorkNames.UnknownAsync(Kind, Name, () => Names.GetNamesAsync(Kind));

    /// <summary>Checks a state against whose it is to be, and stores it or, a record, keeps it back.</summary>
    private async Task TakeAsync(StatePlace place, object state)
    {
        switch (state)
        {
            case ActorCheckpoint { Spec: { } spec } when spec.Population == Name:
            case CurvePage:
                await place.WriteAsync(host.Storage(place.Storage), state);
                break;
            case PopulationRecord { Spec: { } spec, Teams: not null } population when spec.Population == Name:
                // Whether this build can train it is asked before anything is stored.
                _ = environments.Plan(spec);
                population.Settle();
                if (population.Phase == PopulationPhase.Training) population.Phase = PopulationPhase.Paused;
                Keep(place, population);
                break;
            case TournamentRecord { Spec: not null } tournament:
                tournament.Active = false;
                Keep(place, tournament);
                break;
            default:
                throw new CorruptStateException($"the packed state {place.State} is not one of the {Described}");
        }

        _arrived.Add(place.State);
    }

    private void Keep(StatePlace place, IWorkRecord record)
    {
        _records.RemoveAll(kept => kept.Place.State == place.State);
        _records.Add((place, record));
    }

    private async Task FinishAllAsync(int states)
    {
        if (_arrived.Count != states || _records.Count == 0)
            throw new SrpoGrainException(FormattableString.Invariant($"{_arrived.Count} of {states} states of the {Described} have arrived, {_records.Count} of them its record; bring in all of it"));

        await RequireFreeAsync();
        foreach (var actor in Actors())
        {
            foreach (var left in StatePlaces.Checkpoints(actor).Where(place => !_arrived.Contains(place.State))) await left.ClearAsync(host.Storage(left.Storage));
            await ForgetAsync(actor);
        }

        // Under its name it can be found, and deleted, whatever breaks this off.
        await Names.BeginAsync(Kind, Name, goesOn: false);
        foreach (var (place, record) in _records) await place.WriteAsync(host.Storage(place.Storage), record);
        await ForgetAsync(Places.Owner);
    }

    private void RequireBegun()
    {
        if (!_begun) throw new SrpoGrainException(ErrorKind.Environment, $"bringing in the {Described} was broken off, most likely since the silo where it was is gone; nothing is known under this name, repeat the command");
    }

    private IEnumerable<GrainId> Actors() => _records.Select(kept => kept.Record).OfType<PopulationRecord>().FirstOrDefault()?.Spec is { } spec
        ? Places.Actors(spec, environments.Plan(spec))
        : [];

    /// <summary>Has a grain that is awake look at storage anew when it is asked again.</summary>
    private async Task ForgetAsync(GrainId id)
    {
        var grain = GrainFactory.GetGrain(id);
        if (await GrainFactory.GetGrain<IManagementGrain>(0).GetActivationAddress(grain) is not null) await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
    }

    private async Task RequireFreeAsync()
    {
        var stored = await Task.WhenAll(Places.Records.Select(place => place.ReadAsync(host.Storage(place.Storage))));
        if (!Array.Exists(stored, slot => slot.Bytes is not null || slot.Damage is not null) && !(await Names.GetNamesAsync(Kind)).Contains(Name)) return;
        throw new SrpoGrainException(ErrorKind.InUse, $"there is a {Described} here already; delete it (`srpo runs delete {Name}`), or bring this one in elsewhere");
    }
}
