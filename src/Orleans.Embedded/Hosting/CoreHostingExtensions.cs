using System.Net;
using Orleans.Configuration;

namespace Orleans.Hosting;

/// <summary>Clustering on the silo builder.</summary>
public static class CoreHostingExtensions
{
    /// <summary>
    /// Accepted for the sake of hosts written for Orleans. Nothing listens on the ports; only the names of service and
    /// cluster are kept.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="siloPort">Not used.</param>
    /// <param name="gatewayPort">Not used.</param>
    /// <param name="primarySiloEndpoint">Must be null: there is no other silo to join.</param>
    /// <param name="serviceId">The name of the service.</param>
    /// <param name="clusterId">The name of the cluster.</param>
    /// <returns>The builder.</returns>
    public static ISiloBuilder UseLocalhostClustering(
        this ISiloBuilder builder,
        int siloPort = 11111,
        int gatewayPort = 30000,
        IPEndPoint? primarySiloEndpoint = null,
        string serviceId = "dev",
        string clusterId = "dev")
    {
        _ = siloPort;
        _ = gatewayPort;
        if (primarySiloEndpoint is not null)
            throw new Runtime.OrleansConfigurationException($"Cannot join {primarySiloEndpoint}: {Srpo.OrleansEmbedded.EmbeddedRuntime.NoCluster}.");

        return builder.Configure<ClusterOptions>(options =>
        {
            options.ServiceId = serviceId;
            options.ClusterId = clusterId;
        });
    }
}
