using System.Net.Sockets;
using Npgsql;

namespace Srpo.Grains.Storage;

/// <summary>What errors of PostgreSQL mean: whether they go away by themselves, and what to do about the others.</summary>
public static class PostgresErrors
{
    /// <summary>idle_in_transaction_session_timeout; Npgsql has no name for it.</summary>
    private const string SilentInTransaction = "25P03";

    /// <summary>Whether the same operation may succeed a little later: the database restarts, is out of reach or overloaded.</summary>
    /// <param name="error">What Npgsql threw.</param>
    public static bool IsTransient(Exception error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.IdleSessionTimeout } => true,

        // Ended by the database because this process was silent for too long, or had to wait for one that was.
        PostgresException { SqlState: SilentInTransaction or PostgresErrorCodes.QueryCanceled } => true,
        NpgsqlException { IsTransient: true } => true,
        NpgsqlException { InnerException: { } inner } => IsTransient(inner),
        IOException or SocketException or TimeoutException => true,
        _ => false,
    };

    /// <summary>The reason and, where one is known, the remedy; without secrets.</summary>
    /// <param name="error">What Npgsql threw.</param>
    /// <param name="connection">The database.</param>
    public static string Explain(Exception error, PostgresConnection connection)
    {
        ArgumentNullException.ThrowIfNull(error);
        ArgumentNullException.ThrowIfNull(connection);
        return $"{connection.Name}: {Reason(error)}";
    }

    /// <summary>The same without the database.</summary>
    /// <param name="error">What Npgsql threw.</param>
    public static string Reason(Exception error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
            "user or password is refused; correct them in the connection string, or pg_hba.conf of the server",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
            "there is no such database on that server; create it (createdb), or correct its name in the connection string",
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidSchemaName } =>
            "its tables are missing or of an older version; run `srpo admin init-db`",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } refused =>
            $"{refused.MessageText}; give the user that right, or use another user",
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => "the disk of the database is full; make room on it",
        PostgresException postgres => $"{postgres.MessageText} ({postgres.SqlState})",
        _ => Innermost(error) switch
        {
            SocketException socket => $"nobody answers there ({socket.Message}); see that the server runs and that host and port are right",
            TimeoutException => "no answer in time; see that the server runs and is not overloaded",
            var inner => inner.Message,
        },
    };

    private static Exception Innermost(Exception error)
    {
        while (error.InnerException is { } inner) error = inner;
        return error;
    }
}
