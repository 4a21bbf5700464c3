using System.Net;
using Microsoft.AspNetCore.Connections;
using Orleans.Configuration;

namespace Srpo.Silo;

/// <summary>
/// Closes connections to the silo port and the gateway port that come from other users of this machine, before anything is read from or written to
/// them. Orleans itself asks nobody who he is, and tells the cluster's name to whoever connects.
/// </summary>
internal sealed class OwnerConnections(TimeProvider time, ILogger<OwnerConnections> logger)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long? _saidAt;

    /// <summary>Puts it before everything else that happens on a connection.</summary>
    public static void Guard(IConnectionBuilder builder)
    {
        var guard = builder.ApplicationServices.GetRequiredService<OwnerConnections>();
        builder.Use(next => connection => guard.Admits(connection) ? next(connection) : Task.CompletedTask);
    }

    private bool Admits(ConnectionContext connection)
    {
        if (connection.LocalEndPoint is not IPEndPoint local || connection.RemoteEndPoint is not IPEndPoint remote || LoopbackPeer.IsOurs(local, remote, out var user)) return true;
        connection.Abort();
        Say(local.Port, user);
        return false;
    }

    /// <summary>One line a minute: who knocks again and again is not to fill the log.</summary>
    private void Say(int port, uint? user)
    {
        lock (_lock)
        {
            if (_saidAt is { } said && time.GetElapsedTime(said) < Quiet) return;
            _saidAt = time.GetTimestamp();
        }

        logger.LogWarning(
            "A connection to port {Port} was closed: it is of another user of this machine (number {User}). Srpo:Cluster:TrustMachine=true lets all of them in, TLS those with a certificate.", port, user);
    }
}

/// <summary>Registers <see cref="OwnerConnections"/>.</summary>
internal static class OwnerConnectionsExtensions
{
    /// <summary>Closes the ports to other users of this machine, unless the settings trust it, or TLS asks who connects for a certificate.</summary>
    public static ISiloBuilder AdmitOwner(this ISiloBuilder silo, bool trusted)
    {
        if (trusted) return silo;
        silo.Services.AddSingleton<OwnerConnections>();
        return silo.Configure<SiloConnectionOptions>(options =>
        {
            options.ConfigureSiloInboundConnection(OwnerConnections.Guard);
            options.ConfigureGatewayInboundConnection(OwnerConnections.Guard);
        });
    }
}
