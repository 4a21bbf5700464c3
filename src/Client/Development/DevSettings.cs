namespace Srpo.Client.Development;

/// <summary>Where the silos of a development cluster keep their state, and the list of themselves.</summary>
internal enum DevStorageKind
{
    /// <summary>A PostgreSQL server of the cluster's own.</summary>
    Postgres,

    /// <summary>Azurite, the emulator of Azure Storage.</summary>
    Azurite,
}

/// <summary>What kinds of storage are called.</summary>
internal static class DevStorageKinds
{
    /// <summary>On command lines, and the name of its process and of its data in the folder.</summary>
    public static string Name(this DevStorageKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>For people.</summary>
    public static string Title(this DevStorageKind kind) => kind == DevStorageKind.Azurite ? "Azurite" : "PostgreSQL";
}

/// <summary>Ports of a silo on 127.0.0.1.</summary>
/// <param name="Silo">For other silos.</param>
/// <param name="Gateway">For clients.</param>
/// <param name="Http">Health and metrics.</param>
internal sealed record DevSiloPorts(int Silo, int Gateway, int Http);

/// <summary>What a development cluster is, kept in its folder from one start to the next.</summary>
internal sealed record DevSettings
{
    /// <summary>Number of this format.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Number of the format; a later one is not read.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>Where state is kept; it stays as it is while there is any.</summary>
    public required DevStorageKind Storage { get; init; }

    /// <summary>Ports of the storage: one of PostgreSQL; those for blobs, queues and tables of Azurite.</summary>
    public IReadOnlyList<int> StoragePorts { get; init; } = [];

    /// <summary>The silos.</summary>
    public IReadOnlyList<DevSiloPorts> Silos { get; init; } = [];

    /// <summary>Port of the dashboard.</summary>
    public int DashboardPort { get; init; }

    /// <summary>Worker threads of each silo; 0 for one per core.</summary>
    public int Workers { get; init; }

    /// <summary>What `--plugin` takes, from wherever it is typed.</summary>
    public IReadOnlyList<string> Plugins { get; init; } = [];

    /// <summary>The program of a silo that was named, absolute; null for the one that is found.</summary>
    public string? Silo { get; init; }

    /// <summary>What `--cluster` takes.</summary>
    public string Gateways => string.Join(',', Silos.Select(silo => $"localhost:{silo.Gateway}"));

    /// <summary>Whether everything is there, and every port one.</summary>
    public bool IsWhole => Silos is { Count: > 0 } && StoragePorts is { Count: > 0 } && Plugins is not null && Enum.IsDefined(Storage)
        && Silos.All(silo => silo is not null) && Silos.SelectMany(silo => new[] { silo.Silo, silo.Gateway, silo.Http }).Concat(StoragePorts).Append(DashboardPort).All(port => port is > 0 and <= 65535);
}
