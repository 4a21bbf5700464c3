using System.Net.NetworkInformation;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

public sealed class LocalHostTests
{
    [Fact]
    public async Task Many_hosts_live_in_one_process_and_none_opens_a_port_that_others_could_find()
    {
        var before = Listeners();
        using var directory = new TestDirectory();
        var hosts = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => LocalHost.StartAsync(
            options => (options.DataDirectory, options.Compute.Workers) = (Path.Combine(directory.Path, $"{i}"), 1),
            socket: i % 2 == 0 ? null : Path.Combine(directory.Path, $"s{i}"))));
        try
        {
            Assert.Equal(6, hosts.Select(host => host.ClusterId).Distinct().Count());
            Assert.Empty(Listeners().Except(before).Intersect(["127.0.0.1:11111", "127.0.0.1:30000"]));
            for (var i = 0; i < hosts.Length; i++)
            {
                Assert.Equal(i % 2 == 1, hosts[i].Services.GetRequiredService<ILocalSiloDetails>().GatewayAddress is not null);
                Assert.Equal(i % 2 == 1, File.Exists(Path.Combine(directory.Path, $"s{i}")));
                Assert.Empty(await hosts[i].Grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory).GetNamesAsync(WorkKind.Population));
            }
        }
        finally
        {
            foreach (var host in hosts) await host.DisposeAsync();
        }

        Assert.DoesNotContain(Directory.EnumerateFiles(directory.Path), path => Path.GetFileName(path).StartsWith('s'));
    }

    [Fact]
    public void A_version_of_Orleans_with_other_transports_is_refused_before_anything_is_opened()
    {
        // None at all, one that is not known, and one without a key.
        var services = new ServiceCollection();
        Refused(services);
        foreach (var key in new[] { "silo", "gateway", "another" }) services.AddKeyedSingleton<IConnectionListenerFactory>(key, (_, _) => null!);
        services.AddKeyedSingleton<IConnectionFactory>("silo", (_, _) => null!);
        Refused(services);
        services = new ServiceCollection();
        services.AddKeyedSingleton<IConnectionListenerFactory>("silo", (_, _) => null!);
        services.AddSingleton<IConnectionListenerFactory>(_ => null!);
        services.AddKeyedSingleton<IConnectionFactory>("silo", (_, _) => null!);
        Refused(services);

        // A client that was not redirected would speak to whoever listens at the address.
        Assert.Throws<NotSupportedException>(() => new Builder().UseLocalSilo("nobody", "/nowhere"));

        static void Refused(IServiceCollection services)
        {
            var refused = Assert.Throws<NotSupportedException>(() => LocalTransport.TakeOffNetwork(services, socket: null));
            Assert.Contains("cannot be kept off the network", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_silo_that_opens_its_ports_in_another_way_is_found_out()
    {
        var listeners = new LocalListeners(socket: null);
        Assert.Throws<NotSupportedException>(listeners.Check);
        var listener = await listeners.BindAsync(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, LocalTransport.SiloPort));
        listeners.Check();

        var accepting = listener.AcceptAsync().AsTask();
        Assert.False(accepting.IsCompleted);
        await listener.UnbindAsync();
        Assert.Null(await accepting);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await listeners.BindAsync(LocalTransport.Gateway));
        Assert.Throws<NotSupportedException>(listeners.Check);
    }

    private static HashSet<string> Listeners() => [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(end => end.ToString())];

    /// <summary>A client before Orleans has added anything.</summary>
    private sealed class Builder : IClientBuilder
    {
        public IServiceCollection Services { get; } = new ServiceCollection();

        public Microsoft.Extensions.Configuration.IConfiguration Configuration => throw new NotSupportedException();
    }
}
