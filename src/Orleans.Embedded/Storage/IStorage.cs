namespace Orleans.Core;

/// <summary>The stored record behind a grain's state. As in Orleans.</summary>
public interface IStorage
{
    /// <summary>The version of the record that was last read or written.</summary>
    string? Etag { get; }

    /// <summary>Whether the store has a record.</summary>
    bool RecordExists { get; }

    /// <summary>Removes the record and resets the state.</summary>
    /// <returns>A task.</returns>
    Task ClearStateAsync();

    /// <summary>Writes the state.</summary>
    /// <returns>A task; it fails with <see cref="Orleans.Storage.InconsistentStateException"/> when somebody else wrote meanwhile.</returns>
    Task WriteStateAsync();

    /// <summary>Reads the state; done by the runtime before activation.</summary>
    /// <returns>A task.</returns>
    Task ReadStateAsync();

    /// <summary>Removes the record and resets the state.</summary>
    /// <param name="cancellationToken">As in Orleans by default not looked at.</param>
    /// <returns>A task.</returns>
    Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();

    /// <summary>Writes the state.</summary>
    /// <param name="cancellationToken">As in Orleans by default not looked at.</param>
    /// <returns>A task.</returns>
    Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

    /// <summary>Reads the state.</summary>
    /// <param name="cancellationToken">As in Orleans by default not looked at.</param>
    /// <returns>A task.</returns>
    Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();
}

/// <summary>The stored record behind a grain's state, with the state. As in Orleans.</summary>
/// <typeparam name="TState">The type of the state.</typeparam>
public interface IStorage<TState> : IStorage
{
    /// <summary>The state in memory.</summary>
    TState State { get; set; }
}
