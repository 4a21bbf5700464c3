namespace Srpo.Grains;

/// <summary>
/// The names of what is under way: a part of <see cref="DirectoryRecord"/>. Earlier versions of the program stored it by itself,
/// as the ledger.
/// </summary>
[GenerateSerializer, Alias("srpo.WorkLedgerRecord")]
internal sealed class WorkLedgerRecord : NamesRecord
{
}
