using System.Security.Cryptography;
using Npgsql;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Grains.Security;
using Srpo.Grains.Storage;

namespace Srpo.Client.Development;

/// <summary>
/// A PostgreSQL server of a development cluster's own: on 127.0.0.1, behind a random password, with its data in the cluster's folder. It refuses to run as root, and runs as the user postgres then.
/// </summary>
/// <param name="folder">The cluster's folder.</param>
/// <param name="programs">Where its programs are, see <see cref="PostgresPrograms"/>.</param>
/// <param name="silos">How many silos share its connections.</param>
internal sealed class PostgresStorage(DevFolder folder, string programs, int silos) : IDevStorage
{
    private const string User = "srpo";
    private const string Database = "srpo";
    private const string MaintenanceDatabase = "postgres";

    /// <summary>Whom the package of Debian makes for servers.</summary>
    private const string ServerUser = "postgres";

    /// <summary>Below the ports that the system gives to outgoing connections, which could take one meanwhile.</summary>
    private const int FirstPort = 15432;

    private const int PasswordBytes = 24;
    private const int DefaultConnections = 100;
    private const int ConnectionsOfSilo = 24;
    private const int OtherConnections = 20;

    private static readonly string[] AsServer = UnixUser.Own == 0 ? ["setpriv", $"--reuid={ServerUser}", $"--regid={ServerUser}", "--clear-groups"] : [];

    public string SiloKind => "postgres";

    public IReadOnlyList<int> FirstPorts => [FirstPort];

    public TimeSpan Patience => TimeSpan.FromSeconds(60);

    private static bool IsRoot => AsServer.Length > 0;

    private string Root => RootOf(folder);

    private string Data => DataOf(folder);

    private string Password => Path.Combine(Root, "password");

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(Root);
        if (IsRoot) await HandOverAsync(cancellation);
        if (VersionOf(folder) is not null) return;
        if (!File.Exists(Password)) AtomicFile.WritePrivate(Password, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(PasswordBytes)) + "\n");
        if (IsRoot) await ProgramRun.RequireAsync(["chown", ServerUser, Password], folder.Root, cancellation);

        // Under another name until it is whole.
        var part = Data + ".part";
        if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
        await ProgramRun.RequireAsync(
            [.. AsServer, Path.Combine(programs, "initdb"), "-D", part, "-U", User, "--auth=scram-sha-256", $"--pwfile={Password}", "--encoding=UTF8", "--locale=C"], Root, cancellation);
        Directory.Move(part, Data);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Command(IReadOnlyList<int> ports) =>
    [
        .. AsServer, Path.Combine(programs, "postgres"), "-D", Data, "-p", $"{ports[0]}", "-c", "listen_addresses=127.0.0.1",
        // A socket in a folder would be one more way in, and its path may be too long.
        "-c", "unix_socket_directories=", "-c", $"max_connections={Math.Max(DefaultConnections, silos * ConnectionsOfSilo + OtherConnections)}", "-c", "logging_collector=off",
    ];

    /// <inheritdoc/>
    public string ConnectionString(IReadOnlyList<int> ports) => Text(ports, Database);

    /// <inheritdoc/>
    public async Task<bool> AnswersAsync(IReadOnlyList<int> ports, CancellationToken cancellation)
    {
        try
        {
            await using var connection = new NpgsqlConnection(Text(ports, MaintenanceDatabase) + ";Pooling=false;Timeout=5");
            await connection.OpenAsync(cancellation);
            return true;
        }
        catch (NpgsqlException error) when (PostgresErrors.IsTransient(error))
        {
            return false;
        }
        catch (NpgsqlException error)
        {
            throw new SrpoException(ErrorKind.Environment, PostgresErrors.Explain(error, PostgresConnection.Parse(Text(ports, MaintenanceDatabase))), error);
        }
    }

    /// <inheritdoc/>
    public async Task CompleteAsync(IReadOnlyList<int> ports, CancellationToken cancellation)
    {
        var database = PostgresConnection.Parse(ConnectionString(ports));
        try
        {
            await using (var connection = new NpgsqlConnection(Text(ports, MaintenanceDatabase) + ";Pooling=false"))
            {
                await connection.OpenAsync(cancellation);
                await using var there = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new NpgsqlParameter { Value = Database } } };
                if (await there.ExecuteScalarAsync(cancellation) is null)
                {
                    await using var make = new NpgsqlCommand($"CREATE DATABASE {Database}", connection);
                    await make.ExecuteNonQueryAsync(cancellation);
                }
            }

            await PostgresSchema.ApplyAsync(database, cancellation);
        }
        catch (NpgsqlException error)
        {
            throw new SrpoException(ErrorKind.Environment, PostgresErrors.Explain(error, database), error);
        }
    }

    private static string RootOf(DevFolder folder) => folder.PathOf(DevStorageKind.Postgres.Name());

    private static string DataOf(DevFolder folder) => Path.Combine(RootOf(folder), "data");

    /// <summary>The version that the data is of; null where there is none.</summary>
    public static string? VersionOf(DevFolder folder) => Path.Combine(DataOf(folder), "PG_VERSION") is var file && File.Exists(file) ? File.ReadAllText(file).Trim() : null;

    private string Text(IReadOnlyList<int> ports, string database) =>
        new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = ports[0], Database = database, Username = User, Password = File.ReadAllText(Password).Trim() }.ConnectionString;

    /// <summary>Gives the folder of the data to the server's user.</summary>
    private async Task HandOverAsync(CancellationToken cancellation)
    {
        await ProgramRun.RequireAsync(["chown", ServerUser, Root], folder.Root, cancellation);
        if (await ProgramRun.RunAsync([.. AsServer, "test", "-w", Root], "/", _ => { }, cancellation) != 0)
        {
            throw new SrpoException(
                ErrorKind.Environment,
                $"PostgreSQL does not run as root but as the user {ServerUser}, who cannot enter {Root}; choose a folder that it can reach, --folder /var/tmp/NAME for example, or open those above it (chmod a+x)");
        }
    }
}
