using System.Diagnostics;

namespace Srpo.Grains.Storage;

/// <summary>A stretch of time in which a storage does not answer.</summary>
/// <param name="storage">Name of the storage.</param>
/// <param name="reason">Why, for people.</param>
internal sealed class StorageOutage(string storage, string reason)
{
    private readonly long _since = Stopwatch.GetTimestamp();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Storage => storage;

    /// <summary>Completes at its end.</summary>
    public Task Over => _over.Task;

    /// <summary>Seconds since it was noticed.</summary>
    public double Seconds => Stopwatch.GetElapsedTime(_since).TotalSeconds;

    public string Description => FormattableString.Invariant($"storage '{storage}' has not answered for {Seconds:0} s: {reason}");

    public void End() => _over.TrySetResult();
}
