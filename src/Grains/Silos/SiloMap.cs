using Microsoft.Extensions.Logging;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Learning.Devices;
using Srpo.Learning.Plugins;

namespace Srpo.Grains;

/// <summary>
/// What each active silo can take, as this silo knows it. Membership pushes its changes; the silos themselves are asked every few
/// seconds and when membership changes. A silo that does not answer keeps what it said last until membership gives it up.
/// Thread-safe.
/// </summary>
internal sealed class SiloMap(ActiveSilos active, OwnSilo own, SiloServiceClient silos, TimeProvider time, ILogger<SiloMap> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Ask = TimeSpan.FromSeconds(2);

    private readonly StopSignal _stop = new();
    private readonly SemaphoreSlim _asking = new(1, 1);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile SiloCapacity[] _known = [];
    private Task _watching = Task.CompletedTask;

    /// <summary>Completes when the silos that take work, or how much they take, change the next time.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

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
        return [.. _known.Where(silo => alive.Contains(silo.Silo)).Select(silo => silo.Silo.Equals(own.Address) ? own.Capacity : silo)];
    }

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(SiloMap),
        ServiceLifecycleStage.Active,
        _ =>
        {
            _watching = Task.Run(() => Task.WhenAll(WatchAsync(), PollAsync()), CancellationToken.None);
            return Task.CompletedTask;
        },
        async _ =>
        {
            _stop.Set();
            _ready.TrySetResult();
            await _watching;
        });

    /// <inheritdoc/>
    public void Dispose() => _asking.Dispose();

    /// <summary>What anybody decides by: which silos take work, and how much.</summary>
    private static IEnumerable<(SiloAddress Silo, DeviceRoom Room, bool Stopping)> Essence(SiloCapacity[] silos) => silos.Select(silo => (silo.Silo, silo.Room(), silo.Stopping));

    private async Task WatchAsync()
    {
        try
        {
            await foreach (var alive in active.ChangesAsync(_stop.Token)) await UpdateAsync(alive);
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private async Task PollAsync()
    {
        using var timer = new PeriodicTimer(Ask, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token)) await UpdateAsync(active.Get());
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private async Task UpdateAsync(SiloAddress[] alive)
    {
        await _asking.WaitAsync(_stop.Token);
        try
        {
            var before = Essence(_known).ToArray();
            _known = await AskAsync(alive);
            if (_known.Length > 0) _ready.TrySetResult();
            if (Essence(_known).SequenceEqual(before)) return;
        }
        finally
        {
            _asking.Release();
        }

        Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    private async Task<SiloCapacity[]> AskAsync(SiloAddress[] alive)
    {
        var before = _known.ToDictionary(silo => silo.Silo);

        // One that is silent keeps nobody from hearing of the others: what it said last counts until it answers.
        var answers = await Task.WhenAll(alive.Select(silo => silo.Equals(own.Address) ? Task.FromResult<SiloCapacity?>(own.Capacity) : AskAsync(silo)));
        return [.. alive.Select((silo, i) => answers[i] ?? before.GetValueOrDefault(silo)).OfType<SiloCapacity>()];
    }

    private async Task<SiloCapacity?> AskAsync(SiloAddress silo)
    {
        try
        {
            return await silos.Of(silo).GetCapacityAsync().WaitAsync(Ask, time, _stop.Token);
        }
        catch (Exception error)
        {
            logger.LogDebug(error, "The silo {Silo} did not say what it can take.", silo);
            return null;
        }
    }
}

/// <summary>What is in a silo's words of what it can take.</summary>
internal static class SiloCapacities
{
    /// <summary>What it has for devices.</summary>
    public static DeviceRoom Room(this SiloCapacity silo) => new(silo.Cores, silo.Gpus, silo.HasTorch);

    /// <summary>Whether it has plug-ins.</summary>
    public static bool Has(this SiloCapacity silo, IReadOnlyList<PluginReference>? plugins) => LoadedPlugins.Suffice(silo.Plugins, plugins);

    /// <summary>What silos that take work lack of plug-ins, one sentence each; none where they have all.</summary>
    public static IReadOnlyList<string> Lack(this IEnumerable<SiloCapacity> silos, IReadOnlyList<PluginReference>? plugins) =>
    [
        .. from silo in silos
           where !silo.Stopping
           let lacking = LoadedPlugins.Lacking(silo.Plugins, plugins)
           where lacking is not null
           let other = silo.Plugins?.FirstOrDefault(plugin => plugin.Name == lacking.Name)
           select $"the silo '{silo.Name}' ({GrainKeys.Shown(GrainKeys.Silo(silo.Silo))}) "
               + (other is null ? $"lacks the plug-in {lacking}" : $"has {other.Version} (sha256 {other.ShortHash}) of the plug-in {lacking}"),
    ];
}

/// <summary>The silos that membership holds for active.</summary>
internal sealed class ActiveSilos(IClusterMembershipService membership)
{
    /// <summary>Their addresses, sorted.</summary>
    public SiloAddress[] Get() => Of(membership.CurrentSnapshot);

    /// <summary>Their addresses, sorted, now and whenever membership changes.</summary>
    public async IAsyncEnumerable<SiloAddress[]> ChangesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(cancellation)) yield return Of(snapshot);
    }

    private static SiloAddress[] Of(ClusterMembershipSnapshot snapshot) =>
        [.. snapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress).Order()];
}
