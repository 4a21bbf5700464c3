namespace Srpo.Grains;

/// <summary>What storage keeps of the ledger.</summary>
[GenerateSerializer, Alias("srpo.WorkLedgerRecord")]
internal sealed class WorkLedgerRecord : ISequenced
{
    /// <inheritdoc/>
    [Id(0)]
    public long Sequence { get; set; }

    /// <summary>Names of populations under way.</summary>
    [Id(1)]
    public string[] Populations { get; set; } = [];

    /// <summary>Ids of tournaments under way.</summary>
    [Id(2)]
    public string[] Tournaments { get; set; } = [];
}
