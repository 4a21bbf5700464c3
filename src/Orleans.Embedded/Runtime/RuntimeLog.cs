using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Srpo.OrleansEmbedded.Calls;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>What the runtime has to say.</summary>
internal sealed partial class RuntimeLog(ILogger logger)
{
    private readonly ILogger _logger = logger;

    [LoggerMessage(Level = LogLevel.Information, Message = "{Banner} Found {Classes} grain classes.")]
    public partial void Started(string banner, int classes);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopped: {Activations} activations were deactivated.")]
    public partial void Stopped(int activations);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopping did not finish in time: {Count} activations were abandoned, among them {Example}.")]
    public partial void Abandoned(int count, string example);

    [LoggerMessage(Level = LogLevel.Error, Message = "Activation of {GrainId} failed.")]
    public partial void ActivationFailed(GrainId grainId, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Deactivation of {GrainId} failed.")]
    public partial void DeactivationFailed(GrainId grainId, Exception exception);

    public void OneWayFailed(GrainRequest request, GrainId id, Exception exception) => OneWayFailed(request.Plan.Name, id, exception);

    public void MayInterleaveFailed(GrainRequest request, GrainId id, Exception exception) => MayInterleaveFailed(request.Plan.Name, id, exception);

    public void OneWayDropped(GrainRequest request, GrainId id) => OneWayDropped(request.Plan.Name, id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The one-way request {Method} of {GrainId} waited longer than the response timeout and was dropped.")]
    private partial void OneWayDropped(string method, GrainId grainId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The one-way request or timer tick {Method} of {GrainId} failed; nobody waits for it.")]
    private partial void OneWayFailed(string method, GrainId grainId, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The interleaving predicate of {GrainId} failed for {Method}; the request waits.")]
    private partial void MayInterleaveFailed(string method, GrainId grainId, Exception exception);
}
