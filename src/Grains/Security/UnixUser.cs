using System.Globalization;
using System.Net.Sockets;

namespace Srpo.Grains.Security;

/// <summary>Users of this machine, as Linux numbers them.</summary>
public static class UnixUser
{
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;

    private static readonly Lazy<uint> OwnNumber = new(() =>
        uint.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[2], CultureInfo.InvariantCulture));

    /// <summary>Number of the user that this process acts as. Linux only.</summary>
    public static uint Own => OwnNumber.Value;

    /// <summary>Whether a user is the one that this process runs as, or root.</summary>
    /// <param name="user">Number of the user; null is nobody.</param>
    public static bool IsTrusted(uint? user) => user == 0 || user == Own;

    /// <summary>Whether the process at the other end of a Unix domain socket is of this user or root. Systems other than Linux do not tell.</summary>
    /// <param name="socket">A connected socket.</param>
    public static bool IsTrusted(Socket socket)
    {
        if (!OperatingSystem.IsLinux()) return true;

        // Process, user, group.
        Span<byte> credentials = stackalloc byte[3 * sizeof(uint)];
        return socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials) == credentials.Length && IsTrusted(BitConverter.ToUInt32(credentials[sizeof(uint)..]));
    }
}
