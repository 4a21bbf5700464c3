namespace Orleans.Runtime;

/// <summary>A timer of a grain. As in Orleans.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Sets new times; during a tick they apply when the tick is done.</summary>
    /// <param name="dueTime">Time to the next tick; <see cref="Timeout.InfiniteTimeSpan"/> pauses the timer.</param>
    /// <param name="period">Time from the end of a tick to the next one; infinite means no further tick.</param>
    void Change(TimeSpan dueTime, TimeSpan period);
}
