using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>A pause does not wait for rounds and tiles that take long.</summary>
public sealed class CancellationTests
{
    /// <summary>Not a matter of speed: what is ended would take many times as long.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_pause_ends_a_long_round()
    {
        // A round of many lanes, steps and epochs takes many minutes.
        var spec = Populations.Spec("long", teams: 1, iterations: 3);
        spec = spec with { Training = spec.Training with { Lanes = 256, Horizon = 4096, Epochs = 1000, CurveInterval = 0 } };
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        await host.Coordinator("long").StartAsync(spec);
        await Until.HoldsAsync("the learner trains", async () => (await host.Grains.GetGrain<ILearnerGrain>("cpu/0").QueryAsync()).Training.Length > 0);

        var paused = await host.Coordinator("long").PausedAsync().WaitAsync(Limit);

        Assert.Equal((PopulationPhase.Paused, null), (paused.Phase, paused.Error));
        Assert.Equal(0, paused.Teams[0].Round);
    }

    [Fact]
    public async Task A_pause_ends_long_tiles()
    {
        var spec = Populations.Spec("tiles", teams: 1, iterations: 2);
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        await host.TrainAsync(spec);
        var tournament = host.Grains.GetGrain<ITournamentGrain>("long");
        await tournament.StartAsync(new TournamentSpec(["tiles"], spec.Environment, 100_000, 60_000, 1));

        var paused = await tournament.PausedAsync().WaitAsync(Limit);

        Assert.Equal((0, false, null), (paused.PairsDone, paused.Finished, paused.Error));
    }
}
