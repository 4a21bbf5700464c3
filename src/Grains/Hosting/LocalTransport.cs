using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Srpo.Grains.Security;

namespace Srpo.Grains.Hosting;

/// <summary>
/// Takes a silo and its clients off the network: other silos cannot reach it, and clients reach it through a Unix domain socket
/// or not at all. Orleans opens its ports and connections through keyed services, which are replaced here. Where it should not
/// do so any more, this fails before anything is opened.
/// </summary>
public static class LocalTransport
{
    /// <summary>What silo and clients call the service.</summary>
    internal const string ServiceId = "srpo";

    /// <summary>Stands for the port of a silo, which needs a number in its address; nothing listens there.</summary>
    internal const int SiloPort = 11111;

    /// <summary>Stands for the gateway in addresses; nothing listens there.</summary>
    internal static readonly IPEndPoint Gateway = new(IPAddress.Loopback, 30000);

    /// <summary>Replaces what a silo listens with, and what it reaches other silos with.</summary>
    /// <param name="services">The silo's services, after Orleans has added its own.</param>
    /// <param name="socket">Path of the socket for clients; null to take none.</param>
    /// <returns>What the silo listens with now; see <see cref="LocalListeners.Check"/>.</returns>
    /// <exception cref="NotSupportedException">Orleans has registered other services than those that are known here.</exception>
    internal static LocalListeners TakeOffNetwork(IServiceCollection services, string? socket)
    {
        var listeners = new LocalListeners(socket);
        Replace<IConnectionListenerFactory>(services, listeners, expected: 2);
        Replace<IConnectionFactory>(services, new NoConnections(), expected: 1);
        return listeners;
    }

    /// <summary>Connects a client to the silo within another process of this machine.</summary>
    /// <param name="client">The client, before anything else is added to it that opens connections.</param>
    /// <param name="clusterId">The silo's <see cref="LocalHost.ClusterId"/>.</param>
    /// <param name="socket">Path of the socket that it was started with.</param>
    /// <exception cref="NotSupportedException">Orleans has registered other services than those that are known here.</exception>
    public static IClientBuilder UseLocalSilo(this IClientBuilder client, string clusterId, string socket)
    {
        Replace<IConnectionFactory>(client.Services, new SocketConnections(socket), expected: 1);
        return client.UseStaticClustering(Gateway).Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (clusterId, ServiceId));
    }

    private static void Replace<TService>(IServiceCollection services, TService replacement, int expected)
        where TService : class
    {
        ServiceDescriptor[] found = [.. services.Where(service => service.ServiceType == typeof(TService))];
        if (found.Length != expected || !Array.TrueForAll(found, service => service.IsKeyedService))
        {
            throw new NotSupportedException(
                $"this version of Orleans registers {found.Length} services {typeof(TService).Name} instead of {expected} with keys: it cannot be kept off the network, and nothing was started. Use the version that this program was made for.");
        }

        foreach (var service in found)
        {
            services.Remove(service);
            services.Add(ServiceDescriptor.KeyedSingleton(service.ServiceKey, (_, _) => replacement));
        }
    }

    /// <summary>A silo alone has nobody to connect to.</summary>
    private sealed class NoConnections : IConnectionFactory
    {
        public ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
            throw new ConnectionAbortedException($"this silo is alone in its process and connects to nobody; {endpoint} was asked for");
    }

    /// <summary>Connections to one socket.</summary>
    private sealed class SocketConnections(string path) : IConnectionFactory, IDisposable
    {
        private readonly SocketConnectionContextFactory _contexts = new(new SocketConnectionFactoryOptions(), NullLogger.Instance);

        public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);

                // The place of the socket is checked before; it could have been exchanged since by whoever may write beside it.
                if (!UnixUser.IsTrusted(socket)) throw new ConnectionAbortedException($"the process that listens at {path} is of another user");
                return _contexts.Create(socket);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        public void Dispose() => _contexts.Dispose();
    }
}

/// <summary>What a silo that is off the network listens with: a socket for clients, and for other silos nothing.</summary>
internal sealed class LocalListeners(string? socket) : IConnectionListenerFactory
{
    private int _silo;
    private int _gateway;

    /// <summary>Listens on the socket where the gateway is meant.</summary>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (!endpoint.Equals(LocalTransport.Gateway))
        {
            Interlocked.Increment(ref _silo);
            return new DeafListener(endpoint);
        }

        Interlocked.Increment(ref _gateway);
        if (socket is null) throw new InvalidOperationException("this silo was started without a socket for clients");
        return new OwnListener(await new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance)
            .BindAsync(new UnixDomainSocketEndPoint(socket), cancellationToken));
    }

    /// <summary>Makes sure that a silo that has started listens with this and nothing else.</summary>
    /// <exception cref="NotSupportedException">It does not.</exception>
    public void Check()
    {
        if (_silo == 1 && _gateway == (socket is null ? 0 : 1)) return;
        throw new NotSupportedException(
            $"Orleans has opened {_silo} ports for silos and {_gateway} for clients through the listener that keeps it off the network: this version cannot be used in one process. Use the version that this program was made for.");
    }

    /// <summary>Accepts processes of this user and root, however others came to the socket.</summary>
    private sealed class OwnListener(IConnectionListener listener) : IConnectionListener
    {
        public EndPoint EndPoint => listener.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await listener.AcceptAsync(cancellationToken) is { } connection)
            {
                if (connection.Features.Get<IConnectionSocketFeature>() is { } accepted && UnixUser.IsTrusted(accepted.Socket)) return connection;
                connection.Abort();
                await connection.DisposeAsync();
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => listener.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => listener.DisposeAsync();
    }

    /// <summary>Accepts nobody.</summary>
    private sealed class DeafListener(EndPoint endpoint) : IConnectionListener
    {
        private readonly TaskCompletionSource<ConnectionContext?> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint => endpoint;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => new(_end.Task.WaitAsync(cancellationToken));

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _end.TrySetResult(null);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
