using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>A store of grain states, registered under a name. As in Orleans.</summary>
public interface IGrainStorage
{
    /// <summary>Reads a state into <paramref name="grainState"/>: state, version and whether there is a record.</summary>
    /// <typeparam name="T">The type of the state.</typeparam>
    /// <param name="stateName">The name of the state.</param>
    /// <param name="grainId">The grain.</param>
    /// <param name="grainState">Where to.</param>
    /// <returns>A task.</returns>
    Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    /// <summary>Writes a state if the stored version is still the one in <paramref name="grainState"/>, and sets the new version.</summary>
    /// <typeparam name="T">The type of the state.</typeparam>
    /// <param name="stateName">The name of the state.</param>
    /// <param name="grainId">The grain.</param>
    /// <param name="grainState">The state.</param>
    /// <returns>A task; <see cref="InconsistentStateException"/> when the version differs.</returns>
    Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    /// <summary>Removes a state if the stored version is still the one in <paramref name="grainState"/>.</summary>
    /// <typeparam name="T">The type of the state.</typeparam>
    /// <param name="stateName">The name of the state.</param>
    /// <param name="grainId">The grain.</param>
    /// <param name="grainState">The state; reset.</param>
    /// <returns>A task; <see cref="InconsistentStateException"/> when the version differs.</returns>
    Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);
}
