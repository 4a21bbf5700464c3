using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Srpo.OrleansEmbedded.Tests;

public sealed class HostingTests
{
    [Fact]
    public async Task A_generic_host_builder_works_as_well()
    {
        using var host = new HostBuilder()
            .UseOrleans(silo => silo
                .UseLocalhostClustering(serviceId: "service", clusterId: "cluster")
                .AddMemoryGrainStorageAsDefault()
                .Configure<SiloOptions>(options => options.SiloName = "one"))
            .Build();
        await host.StartAsync();
        Assert.Equal("k", await host.Services.GetRequiredService<IGrainFactory>().GetGrain<IByText>("k").Key());
        var details = host.Services.GetRequiredService<ILocalSiloDetails>();
        Assert.Equal(("one", "cluster"), (details.Name, details.ClusterId));
        await host.StopAsync();
    }

    [Fact]
    public async Task Start_up_tasks_may_call_grains()
    {
        var heard = "";
        await using var host = await TestHost.StartAsync(silo => silo.AddStartupTask(async (services, _) =>
            heard = await services.GetRequiredService<IGrainFactory>().GetGrain<IByText>("early").Key()));
        Assert.Equal("early", heard);
    }

    [Fact]
    public void Joining_a_cluster_is_refused_and_the_message_says_what_to_do()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var exception = Assert.Throws<OrleansConfigurationException>(() => builder.UseOrleansClient());
        Assert.Contains("restore with a feed that has it", exception.Message, StringComparison.Ordinal);
        Assert.Throws<OrleansConfigurationException>(() => builder.UseOrleans(silo =>
            silo.UseLocalhostClustering(primarySiloEndpoint: new IPEndPoint(IPAddress.Loopback, 11111))));
    }

    [Fact]
    public void The_banner_says_that_this_is_not_a_cluster() =>
        Assert.Contains("not a cluster", EmbeddedRuntime.Banner, StringComparison.Ordinal);

    [Fact]
    public async Task Activations_can_be_counted_and_collected()
    {
        await using var host = await TestHost.StartAsync();
        for (var i = 0; i < 3; i++)
            await host.Grains.GetGrain<IByNumber>(i).Key();
        var management = host.Grains.GetGrain<IManagementGrain>(0);
        var statistic = Assert.Single(await management.GetSimpleGrainStatistics());
        Assert.Equal((typeof(ByNumberGrain).FullName, 3), (statistic.GrainType, statistic.ActivationCount));
        Assert.Equal(3, await management.GetTotalActivationCount());
        Assert.Equal(3, (await management.GetActiveGrains(GrainType.Create("bynumber"))).Count);

        host.Time.Advance(TimeSpan.FromMinutes(1));
        await management.ForceActivationCollection(TimeSpan.FromSeconds(30));
        await TestHost.WhenIdle(host.Grains);
        Assert.Equal(0, await management.GetTotalActivationCount());
    }
}
