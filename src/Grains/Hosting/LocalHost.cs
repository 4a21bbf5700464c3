using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Srpo.Grains.Hosting;

/// <summary>
/// A silo within this process over a data directory: the one-machine mode of the command line, and tests. It takes no signals
/// and writes no log unless told to. It is alone in a cluster with a random name and on no network: no port is opened, and other
/// processes reach it through a Unix domain socket or not at all.
/// </summary>
public sealed class LocalHost : IAsyncDisposable
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Addresses of grains that are kept at hand. By default there is room for a million, which takes megabytes and a part of the time to start.</summary>
    private const int AddressesAtHand = 20_000;

    private readonly IHost _host;
    private bool _stopped;

    private LocalHost(IHost host, string clusterId) => (_host, ClusterId) = (host, clusterId);

    /// <summary>The random name of the cluster, which clients must know.</summary>
    public string ClusterId { get; }

    /// <summary>Gives references to grains.</summary>
    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>The client within the silo.</summary>
    public IClusterClient Client => _host.Services.GetRequiredService<IClusterClient>();

    /// <summary>The silo's services.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Starts a silo.</summary>
    /// <param name="configure">Data directory and use of the machine. Only this process may write there while it does.</param>
    /// <param name="logging">Where log messages go; nowhere by default.</param>
    /// <param name="socket">
    /// Path of a Unix domain socket for clients; there must be nothing yet. Whoever may write to it may do everything, so it belongs
    /// in a directory that nobody else can enter. null for a silo that nobody else needs to reach.
    /// </param>
    /// <param name="cancellation">Gives up starting.</param>
    /// <exception cref="NotSupportedException">The version of Orleans cannot be kept off the network; nothing was opened.</exception>
    public static async Task<LocalHost> StartAsync(
        Action<SrpoSiloOptions> configure, Action<ILoggingBuilder>? logging = null, string? socket = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        logging?.Invoke(builder.Logging);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        var clusterId = Guid.NewGuid().ToString("n");
        builder.UseOrleans(orleans =>
        {
            orleans.UseLocalhostClustering(LocalTransport.SiloPort, socket is null ? 0 : LocalTransport.Gateway.Port, serviceId: LocalTransport.ServiceId, clusterId: clusterId);
            orleans.Configure<GrainDirectoryOptions>(options => options.CacheSize = AddressesAtHand);
            orleans.AddSrpo(options =>
            {
                options.ExclusiveDataDirectory = true;
                configure(options);
            });
        });
        var listeners = LocalTransport.TakeOffNetwork(builder.Services, socket);
        var host = builder.Build();
        try
        {
            // Loops of the silo go on where they began: in the pool, not on the thread of whoever starts it.
            await Task.Run(() => host.StartAsync(cancellation), cancellation);
            listeners.Check();
            return new LocalHost(host, clusterId);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>Stores what is under way and ends the silo.</summary>
    public async Task StopAsync()
    {
        if (_stopped) return;
        _stopped = true;
        await _host.StopAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        else _host.Dispose();
    }

    /// <summary>Whoever started the host ends it; signals belong to the program around it.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
