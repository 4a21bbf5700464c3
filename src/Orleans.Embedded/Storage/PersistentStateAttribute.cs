namespace Orleans.Runtime;

/// <summary>Marks a constructor parameter as a grain's persistent state. As in Orleans.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public class PersistentStateAttribute : Attribute
{
    /// <summary>Creates the attribute.</summary>
    /// <param name="stateName">The name of this state among the grain's states.</param>
    /// <param name="storageName">The name of the storage, by default the default one.</param>
    public PersistentStateAttribute(string stateName, string? storageName = null)
    {
        ArgumentNullException.ThrowIfNull(stateName);
        StateName = stateName;
        StorageName = storageName;
    }

    /// <summary>The name of this state among the grain's states.</summary>
    public string StateName { get; }

    /// <summary>The name of the storage, or null for the default one.</summary>
    public string? StorageName { get; }
}
