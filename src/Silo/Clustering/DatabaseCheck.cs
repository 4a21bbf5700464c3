using Npgsql;
using Srpo.Grains.Storage;

namespace Srpo.Silo;

/// <summary>
/// Before the silo starts: waits until its databases answer, and ends the start if one is not prepared. Registered before
/// Orleans, whose own errors at this point would be harder to read.
/// </summary>
internal sealed class DatabaseCheck(SiloSettings settings, StorageHealth health, ILogger<DatabaseCheck> logger) : IHostedService
{
    /// <summary>The databases that settings name, each once.</summary>
    public static IReadOnlyList<PostgresConnection> Databases(SiloSettings settings)
    {
        var databases = new List<PostgresConnection>();
        if (settings.Cluster.ClusterKind == ClusterKind.Postgres) databases.Add(settings.Cluster.Postgres);
        if (settings.Storage.Uses(StorageKind.Postgres)) databases.Add(settings.Storage.Postgres(settings.Cluster));
        return [.. databases.DistinctBy(database => database.ConnectionString)];
    }

    /// <exception cref="SiloSettingsException">A database refuses, is not prepared, or did not answer in time.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var database in Databases(settings))
        {
            if (await ProblemAsync(database, cancellationToken) is { } problem)
                throw new StartupException(problem);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<string?> ProblemAsync(PostgresConnection database, CancellationToken cancellation)
    {
        try
        {
            return await DatabaseWait.RunAsync(
                database, TimeSpan.FromSeconds(settings.Storage.PatienceSeconds), health, logger, () => PostgresSchema.MissingAsync(database, cancellation));
        }
        catch (NpgsqlException error)
        {
            return PostgresErrors.Explain(error, database);
        }
        catch (Srpo.Grains.Interfaces.SrpoGrainException error)
        {
            return error.Message;
        }
    }
}

/// <summary>A start that cannot succeed for a reason outside of the program; the message says which, and the remedy.</summary>
internal sealed class StartupException(string message) : Exception(message);
