namespace Orleans.Configuration;

/// <summary>Options of the in-memory store. Accepted for the sake of hosts written for Orleans; one dictionary needs no tuning.</summary>
public class MemoryGrainStorageOptions
{
    /// <summary>The number of grains that hold the store in Orleans. Without effect here.</summary>
    public int NumStorageGrains { get; set; } = 10;
}
