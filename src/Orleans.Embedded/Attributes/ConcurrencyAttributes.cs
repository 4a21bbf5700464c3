using Orleans.Placement;
using Orleans.Runtime;

namespace Orleans.Concurrency;

/// <summary>The method changes nothing: calls of such methods may run between each other's awaits. As in Orleans.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReadOnlyAttribute : Attribute
{
}

/// <summary>All requests of the class may run between each other's awaits. As in Orleans.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ReentrantAttribute : Attribute
{
}

/// <summary>The method may run between the awaits of any other request. As in Orleans.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AlwaysInterleaveAttribute : Attribute
{
}

/// <summary>A method of the class decides which requests may run between the awaits of others. As in Orleans.</summary>
/// <param name="callbackMethodName">A method that takes an <see cref="Serialization.Invocation.IInvokable"/> and returns <see langword="bool"/>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class MayInterleaveAttribute(string callbackMethodName) : Attribute
{
    internal string CallbackMethodName { get; } = callbackMethodName;
}

/// <summary>The caller does not wait and hears of no failure. As in Orleans.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OneWayAttribute : Attribute
{
}

/// <summary>The class keeps no state of its own, so one key may have several activations at once. As in Orleans.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class StatelessWorkerAttribute : PlacementAttribute
{
    /// <summary>At most as many activations per key as there are processors.</summary>
    public StatelessWorkerAttribute()
        : this(-1)
    {
    }

    /// <summary>At most a given number of activations per key.</summary>
    /// <param name="maxLocalWorkers">The number.</param>
    public StatelessWorkerAttribute(int maxLocalWorkers)
        : this(maxLocalWorkers, true)
    {
    }

    /// <summary>At most a given number of activations per key.</summary>
    /// <param name="maxLocalWorkers">The number.</param>
    /// <param name="removeIdleWorkers">Has no effect here: idle workers go by collection age like all activations.</param>
    public StatelessWorkerAttribute(int maxLocalWorkers, bool removeIdleWorkers)
        : base(new SingleProcessPlacement())
    {
        _ = removeIdleWorkers;
        MaxLocal = maxLocalWorkers > 0 ? maxLocalWorkers : Environment.ProcessorCount;
    }

    internal int MaxLocal { get; }
}
