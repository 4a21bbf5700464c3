using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Grains.Storage;

namespace Srpo.Client.Sessions;

/// <summary>
/// What --cluster names: gateways, or the place where silos keep the list of themselves. Connection strings come from the
/// environment or a file, since every user of a machine can read the command lines of its processes.
/// </summary>
internal sealed record ClusterAddress
{
    public const string ConnectionVariable = "SRPO_CLUSTER_CONNECTION";
    public const string ConnectionFileVariable = "SRPO_CLUSTER_CONNECTION_FILE";
    public const string ClusterIdVariable = "SRPO_CLUSTER_ID";
    public const string ServiceIdVariable = "SRPO_SERVICE_ID";

    private const int DefaultGatewayPort = 30000;
    private const string DefaultName = "srpo";

    /// <summary>Gateways as written, where they are given.</summary>
    public IReadOnlyList<DnsEndPoint> Gateways { get; private init; } = [];

    /// <summary>The database that keeps the list, where it is one.</summary>
    public PostgresConnection? Postgres { get; private init; }

    /// <summary>The tables of the storage account that keeps the list, where it is one.</summary>
    public AzureTables? Azure { get; private init; }

    public string ClusterId { get; private init; } = DefaultName;

    public string ServiceId { get; private init; } = DefaultName;

    /// <summary>For messages; without secrets.</summary>
    public string Name { get; private init; } = "";

    /// <summary>Reads an address and, where it needs them, environment variables and the file that they name.</summary>
    /// <param name="text">What stands after --cluster.</param>
    /// <param name="environment">Looks a variable up.</param>
    /// <exception cref="SrpoException">It cannot be understood; the message says what would be right.</exception>
    public static ClusterAddress Parse(string text, Func<string, string?> environment)
    {
        var address = text.Trim() switch
        {
            "postgres" => new ClusterAddress { Postgres = Database(Secret(text, environment), "the connection string"), Name = "postgres" },
            "azure" => new ClusterAddress { Azure = Account(Secret(text, environment)), Name = "azure" },
            var given when given.Contains('=', StringComparison.Ordinal) => new ClusterAddress { Postgres = Open(given), Name = "postgres" },
            var given => new ClusterAddress { Gateways = Several(given), Name = given },
        };
        return address with
        {
            Name = address.Postgres?.Name ?? address.Azure?.Name ?? address.Name,
            ClusterId = ClusterIdOf(null, environment) ?? (address.Gateways.Count > 0 ? DefaultName : throw new SrpoException(
                ErrorKind.Usage, $"--cluster {(address.Azure is null ? "postgres" : "azure")} needs the name of the cluster: set {ClusterIdVariable} to Srpo:ClusterId of its silos")),
            ServiceId = NotEmpty(environment(ServiceIdVariable)) ?? DefaultName,
        };
    }

    /// <summary>The id of a cluster that keeps its list in a database or storage account: as given, else from the environment, else null.</summary>
    public static string? ClusterIdOf(string? given, Func<string, string?> environment) => NotEmpty(given) ?? NotEmpty(environment(ClusterIdVariable));

    /// <summary>A database from a connection string.</summary>
    /// <exception cref="SrpoException">It is no such string; it is not repeated.</exception>
    public static PostgresConnection Database(string text, string source)
    {
        try
        {
            return PostgresConnection.Parse(text);
        }
        catch (ArgumentException)
        {
            throw new SrpoException(ErrorKind.Usage, $"{source} cannot be used: write 'Host=HOST;Database=NAME;Username=USER;Password=...' (it is not shown here because it may hold a password)");
        }
    }

    /// <summary>The connection string from the environment or the file that it names; null if neither is given.</summary>
    /// <exception cref="SrpoException">The file cannot be read.</exception>
    public static string? FromEnvironment(Func<string, string?> environment)
    {
        if (NotEmpty(environment(ConnectionVariable)) is { } text) return text;
        return NotEmpty(environment(ConnectionFileVariable)) is { } file ? FromFile(file, ConnectionFileVariable) : null;
    }

    /// <summary>The connection string in a file.</summary>
    /// <exception cref="SrpoException">There is no such file, it is none, or it cannot be read.</exception>
    public static string FromFile(string file, string source)
    {
        try
        {
            return UserFile.ReadSecret(Path.GetFullPath(file), "file with the connection string", file).Trim();
        }
        catch (SrpoException error)
        {
            throw new SrpoException(error.Kind, $"{source}: {error.Message}", error);
        }
    }

    private static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <summary>The tables of a storage account from a connection string.</summary>
    /// <exception cref="SrpoException">It is no such string; it is not repeated.</exception>
    private static AzureTables Account(string text)
    {
        try
        {
            return AzureAccount.Parse(text).Tables();
        }
        catch (ArgumentException error)
        {
            throw new SrpoException(ErrorKind.Usage, $"{ConnectionVariable} cannot be used: {error.Message.Split(" (Parameter")[0]}");
        }
    }

    private static string Secret(string kind, Func<string, string?> environment) => FromEnvironment(environment) ?? throw new SrpoException(
        ErrorKind.Usage, $"--cluster {kind.Trim()} needs a connection string: set {ConnectionVariable}, or {ConnectionFileVariable} to the name of a file that holds it");

    private static PostgresConnection Open(string text)
    {
        var database = Database(text, "--cluster: the connection string");
        return new Npgsql.NpgsqlConnectionStringBuilder(database.ConnectionString).Password is null or ""
            ? database
            : throw new SrpoException(
                ErrorKind.Usage, $"--cluster: a password on the command line can be read by every user of this machine; write --cluster postgres and put the connection string in {ConnectionVariable}, or in a file named by {ConnectionFileVariable}");
    }

    private static DnsEndPoint[] Several(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts.Length > 0
            ? [.. parts.Select(One)]
            : throw new SrpoException(ErrorKind.Usage, "--cluster: write HOST:PORT, several separated by commas, 'localhost', or 'postgres'");
    }

    private static DnsEndPoint One(string text)
    {
        if (!text.StartsWith('[') && IPAddress.TryParse(text, out var bare)) return new DnsEndPoint(bare.ToString(), DefaultGatewayPort);
        var colon = text.LastIndexOf(':');
        var host = (colon < 0 ? text : text[..colon]).Trim('[', ']');
        var port = DefaultGatewayPort;
        if (colon >= 0 && (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535))
            throw new SrpoException(ErrorKind.Usage, $"--cluster {text}: the port must be a number from 1 to 65535");
        if (host.Length == 0) throw new SrpoException(ErrorKind.Usage, $"--cluster {text}: the host is missing; write HOST:PORT");
        return new DnsEndPoint(host, port, AddressFamily.Unspecified);
    }
}
