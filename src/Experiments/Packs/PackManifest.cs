using Srpo.Grains.Interfaces;

namespace Srpo.Experiments.Packs;

/// <summary>What a file with a packed run begins with: enough to know whether this program can read the rest.</summary>
/// <param name="Format">The format, see <see cref="PackManifest.Format"/>.</param>
/// <param name="Id">Id of the run.</param>
/// <param name="Program">Version of the program that packed it.</param>
/// <param name="Packed">When.</param>
public sealed record PackHeader(int Format, string Id, string Program, DateTimeOffset Packed)
{
    /// <summary>Name of its entry, the first one.</summary>
    public const string Path = "srpo-run.json";
}

/// <summary>What a packed run consists of, as its last entry says.</summary>
public sealed record PackManifest
{
    /// <summary>Name of its entry.</summary>
    public const string Path = "manifest.json";

    /// <summary>The format that this program writes. It reads no other: there is none before.</summary>
    public const int Format = 1;

    /// <summary>Where files of the run's directory are.</summary>
    public const string Files = "run/";

    /// <summary>Where states of grains are.</summary>
    public const string States = "states/";

    /// <summary>Id of the run.</summary>
    public required string Id { get; init; }

    /// <summary>Names of its populations, sorted.</summary>
    public required IReadOnlyList<string> Populations { get; init; }

    /// <summary>Ids of its tournaments, sorted.</summary>
    public required IReadOnlyList<string> Tournaments { get; init; }

    /// <summary>Populations of other runs that it trains against or with or plays, which are not packed, sorted.</summary>
    public required IReadOnlyList<string> Needs { get; init; }

    /// <summary>All other entries but the first.</summary>
    public required IReadOnlyList<PackEntry> Entries { get; init; }

    /// <summary>All populations and tournaments, as the grains that carry them are called.</summary>
    /// <returns>The keys, see <see cref="GrainKeys.Transfer"/>; a tournament after what it plays.</returns>
    public IEnumerable<string> Works() =>
        Populations.Select(name => GrainKeys.Transfer(WorkKind.Population, name)).Concat(Tournaments.Select(name => GrainKeys.Transfer(WorkKind.Tournament, name)));
}

/// <summary>An entry of a packed run.</summary>
/// <param name="Path">Its name.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">SHA-256 of its bytes, hexadecimal.</param>
public sealed record PackEntry(string Path, long Bytes, string Sha256)
{
    /// <summary>The population or tournament whose state it is, see <see cref="GrainKeys.Transfer"/>; null for a file.</summary>
    public string? Work { get; init; }

    /// <summary>The state that it is; null for a file.</summary>
    public StateName? State { get; init; }
}
