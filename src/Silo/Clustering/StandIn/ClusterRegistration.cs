namespace Srpo.Silo;

/// <summary>The stand-in for Orleans has one silo, on this machine.</summary>
internal static class ClusterRegistration
{
    /// <summary>Adds what there is of a cluster.</summary>
    /// <exception cref="SiloSettingsException">The settings ask for another kind of cluster.</exception>
    public static ISiloBuilder AddSrpoCluster(this ISiloBuilder silo, SiloSettings settings) =>
        settings.Cluster.ClusterKind == ClusterKind.Localhost
            ? silo.UseLocalhostClustering(settings.SiloPort, settings.GatewayPort, settings.Primary, settings.ServiceId, settings.ClusterId)
            : throw new SiloSettingsException("Cluster:Kind", settings.Cluster.Kind, "this silo was built without Orleans and knows localhost only");
}
