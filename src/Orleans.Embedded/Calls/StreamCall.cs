namespace Srpo.OrleansEmbedded.Calls;

/// <summary>A call of a method that returns a stream. For each such method a subclass is emitted that holds the arguments.</summary>
internal abstract class StreamCall<T>
{
    public abstract IAsyncEnumerable<T> Open(object target);

    public virtual object? GetArgument(int index) => throw new ArgumentOutOfRangeException(nameof(index));
}
