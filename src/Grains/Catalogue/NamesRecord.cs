using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

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
