using Srpo.Core.Errors;

namespace Srpo.Client.Cli;

/// <summary>
/// Standard output or error. What cannot be written to it any more, because it is closed or its disk is full, is told once and dropped
/// afterwards: a message that nobody can read must not take the place of the exit code, and no work ends in a trace because of it.
/// </summary>
/// <param name="inner">The stream of the process.</param>
/// <param name="required">Whether a command has failed that cannot write to it: results, not messages.</param>
internal sealed class StandardStream(Stream inner, bool required) : ForwardStream
{
    /// <summary>EPIPE: the reader of a pipe went away, as with `| head`.</summary>
    private const int BrokenPipe = 32;

    private bool _failed;

    /// <summary>What to say where a result was lost, whoever caught it; null where none was, or where its reader went away.</summary>
    public SrpoException? Lost { get; private set; }

    /// <summary>Whether an error is that the reader of a pipe went away.</summary>
    public static bool IsBrokenPipe(Exception error) => error is IOException && (error.HResult & 0xFFFF) == BrokenPipe && !OperatingSystem.IsWindows();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_failed) return;
        try
        {
            inner.Write(buffer);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _failed = true;
            if (!required) return;
            if (IsBrokenPipe(error)) throw;
            var reason = error is UnauthorizedAccessException ? "it is closed" : error.Message;
            Lost = new SrpoException(ErrorKind.Environment, $"the output cannot be written: {reason}; send it to where there is room, and repeat the command", error);
            throw Lost;
        }
    }

    public override void Flush()
    {
    }
}
