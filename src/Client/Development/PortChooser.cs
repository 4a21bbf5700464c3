using System.Net;
using System.Net.Sockets;
using Srpo.Core.Errors;

namespace Srpo.Client.Development;

/// <summary>
/// Chooses ports of 127.0.0.1 that nobody listens on, and listens there itself until it is disposed, so that two of these choose different ones.
/// </summary>
/// <param name="taken">Ports that are not chosen though nobody listens there now.</param>
internal sealed class PortChooser(IEnumerable<int> taken) : IDisposable
{
    private const int PortsTried = 2000;

    private readonly HashSet<int> _taken = [.. taken];
    private readonly Dictionary<int, TcpListener> _held = [];

    /// <summary>A port.</summary>
    /// <param name="remembered">The one to take, if it is free; 0 for none.</param>
    /// <param name="first">The first one to try else.</param>
    /// <exception cref="SrpoException">None is free.</exception>
    public int Choose(int remembered, int first)
    {
        // A port that is remembered is among those that others are kept from.
        if (remembered > 0 && Hold(remembered)) return remembered;
        for (var port = first; port < first + PortsTried && port <= IPEndPoint.MaxPort; port++)
        {
            if (!_taken.Contains(port) && Hold(port)) return port;
        }

        throw new SrpoException(ErrorKind.InUse, $"none of {PortsTried} ports of 127.0.0.1 from {first} on is free");
    }

    /// <summary>Lets the chosen ports go, for the programs that they were chosen for.</summary>
    public void Dispose()
    {
        foreach (var listener in _held.Values) listener.Dispose();
        _held.Clear();
    }

    private bool Hold(int port)
    {
        if (_held.ContainsKey(port)) return false;
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            _held.Add(port, listener);
            return true;
        }
        catch (SocketException)
        {
            listener.Dispose();
            return false;
        }
    }
}
