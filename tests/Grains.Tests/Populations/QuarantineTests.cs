using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Srpo.Core.Settings;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>A team whose parameters stop being numbers is left behind; the others finish.</summary>
public sealed class QuarantineTests
{
    private static readonly PopulationSpec Spec = Populations.Spec("poisoned", teams: 3, iterations: 40, checkpoints: 8);

    [Fact]
    public async Task A_poisoned_team_stays_at_its_last_good_checkpoint_and_the_others_finish()
    {
        using var data = new TestDirectory();
        string[] healthy;
        await using (var reference = await Populations.HostAsync(data))
        {
            await reference.TrainAsync(Spec);
            healthy = [.. await StatesAsync(reference, 0), .. await StatesAsync(reference, 2)];
        }

        using var poisoned = new TestDirectory();
        int stored;
        await using (var first = await Populations.HostAsync(poisoned))
        {
            await first.Coordinator("poisoned").StartAsync(Spec);
            await first.AtRoundAsync("poisoned", 1);
            stored = (await first.Coordinator("poisoned").PausedAsync()).Teams[1].CheckpointRound;
            Assert.InRange(stored, 1, 39);
        }

        await using var host = await Populations.HostAsync(poisoned);
        await PoisonAsync(host, stored);

        var status = await host.RunAsync("poisoned", coordinator => coordinator.ResumeAsync());

        Assert.Equal((PopulationPhase.Finished, null), (status.Phase, status.Error));
        Assert.Equal([40, stored, 40], status.Teams.Select(team => team.Round));
        Assert.Equal(stored, status.Teams[1].CheckpointRound);
        Assert.Contains("no longer finite", status.Teams[1].Quarantine);
        Assert.Contains($"team 1 is in quarantine and stays at round {stored}", status.Warning);
        string[] others = [.. await StatesAsync(host, 0), .. await StatesAsync(host, 2)];
        Assert.Equal(healthy, others);

        // It is asked and played as it was at its checkpoint, and the tournament says so.
        Assert.Equal(stored, (await host.Grains.GetGrain<IAgentGrain>("poisoned/1/0").QueryAsync()).Version);
        var tournament = host.Grains.GetGrain<ITournamentGrain>("with-quarantine");
        var started = await tournament.StartAsync(new TournamentSpec(["poisoned"], Spec.Environment, 2, 16, 1));
        Assert.Contains($"'poisoned' team 1 is in quarantine and plays as it was at round {stored}", started.Warning);
        await Until.HoldsAsync("the tournament ends", async () => (await tournament.GetStatusAsync()).Finished);
        Assert.Equal([null, stored, null], (await tournament.GetMatrixAsync()).Players.Select(player => player.QuarantinedAt));
    }

    /// <summary>A state that is finite itself and whose next update overflows.</summary>
    private static async Task PoisonAsync(Hosting.LocalHost host, int version)
    {
        var storage = host.Services.GetRequiredKeyedService<IGrainStorage>(StorageNames.Actors);
        foreach (var actor in TeamActors.Actors(host.Grains, "poisoned", 1, Populations.Plan(Spec)))
        {
            for (var slot = 0; slot < 2; slot++)
            {
                var record = new GrainState<ActorCheckpoint>();
                await storage.ReadStateAsync($"checkpoint{slot}", actor.GetGrainId(), record);
                if (record.State?.State is not { } state || state.Version != version) continue;
                var values = new float[state.Parameters.Length];
                Array.Fill(values, 3e38f);
                record.State.State = state with { Parameters = new FloatBlock(values) };
                await storage.WriteStateAsync($"checkpoint{slot}", actor.GetGrainId(), record);
            }
        }
    }

    private static async Task<string[]> StatesAsync(Hosting.LocalHost host, int team)
    {
        var states = await Task.WhenAll(TeamActors.Actors(host.Grains, "poisoned", team, Populations.Plan(Spec)).Select(actor => actor.GetStateAsync()));
        return [.. states.Select(state => $"{state.Version} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(state.Parameters.Span)))}")];
    }
}
