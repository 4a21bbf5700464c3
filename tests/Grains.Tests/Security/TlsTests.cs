using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Security;

namespace Srpo.Grains.Tests;

/// <summary>Two silos and clients over real connections with certificates made here.</summary>
public sealed class TlsTests
{
    [Fact]
    public async Task Silos_and_clients_with_certificates_of_one_authority_work_together_and_others_are_refused()
    {
        using var files = new TestDirectory();
        using var data = new TestDirectory();
        using var ours = new TestAuthority(files, "ours");
        using var theirs = new TestAuthority(files, "theirs");
        foreach (var file in new[] { "silo-1", "silo-2", "client" }) ours.Issue(file);
        theirs.Issue("stranger");
        var ports = FreePorts(6);
        using var log = new LogOfTest();
        using var first = await SiloAsync(data, ours.Settings("silo-1"), ports[0], ports[1], ports[0], log);
        using var second = await SiloAsync(data, ours.Settings("silo-2"), ports[2], ports[3], ports[0]);
        using var client = await ClientAsync(ours.Settings("client"), ports[3]);
        var grains = client.Services.GetRequiredService<IClusterClient>();

        var hosts = await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true);
        Assert.Equal(2, hosts.Count);
        foreach (var silo in hosts.Keys) Assert.NotEmpty((await grains.GetGrain<ILearnerGrain>(GrainKeys.Learner("cpu", 0, silo)).QueryAsync()).Device);

        var stranger = theirs.Settings("stranger");
        stranger.Authorities = ours.AuthorityFile;
        var careful = ours.Settings("client");
        careful.Authorities = theirs.AuthorityFile;
        var elsewhere = ours.Settings("client");
        elsewhere.ServerName = "other.srpo.test";
        var anonymous = new TlsSettings { Enabled = true, Mutual = false, Authorities = ours.AuthorityFile, ServerName = TestAuthority.ServerName };
        var answers = await Task.WhenAll(
            AnswersAsync(ours.Settings("client"), ports[1], seconds: 60), AnswersAsync(stranger, ports[1]), AnswersAsync(careful, ports[1]),
            AnswersAsync(elsewhere, ports[1]), AnswersAsync(anonymous, ports[1]), AnswersAsync(new TlsSettings(), ports[1]));

        // The right one; a client of another authority; one that trusts another authority; one that expects another name; one without a certificate; one without TLS.
        Assert.Equal([true, false, false, false, false, false], answers);
        Assert.Contains(log.Messages, message => message.Contains("'CN=stranger' of the other end is refused", StringComparison.Ordinal));

        // Those who are in stay in.
        Assert.NotNull(await grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory).GetNamesAsync(WorkKind.Population));
        await client.StopAsync();
        await second.StopAsync();
        await first.StopAsync();
    }

    [Fact]
    public async Task Without_mutual_tls_a_client_needs_no_certificate()
    {
        using var files = new TestDirectory();
        using var data = new TestDirectory();
        using var ours = new TestAuthority(files, "ours");
        ours.Issue("silo-1");
        var ports = FreePorts(2);
        var settings = ours.Settings("silo-1");
        settings.Mutual = false;
        using var silo = await SiloAsync(data, settings, ports[0], ports[1], ports[0]);
        using var client = await ClientAsync(new TlsSettings { Enabled = true, Mutual = false, Authorities = ours.AuthorityFile }, ports[1]);

        // Without a name in the settings, the address is what the certificate must carry.
        Assert.Empty(await client.Services.GetRequiredService<IClusterClient>().GetGrain<IDirectoryGrain>(GrainKeys.Directory).GetNamesAsync(WorkKind.Population));
        await client.StopAsync();
        await silo.StopAsync();
    }

    /// <summary>Whether a client gets an answer within some time, which is long where it should get one, and the machine may be busy.</summary>
    private static async Task<bool> AnswersAsync(TlsSettings settings, int gateway, double seconds = 8)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            using var host = Client(settings, gateway);
            await host.StartAsync(limit.Token).WaitAsync(limit.Token);
            await host.Services.GetRequiredService<IClusterClient>().GetGrain<IDirectoryGrain>(GrainKeys.Directory).GetNamesAsync(WorkKind.Population).WaitAsync(limit.Token);
            return true;
        }
        catch (Exception error) when (error is OrleansException or OperationCanceledException or SocketException or TimeoutException)
        {
            return false;
        }
    }

    private static async Task<IHost> SiloAsync(TestDirectory data, TlsSettings tls, int silo, int gateway, int primary, ILoggerProvider? log = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        if (log is not null) builder.Logging.AddProvider(log);
        builder.UseOrleans(orleans => orleans
            .UseSrpoTls(tls)
            .UseLocalhostClustering(silo, gateway, new IPEndPoint(IPAddress.Loopback, primary))
            .AddSrpo(options =>
            {
                options.DataDirectory = data.Path;
                options.Unattended = true;
                options.Compute.Workers = 1;
            }));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static async Task<IHost> ClientAsync(TlsSettings tls, int gateway)
    {
        var host = Client(tls, gateway);
        await host.StartAsync();
        return host;
    }

    private static IHost Client(TlsSettings tls, int gateway)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(orleans => orleans.UseSrpoTls(tls).UseLocalhostClustering(gateway));
        return builder.Build();
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }

    /// <summary>Keeps warnings with their causes.</summary>
    private sealed class LogOfTest : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _messages = new();

        public IReadOnlyCollection<string> Messages => _messages;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) _messages.Enqueue(formatter(state, exception) + " " + exception);
        }

        public void Dispose()
        {
        }
    }
}
