namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>Makes the state of a grain that was never stored.</summary>
internal static class StateFactory<TState>
{
    private static readonly bool HasConstructor =
        typeof(TState).IsValueType || typeof(TState).GetConstructor(Type.EmptyTypes) is not null;

    /// <summary>A new object, or null for types that cannot be made from nothing, such as strings and arrays.</summary>
    public static TState Create() => HasConstructor ? Activator.CreateInstance<TState>() : default!;
}
