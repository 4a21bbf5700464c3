using Microsoft.Extensions.Logging;
using Npgsql;

namespace Srpo.Grains.Storage;

/// <summary>Waits for a database outside of a storage.</summary>
public static class DatabaseWait
{
    /// <summary>Runs something on a database, again and again while the database does not answer.</summary>
    /// <param name="database">The database.</param>
    /// <param name="patience">How long to wait at most.</param>
    /// <param name="health">Is told of the waiting.</param>
    /// <param name="logger">Is told the same.</param>
    /// <param name="act">What to run.</param>
    /// <exception cref="Srpo.Grains.Interfaces.StorageUnavailableException">The database did not answer in time.</exception>
    public static async Task<T> RunAsync<T>(PostgresConnection database, TimeSpan patience, StorageHealth health, ILogger logger, Func<Task<T>> act)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(health);
        ArgumentNullException.ThrowIfNull(logger);
        ArgumentNullException.ThrowIfNull(act);
        using var retry = new StorageRetry(
            new RetryPolicy(database.Name, patience, PostgresErrors.IsTransient, error => PostgresErrors.Explain(error, database), ProbeAsync), health, logger);
        return await retry.RunAsync(_ => act());

        async Task ProbeAsync(CancellationToken cancellation)
        {
            await using var connection = await database.OpenAsync(cancellation);
            await using var command = new NpgsqlCommand("SELECT 1", connection);
            await command.ExecuteScalarAsync(cancellation);
        }
    }
}
