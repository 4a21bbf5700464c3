using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.TestingHost;
using Srpo.Core.Settings;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>Several silos and a client outside of them, in one process, over one data directory.</summary>
internal sealed class TestSilos : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly InProcessTestCluster _cluster;

    private TestSilos(InProcessTestCluster cluster) => _cluster = cluster;

    public IGrainFactory Grains => _cluster.Client;

    public IReadOnlyList<InProcessSiloHandle> Silos => _cluster.Silos;

    public static Task<TestSilos> StartAsync(TestDirectory data, int silos, params int[] workers) => StartAsync(data, silos, null, workers);

    /// <param name="data">The data directory of all.</param>
    /// <param name="silos">Number of silos.</param>
    /// <param name="calls">Sees every call that a grain of theirs makes, or null.</param>
    /// <param name="workers">Workers of each, 1 where nothing is said.</param>
    public static async Task<TestSilos> StartAsync(TestDirectory data, int silos, IOutgoingGrainCallFilter? calls, params int[] workers)
    {
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.Options.UseRealEnvironmentStatistics = true;
        builder.ConfigureSilo((silo, orleans) =>
        {
            var number = int.Parse(new string([.. silo.SiloName.Where(char.IsDigit)]));
            orleans.AddSrpo(options =>
            {
                options.DataDirectory = data.Path;
                options.Unattended = true;
                options.Compute.Workers = number < workers.Length ? workers[number] : 1;
            });
            if (calls is not null) orleans.AddOutgoingGrainCallFilter(calls);
            orleans.Configure<GrainDirectoryOptions>(options => options.CacheSize = 20_000);
            orleans.Configure<ClusterMembershipOptions>(options => (options.NumMissedProbesLimit, options.ProbeTimeout) = (2, TimeSpan.FromSeconds(1)));
        });
        var cluster = builder.Build();
        await Task.Run(cluster.DeployAsync);

        // Until all silos know of each other what they can take.
        foreach (var silo in cluster.Silos)
            await Until.HoldsAsync($"{silo.Name} knows all silos", () => silo.ServiceProvider.GetRequiredService<SiloMap>().Current().Length >= silos);
        return new TestSilos(cluster);
    }

    public Task<InProcessSiloHandle> JoinAsync() => Task.Run(() => _cluster.StartAdditionalSiloAsync());

    public Task LeaveAsync(InProcessSiloHandle silo) => _cluster.StopSiloAsync(silo);

    /// <summary>The silo ends without being told: it hands nothing over and stores nothing.</summary>
    public Task KillAsync(InProcessSiloHandle silo) => _cluster.KillSiloAsync(silo);

    public ICoordinatorGrain Coordinator(string population) => Grains.GetGrain<ICoordinatorGrain>(population);

    /// <summary>The silo on which a grain is active; null if it is nowhere.</summary>
    public async Task<SiloAddress?> WhereAsync(IAddressable grain) =>
        await Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grain);

    public async Task<InProcessSiloHandle> SiloOfAsync(IAddressable grain)
    {
        var address = await WhereAsync(grain);
        return Silos.Single(silo => silo.SiloAddress.Equals(address));
    }

    /// <summary>The silos of all actors and environments of a team, and those of the learners that train it.</summary>
    public async Task<string[]> SilosOfTeamAsync(PopulationSpec spec, int team)
    {
        var plan = Populations.Plan(spec);
        var members = TeamActors.Actors(Grains, spec.Population, team, plan).Cast<IAddressable>()
            .Concat(TeamActors.Environments(Grains, spec.Population, team, plan));
        var addresses = await Task.WhenAll(members.Select(WhereAsync));
        return [.. addresses.Select(address => address?.ToParsableString() ?? "nowhere").Distinct()];
    }

    /// <summary>Asks again and again, also while silos die, until something holds.</summary>
    public async Task<PopulationStatus> UntilAsync(string population, Func<PopulationStatus, bool> holds)
    {
        using var limit = new CancellationTokenSource(Limit);
        PopulationStatus? status = null;
        while (true)
        {
            try
            {
                status = await Coordinator(population).GetStatusAsync().WaitAsync(TimeSpan.FromSeconds(5), limit.Token);
                if (holds(status)) return status;
            }
            catch (Exception error) when (!limit.IsCancellationRequested && Transient.Is(error))
            {
                // The coordinator's silo has just died.
            }

            Assert.False(limit.IsCancellationRequested, $"{population} did not come so far; last seen: {status}");
            Assert.False(status?.Phase is PopulationPhase.Failed, $"{status}");
            await Task.Delay(10, CancellationToken.None);
        }
    }

    public Task<PopulationStatus> AtRoundAsync(string population, int round) =>
        UntilAsync(population, status => status.Teams.Any(team => team.Round >= round));

    public Task<PopulationStatus> FinishedAsync(string population) => UntilAsync(population, status => status.Phase == PopulationPhase.Finished);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
