using System.Globalization;
using System.Net;
using Srpo.Grains.Security;

namespace Srpo.Silo;

/// <summary>
/// Which user of this machine is at the other end of a connection, as Linux lists it in /proc/net/tcp: ports on 127.0.0.1 are open to everybody who
/// has an account, from every address of the machine.
/// </summary>
internal static class LoopbackPeer
{
    /// <summary>State of an open connection, in hexadecimal. One that is closing may have lost its owner, and is then listed as root's.</summary>
    private const string Established = "01";

    /// <summary>Whether a connection may be served: it comes from another machine, from this user or from root. Systems other than Linux do not tell.</summary>
    /// <param name="local">Our end.</param>
    /// <param name="remote">The other end.</param>
    /// <param name="user">Number of the user at the other end; null where that cannot be found out.</param>
    public static bool IsOurs(IPEndPoint local, IPEndPoint remote, out uint? user)
    {
        user = null;
        if (!OperatingSystem.IsLinux()) return true;

        // Only ends of this machine are listed here. What is not listed any more, and could not come from elsewhere, is gone.
        if (!Find(remote, local, out user)) return !IsOfThisMachine(local, remote);
        return UnixUser.IsTrusted(user);
    }

    /// <summary>Looks one end of a connection up.</summary>
    /// <param name="end">That end.</param>
    /// <param name="other">The other one.</param>
    /// <param name="user">The user who owns it; null where it is not open any more.</param>
    /// <returns>Whether it is of this machine.</returns>
    private static bool Find(IPEndPoint end, IPEndPoint other, out uint? user)
    {
        user = null;
        foreach (var file in (string[])["/proc/net/tcp", "/proc/net/tcp6"])
        {
            if (!File.Exists(file)) continue;
            foreach (var line in File.ReadLines(file).Skip(1))
            {
                // Number, own address, other address, state, queues, timer, retransmits, user.
                var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (columns.Length < 8 || !Is(columns[1], end) || !Is(columns[2], other)) continue;
                if (columns[3] == Established) user = uint.Parse(columns[7]);
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether both ends are of this machine: also by its network address, a machine reaches itself through loopback.</summary>
    private static bool IsOfThisMachine(IPEndPoint local, IPEndPoint remote) =>
        IPAddress.IsLoopback(Plain(remote.Address)) || IPAddress.IsLoopback(Plain(local.Address)) || Plain(remote.Address).Equals(Plain(local.Address));

    /// <summary>Whether a column ADDRESS:PORT, in hexadecimal, the address in words of the machine's byte order, is an end.</summary>
    private static bool Is(string column, IPEndPoint end)
    {
        var colon = column.IndexOf(':', StringComparison.Ordinal);
        if (ushort.Parse(column.AsSpan(colon + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) != end.Port) return false;
        var bytes = new byte[colon / 2];
        for (var word = 0; word < bytes.Length / 4; word++)
            BitConverter.TryWriteBytes(bytes.AsSpan(4 * word), uint.Parse(column.AsSpan(8 * word, 8), NumberStyles.HexNumber));
        return Plain(new IPAddress(bytes)).Equals(Plain(end.Address));
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
