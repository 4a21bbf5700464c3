using Srpo.Core.Text;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Grains;

/// <summary>Knows all names, and what is under way. Not reentrant: a name is stored before the next request is looked at.</summary>
[GrainType("directory")]
internal sealed class DirectoryGrain : Grain, IDirectoryGrain
{
    private readonly AlternatingRecord<DirectoryRecord> _stored;

    /// <summary>What was under way in earlier versions of the program, which had a grain for it.</summary>
    private readonly AlternatingRecord<WorkLedgerRecord> _ledger;

    public DirectoryGrain(GrainHost host)
    {
        _stored = new(host.Slots<DirectoryRecord>(this.GetGrainId(), StorageNames.Populations, GrainKeys.Directory));
        _ledger = new(host.Slots<WorkLedgerRecord>(GrainId.Create("ledger", "ledger"), StorageNames.Populations, "ledger"));
    }

    /// <inheritdoc/>
    public async Task BeginAsync(WorkKind kind, string name, bool goesOn)
    {
        GrainKeys.CheckName(name);
        var names = await NamesAsync();
        var underWay = goesOn ? await UnderWayAsync() : null;
        await SaveAsync(names.Add(kind, name), underWay?.Add(kind, name));
    }

    /// <inheritdoc/>
    public async Task EndAsync(WorkKind kind, string name) => await SaveAsync((await UnderWayAsync()).Remove(kind, name));

    /// <inheritdoc/>
    public async Task RemoveAsync(WorkKind kind, string name) => await SaveAsync((await NamesAsync()).Remove(kind, name), (await UnderWayAsync()).Remove(kind, name));

    /// <inheritdoc/>
    public async Task<string[]> GetNamesAsync(WorkKind kind) => (await NamesAsync()).Of(kind);

    /// <inheritdoc/>
    public async Task<string[]> GetUnderWayAsync(WorkKind kind) => (await UnderWayAsync()).Of(kind);

    private async Task<DirectoryRecord> NamesAsync()
    {
        var key = this.GetPrimaryKeyString();
        if (key != GrainKeys.Directory) throw new GrainKeyException($"'{GrainKeys.Shown(key)}' is not a key of a directory; there is one, '{GrainKeys.Directory}'");
        await _stored.LoadAsync();
        return _stored.Value;
    }

    /// <summary>Read when it is asked for: a ledger that is damaged keeps nobody from the names.</summary>
    private async Task<WorkLedgerRecord> UnderWayAsync()
    {
        var record = await NamesAsync();
        if (record.UnderWay is null)
        {
            await _ledger.LoadAsync();
            record.UnderWay = _ledger.Value;
        }

        return record.UnderWay;
    }

    private async Task SaveAsync(params Action?[] undo)
    {
        if (Array.TrueForAll(undo, action => action is null)) return;
        try
        {
            await _stored.SaveAsync();
        }
        catch
        {
            foreach (var action in undo) action?.Invoke();
            throw;
        }
    }
}

/// <summary>What storage keeps of the directory: all names.</summary>
[GenerateSerializer, Alias("srpo.DirectoryRecord")]
internal sealed class DirectoryRecord : NamesRecord
{
    /// <summary>Those of what is under way; null as long as only the ledger of earlier versions has them, or nothing ever was.</summary>
    [Id(0)]
    public WorkLedgerRecord? UnderWay { get; set; }
}

/// <summary>Names of work of each kind, as storage keeps them; what they are the names of, the derived classes say.</summary>
[GenerateSerializer, Alias("srpo.NamesRecord")]
internal abstract class NamesRecord : ISequenced
{
    /// <inheritdoc/>
    [Id(0)]
    public long Sequence { get; set; }

    /// <summary>Names of populations, sorted.</summary>
    [Id(1)]
    public string[] Populations { get; set; } = [];

    /// <summary>Ids of tournaments, sorted.</summary>
    [Id(2)]
    public string[] Tournaments { get; set; } = [];

    /// <summary>The names of a kind.</summary>
    public string[] Of(WorkKind kind) => kind switch
    {
        WorkKind.Population => Populations,
        WorkKind.Tournament => Tournaments,
        _ => throw new SrpoGrainException($"there are names of populations and tournaments, not of '{kind}'"),
    };

    /// <summary>Adds a name.</summary>
    /// <returns>Takes it back, for when it cannot be stored; null if it was there.</returns>
    public Action? Add(WorkKind kind, string name)
    {
        var before = Of(kind);
        var place = Array.BinarySearch(before, name, StringComparer.Ordinal);
        return place >= 0 ? null : Set(kind, before, [.. before[..~place], name, .. before[~place..]]);
    }

    /// <summary>Removes a name.</summary>
    /// <returns>Takes that back; null if it was not there.</returns>
    public Action? Remove(WorkKind kind, string name)
    {
        var before = Of(kind);
        return before.Contains(name) ? Set(kind, before, [.. before.Where(known => known != name)]) : null;
    }

    private Action Set(WorkKind kind, string[] before, string[] names)
    {
        Set(kind, names);
        return () => Set(kind, before);
    }

    private void Set(WorkKind kind, string[] names)
    {
        if (kind == WorkKind.Population) Populations = names;
        else Tournaments = names;
    }
}

/// <summary>
/// The names of what is under way: a part of <see cref="DirectoryRecord"/>. Earlier versions of the program stored it by itself,
/// as the ledger.
/// </summary>
[GenerateSerializer, Alias("srpo.WorkLedgerRecord")]
internal sealed class WorkLedgerRecord : NamesRecord
{
}

/// <summary>How messages name long work.</summary>
internal static class WorkNames
{
    /// <summary>A kind of work as a word, also the name of its record in storage.</summary>
    public static string Word(WorkKind kind) => kind == WorkKind.Population ? "population" : "tournament";

    /// <summary>The error for a name under which nothing was ever begun, with the names that exist where they can be read.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="name">The name.</param>
    /// <param name="names">Asks for the names that exist.</param>
    public static async Task<UnknownGrainException> UnknownAsync(WorkKind kind, string name, Func<Task<string[]>> names)
    {
        try
        {
            string[] known = [.. (await names()).Where(known => known != name)];
            var message = NearestName.Unknown(Word(kind), name, known);
            return new UnknownGrainException(kind == WorkKind.Population && known.Length > 0 ? message + " `srpo population list` shows where they stand." : message);
        }
        catch (Exception error) when (Transient.Is(error) || error is CorruptStateException)
        {
            return new UnknownGrainException($"unknown {Word(kind)} '{name}'; the names that exist could not be read: {error.Message}");
        }
    }
}
