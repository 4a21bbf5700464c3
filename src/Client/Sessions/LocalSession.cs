using Srpo.Client.Live;
using Srpo.Core.Limits;
using Srpo.Experiments.Data;
using Srpo.Experiments.Runs;
using Srpo.Grains.Hosting;

namespace Srpo.Client.Sessions;

/// <summary>Grains in this process, over a data directory: virtual actors wake from storage as they are asked. No port is opened.</summary>
internal sealed class LocalSession : IGrainSession
{
    private readonly LocalHost _host;
    private readonly SocketDirectory? _socket;

    private LocalSession(LocalHost host, SocketDirectory? socket) => (_host, _socket) = (host, socket);

    public IGrainFactory Grains => _host.Grains;

    /// <summary>For one command: nobody else can ask these grains.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="workers">Worker threads; 0 for one per core.</param>
    /// <param name="cancellation">Gives up starting.</param>
    public static async Task<IGrainSession> StartAsync(DataDirectory data, int workers, CancellationToken cancellation) =>
        new LocalSession(await HostAsync(data, workers, socket: null, cancellation), socket: null);

    /// <summary>For long work: other processes of this user can ask the grains through a socket, see <see cref="OwnerSession"/>.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="held">The lock of the work, in whose description others find the socket.</param>
    /// <param name="commandLine">What this process was asked to do.</param>
    /// <param name="workers">Worker threads; 0 for one per core.</param>
    /// <param name="cancellation">Gives up starting.</param>
    public static async Task<IGrainSession> StartAsync(DataDirectory data, RunLock held, string commandLine, int workers, CancellationToken cancellation)
    {
        var socket = SocketDirectory.Create(data, held.Id);
        LocalSession? session = null;
        try
        {
            session = new LocalSession(await HostAsync(data, workers, socket.Socket, cancellation), socket);
            held.Announce(new LiveInfo(Environment.ProcessId, socket.Socket, commandLine, DateTimeOffset.UtcNow, session._host.ClusterId));
            return session;
        }
        catch
        {
            if (session is not null) await session.DisposeAsync();
            else socket.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _socket?.Dispose();
    }

    private static Task<LocalHost> HostAsync(DataDirectory data, int workers, string? socket, CancellationToken cancellation)
    {
        MemoryLimit.OfProcess.Require(MemoryNeed.Grains, "this command");
        return LocalHost.StartAsync(
            options =>
            {
                options.DataDirectory = data.Grains;
                if (workers > 0) options.Compute.Workers = workers;
            },
            logging: null,
            socket,
            cancellation);
    }
}
