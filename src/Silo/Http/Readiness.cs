using Srpo.Grains.Diagnostics;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Silo;

/// <summary>
/// Whether the silo can take work: started and not stopping, a member of the cluster, grains answer, storage can be read. Asked
/// at most once a second, however many ask here.
/// </summary>
internal sealed class Readiness(IServiceProvider services, IHostApplicationLifetime lifetime, StorageProbe storage, ILogger<Readiness> logger) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Validity = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1);
    private string? _problem;
    private long _askedAt;

    /// <summary>Why the silo is not ready; null if it is. The text has nothing that only operators may know; the log has more.</summary>
    public async Task<string?> ProblemAsync(CancellationToken cancellation)
    {
        if (!lifetime.ApplicationStarted.IsCancellationRequested) return "starting";
        if (lifetime.ApplicationStopping.IsCancellationRequested) return "stopping";
        await _one.WaitAsync(cancellation);
        try
        {
            if (_askedAt != 0 && Environment.TickCount64 - _askedAt < Validity.TotalMilliseconds) return _problem;
            _problem = await AskAsync();
            _askedAt = Environment.TickCount64;
            return _problem;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task<string?> AskAsync()
    {
        if (!SiloMembership.IsActive(services)) return "not a member of the cluster";
        if (services.GetService<StorageHealth>()?.Problem is not null) return "storage does not answer";
        return await TryAsync("storage does not answer", () => storage.ReadAsync())
            ?? await TryAsync("grains do not answer", () => services.GetRequiredService<IGrainFactory>().GetGrain<IDirectoryGrain>(GrainKeys.Directory).GetNamesAsync(WorkKind.Population));
    }

    private async Task<string?> TryAsync(string problem, Func<Task> act)
    {
        try
        {
            await act().WaitAsync(Patience);
            return null;
        }
        catch (Exception error)
        {
            logger.LogWarning(error, "Not ready: {Problem}.", problem);
            return problem;
        }
    }
}
