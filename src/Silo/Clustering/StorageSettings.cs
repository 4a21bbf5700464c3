using Srpo.Grains.Hosting;
using Srpo.Grains.Storage;

namespace Srpo.Silo;

/// <summary>Where grain state is kept.</summary>
internal enum StorageKind
{
    /// <summary>In the data directory.</summary>
    Files,

    /// <summary>In a PostgreSQL database.</summary>
    Postgres,

    /// <summary>In blobs of an Azure Storage account.</summary>
    Azure,

    /// <summary>In memory, lost at the end: for tests.</summary>
    Memory,
}

/// <summary>Settings of storage, section "Srpo:Storage".</summary>
internal sealed class StorageSettings
{
    /// <summary>Where state is kept: files, postgres, azure or memory. <value>files by default.</value></summary>
    public string Kind { get; set; } = "files";

    /// <summary>Another kind for the records of populations and the directory. <value>Empty by default: as <see cref="Kind"/>.</value></summary>
    public string Populations { get; set; } = "";

    /// <summary>Another kind for the checkpoints of agents and adversaries, which are the bulk. <value>Empty by default: as <see cref="Kind"/>.</value></summary>
    public string Actors { get; set; } = "";

    /// <summary>Another kind for the records of tournaments. <value>Empty by default: as <see cref="Kind"/>.</value></summary>
    public string Tournaments { get; set; } = "";

    /// <summary>Connection string of the database or the storage account. <value>Empty by default: that of Srpo:Cluster, where it is of the same kind.</value></summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>A file that holds the connection string.</summary>
    public string ConnectionStringFile { get; set; } = "";

    /// <summary>Largest row in a database, bytes, 1024 to 268435456; larger states take several. <value>4194304 by default.</value></summary>
    public int ChunkBytes { get; set; } = 4 << 20;

    /// <summary>Seconds that an operation waits for storage that does not answer, 0 to 86400. <value>300 by default.</value></summary>
    public double PatienceSeconds { get; set; } = 300;

    /// <summary>Operations of a silo on each storage at the same time, 1 to 64. <value>6 by default.</value></summary>
    public int Concurrency { get; set; } = 6;

    /// <summary>
    /// Seconds that one request to a storage account may take, with all the data that it carries, 1 to 600. <value>10 by default.</value>
    /// </summary>
    public double RequestSeconds { get; set; } = 10;

    /// <summary>Beginning of the names of the blob containers. <value>srpo by default.</value></summary>
    public string Container { get; set; } = "srpo";

    /// <summary>The kind of each storage of <see cref="StorageNames"/>.</summary>
    public IReadOnlyList<(string Storage, StorageKind Kind)> Kinds() =>
    [
        (StorageNames.Populations, KindOf(nameof(Populations), Populations)),
        (StorageNames.Actors, KindOf(nameof(Actors), Actors)),
        (StorageNames.Tournaments, KindOf(nameof(Tournaments), Tournaments)),
    ];

    /// <summary>Whether a kind is in use.</summary>
    public bool Uses(StorageKind kind) => Kinds().Any(storage => storage.Kind == kind);

    /// <summary>The database.</summary>
    public PostgresConnection Postgres(ClusterSettings cluster) =>
        SettingRules.Postgres(Name(nameof(ConnectionString)), Secret() ?? (cluster.ClusterKind == ClusterKind.Postgres ? cluster.Secret : null));

    /// <summary>The storage account.</summary>
    public AzureAccount Azure(ClusterSettings cluster) =>
        SettingRules.Azure(Name(nameof(ConnectionString)), Secret() ?? (cluster.ClusterKind == ClusterKind.Azure ? cluster.Secret : null));

    /// <summary>The containers in use.</summary>
    public IReadOnlyList<AzureBlobs> Blobs(ClusterSettings cluster) =>
    [
        .. Kinds().Where(storage => storage.Kind == StorageKind.Azure).Select(storage => Azure(cluster).Blobs(ContainerOf(storage.Storage), TimeSpan.FromSeconds(RequestSeconds))),
    ];

    /// <summary>Name of the container of a storage.</summary>
    public string ContainerOf(string storage) => $"{Container}-{storage}";

    /// <summary>Throws if a setting cannot be used.</summary>
    /// <exception cref="SiloSettingsException">Names the setting, its value and what would be right.</exception>
    public void Validate(ClusterSettings cluster)
    {
        SettingRules.Range(Name(nameof(ChunkBytes)), ChunkBytes, 1024, 256 << 20);
        SettingRules.Range(Name(nameof(PatienceSeconds)), PatienceSeconds, 0, 86400);
        SettingRules.Range(Name(nameof(Concurrency)), Concurrency, 1, 64);
        SettingRules.Range(Name(nameof(RequestSeconds)), RequestSeconds, 1, 600);
        if (Uses(StorageKind.Postgres)) _ = Postgres(cluster);
        if (!Uses(StorageKind.Azure)) return;
        _ = SettingRules.Checked(Name(nameof(ConnectionString)), () => Blobs(cluster));
        if (Container.Length is < 3 or > 50 || !Container.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            throw new SiloSettingsException(Name(nameof(Container)), Container, "use 3 to 50 lower-case letters, digits and '-'");
    }

    private static string Name(string setting) => $"Storage:{setting}";

    private StorageKind KindOf(string setting, string text) =>
        text.Length > 0 ? SettingRules.Kind<StorageKind>(Name(setting), text) : SettingRules.Kind<StorageKind>(Name(nameof(Kind)), Kind);

    private string? Secret() => SettingRules.Secret(Name(nameof(ConnectionString)), ConnectionString, ConnectionStringFile);
}
