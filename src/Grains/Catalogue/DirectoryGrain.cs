using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>Knows all names, and what is under way. Not reentrant: a name is stored before the next request is looked at.</summary>
[GrainType("directory")]
internal sealed class DirectoryGrain : Grain, IDirectoryGrain
{
    private readonly AlternatingRecord<DirectoryRecord> _stored;

    /// <summary>What was under way in earlier versions of the program, which had a grain for it.</summary>
    private readonly AlternatingRecord<WorkLedgerRecord> _ledger;

    public DirectoryGrain(IServiceProvider services)
    {
        _stored = new(SlotPair<DirectoryRecord>.Of(this, services, StorageNames.Populations, GrainKeys.Directory));
        _ledger = new(new(services.GetRequiredKeyedService<IGrainStorage>(StorageNames.Populations), GrainId.Create("ledger", "ledger"), "ledger"));
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
