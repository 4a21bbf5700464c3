using Microsoft.Extensions.Logging;

namespace Srpo.Grains.Storage;

/// <summary>Waits at the start for databases and storage accounts, before anything needs them.</summary>
/// <param name="patience">How long to wait for each at most.</param>
/// <param name="health">Is told of the waiting.</param>
/// <param name="logger">Is told the same.</param>
public sealed class StorageWait(TimeSpan patience, StorageHealth health, ILogger logger)
{
    /// <summary>Runs something on a database, again and again while the database does not answer.</summary>
    /// <param name="database">The database.</param>
    /// <param name="act">What to run.</param>
    /// <exception cref="Srpo.Grains.Interfaces.StorageUnavailableException">It did not answer in time.</exception>
    public async Task<T> ForAsync<T>(PostgresConnection database, Func<Task<T>> act)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(act);
        using var retry = Retry(new RetryPolicy(database.Name, patience, PostgresErrors.IsTransient, PostgresErrors.Reason, database.ProbeAsync));
        return await retry.RunAsync(_ => act());
    }

    /// <summary>Waits until tables of a storage account answer.</summary>
    /// <param name="tables">The tables.</param>
    /// <exception cref="Srpo.Grains.Interfaces.StorageUnavailableException">They did not answer in time.</exception>
    /// <exception cref="Azure.RequestFailedException">They refuse.</exception>
    public Task ForAsync(AzureTables tables)
    {
        ArgumentNullException.ThrowIfNull(tables);
        return ForAsync(tables.Name, tables.ProbeAsync);
    }

    /// <summary>Waits until blobs of a storage account answer.</summary>
    /// <param name="blobs">The blobs.</param>
    /// <exception cref="Srpo.Grains.Interfaces.StorageUnavailableException">They did not answer in time.</exception>
    /// <exception cref="Azure.RequestFailedException">They refuse.</exception>
    public Task ForAsync(AzureBlobs blobs)
    {
        ArgumentNullException.ThrowIfNull(blobs);
        return ForAsync(blobs.Name, blobs.ProbeAsync);
    }

    private async Task ForAsync(string name, Func<CancellationToken, Task> probe)
    {
        using var retry = Retry(new RetryPolicy(name, patience, AzureErrors.IsTransient, AzureErrors.Reason, probe));
        await retry.RunAsync(_ => probe(CancellationToken.None));
    }

    private StorageRetry Retry(RetryPolicy policy) => new(policy with { Phrase = policy.Name, Consequence = "The start waits for it," }, health, logger);
}
