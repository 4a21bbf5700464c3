namespace Srpo.Grains;

/// <summary>What storage keeps of the ledger: the names of what is under way.</summary>
[GenerateSerializer, Alias("srpo.WorkLedgerRecord")]
internal sealed class WorkLedgerRecord : NamesRecord
{
}
