using Azure;
using Npgsql;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Silo;

/// <summary>
/// Before the silo starts: waits until its databases and storage accounts answer, and ends the start if one refuses or is not prepared.
/// Registered before Orleans, whose own errors at this point would be harder to read.
/// </summary>
internal sealed class StorageCheck(SiloSettings settings, StorageHealth health, ILogger<StorageCheck> logger) : IHostedService
{
    /// <summary>The databases that settings name, each once.</summary>
    public static IReadOnlyList<PostgresConnection> Databases(SiloSettings settings)
    {
        var databases = new List<PostgresConnection>();
        if (settings.Cluster.ClusterKind == ClusterKind.Postgres) databases.Add(settings.Cluster.Postgres);
        if (settings.Storage.Uses(StorageKind.Postgres)) databases.Add(settings.Storage.Postgres(settings.Cluster));
        return [.. databases.DistinctBy(database => database.ConnectionString)];
    }

    /// <exception cref="StartupException">Something refuses, is not prepared, or did not answer in time.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // What is waited for is heard of, also by a start that is given up.
        var wait = new StorageWait(TimeSpan.FromSeconds(settings.Storage.PatienceSeconds), health, logger);
        foreach (var database in Databases(settings))
        {
            if (await ProblemAsync(wait, database, cancellationToken) is { } problem) throw new StartupException(problem);
        }

        if (settings.Cluster.ClusterKind == ClusterKind.Azure)
        {
            var tables = settings.Cluster.Azure.Tables();
            await AccountAsync(tables.Name, () => wait.ForAsync(tables), cancellationToken);
        }

        foreach (var blobs in settings.Storage.Blobs(settings.Cluster)) await AccountAsync(blobs.Name, () => wait.ForAsync(blobs), cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static async Task AccountAsync(string name, Func<Task> wait, CancellationToken cancellation)
    {
        try
        {
            await wait().WaitAsync(cancellation);
        }
        catch (RequestFailedException error)
        {
            throw new StartupException(AzureErrors.Explain(error, name));
        }
        catch (StorageUnavailableException error)
        {
            throw new StartupException(error.Message);
        }
    }

    private static async Task<string?> ProblemAsync(StorageWait wait, PostgresConnection database, CancellationToken cancellation)
    {
        try
        {
            return await wait.ForAsync(database, () => PostgresSchema.MissingAsync(database, cancellation)).WaitAsync(cancellation);
        }
        catch (NpgsqlException error)
        {
            return PostgresErrors.Explain(error, database);
        }
        catch (SrpoGrainException error)
        {
            return error.Message;
        }
    }
}

/// <summary>A start that cannot succeed for a reason outside of the program; the message says which, and the remedy.</summary>
internal sealed class StartupException(string message) : Exception(message);
