using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>Requests that begin and end work while storage does not answer.</summary>
public sealed class PendingWorkTests : IAsyncLifetime, IDisposable
{
    private readonly TestDirectory _data = new();
    private readonly Gate _gate = new();
    private InProcessTestCluster _cluster = null!;

    private ICoordinatorGrain Coordinator => _cluster.Client.GetGrain<ICoordinatorGrain>("pending");

    public async Task InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddSrpo(options =>
            {
                options.DataDirectory = _data.Path;
                options.Unattended = true;
                options.Compute.Workers = 1;
            });
            var files = silo.Services.Last(service => service.ServiceType == typeof(IGrainStorage) && Equals(service.ServiceKey, StorageNames.Populations));
            silo.Services.AddKeyedSingleton<IGrainStorage>(
                StorageNames.Populations, (services, key) => new GatedStorage((IGrainStorage)files.KeyedImplementationFactory!(services, key), _gate));
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async Task DisposeAsync()
    {
        _gate.Open();
        await _cluster.DisposeAsync();
    }

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Of_requests_that_wait_for_storage_the_last_one_decides_also_where_it_repeats_an_earlier_one()
    {
        var spec = Populations.Spec("pending", iterations: 1_000_000, teams: 1);
        await Coordinator.StartAsync(spec);
        await Until.HoldsAsync("a round is trained", async () => (await Coordinator.GetStatusAsync()).Teams[0].Round > 0);
        _gate.Close();
        var pausing = Coordinator.PauseAsync();
        await Until.HoldsAsync("the wish is noted", async () => (await Coordinator.GetStatusAsync()).Wish is not null);
        var resuming = Coordinator.ResumeAsync();
        await Task.Delay(100);
        var again = Coordinator.PauseAsync();
        await Task.Delay(100);
        _gate.Open();
        await Task.WhenAll(pausing, resuming, again);
        await Until.HoldsAsync("the wish is carried out", async () => (await Coordinator.GetStatusAsync()).Wish is null);
        Assert.Equal(PopulationPhase.Paused, (await Coordinator.GetStatusAsync()).Phase);
    }

    [Fact]
    public async Task Who_asks_for_what_storage_does_not_give_is_told_so_within_seconds()
    {
        _gate.Close();
        var told = await Assert.ThrowsAsync<StorageUnavailableException>(Coordinator.GetStatusAsync);
        Assert.Contains("the record of population 'pending' is still being read", told.Message, StringComparison.Ordinal);
        _gate.Open();
        await Assert.ThrowsAsync<UnknownGrainException>(Coordinator.GetStatusAsync);
    }

    /// <summary>Lets operations on storage wait.</summary>
    private sealed class Gate
    {
        private volatile TaskCompletionSource _open = Opened();

        public Task Way => _open.Task;

        public void Close() => _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Open() => _open.TrySetResult();

        private static TaskCompletionSource Opened()
        {
            var open = new TaskCompletionSource();
            open.SetResult();
            return open;
        }
    }

    private sealed class GatedStorage(IGrainStorage storage, Gate gate) : IGrainStorage
    {
        public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            await gate.Way;
            await storage.ReadStateAsync(stateName, grainId, grainState);
        }

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            await gate.Way;
            await storage.WriteStateAsync(stateName, grainId, grainState);
        }

        public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            await gate.Way;
            await storage.ClearStateAsync(stateName, grainId, grainState);
        }
    }
}
