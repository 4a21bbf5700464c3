using System.Globalization;
using System.Net;
using Srpo.Grains.Storage;

namespace Srpo.Silo;

/// <summary>How silos find each other.</summary>
internal enum ClusterKind
{
    /// <summary>All on this machine; the first silo keeps the list.</summary>
    Localhost,

    /// <summary>On several machines; the primary silo keeps the list, and the cluster ends with it.</summary>
    Development,

    /// <summary>A PostgreSQL database keeps the list.</summary>
    Postgres,

    /// <summary>A table of Azure Storage keeps the list.</summary>
    Azure,
}

/// <summary>Settings of the cluster, section "Srpo:Cluster".</summary>
internal sealed class ClusterSettings
{
    /// <summary>How silos find each other: localhost, development, postgres or azure. <value>localhost by default.</value></summary>
    public string Kind { get; set; } = "localhost";

    /// <summary>HOST:PORT, the silo port of the primary silo, for development; empty if this is it. <value>Empty by default.</value></summary>
    public string Primary { get; set; } = "";

    /// <summary>
    /// Address or name of this machine under which other silos and clients reach this one, and on which it listens; empty for 127.0.0.1, which
    /// this machine alone can reach, or for the first address of the machine with <see cref="ListenOnAnyAddress"/>. <value>Empty by default.</value>
    /// </summary>
    public string AdvertisedAddress { get; set; } = "";

    /// <summary>Whether to listen on all addresses of the machine and not on the advertised one only: behind a NAT, in a container. <value>False by default.</value></summary>
    public bool ListenOnAnyAddress { get; set; }

    /// <summary>
    /// Accepts that without TLS everyone on the network who can reach the silo's ports may do everything, and that everyone on the way can read
    /// and change it: for a network of the cluster's own. <value>False by default: ports beyond this machine need TLS.</value>
    /// </summary>
    public bool TrustNetwork { get; set; }

    /// <summary>
    /// Accepts that without TLS every user of this machine may do everything through the silo's ports. <value>False by default: on Linux,
    /// connections of other users than the silo's and root are closed.</value>
    /// </summary>
    public bool TrustMachine { get; set; }

    /// <summary>Connection string of the database or the storage account that keeps the list.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>A file that holds the connection string, so that it stays out of settings and process lists.</summary>
    public string ConnectionStringFile { get; set; } = "";

    /// <summary>Seconds between two signs of life that one silo asks of another, and how long each may take, 0.2 to 60. <value>2 by default.</value></summary>
    public double ProbeSeconds { get; set; } = 2;

    /// <summary>Signs of life that must be missed in a row before a silo is suspected, 1 to 20. <value>3 by default.</value></summary>
    public int MissedProbes { get; set; } = 3;

    /// <summary>Silos that must suspect one before it is declared dead, 1 to 10; fewer where there are fewer. <value>2 by default.</value></summary>
    public int DeathVotes { get; set; } = 2;

    /// <summary>Seconds between two looks at the list, 0.5 to 300. <value>10 by default.</value></summary>
    public double TableRefreshSeconds { get; set; } = 10;

    /// <summary>
    /// Seconds between two notes "I am alive" in the list, 1 to 300. A silo that misses three of them has no say in the death of others:
    /// when most silos die at once, the rest can go on after that time. <value>5 by default.</value>
    /// </summary>
    public double AliveSeconds { get; set; } = 5;

    /// <summary>The parsed <see cref="Kind"/>.</summary>
    public ClusterKind ClusterKind => SettingRules.Kind<ClusterKind>(Name(nameof(Kind)), Kind);

    /// <summary>What keeps the list of silos, for messages.</summary>
    public string ListName => ClusterKind switch
    {
        ClusterKind.Postgres => "the database",
        ClusterKind.Azure => "the storage account",
        _ => "the first silo",
    };

    /// <summary>The connection string from the setting or the file, null if neither is given.</summary>
    public string? Secret => SettingRules.Secret(Name(nameof(ConnectionString)), ConnectionString, ConnectionStringFile);

    /// <summary>The database of the list, for postgres.</summary>
    public PostgresConnection Postgres => SettingRules.Postgres(Name(nameof(ConnectionString)), Secret);

    /// <summary>The storage account of the list, for azure.</summary>
    public AzureAccount Azure => SettingRules.Azure(Name(nameof(ConnectionString)), Secret);

    /// <summary>Throws if a setting cannot be used.</summary>
    /// <exception cref="SiloSettingsException">Names the setting, its value and what would be right.</exception>
    public void Validate(int primarySiloPort)
    {
        var kind = ClusterKind;
        SettingRules.Range(Name(nameof(ProbeSeconds)), ProbeSeconds, 0.2, 60);
        SettingRules.Range(Name(nameof(MissedProbes)), MissedProbes, 1, 20);
        SettingRules.Range(Name(nameof(DeathVotes)), DeathVotes, 1, 10);
        SettingRules.Range(Name(nameof(TableRefreshSeconds)), TableRefreshSeconds, 0.5, 300);
        SettingRules.Range(Name(nameof(AliveSeconds)), AliveSeconds, 1, 300);
        if (kind != ClusterKind.Localhost && primarySiloPort != 0)
            throw new SiloSettingsException("PrimarySiloPort", primarySiloPort, $"it is for {Name(nameof(Kind))} localhost; leave it out");
        if (kind == ClusterKind.Localhost && AdvertisedAddress.Length > 0)
            throw new SiloSettingsException(Name(nameof(AdvertisedAddress)), AdvertisedAddress, $"with {Name(nameof(Kind))} localhost silos are on this machine; leave it out, or use another kind");
        if (kind == ClusterKind.Localhost && ListenOnAnyAddress)
            throw new SiloSettingsException(Name(nameof(ListenOnAnyAddress)), ListenOnAnyAddress, $"with {Name(nameof(Kind))} localhost silos are on this machine; leave it out, or use another kind");
        if (kind != ClusterKind.Development && Primary.Length > 0)
            throw new SiloSettingsException(Name(nameof(Primary)), Primary, $"it is for {Name(nameof(Kind))} development; leave it out");
        if (Primary.Length > 0) PrimaryParts();
        if (kind == ClusterKind.Postgres) _ = Postgres;
        if (kind == ClusterKind.Azure) _ = SettingRules.Checked(Name(nameof(ConnectionString)), Azure.Tables);
    }

    /// <summary>Where the primary silo is, or null if this is it.</summary>
    /// <exception cref="SiloSettingsException">Its name is not known.</exception>
    public IPEndPoint? PrimaryEndPoint()
    {
        if (Primary.Length == 0) return null;
        var (host, port) = PrimaryParts();
        return new IPEndPoint(Resolve(nameof(Primary), host), port);
    }

    /// <summary>The address of this machine for others, or null for its first one.</summary>
    /// <exception cref="SiloSettingsException">The name is not known.</exception>
    public IPAddress? Advertised()
    {
        if (AdvertisedAddress.Length > 0) return Resolve(nameof(AdvertisedAddress), AdvertisedAddress);
        return ListenOnAnyAddress ? null : IPAddress.Loopback;
    }

    /// <summary>Throws if others than this machine could connect without TLS and nobody said that they may, or if those who must cannot.</summary>
    /// <param name="encrypted">Whether connections use TLS.</param>
    /// <exception cref="SiloSettingsException">Names the setting that opens or closes the ports, and what would be right.</exception>
    public void ValidateNetwork(bool encrypted)
    {
        var advertised = Advertised();
        var (opener, value) = ListenOnAnyAddress ? (nameof(ListenOnAnyAddress), (object)ListenOnAnyAddress)
            : !IPAddress.IsLoopback(advertised!) ? (nameof(AdvertisedAddress), AdvertisedAddress)
            : ("", "");
        if (opener.Length > 0 && !encrypted && !TrustNetwork)
        {
            throw new SiloSettingsException(
                Name(opener), value, $"others than this machine could connect, and whoever can may do everything: turn TLS on (Srpo:Tls), listen on 127.0.0.1 only, or accept it with Srpo:{Name(nameof(TrustNetwork))}=true");
        }

        if (opener.Length == 0 && PrimaryEndPoint() is { } primary && !IPAddress.IsLoopback(primary.Address))
            throw new SiloSettingsException(Name(nameof(AdvertisedAddress)), AdvertisedAddress, $"the primary silo at {Primary} could not reach this one; give the address of this machine");
    }

    private static string Name(string setting) => $"Cluster:{setting}";

    private static IPAddress Resolve(string setting, string host)
    {
        if (IPAddress.TryParse(host, out var address)) return address;
        try
        {
            var found = Dns.GetHostAddresses(host);
            return Array.Find(found, each => each.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork) ?? found[0];
        }
        catch (Exception error) when (error is System.Net.Sockets.SocketException or ArgumentException)
        {
            throw new SiloSettingsException(Name(setting), host, $"give an address or a name that is known here ({error.Message})");
        }
    }

    private (string Host, int Port) PrimaryParts()
    {
        var colon = Primary.LastIndexOf(':');
        return colon > 0 && int.TryParse(Primary.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535
            ? (Primary[..colon].Trim('[', ']'), port)
            : throw new SiloSettingsException(Name(nameof(Primary)), Primary, "write HOST:PORT with the silo port of the primary silo, for example 10.0.0.1:11111");
    }
}
