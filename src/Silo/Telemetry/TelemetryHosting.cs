using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Srpo.Silo;

/// <summary>
/// Measures and traces with OpenTelemetry: for /metrics, and for a collector if the settings name one. Where they want neither, nothing of
/// OpenTelemetry is loaded.
/// </summary>
internal static class TelemetryHosting
{
    /// <summary>Sets of tags that a metric keeps; memory must not grow with what somebody else puts into tags.</summary>
    public const int MaxSeries = 1000;

    /// <summary>Buckets of durations whose meter says nothing of them; OpenTelemetry's own are for milliseconds.</summary>
    private static readonly double[] Seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    /// <summary>Registers what measures and sends.</summary>
    /// <exception cref="SiloSettingsException">A setting cannot be used.</exception>
    public static void AddTelemetry(this WebApplicationBuilder builder, SiloSettings silo)
    {
        var settings = builder.Configuration.GetSection(TelemetrySettings.Section).Get<TelemetrySettings>() ?? new TelemetrySettings();
        settings.Validate();
        Prefer(builder, TelemetrySettings.EndpointVariable, settings.Endpoint);
        Prefer(builder, TelemetrySettings.ProtocolVariable, settings.Protocol);
        var sends = !string.IsNullOrWhiteSpace(builder.Configuration[TelemetrySettings.EndpointVariable]);
        if (sends) Send(builder, settings, silo);
        var metrics = Metrics(builder.Configuration);
        if (metrics.Enabled || (sends && settings.Metrics)) Measure(builder, metrics, sends && settings.Metrics);
    }

    /// <summary>Maps /metrics, if the settings ask for it.</summary>
    public static void MapMetrics(this WebApplication application)
    {
        if (Metrics(application.Configuration).Enabled) Map(application);
    }

    private static MetricsSettings Metrics(IConfiguration configuration) =>
        configuration.GetSection(MetricsSettings.Section).Get<MetricsSettings>() ?? new MetricsSettings();

    /// <summary>OpenTelemetry reads its variables from the configuration, paths of signals and secret headers included; ours take their place.</summary>
    private static void Prefer(WebApplicationBuilder builder, string variable, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value)) builder.Configuration.AddInMemoryCollection([new(variable, value.Trim())]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Map(WebApplication application) => application.MapPrometheusScrapingEndpoint("/metrics").WithMetadata(new HttpMethodMetadata([HttpMethods.Get]));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Measure(WebApplicationBuilder builder, MetricsSettings settings, bool sends) => builder.Services.AddOpenTelemetry().WithMetrics(meters =>
    {
        meters.AddMeter([.. settings.Meters()]);
        ((IDeferredMeterProviderBuilder)meters).Configure((services, configured) =>
        {
            var own = services.GetRequiredService<IMeterFactory>();
            configured.AddView(instrument => Stream(instrument, own));
        });
        if (settings.Enabled) meters.AddPrometheusExporter(options => options.ScopeInfoEnabled = options.TargetInfoEnabled = false);
        if (sends) meters.AddOtlpExporter();
    });

    /// <summary>Of the meters that a factory made, those of this silo only: another silo of the process has its own.</summary>
    private static MetricStreamConfiguration Stream(Instrument instrument, IMeterFactory own) =>
        instrument.Meter.Scope is IMeterFactory factory && factory != own ? MetricStreamConfiguration.Drop
        : instrument is Histogram<double> { Unit: "s", Advice: null } ? new ExplicitBucketHistogramConfiguration { CardinalityLimit = MaxSeries, Boundaries = Seconds }
        : new MetricStreamConfiguration { CardinalityLimit = MaxSeries };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Send(WebApplicationBuilder builder, TelemetrySettings settings, SiloSettings silo)
    {
        var version = typeof(TelemetryHosting).Assembly.GetName().Version?.ToString(3);
        var instance = $"{Environment.MachineName}:{silo.SiloPort}";

        // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last and win.
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource
            .AddService("srpo-silo", serviceVersion: version, serviceInstanceId: instance)
            .AddAttributes([new("srpo.cluster", silo.ClusterName)])
            .AddEnvironmentVariableDetector());
        if (!settings.Traces) return;
        telemetry.WithTracing(traces =>
        {
            traces.AddSource("Srpo");
            if (settings.GrainCalls) traces.AddSource("Microsoft.Orleans.*").AddProcessor(new HousekeepingFilter());
            traces.AddOtlpExporter();
        });
    }
}

/// <summary>
/// Leaves out the calls with which silos look after each other, some a second for ever: they begin a trace by themselves, while all
/// else is a part of a stretch of work or of a client's request. What they lead to is left out with them.
/// </summary>
internal sealed class HousekeepingFilter : BaseProcessor<Activity>
{
    /// <inheritdoc/>
    public override void OnStart(Activity data)
    {
        if (data.Kind != ActivityKind.Client || data.ParentSpanId != default) return;
        data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        data.IsAllDataRequested = false;
    }
}
