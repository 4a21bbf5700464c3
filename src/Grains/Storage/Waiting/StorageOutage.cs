using System.Diagnostics;

namespace Srpo.Grains.Storage;

/// <summary>A stretch of time in which a storage does not answer.</summary>
/// <param name="storage">Name of the storage.</param>
/// <param name="phrase">The same, for people.</param>
/// <param name="reason">Why, for people.</param>
/// <param name="since">When the first operation began that got no answer, as <see cref="Stopwatch.GetTimestamp"/> gives it.</param>
internal sealed class StorageOutage(string storage, string phrase, string reason, long since)
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Storage => storage;

    /// <summary>Completes at its end.</summary>
    public Task Over => _over.Task;

    /// <summary>Seconds without an answer.</summary>
    public double Seconds => Stopwatch.GetElapsedTime(since).TotalSeconds;

    public string Description => FormattableString.Invariant($"{phrase} has not answered for {Seconds:0} s: {reason}");

    public void End() => _over.TrySetResult();
}
