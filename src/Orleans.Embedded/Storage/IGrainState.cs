namespace Orleans;

/// <summary>A state on its way to or from a store. As in Orleans.</summary>
/// <typeparam name="T">The type of the state.</typeparam>
public interface IGrainState<T>
{
    /// <summary>The state.</summary>
    T State { get; set; }

    /// <summary>The version of the stored record.</summary>
    string? ETag { get; set; }

    /// <summary>Whether the store has a record.</summary>
    bool RecordExists { get; set; }
}

/// <summary>A state on its way to or from a store. As in Orleans.</summary>
/// <typeparam name="T">The type of the state.</typeparam>
[GenerateSerializer]
public sealed class GrainState<T> : IGrainState<T>
{
    /// <summary>Creates an empty one.</summary>
    public GrainState()
    {
    }

    /// <summary>Creates one that was never stored.</summary>
    /// <param name="state">The state.</param>
    public GrainState(T state)
        : this(state, null)
    {
    }

    /// <summary>Creates one with a version.</summary>
    /// <param name="state">The state.</param>
    /// <param name="eTag">The version.</param>
    public GrainState(T state, string? eTag)
    {
        State = state;
        ETag = eTag;
    }

    /// <inheritdoc/>
    [Id(0)]
    public T State { get; set; } = default!;

    /// <inheritdoc/>
    [Id(1)]
    public string? ETag { get; set; }

    /// <inheritdoc/>
    [Id(2)]
    public bool RecordExists { get; set; }
}
