using Srpo.Client.Data;
using Srpo.Grains.Hosting;

namespace Srpo.Client.Sessions;

/// <summary>Grains in this process, over a data directory: virtual actors wake from storage as they are asked.</summary>
internal sealed class LocalSession : IGrainSession
{
    private readonly LocalHost _host;

    private LocalSession(LocalHost host) => _host = host;

    public IGrainFactory Grains => _host.Grains;

    /// <param name="data">The data directory.</param>
    /// <param name="workers">Worker threads; 0 for one per core.</param>
    /// <param name="cancellation">Gives up starting.</param>
    public static async Task<IGrainSession> StartAsync(DataDirectory data, int workers, CancellationToken cancellation) =>
        new LocalSession(await LocalHost.StartAsync(
            options =>
            {
                options.DataDirectory = data.Grains;
                if (workers > 0) options.Compute.Workers = workers;
            },
            logging: null,
            cancellation));

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
