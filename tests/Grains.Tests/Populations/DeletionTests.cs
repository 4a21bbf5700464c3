using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>What is deleted leaves nothing, and its name is as good as new.</summary>
public sealed class DeletionTests
{
    private static readonly PopulationSpec Pool = Populations.Spec("d.pool", "self-play", iterations: 6) with { Snapshots = [1, 3] };

    [Fact]
    public async Task A_population_and_a_tournament_leave_no_file()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        await host.TrainAsync(Pool);
        await host.TrainAsync(Populations.Spec("d.learned", iterations: 8));
        var tournament = host.Grains.GetGrain<ITournamentGrain>("all");
        await tournament.StartAsync(new(["d.pool", "d.learned"], Pool.Environment, 2, 8, 3));
        await Until.HoldsAsync("the tournament ends", async () => (await tournament.GetStatusAsync()).Finished);
        Assert.Contains(data.Files(), file => file.Contains("snapshot-3-", StringComparison.Ordinal));
        File.WriteAllBytes(data.File("actors", "agent", "d.pool", "0", "0", "checkpoint0.state"), [1, 2, 3]); // damaged: goes as well

        await tournament.DeleteAsync();
        await host.Coordinator("d.pool").DeleteAsync();
        await host.Coordinator("d.learned").DeleteAsync();
        await host.Coordinator("d.learned").DeleteAsync(); // once more is harmless
        Assert.All(data.Files().Where(file => file.EndsWith(".state", StringComparison.Ordinal)), file => Assert.Contains("directory", file, StringComparison.Ordinal));
        Assert.Empty(await host.Grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory).GetNamesAsync(WorkKind.Population));
        Assert.Empty(await host.Grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory).GetNamesAsync(WorkKind.Tournament));
        await Assert.ThrowsAsync<UnknownGrainException>(() => host.Coordinator("d.pool").GetStatusAsync());
        await Assert.ThrowsAsync<UnknownGrainException>(() => host.Grains.GetGrain<IAgentGrain>("d.pool/0/0").QueryAsync());
        await Assert.ThrowsAsync<UnknownGrainException>(() => tournament.GetStatusAsync());

        // The same name with the same settings and with others: the bits of a population that never had a predecessor.
        await host.TrainAsync(Pool);
        Assert.Equal(await Populations.ReferenceAsync(Pool), await host.FingerprintAsync(Pool));
        await host.Coordinator("d.pool").DeleteAsync();
        var other = Populations.Spec("d.pool", iterations: 8) with { Seed = 9 };
        await host.TrainAsync(other);
        Assert.Equal(await Populations.ReferenceAsync(other), await host.FingerprintAsync(other));
    }

    [Fact]
    public async Task What_is_in_training_is_not_deleted_and_a_deletion_that_was_broken_off_goes_on()
    {
        using var data = new TestDirectory();
        var spec = Populations.Spec("d", teams: 2, iterations: 100_000);
        await using (var host = await Populations.HostAsync(data))
        {
            await host.Coordinator("d").StartAsync(spec);
            await host.AtRoundAsync("d", 5);
            Assert.Equal(ErrorKind.InUse, (await Assert.ThrowsAsync<SrpoGrainException>(host.Coordinator("d").DeleteAsync)).Kind);
            await host.Coordinator("d").PausedAsync();
        }

        // As a crash would leave it: actors are gone, or the record is and the name is not.
        Directory.Delete(data.File("actors", "agent", "d", "0"), recursive: true);
        await using (var host = await Populations.HostAsync(data)) await host.Coordinator("d").DeleteAsync();
        Assert.DoesNotContain(data.Files(), file => file.Contains("actors", StringComparison.Ordinal));
        await using (var host = await Populations.HostAsync(data))
        {
            await host.TrainAsync(Populations.Spec("d", iterations: 4));
        }

        // A record that is damaged, and one that is gone: an agent says who the others are.
        foreach (var record in Directory.GetFiles(data.File("populations", "coordinator", "d"))) File.WriteAllText(record, "damaged");
        await using (var host = await Populations.HostAsync(data)) await host.Coordinator("d").DeleteAsync();
        Assert.All(data.Files().Where(file => file.EndsWith(".state", StringComparison.Ordinal)), file => Assert.Contains("directory", file, StringComparison.Ordinal));
        await using (var host = await Populations.HostAsync(data)) await host.TrainAsync(Populations.Spec("d", iterations: 4));
        Directory.Delete(data.File("populations", "coordinator"), recursive: true);
        await using (var host = await Populations.HostAsync(data))
        {
            await host.Coordinator("d").DeleteAsync();
            Assert.DoesNotContain(data.Files(), file => file.Contains("actors", StringComparison.Ordinal));
            Assert.Empty(await host.Grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory).GetNamesAsync(WorkKind.Population));
        }
    }
}
