using System.Net.Sockets;
using System.Security.Cryptography;

namespace Srpo.Client.Tests.Support;

/// <summary>What a socket may receive from who does not speak its language.</summary>
internal static class Garbage
{
    /// <summary>Opens connections that say nothing, half of something, or random bytes, and leaves them open.</summary>
    public static async Task<IReadOnlyList<Socket>> SendAsync(string path, int connections)
    {
        var open = new List<Socket>();
        for (var i = 0; i < connections; i++)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            open.Add(socket);
            byte[]? bytes = (i % 5) switch
            {
                0 => null, // says nothing
                1 => [3, 0], // half a length
                2 => [255, 255, 255, 127, .. RandomNumberGenerator.GetBytes(1000)], // a length that is too large
                3 => [100, 0, 0, 0, .. RandomNumberGenerator.GetBytes(100)], // no message of Orleans
                _ => RandomNumberGenerator.GetBytes(1 << 16),
            };
            try
            {
                if (bytes is not null) await socket.SendAsync(bytes);
            }
            catch (SocketException)
            {
                // Closed from there before all was sent.
            }
        }

        return open;
    }
}
