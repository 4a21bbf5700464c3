namespace Srpo.Grains;

/// <summary>What storage keeps of the directory: all names.</summary>
[GenerateSerializer, Alias("srpo.DirectoryRecord")]
internal sealed class DirectoryRecord : NamesRecord
{
    /// <summary>Those of what is under way; null as long as only the ledger of earlier versions has them, or nothing ever was.</summary>
    [Id(0)]
    public WorkLedgerRecord? UnderWay { get; set; }
}
