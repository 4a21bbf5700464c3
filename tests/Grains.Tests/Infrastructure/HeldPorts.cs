using System.Net;
using System.Net.Sockets;

namespace Srpo.Grains.Tests;

/// <summary>Ports of a server that is away: nobody else is given them meanwhile, and whoever connects is refused.</summary>
internal sealed class HeldPorts : IDisposable
{
    private readonly Socket[] _sockets;

    public HeldPorts(params int[] ports) => _sockets = [.. ports.Select(Bind)];

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
    }

    /// <summary>Bound and not listening.</summary>
    private static Socket Bind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }
}
