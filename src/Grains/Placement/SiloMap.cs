using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Srpo.Grains.Compute;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>
/// What each active silo can take, as this silo knows it. Membership is looked at often, which costs nothing; the silos
/// themselves are asked every few seconds and when membership changes. A silo that does not answer keeps what it said last
/// until membership gives it up.
/// </summary>
internal sealed class SiloMap(
    ActiveSilos active, ILocalSiloDetails local, ComputePool pool, ActiveWork work, IGrainFactory grains, ILogger<SiloMap> logger)
    : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Ask = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile SiloCapacity[] _known = [];

    /// <summary>The address of this silo.</summary>
    public SiloAddress Here => local.SiloAddress;

    /// <summary>What this silo can take.</summary>
    public SiloCapacity Own => new(local.SiloAddress, pool.Workers, Gpus: 0, work.Teams.Count, work.Stopping);

    /// <summary>The active silos that have answered, sorted by address. At the first call it waits until all were asked.</summary>
    public async Task<SiloCapacity[]> GetAsync()
    {
        await _ready.Task;
        return Current();
    }

    /// <summary>The active silos that have answered so far, sorted by address. Those that membership has given up are left out at once.</summary>
    public SiloCapacity[] Current()
    {
        var alive = active.Get();
        return [.. _known.Where(silo => alive.Contains(silo.Silo)).Select(silo => silo.Silo.Equals(Here) ? Own : silo)];
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        SiloAddress[] asked = [];
        var next = DateTime.MinValue;
        try
        {
            using var timer = new PeriodicTimer(Look);
            do
            {
                var alive = active.Get();
                if (DateTime.UtcNow < next && alive.AsSpan().SequenceEqual(asked)) continue;
                _known = await AskAsync(alive);
                (asked, next) = (alive, DateTime.UtcNow + Ask);
                if (_known.Length > 0) _ready.TrySetResult();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            _ready.TrySetResult();
        }
    }

    private async Task<SiloCapacity[]> AskAsync(SiloAddress[] alive)
    {
        var before = _known.ToDictionary(silo => silo.Silo);
        var answers = await Task.WhenAll(alive.Select(silo => silo.Equals(Here) ? Task.FromResult<SiloCapacity?>(Own) : AskAsync(silo)));
        return [.. alive.Select((silo, i) => answers[i] ?? before.GetValueOrDefault(silo)).OfType<SiloCapacity>()];
    }

    private async Task<SiloCapacity?> AskAsync(SiloAddress silo)
    {
        try
        {
            return await grains.GetGrain<ISiloGrain>(GrainKeys.Silo(silo)).GetCapacityAsync().WaitAsync(Patience);
        }
        catch (Exception error)
        {
            logger.LogDebug(error, "The silo {Silo} did not say what it can take.", silo);
            return null;
        }
    }
}
