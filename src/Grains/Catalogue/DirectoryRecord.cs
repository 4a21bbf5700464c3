namespace Srpo.Grains;

/// <summary>What storage keeps of the directory: all names.</summary>
[GenerateSerializer, Alias("srpo.DirectoryRecord")]
internal sealed class DirectoryRecord : NamesRecord
{
}
