using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Srpo.Silo;

/// <summary>
/// While this silo joins: has the list of silos looked at again when some that it calls active have gone silent. Orleans lets a
/// joining silo watch the silent ones and declare them dead, but decides whom to watch only when the list changes, and after
/// all silos died at once nobody is left to change it. So the version of the list is raised, and its rows stay as they are.
/// </summary>
internal sealed class StaleMembers(IMembershipTable table, ILocalSiloDetails local, IOptions<ClusterMembershipOptions> options, TimeProvider time, ILogger<StaleMembers> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _joined = new();

    /// <summary>After this time without a note "I am alive" a silo counts as silent.</summary>
    private TimeSpan Patience => options.Value.IAmAliveTablePublishTimeout * options.Value.NumMissedTableIAmAliveLimit;

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe(nameof(StaleMembers), ServiceLifecycleStage.ValidateInitialConnectivity, Begin, End);
        lifecycle.Subscribe(nameof(StaleMembers), ServiceLifecycleStage.Active, End, _ => Task.CompletedTask);
    }

    /// <inheritdoc/>
    public void Dispose() => _joined.Dispose();

    private Task Begin(CancellationToken cancellation)
    {
        var joined = _joined.Token;
        _ = Task.Run(() => WatchAsync(joined), CancellationToken.None);
        return Task.CompletedTask;
    }

    private Task End(CancellationToken cancellation)
    {
        _joined.Cancel();
        return Task.CompletedTask;
    }

    private async Task WatchAsync(CancellationToken joined)
    {
        while (!joined.IsCancellationRequested)
        {
            await Task.Delay(Look, time, joined).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (joined.IsCancellationRequested) return;
            try
            {
                // Whoever joins at the same time does the same, and what one raises all see; again only if that led to nothing.
                if (await RaiseAsync(joined)) await Task.Delay(Patience, time, joined).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception error)
            {
                logger.LogDebug(error, "The list of silos could not be looked at while this silo joins; it is tried again.");
            }
        }
    }

    /// <summary>Raises the version if there are silent silos and this one is joining.</summary>
    private async Task<bool> RaiseAsync(CancellationToken joined)
    {
        var list = await table.ReadAllAsync(joined);
        var own = list.Members.FirstOrDefault(member => member.Item1.SiloAddress.Equals(local.SiloAddress));
        var silent = list.Members.Where(member => member.Item1.Status == SiloStatus.Active && IsSilent(member.Item1)).Select(member => member.Item1.SiloAddress).ToArray();
        if (own?.Item1.Status != SiloStatus.Joining || silent.Length == 0) return false;
        logger.LogInformation("The list of silos calls {Silos} active, which have been silent for {Patience}; joining silos look whether they are there.", silent, Patience);
        return await table.UpdateRowAsync(own.Item1, own.Item2, list.Version.Next(), joined);
    }

    private bool IsSilent(MembershipEntry entry)
    {
        var heard = entry.StartTime > entry.IAmAliveTime ? entry.StartTime : entry.IAmAliveTime;
        return time.GetUtcNow().UtcDateTime - DateTime.SpecifyKind(heard, DateTimeKind.Utc) > Patience + Look;
    }
}
