using System.Net.Sockets;

namespace Srpo.Client.Live;

/// <summary>Ports of this machine and of others.</summary>
internal static class Ports
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Whether somebody listens at a port.</summary>
    /// <param name="host">Name or address of the machine.</param>
    /// <param name="port">The port.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<bool> AnswersAsync(string host, int port, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(Patience);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, limited.Token);
            return true;
        }
        catch (Exception error) when (error is SocketException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }
}
