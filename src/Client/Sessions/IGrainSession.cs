namespace Srpo.Client.Sessions;

/// <summary>A way to the grains, open for some time.</summary>
internal interface IGrainSession : IAsyncDisposable
{
    IGrainFactory Grains { get; }
}
