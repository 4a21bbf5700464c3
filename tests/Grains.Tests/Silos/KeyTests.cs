using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>Keys on a cluster of several silos: what is not there is told apart from what cannot be, wherever one asks.</summary>
public sealed class KeyTests
{
    [Fact]
    public async Task Keys_that_lead_nowhere_are_answered_with_those_that_exist()
    {
        using var data = new TestDirectory();
        await using var silos = await TestSilos.StartAsync(data, 2, 1, 3);
        var grains = silos.Grains;
        await silos.Coordinator("asked").StartAsync(Populations.Spec("asked", iterations: 1));
        await silos.FinishedAsync("asked");
        string Silo(int workers) => GrainKeys.Silo(silos.Silos.Single(silo => ((Compute.ComputePool)silo.ServiceProvider.GetService(typeof(Compute.ComputePool))!).Workers == workers).SiloAddress);
        var (small, large) = (Silo(1), Silo(3));

        await UnknownAsync(() => silos.Coordinator("askd").GetStatusAsync(), "did you mean 'asked'?");
        await UnknownAsync(() => grains.GetGrain<IAgentGrain>("askd/0/0").ExportAsync(), "did you mean 'asked'?");
        await UnknownAsync(() => grains.GetGrain<IAgentGrain>("asked/0/5").GetPolicyAfterAsync(1), "srpo trains agent 0, agent 1, adversary 0, adversary 1");
        await UnknownAsync(() => grains.GetGrain<IAdversaryGrain>("asked/9/0").QueryAsync(), "the teams 0 to 1");
        await UnknownAsync(() => grains.GetGrain<IEnvironmentGrain>("asked/0/2").QueryAsync(), "instances 0 to 1");
        await UnknownAsync(() => grains.GetGrain<ITournamentGrain>("asked").GetMatrixAsync(), "unknown tournament 'asked': there is none.");

        // Slots belong to a silo: the small one has one, the large one three.
        var incomplete = await Assert.ThrowsAsync<GrainKeyException>(() => grains.GetGrain<ILearnerGrain>("cpu/0").QueryAsync());
        Assert.Contains($"cpu/0/{small}", incomplete.Message, StringComparison.Ordinal);
        Assert.Contains($"cpu/0/{large}", incomplete.Message, StringComparison.Ordinal);
        Assert.EndsWith($"Known learners: cpu/2/{large}.", (await Assert.ThrowsAsync<GrainKeyException>(() => grains.GetGrain<ILearnerGrain>("cpu/2").QueryAsync())).Message, StringComparison.Ordinal);
        Assert.Equal($"cpu/2/{large}", (await grains.GetGrain<ILearnerGrain>($"cpu/2/{large}").QueryAsync()).Key);
        await UnknownAsync(() => grains.GetGrain<ILearnerGrain>($"cpu/2/{small}").QueryAsync(), $"Known learners: cpu/2/{large}.");
        await UnknownAsync(() => grains.GetGrain<ILearnerGrain>($"cpu/3/{large}").QueryAsync(), $"cpu/0/{large}");

        // Of a silo that is not there the runtime speaks; a coordinator tries again, a user is told which silos there are.
        Assert.True(Transient.Is(await Assert.ThrowsAsync<SiloUnavailableException>(() => grains.GetGrain<ILearnerGrain>("cpu/0/10.0.0.7:11111@4711").QueryAsync())));
    }

    private static async Task UnknownAsync(Func<Task> ask, string said)
    {
        var error = await Assert.ThrowsAsync<UnknownGrainException>(ask);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }
}
