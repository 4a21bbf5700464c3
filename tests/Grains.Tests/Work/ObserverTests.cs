using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

public sealed class ObserverTests
{
    [Fact]
    public async Task Observers_hear_of_every_change_of_phase_in_order()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        var spec = Populations.Spec("watched", iterations: 3000, checkpoints: 500);
        var probe = new PopulationProbe();
        var reference = host.Client.CreateObjectReference<IPopulationObserver>(probe);
        var coordinator = host.Coordinator("watched");
        await coordinator.SubscribeAsync(reference);
        await coordinator.SubscribeAsync(reference);

        await coordinator.StartAsync(spec);
        await probe.Statuses.WaitAsync("progress", status => status.Phase == PopulationPhase.Training && status.EnvironmentSteps > 0);
        await coordinator.PauseAsync();
        await probe.Statuses.WaitAsync("paused", status => status.Phase == PopulationPhase.Paused);
        await coordinator.StopAsync();
        await probe.Statuses.WaitAsync("stopped", status => status.Phase == PopulationPhase.Stopped);

        var phases = probe.Statuses.Seen.Select(status => status.Phase).ToArray();
        Assert.Equal([PopulationPhase.Training, PopulationPhase.Paused, PopulationPhase.Stopped], phases.Distinct());
        Assert.Single(phases, phase => phase == PopulationPhase.Paused);
        var steps = probe.Statuses.Seen.Select(status => status.EnvironmentSteps).ToArray();
        Assert.Equal(steps.Order(), steps);
    }

    [Fact]
    public async Task Who_unsubscribes_hears_nothing_more()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        var spec = Populations.Spec("watched", iterations: 2);
        var (gone, stays) = (new PopulationProbe(), new PopulationProbe());
        var first = host.Client.CreateObjectReference<IPopulationObserver>(gone);
        var second = host.Client.CreateObjectReference<IPopulationObserver>(stays);
        var coordinator = host.Coordinator("watched");
        await coordinator.SubscribeAsync(first);
        await coordinator.SubscribeAsync(second);
        await coordinator.UnsubscribeAsync(first);
        await coordinator.UnsubscribeAsync(first);

        await coordinator.StartAsync(spec);
        await stays.Statuses.WaitAsync("finished", status => status.Phase == PopulationPhase.Finished);

        Assert.Empty(gone.Statuses.Seen);
    }
}
