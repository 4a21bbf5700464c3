namespace Orleans.Configuration;

/// <summary>Names that a cluster would have. Here they are labels: nobody else can join.</summary>
public class ClusterOptions
{
    /// <summary>The default of <see cref="ClusterId"/>.</summary>
    public const string DefaultClusterId = "default";

    /// <summary>The default of <see cref="ServiceId"/>.</summary>
    public const string DefaultServiceId = "default";

    /// <summary>The cluster.</summary>
    public string ClusterId { get; set; } = DefaultClusterId;

    /// <summary>The service; storage providers use it to keep services apart.</summary>
    public string ServiceId { get; set; } = DefaultServiceId;
}
