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
