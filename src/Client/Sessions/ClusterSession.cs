using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Configuration;
using Srpo.Core.Errors;
using Srpo.Experiments.Runs;
using Srpo.Grains.Storage;

namespace Srpo.Client.Sessions;

/// <summary>A connection to a running cluster of silos.</summary>
internal sealed class ClusterSession : IGrainSession
{
    /// <summary>How long each attempt to connect may take: the first ones until another gateway is tried, the last one as long as a very busy machine needs. Where nobody listens, all three fail at once.</summary>
    private static readonly TimeSpan[] ConnectTimeouts = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)];

    /// <summary>A gateway that takes longer to open a connection is passed over for the next one.</summary>
    private static readonly TimeSpan OpenTimeout = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan GatewayRefresh = TimeSpan.FromSeconds(10);

    private readonly IHost _host;
    private readonly ClusterPatience _patience;

    private ClusterSession(IHost host, ClusterPatience patience) => (_host, _patience) = (host, patience);

    public IGrainFactory Grains => _host.Services.GetRequiredService<IClusterClient>();

    /// <summary>Connects to what --cluster names, see <see cref="ClusterAddress"/>.</summary>
    /// <param name="text">What stands after --cluster.</param>
    /// <param name="variable">Values of environment variables.</param>
    /// <param name="error">Where it is said that the cluster is waited for.</param>
    /// <param name="cancellation">Set by Ctrl-C: ends the connecting and, later, calls.</param>
    public static async Task<IGrainSession> ConnectAsync(string text, Func<string, string?> variable, TextWriter error, CancellationToken cancellation)
    {
        var address = ClusterAddress.Parse(text, variable);
        var gateways = await Task.WhenAll(address.Gateways.Select(gateway => ResolveAsync(gateway, cancellation)));
        if (address.Postgres is { } database) await CheckAsync(database, cancellation);
        if (address.Azure is { } account) await CheckAsync(account, cancellation);
        var patience = new ClusterPatience(error, cancellation);
        var first = Random.Shared.Next(1000);
        var began = Stopwatch.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            // A silo that is frozen opens connections and says nothing: the next attempt begins with the next gateway.
            var host = Build(address, gateways, patience, first + attempt);
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limited.CancelAfter(ConnectTimeouts[attempt]);
            try
            {
                await host.StartAsync(limited.Token).WaitAsync(limited.Token);
                return new ClusterSession(host, patience);
            }
            catch (Exception trouble) when (trouble is OrleansException or SocketException or OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                host.Dispose();
                if (attempt + 1 < ConnectTimeouts.Length)
                {
                    if (attempt == 0) error.WriteLine($"srpo: no answer from {address.Name} yet; trying {(address.Gateways.Count == 1 ? "again" : "the next gateway")}");
                    continue;
                }

                throw new SrpoException(
                    ErrorKind.Environment, $"no silo of the cluster '{address.ClusterId}' has answered at {address.Name}, which was tried {ConnectTimeouts.Length} times in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s; if none runs, start one (docs/commands/README.md, deploy/README.md), if its machine is very busy, repeat the command, or give the address of its gateway with --cluster and its name in {ClusterAddress.ClusterIdVariable}{ClientTls.Hint()}", trouble);
            }
            catch (NpgsqlException trouble) when (address.Postgres is not null)
            {
                host.Dispose();
                throw new SrpoException(ErrorKind.Environment, PostgresErrors.Explain(trouble, address.Postgres), trouble);
            }
            catch (Azure.RequestFailedException trouble)
            {
                host.Dispose();
                throw new SrpoException(ErrorKind.Environment, AzureErrors.Explain(trouble, address.Name), trouble);
            }
            catch
            {
                host.Dispose();
                throw;
            }
        }
    }

    public void AfterInterrupt(TimeSpan limit) => _patience.AfterInterrupt(limit);

    public async ValueTask DisposeAsync()
    {
        // A gateway that is silent must not hold up the end: what is not closed by then ends with the process.
        var closing = Task.Run(async () =>
        {
            using var limited = new CancellationTokenSource(CloseTimeout);
            await _host.StopAsync(limited.Token);
            _host.Dispose();
        });
        await Task.WhenAny(closing, Task.Delay(2 * CloseTimeout));
        closing.Ignore();
        _patience.Dispose();
    }

    private static IHost Build(ClusterAddress address, IPEndPoint[] gateways, ClusterPatience patience, int gateway)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client =>
        {
            client.UseClientTls();
            client.AddOutgoingGrainCallFilter(patience);
            client.Configure<ConnectionOptions>(options => options.OpenConnectionTimeout = OpenTimeout);
            client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ClusterPatience.LostAfter);
            client.AddActivityPropagation();
            client.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (address.ClusterId, address.ServiceId));

            // A gateway that died leaves the list when its silo is declared dead; another one is found soon after.
            client.Configure<GatewayOptions>(options => (options.GatewayListRefreshPeriod, options.PreferredGatewayIndex) = (GatewayRefresh, gateway));
            if (address.Postgres is { } postgres)
                client.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (PostgresConnection.Invariant, postgres.ConnectionString));
            else if (address.Azure is { } tables)
                client.UseAzureStorageClustering(options => (options.TableServiceClient, options.TableName) = (tables.Client, AzureTables.SiloTable));
            else
                client.UseStaticClustering(gateways);
        });
        return builder.Build();
    }

    private static async Task<IPEndPoint> ResolveAsync(DnsEndPoint gateway, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(gateway.Host, out var ip)) return new IPEndPoint(ip, gateway.Port);
        try
        {
            var found = await Dns.GetHostAddressesAsync(gateway.Host, AddressFamily.InterNetwork, cancellation);
            return new IPEndPoint(found[0], gateway.Port);
        }
        catch (SocketException error)
        {
            throw new SrpoException(ErrorKind.Environment, $"--cluster {gateway.Host}:{gateway.Port}: the name '{gateway.Host}' is not known: {error.Message}", error);
        }
    }

    /// <summary>A storage account that does not answer is told apart from a cluster without silos.</summary>
    private static async Task CheckAsync(AzureTables tables, CancellationToken cancellation)
    {
        try
        {
            await tables.ProbeAsync(cancellation);
        }
        catch (Exception error) when (error is Azure.RequestFailedException or OperationCanceledException or IOException && !cancellation.IsCancellationRequested)
        {
            throw new SrpoException(ErrorKind.Environment, AzureErrors.Explain(error, tables.Name), error);
        }
    }

    /// <summary>A database that does not answer, or is not prepared, is told apart from a cluster without silos.</summary>
    private static async Task CheckAsync(PostgresConnection database, CancellationToken cancellation)
    {
        try
        {
            if (await PostgresSchema.MissingAsync(database, cancellation) is { } missing) throw new SrpoException(ErrorKind.Environment, missing);
        }
        catch (NpgsqlException error)
        {
            throw new SrpoException(ErrorKind.Environment, PostgresErrors.Explain(error, database), error);
        }
    }
}
