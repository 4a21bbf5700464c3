using System.Text.Json;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Grains.Tests;

/// <summary>Populations and tournaments on their way from one storage to another.</summary>
public sealed class TransferGrainTests : IDisposable
{
    private readonly TestDirectory _from = new();
    private readonly TestDirectory _to = new();

    public void Dispose()
    {
        _from.Dispose();
        _to.Dispose();
    }

    [Fact]
    public async Task A_paused_population_goes_on_elsewhere_with_the_same_bits_whoever_asked_for_it_before()
    {
        var spec = Populations.Spec("p", iterations: 400) with { Snapshots = [2, 300] };
        await using var from = await Populations.HostAsync(_from);
        await from.Coordinator("p").StartAsync(spec);
        await from.AtRoundAsync("p", 20);
        var paused = await from.Coordinator("p").PausedAsync();
        Assert.InRange(paused.Teams.Max(team => team.Round), 20, 399);
        var states = await ReadAsync(from.Grains, "population/p");
        Assert.Contains(states, state => state.Name == new StateName("agent", "p/1/1", "snapshot-2-0"));
        Assert.Contains(states, state => state.Name == new StateName("adversary", "p/0/0", "checkpoint1"));

        // Grains that found nothing when they were asked must not go by that when something has arrived.
        await using var to = await Populations.HostAsync(_to);
        await Assert.ThrowsAsync<UnknownGrainException>(() => to.Grains.GetGrain<IAgentGrain>("p/0/0").QueryAsync());
        await Assert.ThrowsAsync<UnknownGrainException>(() => to.Coordinator("p").GetStatusAsync());
        await BringAsync(to.Grains, "population/p", states);
        Assert.Equal(["p"], await to.Grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory).GetNamesAsync(WorkKind.Population));
        var arrived = await to.Coordinator("p").GetStatusAsync();
        Assert.Equal((PopulationPhase.Paused, paused.Teams), (arrived.Phase, arrived.Teams), (one, other) => one.Item1 == other.Item1 && one.Item2.SequenceEqual(other.Item2));
        await to.RunAsync("p", coordinator => coordinator.ResumeAsync());
        Assert.Equal(await Populations.ReferenceAsync(spec), await to.FingerprintAsync(spec));
        Assert.Equal(300, (await to.Grains.GetGrain<IAgentGrain>("p/0/0").GetPolicyAfterAsync(300)).Version);
    }

    [Fact]
    public async Task A_transfer_that_was_broken_off_is_repeated_and_leaves_nothing_of_the_first()
    {
        var spec = Populations.Spec("p");
        IReadOnlyList<(StateName Name, byte[] Bytes)> early, late;
        await using (var from = await Populations.HostAsync(_from))
        {
            await from.TrainAsync(spec);
            late = await ReadAsync(from.Grains, "population/p");
        }

        using var other = new TestDirectory();
        await using (var from = await Populations.HostAsync(other))
        {
            // One checkpoint and no more: the other slot is empty.
            await from.TrainAsync(spec with { Training = spec.Training with { Iterations = 3 } });
            early = await ReadAsync(from.Grains, "population/p");
        }

        Assert.DoesNotContain(early, state => state.Name.Name == "checkpoint1");
        await using var to = await Populations.HostAsync(_to);
        var transfer = to.Grains.GetGrain<ITransferGrain>("population/p");
        await transfer.BeginAsync();
        foreach (var state in late.Where(state => state.Name.Grain == "agent")) await SendAsync(transfer, state);
        Assert.Contains("8 of 19 states", (await Assert.ThrowsAsync<SrpoGrainException>(() => transfer.FinishAsync(19))).Message, StringComparison.Ordinal);
        Assert.Empty(await to.Grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory).GetNamesAsync(WorkKind.Population));

        await BringAsync(to.Grains, "population/p", early);
        var versions = await to.Grains.GetGrain<IAgentGrain>("p/0/0").AsReference<ITeamAgent>().GetCheckpointVersionsAsync();
        Assert.Equal([3], versions);
        Assert.False(File.Exists(Path.Combine(_to.Path, "actors", "agent", "p", "0", "0", "checkpoint1.state")));
        Assert.Contains("is a population 'p' here already", (await Assert.ThrowsAsync<SrpoGrainException>(transfer.BeginAsync)).Message, StringComparison.Ordinal);

        // As often as one likes, once it is gone.
        await to.Coordinator("p").DeleteAsync();
        await BringAsync(to.Grains, "population/p", late);
        Assert.Equal(12, (await to.Grains.GetGrain<IAgentGrain>("p/0/0").QueryAsync()).Version);
    }

    [Fact]
    public async Task Large_states_go_in_pieces_that_may_be_sent_twice_and_never_out_of_order()
    {
        var spec = Populations.Spec("p", "ippo", teams: 1, iterations: 1) with { Training = Populations.Spec("p", "ippo").Training with { Iterations = 1, Network = new NetworkSettings { Hidden = [300, 400] } } };
        await using var from = await Populations.HostAsync(_from);
        await from.TrainAsync(spec);
        var states = await ReadAsync(from.Grains, "population/p");
        var large = states.First(state => state.Name.Name == "checkpoint0");
        Assert.True(large.Bytes.Length > 2 * StatePiece.MostBytes, $"a state of {large.Bytes.Length} bytes shows nothing");

        await using var to = await Populations.HostAsync(_to);
        var transfer = to.Grains.GetGrain<ITransferGrain>("population/p");
        await Assert.ThrowsAsync<SrpoGrainException>(() => transfer.WriteAsync(Piece(large, 0)));
        await transfer.BeginAsync();
        Assert.Equal(0, await transfer.WriteAsync(Piece(large, StatePiece.MostBytes)));
        await BringAsync(to.Grains, "population/p", states, times: 2);
        Assert.Equal(await from.FingerprintAsync(spec), await to.FingerprintAsync(spec));
    }

    [Fact]
    public async Task What_is_damaged_or_of_something_else_is_refused_and_an_older_format_is_read()
    {
        var spec = Populations.Spec("p", "ippo", teams: 1, iterations: 2);
        await using var from = await Populations.HostAsync(_from);
        await from.TrainAsync(spec);
        await from.TrainAsync(spec with { Population = "q" });
        var states = await ReadAsync(from.Grains, "population/p");
        await using var to = await Populations.HostAsync(_to);
        var transfer = to.Grains.GetGrain<ITransferGrain>("population/p");
        await transfer.BeginAsync();
        var agent = states.First(state => state.Name.Grain == "agent");

        var altered = (byte[])[.. agent.Bytes];
        altered[^5] ^= 16;
        Assert.Contains("the packed state agent/p/0/0/checkpoint0", (await Assert.ThrowsAsync<CorruptStateException>(() => SendAsync(transfer, (agent.Name, altered)))).Message, StringComparison.Ordinal);
        var newer = (byte[])[.. agent.Bytes];
        newer[8] = 99;
        Assert.Contains("format version 99", (await Assert.ThrowsAsync<CorruptStateException>(() => SendAsync(transfer, (agent.Name, newer)))).Message, StringComparison.Ordinal);
        var others = await ReadAsync(from.Grains, "population/q");
        await Assert.ThrowsAsync<CorruptStateException>(() => SendAsync(transfer, (agent.Name, others.First(state => state.Name.Grain == "agent").Bytes)));
        foreach (var name in new[] { others[0].Name, agent.Name with { Key = "q/0/0" }, agent.Name with { Name = "checkpoint2" }, agent.Name with { Name = "../x" }, agent.Name with { Grain = "directory", Key = "directory", Name = "directory0" } })
            Assert.Contains("there is no state", (await Assert.ThrowsAsync<SrpoGrainException>(() => SendAsync(transfer, (name, agent.Bytes)))).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.Exists(Path.Combine(_to.Path, "actors")) ? Directory.GetFiles(Path.Combine(_to.Path, "actors"), "*", SearchOption.AllDirectories) : []);

        // Version 1 had the same head and JSON after it.
        var record = states[0];
        var payload = new StatePayload().Read<PopulationRecord>(StoredPayload(record.Bytes));
        var json = JsonSerializer.SerializeToUtf8Bytes(payload);
        var first = (byte[])[.. StoredState.Head<PopulationRecord>(new StateKey("coordinator/p", record.Name.Name), "1", json, 1), .. json];
        await BringAsync(to.Grains, "population/p", [(record.Name, first), .. states.Where(state => state.Name.Grain == "agent")]);
        Assert.Equal(await from.FingerprintAsync(spec), await to.FingerprintAsync(spec));
    }

    [Fact]
    public async Task A_tournament_arrives_paused_and_is_played_to_its_end()
    {
        var spec = Populations.Spec("p", "ippo", teams: 6, iterations: 1);
        var matches = new TournamentSpec(["p"], spec.Environment, 40, 200, 1);
        await using var from = await Populations.HostAsync(_from);
        await from.TrainAsync(spec);
        await from.Grains.GetGrain<ITournamentGrain>("t").StartAsync(matches);
        var stopped = await from.Grains.GetGrain<ITournamentGrain>("t").PausedAsync();

        await using var to = await Populations.HostAsync(_to);
        await BringAsync(to.Grains, "population/p", await ReadAsync(from.Grains, "population/p"));
        await BringAsync(to.Grains, "tournament/t", await ReadAsync(from.Grains, "tournament/t"));
        var tournament = to.Grains.GetGrain<ITournamentGrain>("t");
        var arrived = await tournament.GetStatusAsync();
        Assert.Equal((stopped.PairsDone, false), (arrived.PairsDone, arrived.Playing));
        foreach (var grains in new[] { from.Grains, to.Grains })
        {
            await grains.GetGrain<ITournamentGrain>("t").StartAsync(matches);
            await Until.HoldsAsync("it is played", async () => (await grains.GetGrain<ITournamentGrain>("t").GetStatusAsync()).Finished);
        }

        Assert.Equal(await CellsAsync(from.Grains), await CellsAsync(to.Grains));

        static async Task<string> CellsAsync(IGrainFactory grains) => JsonSerializer.Serialize((await grains.GetGrain<ITournamentGrain>("t").GetMatrixAsync()).Cells);
    }

    private static byte[] StoredPayload(byte[] state)
    {
        var texts = BitConverter.ToInt32(state, 12);
        return state[(16 + texts + 8 + 64)..];
    }

    private static StatePiece Piece((StateName Name, byte[] Bytes) state, int offset) =>
        new(0, state.Name, offset, state.Bytes.Length, state.Bytes[offset..Math.Min(state.Bytes.Length, offset + StatePiece.MostBytes)]);

    private static async Task<IReadOnlyList<(StateName Name, byte[] Bytes)>> ReadAsync(IGrainFactory grains, string work)
    {
        var transfer = grains.GetGrain<ITransferGrain>(work);
        var states = new List<(StateName, byte[])>();
        for (var number = 0; ;)
        {
            var piece = await transfer.ReadAsync(number, 0);
            Assert.Null(piece.Damage);
            if (piece is { State: null, Number: < 0 }) return states;
            number = piece.Number;
            if (piece.State is not { } name) continue;
            var bytes = new List<byte>(piece.Bytes);
            while (bytes.Count < piece.Length) bytes.AddRange((await transfer.ReadAsync(number, bytes.Count)).Bytes);
            states.Add((name, [.. bytes]));
            number++;
        }
    }

    private static async Task BringAsync(IGrainFactory grains, string work, IReadOnlyList<(StateName Name, byte[] Bytes)> states, int times = 1)
    {
        var transfer = grains.GetGrain<ITransferGrain>(work);
        for (var time = 0; time < times; time++) await transfer.BeginAsync();
        foreach (var state in states) await SendAsync(transfer, state, times);
        for (var time = 0; time < times; time++) await transfer.FinishAsync(states.Count);
    }

    private static async Task SendAsync(ITransferGrain transfer, (StateName Name, byte[] Bytes) state, int times = 1)
    {
        for (var offset = 0; offset < state.Bytes.Length; offset += StatePiece.MostBytes)
        {
            var piece = Piece(state, offset);
            for (var time = 0; time < times; time++) Assert.Equal(offset + piece.Bytes.Length, await transfer.WriteAsync(piece));
        }
    }
}
