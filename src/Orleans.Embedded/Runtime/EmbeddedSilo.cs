using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;
using Srpo.OrleansEmbedded.Calls;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>The runtime of one host: its clock, options, grain classes and activations, and whether calls are taken.</summary>
internal sealed class EmbeddedSilo : IGrainRuntime, ILocalSiloDetails, IGrainContextAccessor, IDisposable
{
    /// <summary>Longer spans than this count as no limit, so that timestamps cannot overflow.</summary>
    public static readonly TimeSpan Forever = TimeSpan.FromDays(3650);

    private readonly Lazy<GrainClassMap> _classes;
    private readonly Lazy<TimeSpan> _responseTimeout;
    private readonly CancellationTokenSource _stopping = new();
    private volatile SiloStage _stage;

    public EmbeddedSilo(
        IServiceProvider services,
        TimeProvider clock,
        IOptions<SiloOptions> silo,
        IOptions<ClusterOptions> cluster,
        IOptions<SiloMessagingOptions> messaging,
        IOptions<GrainCollectionOptions> collection,
        ILoggerFactory loggers)
    {
        Services = services;
        Clock = clock;
        Collection = collection.Value;
        Name = string.IsNullOrWhiteSpace(silo.Value.SiloName) ? $"embedded-{Environment.ProcessId}" : silo.Value.SiloName;
        ClusterId = cluster.Value.ClusterId;
        Log = new RuntimeLog(loggers.CreateLogger("Srpo.Orleans.Embedded"));
        Stopping = _stopping.Token;
        Catalog = new Catalog(this);
        GrainFactory = new GrainFactory(this);
        _classes = new Lazy<GrainClassMap>(() => new GrainClassMap(Collection));
        _responseTimeout = new Lazy<TimeSpan>(() => messaging.Value.ResponseTimeout);
    }

    public IServiceProvider Services { get; }

    public TimeProvider Clock { get; }

    public GrainCollectionOptions Collection { get; }

    public RuntimeLog Log { get; }

    public Catalog Catalog { get; }

    public GrainClassMap Classes => _classes.Value;

    public GrainFactory GrainFactory { get; }

    /// <summary>Cancelled when the host stops.</summary>
    public CancellationToken Stopping { get; }

    public string Name { get; }

    public string ClusterId { get; }

    public SiloAddress SiloAddress { get; } = SiloAddress.New(IPAddress.Loopback, 0, 0);

    public SiloStage Stage
    {
        get => _stage;
        set
        {
            _stage = value;
            if (value is SiloStage.Draining)
                _stopping.Cancel();
        }
    }

    /// <summary>The shortest time that a caller may wait; overdue requests are looked for accordingly often.</summary>
    public TimeSpan ShortestTimeout { get; private set; } = TimeSpan.MaxValue;

    /// <summary>Raised when a method with a shorter timeout was called for the first time.</summary>
    public Action? ShortestTimeoutChanged { get; set; }

    string IGrainRuntime.SiloIdentity => Name;

    IGrainFactory IGrainRuntime.GrainFactory => GrainFactory;

    IServiceProvider IGrainRuntime.ServiceProvider => Services;

    TimeProvider IGrainRuntime.TimeProvider => Clock;

    IGrainContext IGrainContextAccessor.GrainContext => RuntimeContext.Current!;

    /// <summary>Refuses calls before the start and after the stop; while draining, only grains may still call.</summary>
    public void EnsureCallable()
    {
        var stage = _stage;
        if (stage is SiloStage.Running || (stage is SiloStage.Draining && RuntimeContext.Current is not null))
            return;

        throw new SiloUnavailableException(stage is SiloStage.New
            ? "Grains cannot be called before the host has started."
            : "Grains cannot be called any more: the host is stopping or has stopped.");
    }

    public void EnsureMayActivate(GrainId id)
    {
        if (_stage is SiloStage.Deactivating or SiloStage.Stopped)
            throw new SiloUnavailableException($"{id} is not active and the host is stopping, so it is not activated any more.");
    }

    public void ForgetActivation(Activation activation) => Catalog.Forget(activation.GrainId, activation);

    public long DeadlineOf(MethodPlan plan)
    {
        var timeout = plan.Timeout ?? _responseTimeout.Value;
        if (timeout <= TimeSpan.Zero || timeout >= Forever)
            return long.MaxValue;
        if (timeout < ShortestTimeout)
        {
            ShortestTimeout = timeout;
            ShortestTimeoutChanged?.Invoke();
        }

        return Clock.GetTimestamp() + ToTimestamp(timeout);
    }

    public long ToTimestamp(TimeSpan time) => time >= Forever
        ? long.MaxValue / 2
        : (long)(time.TotalSeconds * Clock.TimestampFrequency);

    public void Dispose() => _stopping.Dispose();

    public void DeactivateOnIdle(IGrainContext grainContext) => grainContext.Deactivate(
        new DeactivationReason(DeactivationReasonCode.ApplicationRequested, $"{nameof(DeactivateOnIdle)} was called."));

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan) => ((Activation)grainContext).DelayDeactivation(timeSpan);
}
