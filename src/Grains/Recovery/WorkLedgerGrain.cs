using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>Knows what is under way. Not reentrant: a name is stored before the next request is looked at.</summary>
[GrainType("ledger")]
internal sealed class WorkLedgerGrain : Grain, IWorkLedgerGrain
{
    private readonly AlternatingRecord<WorkLedgerRecord> _stored;

    public WorkLedgerGrain(IServiceProvider services) =>
        _stored = new(SlotPair<WorkLedgerRecord>.Of(this, services, StorageNames.Populations, "ledger"));

    /// <inheritdoc/>
    public async Task BeginAsync(WorkKind kind, string name)
    {
        await LoadAsync();
        var names = Names(kind);
        if (!names.Contains(GrainKeys.CheckName(name))) await StoreAsync(kind, [.. names.Append(name).Order(StringComparer.Ordinal)]);
    }

    /// <inheritdoc/>
    public async Task EndAsync(WorkKind kind, string name)
    {
        await LoadAsync();
        var names = Names(kind);
        if (names.Contains(name)) await StoreAsync(kind, [.. names.Where(known => known != name)]);
    }

    /// <inheritdoc/>
    public async Task<string[]> GetAsync(WorkKind kind)
    {
        await LoadAsync();
        return Names(kind);
    }

    private string[] Names(WorkKind kind) => kind switch
    {
        WorkKind.Population => _stored.Value.Populations,
        WorkKind.Tournament => _stored.Value.Tournaments,
        _ => throw new SrpoGrainException($"the ledger knows populations and tournaments, not '{kind}'"),
    };

    private async Task StoreAsync(WorkKind kind, string[] names)
    {
        var before = Names(kind);
        Set(kind, names);
        try
        {
            await _stored.SaveAsync();
        }
        catch
        {
            Set(kind, before);
            throw;
        }
    }

    private void Set(WorkKind kind, string[] names)
    {
        if (kind == WorkKind.Population) _stored.Value.Populations = names;
        else _stored.Value.Tournaments = names;
    }

    private Task LoadAsync()
    {
        var key = this.GetPrimaryKeyString();
        if (key != GrainKeys.Ledger) throw new GrainKeyException($"'{GrainKeys.Shown(key)}' is not a key of a ledger; there is one, '{GrainKeys.Ledger}'");
        return _stored.LoadAsync();
    }
}
