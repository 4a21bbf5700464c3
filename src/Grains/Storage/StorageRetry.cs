using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Storage;

/// <summary>What a <see cref="StorageRetry"/> must know of its storage.</summary>
/// <param name="Name">Name of the storage.</param>
/// <param name="Patience">How long an operation may wait for the storage to answer.</param>
/// <param name="IsTransient">Whether an error may go away by itself.</param>
/// <param name="Explain">The error in a few words, without secrets.</param>
/// <param name="ProbeAsync">Asks the storage for a sign of life; fails while there is none.</param>
internal sealed record RetryPolicy(
    string Name, TimeSpan Patience, Func<Exception, bool> IsTransient, Func<Exception, string> Explain, Func<CancellationToken, Task> ProbeAsync)
{
    /// <summary>The storage in messages.</summary>
    public string Phrase { get; init; } = $"storage '{Name}'";

    /// <summary>What happens during an outage, for the log.</summary>
    public string Consequence { get; init; } = "Operations on it wait, each";
}

/// <summary>
/// Repeats operations that fail because the storage is away. During an outage one loop asks for signs of life and everybody
/// else waits for it, so that a database that comes back is not met by a crowd.
/// </summary>
internal sealed class StorageRetry : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    private readonly RetryPolicy _policy;
    private readonly StorageHealth _health;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly CancellationToken _ended;

    public StorageRetry(RetryPolicy policy, StorageHealth health, ILogger logger)
    {
        (_policy, _health, _logger) = (policy, health, logger);

        // A copy: the source is gone when the last operations notice the end.
        _ended = _end.Token;
    }

    /// <summary>Runs an operation until it succeeds, fails for good, or patience is at its end.</summary>
    /// <param name="operation">Gets the number of attempts before this one: whatever an earlier one did may have been done.</param>
    /// <exception cref="StorageUnavailableException">The storage did not answer in time.</exception>
    public async Task<T> RunAsync<T>(Func<int, Task<T>> operation)
    {
        var start = Stopwatch.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            var began = Stopwatch.GetTimestamp();
            try
            {
                return await operation(attempt);
            }
            catch (Exception error) when (_policy.IsTransient(error))
            {
                // Also where one attempt took all the time there is: others need not find out for themselves.
                var outage = Outage(error, began);
                var left = _policy.Patience - Stopwatch.GetElapsedTime(start);
                if (left <= TimeSpan.Zero) throw Unavailable(error, start);

                // The storage may answer and yet refuse this operation for the moment: the pause keeps that from spinning.
                _health.Retries.AddOrUpdate(_policy.Name, 1, (_, before) => before + 1);
                await Task.Delay(Min(Pause(attempt), left), _ended);
                try
                {
                    await outage.Over.WaitAsync(Max(_policy.Patience - Stopwatch.GetElapsedTime(start), TimeSpan.FromMilliseconds(1)), _ended);
                }
                catch (TimeoutException)
                {
                    throw Unavailable(error, start);
                }
            }
        }
    }

    /// <summary>Runs an operation without a result.</summary>
    public Task RunAsync(Func<int, Task> operation) => RunAsync(async attempt =>
    {
        await operation(attempt);
        return true;
    });

    /// <summary>Ends all waiting.</summary>
    public void Dispose()
    {
        if (!_ended.IsCancellationRequested) _end.Cancel();
        _end.Dispose();
    }

    private static TimeSpan Pause(int attempt) => Min(FirstPause * Math.Pow(2, Math.Min(attempt, 10)), LongestPause);

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private StorageUnavailableException Unavailable(Exception error, long start) => new(
        FormattableString.Invariant($"{_policy.Phrase} did not answer for {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s: {_policy.Explain(error)}"), error);

    private StorageOutage Outage(Exception error, long since)
    {
        var reason = _policy.Explain(error);
        var outage = _health.During(_policy.Name, () => new StorageOutage(_policy.Name, _policy.Phrase, reason, since), out var isNew);
        if (!isNew) return outage;
        _logger.LogWarning("No answer from {Storage}: {Reason}. {Consequence} at most {Patience} s.", _policy.Phrase, reason, _policy.Consequence, _policy.Patience.TotalSeconds);
        _ = ProbeAsync(outage);
        return outage;
    }

    private async Task ProbeAsync(StorageOutage outage)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await _policy.ProbeAsync(_ended);
                _logger.LogInformation("An answer again from {Storage}, after {Seconds:0.0} s.", _policy.Phrase, outage.Seconds);
                break;
            }
            catch (Exception error) when (!_ended.IsCancellationRequested && _policy.IsTransient(error))
            {
                outage.StillAway(_policy.Explain(error));
                await Task.Delay(Pause(attempt), _ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch
            {
                // At the end of the host, or an error that only the operations themselves can report.
                break;
            }
        }

        _health.End(outage);
    }
}

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
