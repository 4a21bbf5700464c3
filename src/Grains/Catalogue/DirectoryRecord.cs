namespace Srpo.Grains;

/// <summary>What storage keeps of the directory.</summary>
[GenerateSerializer, Alias("srpo.DirectoryRecord")]
internal sealed class DirectoryRecord : ISequenced
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
}
