namespace Orleans.Runtime;

/// <summary>Questions about the activations of this process; get it with key 0. The part of the Orleans interface that one process can answer.</summary>
public interface IManagementGrain : IGrainWithIntegerKey
{
    /// <summary>The number of activations of each grain class.</summary>
    /// <returns>One entry for each class that has any.</returns>
    [return: Immutable]
    Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics();

    /// <summary>The number of activations of all grain classes.</summary>
    /// <returns>The number.</returns>
    Task<int> GetTotalActivationCount();

    /// <summary>The grains of a class that are active.</summary>
    /// <param name="type">The name of the class.</param>
    /// <returns>Their identities.</returns>
    [return: Immutable]
    ValueTask<List<GrainId>> GetActiveGrains(GrainType type);

    /// <summary>Deactivates what has been idle for some time, without waiting for the end of it.</summary>
    /// <param name="ageLimit">How long.</param>
    /// <returns>A task.</returns>
    Task ForceActivationCollection(TimeSpan ageLimit);
}

/// <summary>The number of activations of a grain class. As in Orleans.</summary>
[GenerateSerializer, Immutable]
public sealed class SimpleGrainStatistic
{
    /// <summary>The full name of the class.</summary>
    [Id(0)]
    public string GrainType { get; init; } = "";

    /// <summary>The process; here always this one.</summary>
    [Id(1)]
    public SiloAddress SiloAddress { get; init; } = SiloAddress.Zero;

    /// <summary>The number of activations.</summary>
    [Id(2)]
    public int ActivationCount { get; init; }
}
