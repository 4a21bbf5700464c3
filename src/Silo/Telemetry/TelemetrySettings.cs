namespace Srpo.Silo;

/// <summary>
/// Where traces and metrics are sent, section "Srpo:Telemetry". Nothing is sent unless an address is given, here or in the
/// environment variable OTEL_EXPORTER_OTLP_ENDPOINT; the other variables of OpenTelemetry (OTEL_*) are heeded as well.
/// </summary>
internal sealed class TelemetrySettings
{
    public const string Section = SiloSettings.Section + ":Telemetry";

    /// <summary>The variable of OpenTelemetry with the same meaning as <see cref="Endpoint"/>, which wins.</summary>
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>The variable of OpenTelemetry with the same meaning as <see cref="Protocol"/>, which wins.</summary>
    public const string ProtocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL";

    private static readonly string[] Protocols = ["grpc", "http/protobuf"];

    /// <summary>Address of a collector that speaks OTLP, for example http://collector:4317.</summary>
    public string? Endpoint { get; set; }

    /// <summary>How it speaks: grpc, usually on port 4317, or http/protobuf, usually on 4318. <value>OpenTelemetry's default, grpc, if not given.</value></summary>
    public string? Protocol { get; set; }

    /// <summary>Whether traces are sent. <value>True by default.</value></summary>
    public bool Traces { get; set; } = true;

    /// <summary>Whether metrics are sent, of the meters that Srpo:Metrics names. <value>True by default.</value></summary>
    public bool Metrics { get; set; } = true;

    /// <summary>Whether traces have every call between grains: a dozen spans for a round of a team. <value>False by default.</value></summary>
    public bool GrainCalls { get; set; }

    /// <summary>Throws if a setting cannot be used.</summary>
    /// <exception cref="SiloSettingsException">Names the setting, its value and what would be right.</exception>
    public void Validate()
    {
        if (!string.IsNullOrWhiteSpace(Endpoint) && !IsAddress(Endpoint)) throw new SiloSettingsException("Telemetry:Endpoint", Endpoint, "use an address such as http://collector:4317");
        if (!string.IsNullOrWhiteSpace(Protocol) && !Protocols.Contains(Protocol, StringComparer.Ordinal))
            throw new SiloSettingsException("Telemetry:Protocol", Protocol, $"use one of {string.Join(", ", Protocols)}");
    }

    private static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps);
}

/// <summary>What is measured and /metrics shows, section "Srpo:Metrics".</summary>
internal sealed class MetricsSettings
{
    public const string Section = SiloSettings.Section + ":Metrics";

    /// <summary>Whether there is a /metrics. <value>True by default.</value></summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Whether it shows the meter "Microsoft.Orleans". <value>True by default.</value></summary>
    public bool Orleans { get; set; } = true;

    /// <summary>Whether it shows the meter "System.Runtime": memory, garbage collection, threads. <value>True by default.</value></summary>
    public bool Runtime { get; set; } = true;

    /// <summary>Names of the meters that it shows.</summary>
    public IReadOnlySet<string> Meters()
    {
        var meters = new HashSet<string> { "Srpo" };
        if (Orleans) meters.Add("Microsoft.Orleans");
        if (Runtime) meters.Add("System.Runtime");
        return meters;
    }
}
