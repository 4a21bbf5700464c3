using Srpo.Client.Cli;

namespace Srpo.Client.Commands.Runs;

/// <summary>Passes bytes on, to the end only, and counts them.</summary>
/// <param name="inner">Where they go.</param>
internal sealed class CountedStream(Stream inner) : ForwardStream
{
    /// <summary>How many there were.</summary>
    public long Written { get; private set; }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        inner.Write(buffer);
        Written += buffer.Length;
    }

    public override void Flush() => inner.Flush();
}
