using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Srpo.Grains.Storage;

namespace Srpo.Silo;

/// <summary>Tells Orleans how silos find each other and when one counts as dead.</summary>
internal static class ClusterRegistration
{
    private static readonly TimeSpan LongTurn = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A probe may take so much longer where this silo itself is slow. It also is how long a silo that keeps its connections without a word is not
    /// suspected, for each probe that may be missed: Orleans' four would let one that is frozen count as alive for 24 s.
    /// </summary>
    private const int LongestProbe = 2;

    /// <summary>Adds membership, addresses and failure detection.</summary>
    public static ISiloBuilder AddSrpoCluster(this ISiloBuilder silo, SiloSettings settings)
    {
        var cluster = settings.Cluster;
        if (cluster.ClusterKind == ClusterKind.Localhost)
        {
            silo.UseLocalhostClustering(settings.SiloPort, settings.GatewayPort, settings.Primary, settings.ServiceId, settings.ClusterName);
        }
        else
        {
            silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (settings.ClusterName, settings.ServiceId));
            var address = cluster.Advertised();
            if (address is null) silo.ConfigureEndpoints(settings.SiloPort, settings.GatewayPort, listenOnAnyHostAddress: cluster.ListenOnAnyAddress);
            else silo.ConfigureEndpoints(address, settings.SiloPort, settings.GatewayPort, cluster.ListenOnAnyAddress);
            AddMembership(silo, settings);
        }

        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = TimeSpan.FromSeconds(cluster.ProbeSeconds);
            options.MaxProbeTimeout = LongestProbe * options.ProbeTimeout;
            options.NumMissedProbesLimit = cluster.MissedProbes;
            options.NumVotesForDeathDeclaration = cluster.DeathVotes;
            options.TableRefreshTimeout = TimeSpan.FromSeconds(cluster.TableRefreshSeconds);
            options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(cluster.AliveSeconds);
        });

        // What a machine without processor time does to a turn is no news; what lasts longer than that is a fault.
        silo.Configure<SchedulingOptions>(options => options.TurnWarningLengthThreshold = LongTurn);
        return silo;
    }

    private static void AddMembership(ISiloBuilder silo, SiloSettings settings)
    {
        switch (settings.Cluster.ClusterKind)
        {
            case ClusterKind.Development:
                // Null stands for this silo's own address.
                silo.UseDevelopmentClustering(settings.Cluster.PrimaryEndPoint()!);
                break;
            case ClusterKind.Postgres:
                var database = settings.Cluster.Postgres;
                silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (PostgresConnection.Invariant, database.ConnectionString));
                AddWatch(silo, new ListPlace(database.Name, PostgresErrors.IsTransient, PostgresErrors.Reason));
                break;
            default:
                var tables = settings.Cluster.Azure.Tables();
                silo.UseAzureStorageClustering(options => (options.TableServiceClient, options.TableName) = (tables.Client, AzureTables.SiloTable));
                AddWatch(silo, new ListPlace(tables.Name, AzureErrors.IsTransient, AzureErrors.Reason));
                break;
        }
    }

    /// <summary>What a list outside of the silos needs besides: somebody who says when it is away, and who sees that silos are gone.</summary>
    private static void AddWatch(ISiloBuilder silo, ListPlace place)
    {
        var table = silo.Services.Last(service => service.ServiceType == typeof(IMembershipTable));
        silo.Services.Replace(ServiceDescriptor.Singleton<IMembershipTable>(services => new WatchedMembershipTable(
            (IMembershipTable)ActivatorUtilities.CreateInstance(services, table.ImplementationType!), place, services.GetRequiredService<ILogger<WatchedMembershipTable>>())));
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, StaleMembers>();
    }
}
