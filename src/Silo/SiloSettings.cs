using System.Net;

namespace Srpo.Silo;

/// <summary>Settings of a silo, section "Srpo" of appsettings.json, environment variables Srpo__NAME, or --Srpo:NAME=VALUE.</summary>
internal sealed class SiloSettings
{
    public const string Section = "Srpo";

    private const string DefaultName = "srpo";

    /// <summary>Directory of runs and grain state, the same as `srpo --data`. <value>runs by default.</value></summary>
    public string DataDirectory { get; set; } = "runs";

    /// <summary>Whether other silos on this machine write to the same data directory. <value>False by default: the directory is locked.</value></summary>
    public bool ShareDataDirectory { get; set; }

    /// <summary>Worker threads, 1 to 1024, or 0 for one per core. <value>0 by default.</value></summary>
    public int Workers { get; set; }

    /// <summary>
    /// Folder of libtorch, for populations with the device torch; empty to look for it. <value>empty by default: $SRPO_LIBTORCH, else the folder of NuGet
    /// packages or a Python's torch.</value>
    /// </summary>
    public string LibTorch { get; set; } = "";

    /// <summary>
    /// Assemblies of plug-ins, relative to where the silo is started; every silo of a cluster needs the same builds. <value>none by default.</value>
    /// </summary>
    public string[] Plugins { get; set; } = [];

    /// <summary>
    /// Name of the cluster; clients must give the same. <value>srpo by default on one machine; postgres and azure have no default, since
    /// clusters may share a database.</value>
    /// </summary>
    public string ClusterId { get; set; } = "";

    /// <summary>Name of the service; clients must give the same. <value>srpo by default.</value></summary>
    public string ServiceId { get; set; } = DefaultName;

    /// <summary>Port for other silos, 1 to 65535. <value>11111 by default.</value></summary>
    public int SiloPort { get; set; } = 11111;

    /// <summary>Port for clients, `srpo --cluster localhost:PORT`, 1 to 65535. <value>30000 by default.</value></summary>
    public int GatewayPort { get; set; } = 30000;

    /// <summary>Silo port of the first silo on this machine, for the second and further ones, 1 to 65535; 0 for the first. <value>0 by default.</value></summary>
    public int PrimarySiloPort { get; set; }

    /// <summary>Address of the health endpoints. <value>http://127.0.0.1:8090 by default: this machine only.</value></summary>
    public string HealthUrl { get; set; } = "http://127.0.0.1:8090";

    /// <summary>Seconds that a shutdown may take to store what is under way, 1 to 3600. <value>120 by default.</value></summary>
    public int ShutdownSeconds { get; set; } = 120;

    /// <summary>How silos find each other, section "Srpo:Cluster".</summary>
    public ClusterSettings Cluster { get; set; } = new();

    /// <summary>Where grain state is kept, section "Srpo:Storage".</summary>
    public StorageSettings Storage { get; set; } = new();

    /// <summary><see cref="ClusterId"/>, or its default.</summary>
    public string ClusterName => ClusterId.Length > 0 ? ClusterId : DefaultName;

    /// <summary>Where the first silo on this machine is, or null if this is it.</summary>
    public IPEndPoint? Primary => PrimarySiloPort == 0 ? null : new IPEndPoint(IPAddress.Loopback, PrimarySiloPort);

    /// <summary>Throws if a setting cannot be used.</summary>
    /// <exception cref="SiloSettingsException">Names the setting, its value and what would be right.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(DataDirectory)) throw new SiloSettingsException(nameof(DataDirectory), DataDirectory, "name a directory");
        Range(nameof(Workers), Workers, 0, 1024);
        Range(nameof(SiloPort), SiloPort, 1, 65535);
        Range(nameof(GatewayPort), GatewayPort, 1, 65535);
        Range(nameof(PrimarySiloPort), PrimarySiloPort, 0, 65535);
        Range(nameof(ShutdownSeconds), ShutdownSeconds, 1, 3600);
        if (GatewayPort == SiloPort) throw new SiloSettingsException(nameof(GatewayPort), GatewayPort, $"use another port than {nameof(SiloPort)}");
        if (!Uri.TryCreate(HealthUrl, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
            throw new SiloSettingsException(nameof(HealthUrl), HealthUrl, "use an address such as http://127.0.0.1:8090");
        if (string.IsNullOrWhiteSpace(ServiceId)) throw new SiloSettingsException(nameof(ServiceId), ServiceId, "give a name");
        if (Array.Exists(Plugins, string.IsNullOrWhiteSpace)) throw new SiloSettingsException(nameof(Plugins), string.Join(", ", Plugins), $"name files: {nameof(Plugins)}:0, {nameof(Plugins)}:1, ...");
        Cluster.Validate(PrimarySiloPort);
        Storage.Validate(Cluster);
        if (ClusterId.Length > 0 ? string.IsNullOrWhiteSpace(ClusterId) : Cluster.ClusterKind is ClusterKind.Postgres or ClusterKind.Azure)
            throw new SiloSettingsException(nameof(ClusterId), ClusterId, $"give the cluster a name; silos that name the same cluster in {Cluster.ListName} belong together");
    }

    private static void Range(string name, int value, int low, int high)
    {
        if (value < low || value > high) throw new SiloSettingsException(name, value, $"use a whole number from {low} to {high}");
    }
}

/// <summary>A setting that cannot be used.</summary>
internal sealed class SiloSettingsException(string name, object? value, string remedy, string section = SiloSettings.Section)
    : Exception($"the setting {section}:{name} is '{Redaction.Show(name, value)}'; {remedy} (appsettings.json, environment variable {section}__{name.Replace(":", "__", StringComparison.Ordinal)}, or --{section}:{name}=VALUE)");
