using System.Runtime.CompilerServices;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Srpo.Silo;

/// <summary>Sends traces and metrics to a collector of OpenTelemetry, if the settings name one. Otherwise nothing of OpenTelemetry is loaded.</summary>
internal static class TelemetryHosting
{
    /// <summary>Registers what sends.</summary>
    /// <exception cref="SiloSettingsException">A setting cannot be used.</exception>
    public static void AddTelemetry(this WebApplicationBuilder builder, SiloSettings silo)
    {
        var settings = builder.Configuration.GetSection(TelemetrySettings.Section).Get<TelemetrySettings>() ?? new TelemetrySettings();
        settings.Validate();
        Prefer(builder, TelemetrySettings.EndpointVariable, settings.Endpoint);
        Prefer(builder, TelemetrySettings.ProtocolVariable, settings.Protocol);
        if (!string.IsNullOrWhiteSpace(builder.Configuration[TelemetrySettings.EndpointVariable])) Send(builder, settings, silo);
    }

    /// <summary>OpenTelemetry reads its variables from the configuration, paths of signals and secret headers included; ours take their place.</summary>
    private static void Prefer(WebApplicationBuilder builder, string variable, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value)) builder.Configuration.AddInMemoryCollection([new(variable, value.Trim())]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Send(WebApplicationBuilder builder, TelemetrySettings settings, SiloSettings silo)
    {
        var version = typeof(TelemetryHosting).Assembly.GetName().Version?.ToString(3);
        var instance = FormattableString.Invariant($"{Environment.MachineName}:{silo.SiloPort}");

        // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last and win.
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource
            .AddService("srpo-silo", serviceVersion: version, serviceInstanceId: instance)
            .AddAttributes([new("srpo.cluster", silo.ClusterName)])
            .AddEnvironmentVariableDetector());
        if (settings.Traces)
        {
            telemetry.WithTracing(traces =>
            {
                traces.AddSource("Srpo");
                if (settings.GrainCalls) traces.AddSource("Microsoft.Orleans.*").AddProcessor(new HousekeepingFilter());
                traces.AddOtlpExporter();
            });
        }

        if (settings.Metrics)
        {
            var metrics = builder.Configuration.GetSection(MetricsSettings.Section).Get<MetricsSettings>() ?? new MetricsSettings();
            telemetry.WithMetrics(meters => meters.AddMeter([.. metrics.Meters()]).AddOtlpExporter());
        }
    }
}
