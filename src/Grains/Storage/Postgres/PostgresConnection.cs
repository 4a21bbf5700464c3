using System.Globalization;
using Npgsql;

namespace Srpo.Grains.Storage;

/// <summary>How to reach a PostgreSQL database, and how to speak of it without its password.</summary>
public sealed class PostgresConnection
{
    /// <summary>ADO.NET invariant name of Npgsql, as Orleans asks for it.</summary>
    public const string Invariant = "Npgsql";

    /// <summary>How long the owner of a transaction may say nothing, and how long one of its statements may take to arrive and be carried out.</summary>
    private static readonly (TimeSpan Silence, TimeSpan Statement) Limits = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));

    private PostgresConnection(string text, string name) => (ConnectionString, Name) = (text, name);

    /// <summary>For Npgsql. Contains the password: not for logs.</summary>
    public string ConnectionString { get; }

    /// <summary>Database, host, port and user, for messages.</summary>
    public string Name { get; }

    /// <summary>Reads a connection string such as "Host=db;Database=srpo;Username=srpo;Password=...".</summary>
    /// <param name="text">The string, as Npgsql understands it.</param>
    /// <returns>The connection, with a pool of at most 24 connections and 10 s to connect and for an answer where the string says nothing of it.</returns>
    /// <exception cref="ArgumentException">It is no such string. The message does not repeat any part of it, which may be a password.</exception>
    public static PostgresConnection Parse(string text)
    {
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or KeyNotFoundException or InvalidCastException)
        {
            builder = new NpgsqlConnectionStringBuilder();
        }

        if (string.IsNullOrWhiteSpace(builder.Host))
            throw new ArgumentException("it is not a connection string of the form 'Host=HOST;Database=NAME;Username=USER;Password=...' (it is not repeated here because it may hold a password)", nameof(text));
        var given = new HashSet<string>(new System.Data.Common.DbConnectionStringBuilder { ConnectionString = text }.Keys.Cast<string>().Select(Plain), StringComparer.Ordinal);

        // The silos of a cluster share the connections that a database allows, 100 by default.
        if (!given.Contains("maxpoolsize") && !given.Contains("maximumpoolsize")) builder.MaxPoolSize = 24;
        if (!given.Contains("timeout")) builder.Timeout = 10;

        // Each wait for data, not the whole of a statement: large states may take longer.
        if (!given.Contains("commandtimeout")) builder.CommandTimeout = 10;
        if (string.IsNullOrEmpty(builder.ApplicationName)) builder.ApplicationName = "srpo";
        var name = string.Create(CultureInfo.InvariantCulture, $"database '{builder.Database ?? builder.Username}' at {builder.Host}:{builder.Port} (user '{builder.Username}')");
        return new PostgresConnection(builder.ConnectionString, name);
    }

    /// <summary>Opens a connection from the pool.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="NpgsqlException">The database cannot be reached, or refuses.</exception>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellation = default)
    {
        var connection = new NpgsqlConnection(ConnectionString);
        try
        {
            await connection.OpenAsync(cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Begins a transaction that the database itself ends when its owner stays silent: a process that is frozen keeps its connections, and with them the
    /// locks of its rows, which others wait for.
    /// </summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="NpgsqlException">The database cannot be reached, or refuses.</exception>
    internal static async Task<NpgsqlTransaction> BeginAsync(NpgsqlConnection connection, CancellationToken cancellation = default)
    {
        var transaction = await connection.BeginTransactionAsync(cancellation);
        try
        {
            await using var limits = new NpgsqlCommand(
                FormattableString.Invariant($"SET LOCAL idle_in_transaction_session_timeout = {Limits.Silence.TotalMilliseconds}; SET LOCAL statement_timeout = {Limits.Statement.TotalMilliseconds}"), connection);
            await limits.ExecuteNonQueryAsync(cancellation);
            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks for a sign of life.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="NpgsqlException">The database cannot be reached, or refuses.</exception>
    public async Task ProbeAsync(CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        await using var command = new NpgsqlCommand("SELECT 1", connection);
        await command.ExecuteScalarAsync(cancellation);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static string Plain(string key) => key.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
}
