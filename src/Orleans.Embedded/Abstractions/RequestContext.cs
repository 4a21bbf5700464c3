namespace Orleans.Runtime;

/// <summary>
/// Values that travel with a call to the grains it reaches, by name. As in Orleans, a callee's changes do not travel
/// back, and no other ambient value of the caller reaches the callee.
/// </summary>
public static class RequestContext
{
    internal const string ReentrancyKey = "#CCR";

    // The dictionary is never changed after it was set: captured contexts share it.
    private static readonly AsyncLocal<Dictionary<string, object>?> Values = new();

    /// <summary>The identity of the chain of calls within which re-entrance is allowed, or <see cref="Guid.Empty"/>.</summary>
    public static Guid ReentrancyId
    {
        get => Get(ReentrancyKey) is Guid id ? id : Guid.Empty;
        set
        {
            if (value == Guid.Empty)
                Remove(ReentrancyKey);
            else
                Set(ReentrancyKey, value);
        }
    }

    /// <summary>The names of all values.</summary>
    public static IEnumerable<string> Keys => Values.Value?.Keys ?? Enumerable.Empty<string>();

    /// <summary>All values with their names.</summary>
    public static IEnumerable<KeyValuePair<string, object>> Entries => Values.Value ?? Enumerable.Empty<KeyValuePair<string, object>>();

    internal static Dictionary<string, object>? Current
    {
        get => Values.Value;
        set => Values.Value = value;
    }

    /// <summary>
    /// Lets calls made within the section come back into this grain while it waits for them. Off by default, as in
    /// Orleans: without it such a cycle waits for itself until it times out.
    /// </summary>
    /// <returns>The section; dispose of it to end it.</returns>
    public static ReentrancySection AllowCallChainReentrancy()
    {
        var original = ReentrancyId;
        return new ReentrancySection(original, original == Guid.Empty ? Guid.NewGuid() : original);
    }

    /// <summary>Ends, for calls made within the section, what <see cref="AllowCallChainReentrancy"/> allowed.</summary>
    /// <returns>The section; dispose of it to end it.</returns>
    public static ReentrancySection SuppressCallChainReentrancy() => new(ReentrancyId, Guid.Empty);

    /// <summary>The value of a name.</summary>
    /// <param name="key">The name.</param>
    /// <returns>The value or null.</returns>
    public static object? Get(string key) => Values.Value is { } values && values.TryGetValue(key, out var value) ? value : null;

    /// <summary>Sets a value for calls made from here on.</summary>
    /// <param name="key">The name.</param>
    /// <param name="value">The value; share only what nobody changes.</param>
    public static void Set(string key, object value)
    {
        var copy = Values.Value is { } values ? new Dictionary<string, object>(values) : [];
        copy[key] = value;
        Values.Value = copy;
    }

    /// <summary>Removes a value.</summary>
    /// <param name="key">The name.</param>
    /// <returns>Whether it was there.</returns>
    public static bool Remove(string key)
    {
        if (Values.Value is not { } values || !values.ContainsKey(key))
            return false;

        var copy = new Dictionary<string, object>(values);
        copy.Remove(key);
        Values.Value = copy.Count == 0 ? null : copy;
        return true;
    }

    /// <summary>Removes all values.</summary>
    public static void Clear()
    {
        if (Values.Value is not null)
            Values.Value = null;
    }

    /// <summary>A stretch of a grain method in which re-entrance of its own call chain is allowed or suppressed.</summary>
    public readonly struct ReentrancySection : IDisposable
    {
        private readonly Guid _original;
        private readonly Guid _entered;

        /// <summary>Enters a section; use the methods of <see cref="RequestContext"/> instead.</summary>
        /// <param name="originalReentrancyId">The identity to restore.</param>
        /// <param name="newReentrancyId">The identity within the section.</param>
        public ReentrancySection(Guid originalReentrancyId, Guid newReentrancyId)
        {
            _original = originalReentrancyId;
            _entered = newReentrancyId;
            if (_entered != _original)
                ReentrancyId = _entered;
            if (_entered != Guid.Empty)
                RuntimeContext.Current?.EnterReentrantSection(_entered);
        }

        /// <summary>Leaves the section.</summary>
        public void Dispose()
        {
            if (_entered != Guid.Empty)
                RuntimeContext.Current?.LeaveReentrantSection(_entered);
            if (_entered != _original)
                ReentrancyId = _original;
        }
    }
}
