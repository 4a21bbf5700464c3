using Orleans.Core;

namespace Orleans.Runtime;

/// <summary>
/// State that is read before the grain is activated and written when the grain says so. Take it in the grain's
/// constructor with <see cref="PersistentStateAttribute"/>. As in Orleans.
/// </summary>
/// <typeparam name="TState">The type of the state; it needs a parameterless constructor unless it is a value type.</typeparam>
public interface IPersistentState<TState> : IStorage<TState>
{
}
