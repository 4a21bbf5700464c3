using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Configuration;
using Srpo.Client.Cli;
using Srpo.Grains.Storage;

namespace Srpo.Client.Sessions;

/// <summary>A connection to a running cluster of silos.</summary>
internal sealed class ClusterSession : IGrainSession
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan GatewayRefresh = TimeSpan.FromSeconds(10);

    private readonly IHost _host;

    private ClusterSession(IHost host) => _host = host;

    public IGrainFactory Grains => _host.Services.GetRequiredService<IClusterClient>();

    /// <summary>Connects to what --cluster names, see <see cref="ClusterAddress"/>.</summary>
    public static async Task<IGrainSession> ConnectAsync(string text, CancellationToken cancellation)
    {
        var address = ClusterAddress.Parse(text, Environment.GetEnvironmentVariable);
        var gateways = await Task.WhenAll(address.Gateways.Select(gateway => ResolveAsync(gateway, cancellation)));
        if (address.Postgres is { } database) await CheckAsync(database, cancellation);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client =>
        {
            client.UseClientTls();
            client.AddActivityPropagation();
            client.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (address.ClusterId, address.ServiceId));

            // A gateway that died leaves the list when its silo is declared dead; another one is found soon after.
            client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = GatewayRefresh);
            if (address.Postgres is { } postgres)
                client.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (PostgresConnection.Invariant, postgres.ConnectionString));
            else if (address.Azure is { } azure)
                AzureGateways.Use(client, azure);
            else
                client.UseStaticClustering(gateways);
        });
        var host = builder.Build();
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(ConnectTimeout);
        try
        {
            await host.StartAsync(limited.Token).WaitAsync(limited.Token);
            return new ClusterSession(host);
        }
        catch (Exception error) when (error is OrleansException or SocketException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            host.Dispose();
            throw new CommandException(
                ExitCode.Environment, $"no silo of the cluster '{address.ClusterId}' answers at {address.Name}; start one (docs/commands/README.md, deploy/README.md) or give the address of its gateway with --cluster{ClientTls.Hint()}", error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
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
            throw new CommandException(ExitCode.Environment, $"--cluster {gateway.Host}:{gateway.Port}: the name '{gateway.Host}' is not known: {error.Message}", error);
        }
    }

    /// <summary>A database that does not answer, or is not prepared, is told apart from a cluster without silos.</summary>
    private static async Task CheckAsync(PostgresConnection database, CancellationToken cancellation)
    {
        try
        {
            if (await PostgresSchema.MissingAsync(database, cancellation) is { } missing) throw new CommandException(ExitCode.Environment, missing);
        }
        catch (NpgsqlException error)
        {
            throw new CommandException(ExitCode.Environment, PostgresErrors.Explain(error, database), error);
        }
    }
}
