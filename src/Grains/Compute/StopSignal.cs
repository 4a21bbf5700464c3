namespace Srpo.Grains.Compute;

/// <summary>A request to stop that is made once, as a token for whoever works. It needs no disposal: there is neither timer nor handle behind it.</summary>
#pragma warning disable CA1001 // See above.
internal sealed class StopSignal
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _source = new();

    /// <summary>Whether it was made.</summary>
    public bool IsSet => _source.IsCancellationRequested;

    /// <summary>Cancelled when it was made.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Makes the request; repeating it changes nothing.</summary>
    public void Set() => _source.Cancel();
}
