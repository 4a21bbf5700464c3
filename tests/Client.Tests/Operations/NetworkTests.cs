using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Grains.Tests;

namespace Srpo.Client.Tests.Operations;

/// <summary>Who can reach a silo with default settings: this machine, and nobody from the network.</summary>
[Collection(PostgresTests.Name)]
public sealed class NetworkTests(PostgresServer server)
{
    /// <summary>After this time nobody answers.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    [NetworkFact]
    public async Task Nothing_of_a_silo_can_be_reached_from_the_network()
    {
        using var directory = new TemporaryDirectory();
        await CheckAsync(directory);
    }

    [NetworkFact(Database = true)]
    public async Task Nothing_of_a_silo_with_a_database_can_be_reached_from_the_network()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("connection", await server.CreateAsync());
        (await InProcess.RunAsync(directory.Root, "admin", "init-db", "--connection-file", file)).Expect(ExitCode.Ok);
        await CheckAsync(directory, "ClusterId=srpo", "Cluster:Kind=postgres", "Storage:Kind=postgres", "Cluster:ConnectionStringFile=" + file);
    }

    [OtherUserFact]
    public async Task Nothing_of_a_silo_can_be_reached_by_another_user_of_the_machine()
    {
        using var directory = new TemporaryDirectory();
        using var silo = SiloProcess.Start(directory.Root);
        await silo.ReadyAsync();
        OtherUser.CopyForAll(AppContext.BaseDirectory, directory["program"]);
        OtherUser.LetEnter(directory.Root);
        string[] client = ["dotnet", Path.Combine(directory["program"], "srpo.dll"), "cluster", "status", "--cluster", silo.Gateway];
        (await SrpoProcess.RunAsync(directory.Root, client[2..])).Expect(ExitCode.Ok);
        var refused = (await OtherUser.RunAsync(directory.Root, client)).Expect(ExitCode.Environment);
        Assert.DoesNotContain("active", refused.Out, StringComparison.Ordinal);

        // Raw bytes, such as a silo or a client would begin with: nothing comes back, not even the cluster's name.
        var silence = new[] { silo.SiloPort, silo.GatewayPort }.Select(port =>
            OtherUser.RunAsync(directory.Root, "bash", "-c", $"exec 3<>/dev/tcp/127.0.0.1/{port} && printf '\\x10\\x00\\x00\\x00 srpo' >&3; timeout 5 cat <&3"));
        foreach (var heard in await Task.WhenAll(silence)) Assert.Equal("", heard.Out);
        // From another address of the machine, which reaches loopback as well. A gateway would begin with the cluster's name.
        const string speak = "my $s = IO::Socket::INET->new(LocalAddr => $ARGV[0], PeerAddr => '127.0.0.1', PeerPort => $ARGV[1]) or die \"no connection: $!\"; print $s \"\\x10\\0\\0\\0 srpo\"; $s->flush; alarm 5; print <$s>; print 'closed'";
        foreach (var address in NetworkFactAttribute.Addresses.Where(address => address.AddressFamily == AddressFamily.InterNetwork))
        {
            var spoken = new[] { silo.SiloPort, silo.GatewayPort }.Select(port => OtherUser.RunAsync("/", "perl", "-MIO::Socket::INET", "-e", speak, $"{address}", $"{port}"));
            foreach (var heard in await Task.WhenAll(spoken)) Assert.Equal("closed", heard.Out);
            Assert.Contains("403", (await OtherUser.RunAsync("/", "curl", "--silent", "--include", "--interface", $"{address}", $"http://127.0.0.1:{silo.HttpPort}/log-level")).Out, StringComparison.Ordinal);
        }

        var http = await OtherUser.RunAsync(directory.Root, "bash", "-c", $"exec 3<>/dev/tcp/127.0.0.1/{silo.HttpPort} && printf 'GET /log-level HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3; timeout 20 cat <&3");
        Assert.StartsWith("HTTP/1.1 403", http.Out, StringComparison.Ordinal);
        Assert.Contains("Srpo:Cluster:TrustMachine=true", http.Out, StringComparison.Ordinal);
        Assert.Contains("it is of another user of this machine (number 65534)", silo.Said, StringComparison.Ordinal);
        Assert.Equal(0, await silo.StopAsync());

        using var trusting = SiloProcess.Start(directory.Root, "Cluster:TrustMachine=true");
        await trusting.ReadyAsync();
        (await OtherUser.RunAsync(directory.Root, [.. client[..^1], trusting.Gateway])).Expect(ExitCode.Ok);
    }

    private static async Task CheckAsync(TemporaryDirectory directory, params string[] settings)
    {
        using var silo = SiloProcess.Start(directory.Root, settings);
        await silo.ReadyAsync();
        Assert.True(await OrleansConnectsAsync(new IPEndPoint(IPAddress.Loopback, silo.GatewayPort), SiloProcess.Patience));
        foreach (var address in NetworkFactAttribute.Addresses)
        {
            using (var open = new TcpListener(address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0))
            {
                open.Start();
                Assert.True(await ConnectsAsync(new IPEndPoint(address, ((IPEndPoint)open.LocalEndpoint).Port)), $"{address} is no address of this machine");
            }

            foreach (var port in new[] { silo.SiloPort, silo.GatewayPort, silo.HttpPort })
            {
                Assert.True(await ConnectsAsync(new IPEndPoint(IPAddress.Loopback, port)), $"port {port} does not listen");
                Assert.False(await ConnectsAsync(new IPEndPoint(address, port)), $"port {port} can be reached at {address}");
            }

            Assert.False(await OrleansConnectsAsync(new IPEndPoint(address, silo.GatewayPort), Limit), $"a client connects at {address}");
        }

        Assert.Equal(0, await silo.StopAsync());
    }

    private static async Task<bool> ConnectsAsync(IPEndPoint end)
    {
        using var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await socket.ConnectAsync(end, limit.Token);
            return true;
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>A plain client of Orleans that knows the cluster's name.</summary>
    private static async Task<bool> OrleansConnectsAsync(IPEndPoint gateway, TimeSpan patience)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client => client.UseStaticClustering(gateway).Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("srpo", "srpo")));
        using var host = builder.Build();
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await host.StartAsync(limit.Token).WaitAsync(limit.Token);
            await host.StopAsync();
            return true;
        }
        catch (Exception error) when (error is OrleansException or SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}

/// <summary>A test that needs an address of this machine other than loopback; skipped, with the reason, where there is none.</summary>
internal sealed class NetworkFactAttribute : FactAttribute
{
    private bool _database;

    public NetworkFactAttribute()
    {
        if (Addresses.Count == 0) Skip = "this machine has no address but loopback";
    }

    /// <summary>All addresses of this machine but loopback.</summary>
    public static IReadOnlyList<IPAddress> Addresses { get; } =
    [
        .. NetworkInterface.GetAllNetworkInterfaces().Where(network => network.OperationalStatus == OperationalStatus.Up)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses).Select(address => address.Address).Where(address => !IPAddress.IsLoopback(address)),
    ];

    /// <summary>Whether it needs a PostgreSQL server as well.</summary>
    public bool Database
    {
        get => _database;
        set
        {
            _database = value;
            if (value) Skip ??= new PostgresFactAttribute().Skip;
        }
    }
}
