using System.Text;

namespace Srpo.Client.Live;

/// <summary>A text writer whose text travels in frames. Lines are sent as they end.</summary>
internal sealed class FrameWriter : TextWriter
{
#pragma warning disable CA2213 // stream and turn belong to the caller
    private readonly Stream _stream;
    private readonly SemaphoreSlim _turn;
#pragma warning restore CA2213
    private readonly LiveFrame _kind;
    private readonly StringBuilder _pending = new();

    /// <param name="stream">The socket.</param>
    /// <param name="turn">Shared by all writers of the socket, so that frames do not mix.</param>
    /// <param name="kind">Kind of the frames.</param>
    public FrameWriter(Stream stream, SemaphoreSlim turn, LiveFrame kind)
        : base(System.Globalization.CultureInfo.InvariantCulture)
    {
        _stream = stream;
        _turn = turn;
        _kind = kind;
        NewLine = "\n";
    }

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void WriteLine(string? value)
    {
        Write(value.AsSpan());
        Write(NewLine.AsSpan());
    }

    public override void Write(ReadOnlySpan<char> buffer)
    {
        lock (_pending) _pending.Append(buffer);
        if (buffer.Contains('\n') || _pending.Length > 4096) Flush();
    }

    public override void Flush()
    {
        _turn.Wait();
        try
        {
            string text;
            lock (_pending)
            {
                text = _pending.ToString();
                _pending.Clear();
            }

            if (text.Length == 0) return;
            // The reader may be gone; the command is then cancelled, and what it still says has no listener.
            LiveProtocol.WriteAsync(_stream, _kind, Encoding.UTF8.GetBytes(text), CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (IOException)
        {
        }
        catch (ObjectDisposedException)
        {
        }
        finally
        {
            _turn.Release();
        }
    }

    public override Task FlushAsync()
    {
        Flush();
        return Task.CompletedTask;
    }
}
