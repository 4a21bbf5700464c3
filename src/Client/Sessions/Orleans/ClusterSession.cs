using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Srpo.Client.Cli;

namespace Srpo.Client.Sessions;

/// <summary>A connection to a running cluster of silos.</summary>
internal sealed class ClusterSession : IGrainSession
{
    /// <summary>Name of the cluster and of the service, the same in the silo's settings.</summary>
    private const string ClusterName = "srpo";

    private const int DefaultGatewayPort = 30000;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    private readonly IHost _host;

    private ClusterSession(IHost host) => _host = host;

    public IGrainFactory Grains => _host.Services.GetRequiredService<IClusterClient>();

    /// <summary>Connects to gateways "HOST:PORT[,HOST:PORT...]"; the port is 30000 where none is given.</summary>
    public static async Task<IGrainSession> ConnectAsync(string addresses, CancellationToken cancellation)
    {
        var gateways = new List<IPEndPoint>();
        foreach (var address in addresses.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            gateways.Add(await ParseAsync(address, cancellation));
        if (gateways.Count == 0) throw new CommandException(ExitCode.Usage, "--cluster: write HOST:PORT, several separated by commas, or 'localhost'");

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client
            .UseStaticClustering([.. gateways])
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (ClusterName, ClusterName)));
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
                ExitCode.Environment, $"no silo answers at {addresses}; start one (docs/commands/README.md, deploy/README.md) or give the address of its gateway with --cluster", error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private static async Task<IPEndPoint> ParseAsync(string address, CancellationToken cancellation)
    {
        var colon = address.LastIndexOf(':');
        var host = colon < 0 ? address : address[..colon];
        var port = DefaultGatewayPort;
        if (colon >= 0 && (!int.TryParse(address[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535))
            throw new CommandException(ExitCode.Usage, $"--cluster {address}: the port must be a number from 1 to 65535");
        if (IPAddress.TryParse(host, out var ip)) return new IPEndPoint(ip, port);
        try
        {
            var found = await Dns.GetHostAddressesAsync(host, AddressFamily.InterNetwork, cancellation);
            return new IPEndPoint(found[0], port);
        }
        catch (SocketException error)
        {
            throw new CommandException(ExitCode.Environment, $"--cluster {address}: the name '{host}' is not known: {error.Message}", error);
        }
    }
}
