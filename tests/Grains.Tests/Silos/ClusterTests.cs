using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Srpo.Core.Settings;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>Two silos and a client outside of them: every message goes over the wire.</summary>
public sealed class ClusterTests
{
    private static readonly PopulationSpec Spec = Populations.Spec("wide", teams: 4);

    [Fact]
    public async Task Two_silos_give_the_bits_of_one()
    {
        using var data = new TestDirectory();
        var ports = FreePorts(4);
        using var first = await SiloAsync(data, ports[0], ports[1], ports[0]);
        using var second = await SiloAsync(data, ports[2], ports[3], ports[0]);
        foreach (var silo in new[] { first, second })
            await Until.HoldsAsync("the silos know each other", () => silo.Services.GetRequiredService<SiloMap>().Current().Length >= 2);
        using var client = await ClientAsync(ports[3]);
        var grains = client.Services.GetRequiredService<IClusterClient>();
        var probe = new PopulationProbe();
        var coordinator = grains.GetGrain<ICoordinatorGrain>("wide");
        await coordinator.SubscribeAsync(grains.CreateObjectReference<IPopulationObserver>(probe));

        await coordinator.StartAsync(Spec);
        var status = await probe.Statuses.WaitAsync("finished", seen => seen.Phase is PopulationPhase.Finished or PopulationPhase.Failed);

        Assert.Equal((PopulationPhase.Finished, null), (status.Phase, status.Error));
        Assert.Equal(await Populations.ReferenceAsync(Spec), await Populations.FingerprintAsync(grains, Spec));
        Assert.Equal(Spec, await coordinator.GetSpecAsync());

        // Learners of both silos took part.
        var addresses = new[] { first, second }.Select(silo => silo.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress);
        var learners = await Task.WhenAll(addresses.Select(silo => grains.GetGrain<ILearnerGrain>(GrainKeys.Learner("cpu", 0, silo)).QueryAsync()));
        Assert.All(learners, learner => Assert.True(learner.Updates > 0));

        // Replies and exceptions of every kind come through.
        Assert.Equal(2, (await grains.GetGrain<IEnvironmentGrain>("wide/0/0").QueryAsync()).Seats.Length);
        Assert.NotEmpty((await grains.GetGrain<IAdversaryGrain>("wide/3/1").ExportAsync()).Content);
        var policy = await grains.GetGrain<IAgentGrain>("wide/2/0").GetPolicyAsync();
        var frames = await grains.GetGrain<IMatchWorkerGrain>(0).ReplayAsync(new ReplayRequest(Spec.Environment, 3, 1, 0, [policy, policy]));
        Assert.Equal(4, frames.Length);
        var unknown = await Assert.ThrowsAsync<UnknownGrainException>(() => grains.GetGrain<IAgentGrain>("wide/9/0").QueryAsync());
        Assert.Contains("wide/9/0", unknown.Message);
        var tournament = grains.GetGrain<ITournamentGrain>("wide");
        await tournament.StartAsync(new TournamentSpec(["wide"], Spec.Environment, 2, 16, 1));
        await tournament.PausedAsync();
        await tournament.StartAsync(new TournamentSpec(["wide"], Spec.Environment, 2, 16, 1));
        Assert.Equal(16, (await tournament.GetMatrixAsync()).Cells.Length);
        Assert.Equal(["wide"], await grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory).GetNamesAsync(WorkKind.Population));

        await client.StopAsync();
        await second.StopAsync();
        await first.StopAsync();
    }

    private static async Task<IHost> SiloAsync(TestDirectory data, int silo, int gateway, int primary)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleans(orleans => orleans
            .UseLocalhostClustering(silo, gateway, new IPEndPoint(IPAddress.Loopback, primary))
            .AddSrpo(options =>
            {
                options.DataDirectory = data.Path;
                options.Compute.Workers = 1;
                options.Unattended = true;
            }));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static async Task<IHost> ClientAsync(int gateway)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(orleans => orleans.UseLocalhostClustering(gateway));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }
}
