using System.Net;
using System.Net.NetworkInformation;
using Srpo.Core.Errors;

namespace Srpo.Client.Development;

/// <summary>Chooses ports that nobody on this machine listens on.</summary>
/// <param name="taken">Ports that are not chosen though nobody listens there now.</param>
internal sealed class PortChooser(IEnumerable<int> taken)
{
    private const int PortsTried = 2000;

    private readonly HashSet<int> _taken = [.. taken];
    private readonly HashSet<int> _listened = [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(listener => listener.Port)];

    /// <summary>A port, a different one each time.</summary>
    /// <param name="remembered">The one to take, if it is free; 0 for none.</param>
    /// <param name="first">The first one to try else.</param>
    /// <exception cref="SrpoException">None is free.</exception>
    public int Choose(int remembered, int first)
    {
        // A port that is remembered is among those that others are kept from.
        if (remembered > 0 && !_listened.Contains(remembered)) return remembered;
        for (var port = first; port < first + PortsTried && port <= IPEndPoint.MaxPort; port++)
        {
            if (!_listened.Contains(port) && _taken.Add(port)) return port;
        }

        throw new SrpoException(ErrorKind.InUse, $"none of {PortsTried} ports from {first} on is free");
    }
}
