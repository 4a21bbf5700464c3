using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>Knows what is under way.</summary>
[GrainType("ledger")]
internal sealed class WorkLedgerGrain : Grain, IWorkLedgerGrain
{
    private readonly StoredNames<WorkLedgerRecord> _names;

    public WorkLedgerGrain(IServiceProvider services) =>
        _names = new(new(SlotPair<WorkLedgerRecord>.Of(this, services, StorageNames.Populations, "ledger")));

    /// <inheritdoc/>
    public Task BeginAsync(WorkKind kind, string name) => Names().AddAsync(kind, name);

    /// <inheritdoc/>
    public Task EndAsync(WorkKind kind, string name) => Names().RemoveAsync(kind, name);

    /// <inheritdoc/>
    public Task<string[]> GetAsync(WorkKind kind) => Names().GetAsync(kind);

    private StoredNames<WorkLedgerRecord> Names()
    {
        var key = this.GetPrimaryKeyString();
        if (key != GrainKeys.Ledger) throw new GrainKeyException($"'{GrainKeys.Shown(key)}' is not a key of a ledger; there is one, '{GrainKeys.Ledger}'");
        return _names;
    }
}
