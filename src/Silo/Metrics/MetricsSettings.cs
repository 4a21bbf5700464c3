namespace Srpo.Silo;

/// <summary>What /metrics shows, section "Srpo:Metrics".</summary>
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
