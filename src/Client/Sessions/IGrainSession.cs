namespace Srpo.Client.Sessions;

/// <summary>A way to the grains, open for some time.</summary>
internal interface IGrainSession : IAsyncDisposable
{
    IGrainFactory Grains { get; }

    /// <summary>From here on calls are made although Ctrl-C was pressed, to leave in good order, and for no longer than this. Grains of this process answer in any case.</summary>
    void AfterInterrupt(TimeSpan limit)
    {
    }
}
