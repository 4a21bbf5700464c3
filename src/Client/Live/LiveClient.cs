using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Srpo.Client.Cli;
using Srpo.Client.Data;
using Srpo.Client.Output;

namespace Srpo.Client.Live;

/// <summary>Has a command run by the process that holds the grains.</summary>
internal static class LiveClient
{
    /// <summary>Forwards a shell's command line; null where the other process does not answer.</summary>
    public static async Task<int?> TryForwardAsync(LiveInfo owner, Shell shell, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(owner.Socket!), cancellation);
        }
        catch (SocketException)
        {
            return null;
        }

        await using var stream = new NetworkStream(socket, ownsSocket: false);
        var request = new LiveRequest([.. shell.Arguments], shell.Directory, shell.Width, shell.OutIsTerminal, shell.ErrorIsTerminal);
        try
        {
            await LiveProtocol.WriteAsync(stream, LiveFrame.Request, Encoding.UTF8.GetBytes(JsonText.Write(request)), cancellation);
            while (await LiveProtocol.ReadAsync(stream, cancellation) is { } frame)
            {
                switch (frame.Kind)
                {
                    case LiveFrame.Out:
                        await shell.Out.WriteAsync(Encoding.UTF8.GetString(frame.Content));
                        await shell.Out.FlushAsync(cancellation);
                        break;
                    case LiveFrame.Error:
                        await shell.Error.WriteAsync(Encoding.UTF8.GetString(frame.Content));
                        break;
                    case LiveFrame.Exit:
                        return BinaryPrimitives.ReadInt32LittleEndian(frame.Content);
                    default:
                        throw new InvalidDataException("the other process speaks another protocol");
                }
            }
        }
        catch (OperationCanceledException)
        {
            return (int)ExitCode.Interrupted;
        }
        catch (IOException)
        {
            // Handled below: the connection broke.
        }

        throw new CommandException(
            ExitCode.Environment,
            $"process {owner.ProcessId} (`srpo {owner.CommandLine}`), which has this in memory, ended before it answered; repeat the command to read the stored state");
    }
}
