using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Srpo.Client.Cli;
using Srpo.Client.Data;
using Srpo.Client.Output;
using Srpo.Client.Sessions;

namespace Srpo.Client.Live;

/// <summary>
/// Takes commands from other processes of this machine while this one has grains in memory, and runs them against those
/// grains. Listens on a Unix domain socket beside the lock.
/// </summary>
internal sealed class LiveServer : IAsyncDisposable
{
    /// <summary>Longest path of a socket on every system (sun_path less its end).</summary>
    public const int LongestSocketPath = 103;

    private readonly Socket _listener;
    private readonly string _path;
    private readonly IGrainSession _session;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    private LiveServer(Socket listener, string path, IGrainSession session)
    {
        _listener = listener;
        _path = path;
        _session = session;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Starts listening and announces the socket in the lock's description.</summary>
    public static LiveServer Start(DataDirectory data, RunLock held, IGrainSession session, Shell shell)
    {
        var path = SocketPath(data, held.Id);
        File.Delete(path); // left behind by a process that was killed; the lock says that none is alive
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        held.Announce(new LiveInfo(Environment.ProcessId, path, string.Join(' ', shell.Arguments), DateTimeOffset.UtcNow));
        return new LiveServer(listener, path, session);
    }

    /// <summary>Beside the lock, or in the temporary directory where that path would be too long for a socket.</summary>
    public static string SocketPath(DataDirectory data, string id)
    {
        var path = Path.Combine(data.Live, id + ".sock");
        if (Encoding.UTF8.GetByteCount(path) <= LongestSocketPath) return path;
        return Path.Combine(Path.GetTempPath(), $"srpo-{Environment.ProcessId}-{Guid.NewGuid():n}"[..24] + ".sock");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        File.Delete(_path);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                serving.RemoveAll(task => task.IsCompleted);
                serving.Add(ServeAsync(socket));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Stopped. Commands under way get a moment to say their last word.
            await Task.WhenAny(Task.WhenAll(serving), Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None));
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using var turn = new SemaphoreSlim(1);
        try
        {
            if (await LiveProtocol.ReadAsync(stream, cancellation.Token) is not { Kind: LiveFrame.Request } frame) return;
            var request = JsonText.Read<LiveRequest>(Encoding.UTF8.GetString(frame.Content))!;
            _ = CancelWhenGoneAsync(stream, cancellation);

            await using var output = new FrameWriter(stream, turn, LiveFrame.Out);
            await using var error = new FrameWriter(stream, turn, LiveFrame.Error);
            var shell = new Shell(output, error, request.Directory, request.Width, request.OutIsTerminal, request.ErrorIsTerminal)
            {
                Arguments = request.Arguments,
                Owner = _session,
            };
            var code = await CommandLine.RunAsync(request.Arguments, shell, cancellation.Token);
            await output.FlushAsync(CancellationToken.None);
            await error.FlushAsync(CancellationToken.None);
            var exit = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(exit, code);
            await LiveProtocol.WriteAsync(stream, LiveFrame.Exit, exit, CancellationToken.None);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or SocketException or InvalidDataException)
        {
            // The other process went away, or was none of ours.
        }
    }

    private static async Task CancelWhenGoneAsync(Stream stream, CancellationTokenSource cancellation)
    {
        try
        {
            while (await LiveProtocol.ReadAsync(stream, cancellation.Token) is not null)
            {
            }

            await cancellation.CancelAsync();
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException or InvalidDataException)
        {
        }
    }
}
