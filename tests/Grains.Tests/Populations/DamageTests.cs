using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>Damaged files are named, passed over, and cost time but no bit.</summary>
public sealed class DamageTests
{
    private static readonly PopulationSpec Spec = Populations.Spec("damaged", teams: 2, iterations: 12);

    private static readonly Lazy<Task<string>> Reference = new(() => Populations.ReferenceAsync(Spec));

    public static TheoryData<string> Kinds => ["truncate", "flip", "empty", "version"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_damaged_checkpoint_gives_way_to_the_one_before(string kind)
    {
        using var data = new TestDirectory();
        await using (var first = await Populations.HostAsync(data)) await first.TrainAsync(Spec);

        // Checkpoints 4, 8, 12: the last one went to slot 0.
        var file = data.File("actors", "agent", "damaged", "1", "0", "checkpoint0.state");
        Damage(file, kind);

        await using var host = await Populations.HostAsync(data);
        var report = await host.Grains.GetGrain<IAgentGrain>("damaged/1/0").QueryAsync();
        Assert.Equal(8, report.Version);
        Assert.Equal([8], report.CheckpointVersions);
        Assert.Contains(file, report.Warning);

        var status = await host.RunAsync("damaged", coordinator => coordinator.ResumeAsync());
        Assert.Contains(file, status.Warning);
        Assert.Contains("team 1 goes on from round 8", status.Warning);
        Assert.Equal(await Reference.Value, await host.FingerprintAsync(Spec));
        var versions = await host.Grains.GetGrain<ITeamAgent>("damaged/1/0").GetCheckpointVersionsAsync();
        Assert.Equal([12, 8], versions);
    }

    [Fact]
    public async Task Damage_found_while_the_actor_is_in_memory_costs_nothing()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        await host.TrainAsync(Spec);
        Damage(data.File("actors", "agent", "damaged", "0", "1", "checkpoint0.state"), "flip");
        var actor = host.Grains.GetGrain<IAgentGrain>("damaged/0/1");

        var versions = await actor.AsReference<ITeamActor>().GetCheckpointVersionsAsync();
        Assert.Equal([8], versions);
        Assert.Equal(12, (await actor.QueryAsync()).Version);
        Assert.NotNull((await actor.QueryAsync()).Warning);
        await host.RunAsync("damaged", coordinator => coordinator.ResumeAsync());
        Assert.Equal(await Reference.Value, await host.FingerprintAsync(Spec));
    }

    [Fact]
    public async Task A_team_without_any_readable_checkpoint_begins_anew()
    {
        using var data = new TestDirectory();
        await using (var first = await Populations.HostAsync(data)) await first.TrainAsync(Spec);
        Damage(data.File("actors", "adversary", "damaged", "0", "1", "checkpoint0.state"), "flip");
        Damage(data.File("actors", "adversary", "damaged", "0", "1", "checkpoint1.state"), "truncate");

        await using var host = await Populations.HostAsync(data);
        var error = await Assert.ThrowsAsync<CorruptStateException>(() => host.Grains.GetGrain<IAdversaryGrain>("damaged/0/1").QueryAsync());
        Assert.Contains("checkpoint1.state", error.Message);
        var status = await host.RunAsync("damaged", coordinator => coordinator.ResumeAsync());
        Assert.Contains("begins anew", status.Warning);
        Assert.Equal(await Reference.Value, await host.FingerprintAsync(Spec));
    }

    [Theory]
    [InlineData(0, false, "its newest checkpoint, of round 12, cannot be read")]
    [InlineData(1, false, null)] // the older one is no loss
    [InlineData(0, true, "its newest checkpoint, of round 12, is not there any more")]
    [InlineData(1, true, null)]
    public async Task Who_reads_a_population_that_is_paused_learns_whether_it_is_the_newest(int slot, bool removed, string? older)
    {
        using var data = new TestDirectory();
        var spec = Populations.Spec("damaged", teams: 1, iterations: 12);
        await using (var first = await Populations.HostAsync(data)) await first.TrainAsync(spec);

        // Paused at round 12 of many.
        Assert.True(await RewriteAsync(data, spec with { Training = spec.Training with { Iterations = 1000 } }, PopulationPhase.Paused));
        var file = data.File("actors", "agent", "damaged", "0", "0", $"checkpoint{slot}.state");
        if (removed) File.Delete(file);
        else Damage(file, "flip");
        await AssertOlderAsync(data, older is null ? null : $"agent 'damaged/0/0' stands at round 8: {older}");
    }

    [Fact]
    public async Task A_checkpoint_that_is_damaged_after_training_was_broken_off_may_be_newer_than_the_record_knows()
    {
        using var data = new TestDirectory();
        var spec = Populations.Spec("damaged", teams: 1, iterations: 12);
        await using (var first = await Populations.HostAsync(data)) await first.TrainAsync(spec);
        Assert.True(await RewriteAsync(data, spec with { Training = spec.Training with { Iterations = 1000 } }, PopulationPhase.Training));
        await AssertOlderAsync(data, null);
        Damage(data.File("actors", "agent", "damaged", "0", "0", "checkpoint1.state"), "flip");
        await AssertOlderAsync(data, "agent 'damaged/0/0' stands at round 12: a checkpoint that may be newer cannot be read");
    }

    /// <summary>Grains and what is read without them say the same of an agent; both refuse its policy, or give it to who allows older ones.</summary>
    private static async Task AssertOlderAsync(TestDirectory data, string? older)
    {
        using var stored = new StoredReader(data.Path);
        await using var host = await Populations.HostAsync(data);
        foreach (var reader in new IStateReader[] { stored, new GrainReader(host.Grains) })
        {
            var report = await reader.QueryActorAsync(ActorKind.Agent, "damaged/0/0");
            if (older is null)
            {
                Assert.Null(report.Older);
                Assert.Equal(report.Version, (await reader.GetPolicyAsync("damaged/0/0")).Version);
                continue;
            }

            Assert.StartsWith(older, report.Older, StringComparison.Ordinal);
            Assert.Equal(report.Older, (await Assert.ThrowsAsync<CorruptStateException>(() => reader.GetPolicyAsync("damaged/0/0"))).Message);
            await Assert.ThrowsAsync<CorruptStateException>(() => reader.ExportActorAsync(ActorKind.Agent, "damaged/0/0"));
        }

        var told = new List<string>();
        if (older is null) return;
        using var allowing = new StoredReader(data.Path, told.Add);
        foreach (var reader in new IStateReader[] { allowing, new GrainReader(host.Grains, told.Add) })
        {
            var round = (await reader.GetPolicyAsync("damaged/0/0")).Version;
            Assert.Equal(round, (await reader.GetPolicyAfterAsync("damaged/0/0", round)).Version);
        }

        Assert.Equal(2, told.Count);
        Assert.All(told, text => Assert.StartsWith(older, text, StringComparison.Ordinal));
    }

    /// <summary>Writes another spec and phase into the stored record and the checkpoints, as a longer training would have them after round 12.</summary>
    private static async Task<bool> RewriteAsync(TestDirectory data, PopulationSpec spec, PopulationPhase phase)
    {
        using var populations = new Storage.FileGrainStorage("populations", new Storage.FileStorageOptions { Directory = data.File("populations") });
        using var actors = new Storage.FileGrainStorage("actors", new Storage.FileStorageOptions { Directory = data.File("actors") });
        var rewritten = 0;
        for (var slot = 0; slot < 2; slot++)
        {
            var record = new Storage.SlotPair<PopulationRecord>(populations, GrainId.Create("coordinator", "damaged"), "population");
            if (await record.ReadAsync(slot) is { } population)
            {
                (population.Spec, population.Identity, population.Phase) = (spec, null, phase);
                await record.WriteAsync(slot, population);
                rewritten++;
            }

            foreach (var seat in new[] { "0", "1" })
            {
                foreach (var kind in new[] { "agent", "adversary" })
                {
                    var checkpoints = new Storage.SlotPair<ActorCheckpoint>(actors, GrainId.Create(kind, $"damaged/0/{seat}"), "checkpoint");
                    var checkpoint = (await checkpoints.ReadAsync(slot))!;
                    checkpoint.Spec = spec;
                    await checkpoints.WriteAsync(slot, checkpoint);
                    rewritten++;
                }
            }
        }

        return rewritten == 10;
    }

    [Fact]
    public async Task A_damaged_record_of_the_coordinator_gives_way_to_the_one_before()
    {
        using var data = new TestDirectory();
        await using (var first = await Populations.HostAsync(data)) await first.TrainAsync(Spec);
        var files = Directory.GetFiles(data.File("populations", "coordinator", "damaged")).OrderByDescending(File.GetLastWriteTimeUtc).ToArray();
        Assert.Equal(2, files.Length);
        Damage(files[0], "flip");

        await using var host = await Populations.HostAsync(data);
        var status = await host.Coordinator("damaged").GetStatusAsync();
        Assert.Equal(PopulationPhase.Paused, status.Phase);
        Assert.Contains(files[0], status.Warning);
        await host.RunAsync("damaged", coordinator => coordinator.ResumeAsync());
        Assert.Equal(await Reference.Value, await host.FingerprintAsync(Spec));
    }

    [Fact]
    public async Task A_population_whose_records_are_all_damaged_says_which_and_what_to_do()
    {
        using var data = new TestDirectory();
        await using (var first = await Populations.HostAsync(data)) await first.TrainAsync(Spec);
        foreach (var file in Directory.GetFiles(data.File("populations", "coordinator", "damaged"))) Damage(file, "truncate");

        await using var host = await Populations.HostAsync(data);
        var error = await Assert.ThrowsAsync<CorruptStateException>(() => host.Coordinator("damaged").StartAsync(Spec));
        Assert.Contains(data.File("populations", "coordinator", "damaged"), error.Message);
        Assert.Contains("Restore", error.Message);
    }

    [Fact]
    public async Task Checkpoints_of_another_spec_are_not_taken()
    {
        using var data = new TestDirectory();
        await using (var first = await Populations.HostAsync(data)) await first.TrainAsync(Spec with { Seed = 8 });
        Directory.Delete(data.File("populations"), recursive: true);

        await using var host = await Populations.HostAsync(data);
        await host.TrainAsync(Spec);
        Assert.Equal(await Reference.Value, await host.FingerprintAsync(Spec));
    }

    private static void Damage(string file, string kind)
    {
        var bytes = File.ReadAllBytes(file);
        switch (kind)
        {
            case "truncate": bytes = bytes[..(bytes.Length / 2)]; break;
            case "flip": bytes[^100] ^= 4; break;
            case "empty": bytes = []; break;
            default: bytes[8] = 9; break;
        }

        File.WriteAllBytes(file, bytes);
    }
}
