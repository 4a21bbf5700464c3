using Srpo.Grains.Diagnostics;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Silo;

/// <summary>
/// Whether the silo can take work: started and not stopping, a member of the cluster, grains answer, storage can be read. Asked
/// at most once a second, however many ask here.
/// </summary>
internal sealed class Readiness(IServiceProvider services, IHostApplicationLifetime lifetime, StorageProbe storage, TimeProvider time, ILogger<Readiness> logger) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Validity = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1);
    private string? _problem;
    private long? _askedAt;

    /// <summary>Why the silo is not ready; null if it is. The text has nothing that only operators may know; the log has more.</summary>
    public async Task<string?> ProblemAsync(CancellationToken cancellation)
    {
        if (!lifetime.ApplicationStarted.IsCancellationRequested) return "starting";
        if (lifetime.ApplicationStopping.IsCancellationRequested) return "stopping";
        await _one.WaitAsync(cancellation);
        try
        {
            if (_askedAt is { } asked && time.GetElapsedTime(asked) < Validity) return _problem;
            var (problem, error) = await AskAsync();
            if (problem != _problem) Say(problem, error);
            _problem = problem;
            _askedAt = time.GetTimestamp();
            return _problem;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task<(string? Problem, Exception? Error)> AskAsync()
    {
        if (services.GetRequiredService<ISiloStatusOracle>().CurrentStatus != SiloStatus.Active) return ("not a member of the cluster", null);
        if (services.GetService<StorageHealth>()?.Problem is not null) return ("storage does not answer", null);
        if (await ErrorAsync(storage.ReadAsync) is { } unread) return ("storage does not answer", unread);
        if (await ErrorAsync(() => services.GetRequiredService<IGrainFactory>().GetGrain<IDirectoryGrain>(GrainKeys.Directory).GetNamesAsync(WorkKind.Population)) is { } unasked)
            return ("grains do not answer", unasked);
        return default;
    }

    private static async Task<Exception?> ErrorAsync(Func<Task> act)
    {
        try
        {
            await act().WaitAsync(Patience);
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    /// <summary>A line when something changes, however often one asks. That something takes too long needs no stack.</summary>
    private void Say(string? problem, Exception? error)
    {
        if (problem is null) logger.LogInformation("Ready again.");
        else logger.LogWarning(error is TimeoutException ? null : error, "Not ready: {Problem}.", problem);
    }
}
