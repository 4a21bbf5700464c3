using System.Text.Json;
using Orleans.Storage;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;
using Srpo.Learning;

namespace Srpo.Grains.Tests;

/// <summary>What is read from storage without a silo is what grains that wake there say.</summary>
public sealed class StoredReaderTests
{
    private static readonly PopulationSpec Learned = Populations.Spec("s.learned", iterations: 8);
    private static readonly PopulationSpec Pool = Populations.Spec("s.pool", "self-play", iterations: 6) with { Snapshots = [1, 3] };
    private static readonly TournamentSpec Matches = new(["s.learned", "s.pool"], Learned.Environment, 4, 16, 3);

    /// <summary>Everything that can be asked, of what there is and of what there is not.</summary>
    private static readonly (string What, Func<IStateReader, Task<object>> Ask)[] Questions =
    [
        ("names", async state => await state.GetPopulationsAsync()),
        .. new[] { "s.learned", "s.pool", "s.leaned", "none", "../x" }.SelectMany(name => new (string, Func<IStateReader, Task<object>>)[]
        {
            ($"status {name}", async state => await state.GetStatusAsync(name)),
            ($"spec {name}", async state => await state.GetSpecAsync(name)),
            ($"curves {name}", async state => await state.GetCurvesAfterAsync(name, [])),
            ($"curves {name} after 2 and 3", async state => await state.GetCurvesAfterAsync(name, [2, 3])),
            ($"curves {name} after too many", async state => await state.GetCurvesAfterAsync(name, [1000, -1, 1])),
            ($"tournament {name}", async state => await state.GetTournamentAsync(name)),
        }),
        ("tournament all", async state => await state.GetTournamentAsync("all")),
        ("matrix all", async state => await state.GetMatrixAsync("all")),
        ("matrix none", async state => await state.GetMatrixAsync("none")),
        ("tournament paused", async state => await state.GetTournamentAsync("paused")),
        .. new[] { "s.learned/0/0", "s.learned/1/1", "s.pool/1/0", "s.pool/0/1", "s.learned/2/0", "s.learned/0/2", "none/0/0", "s.learned/0", "s.learned/x/0", "s.learned/0/0/0" }
            .SelectMany(key => new (string, Func<IStateReader, Task<object>>)[]
            {
                ($"agent {key}", async state => await state.QueryActorAsync(ActorKind.Agent, key)),
                ($"adversary {key}", async state => await state.QueryActorAsync(ActorKind.Adversary, key)),
                ($"export of agent {key}", async state => await state.ExportActorAsync(ActorKind.Agent, key)),
                ($"export of adversary {key}", async state => await state.ExportActorAsync(ActorKind.Adversary, key)),
                ($"policy {key}", async state => await state.GetPolicyAsync(key)),
                ($"policy {key} after 1", async state => await state.GetPolicyAfterAsync(key, 1)),
                ($"policy {key} after 6", async state => await state.GetPolicyAfterAsync(key, 6)),
                ($"environment {key}", async state => await state.QueryEnvironmentAsync(key)),
            }),
    ];

    [Fact]
    public async Task Every_question_has_the_answer_of_the_grains()
    {
        using var data = new TestDirectory();
        await MakeAsync(data);
        var files = data.Files();
        var stored = await AnswersAsync(new StoredReader(data.Path));
        Assert.Equal(files, data.Files());

        var grains = await AnswersOfGrainsAsync(data);
        Assert.Equal(Questions.Length, stored.Count);
        foreach (var (what, answer) in grains) Assert.Equal((what, answer), (what, stored[what]));

        // The comparison saw answers and refusals of every sort.
        Assert.Contains("\"Finished\":true", stored["tournament all"], StringComparison.Ordinal);
        Assert.Contains("\"Version\":8", stored["adversary s.learned/1/1"], StringComparison.Ordinal);

        // Only what is new of a curve, or all of it where less is left than somebody knows.
        TeamCurve[] all = Curves("curves s.learned"), news = Curves("curves s.learned after 2 and 3");
        Assert.All(all, curve => Assert.True(curve is { First: 0, Points.Length: > 3 }));
        Assert.Equal([2, 3], news.Select(curve => curve.First));
        for (var team = 0; team < 2; team++) Assert.Equal(all[team].Points[(2 + team)..].Select(point => point.Round), news[team].Points.Select(point => point.Round));
        Assert.Equal(stored["curves s.learned"], stored["curves s.learned after too many"]);
        Assert.Contains("\"Version\":1", stored["policy s.pool/1/0 after 1"], StringComparison.Ordinal);
        Assert.Contains("did you mean 's.learned'?", stored["status s.leaned"], StringComparison.Ordinal);
        foreach (var refusal in new[] { typeof(UnknownGrainException), typeof(GrainKeyException), typeof(SrpoGrainException) })
            Assert.Contains(stored.Values, answer => answer.StartsWith(refusal.FullName + " ", StringComparison.Ordinal));

        TeamCurve[] Curves(string what) => JsonSerializer.Deserialize<TeamCurve[]>(stored[what])!;
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("truncate")]
    [InlineData("empty")]
    [InlineData("remove")]
    public async Task Damaged_files_are_met_as_the_grains_meet_them(string kind)
    {
        using var data = new TestDirectory();
        await MakeAsync(data);

        // One record of each, and both of some.
        foreach (var file in data.Files())
        {
            var one = file.EndsWith("0.state", StringComparison.Ordinal);
            var both = file.Contains("s.learned/1/1", StringComparison.Ordinal) || file.Contains("tournament/paused", StringComparison.Ordinal);
            if (one || both) Damage(data.File(file), kind);
        }

        var stored = await AnswersAsync(new StoredReader(data.Path));
        foreach (var (what, answer) in await AnswersOfGrainsAsync(data)) Assert.Equal((what, answer), (what, stored[what]));
        if (kind == "remove") return;
        Assert.Contains(nameof(CorruptStateException), stored["agent s.learned/1/1"], StringComparison.Ordinal);
        Assert.Contains("the other checkpoint is used", stored["agent s.learned/0/0"], StringComparison.Ordinal);
        Assert.Contains("the record stored before it is used", stored["status s.learned"], StringComparison.Ordinal);
        Assert.Contains(nameof(CorruptStateException), stored["tournament paused"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beside_a_writer_every_answer_was_true_at_some_moment()
    {
        using var data = new TestDirectory();
        var spec = Populations.Spec("busy", teams: 1, iterations: 4000, checkpoints: 2);
        await using var host = await Populations.HostAsync(data);
        await host.Coordinator("busy").StartAsync(spec);
        await host.AtRoundAsync("busy", 4);
        using var reader = new StoredReader(data.Path);
        var seen = new HashSet<int>();
        var last = 0;
        while (seen.Count < 40)
        {
            var agent = await reader.QueryActorAsync(ActorKind.Agent, "busy/0/1");
            Assert.Null(agent.Warning);
            Assert.Equal(agent.Version, agent.CheckpointVersions[0]);
            if (agent.CheckpointVersions.Length == 2) Assert.Equal(agent.Version - 2, agent.CheckpointVersions[1]);
            Assert.Equal(agent.Version, agent.Metrics!.Round);
            Assert.True(agent.Version >= last);
            seen.Add(last = agent.Version);

            var status = await reader.GetStatusAsync("busy");
            Assert.Null(status.Warning);
            Assert.Equal(PopulationPhase.Paused, status.Phase); // nobody trains in this reader's process
            Assert.InRange(status.Teams[0].CheckpointRound, 0, status.Teams[0].Round);
        }

        await host.Coordinator("busy").StopAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_slots_are_read_as_they_were_at_one_moment(bool writtenByOthers)
    {
        using var data = new TestDirectory();
        using var files = new Storage.FileGrainStorage("test", new Storage.FileStorageOptions { Directory = data.Path });
        var grain = GrainId.Create("test", "a");
        var writer = new SlotPair<NumberRecord>(files, grain, "number");
        var written = 0;
        async Task WriteAsync()
        {
            await writer.WriteAsync(written % 2, new NumberRecord { Number = written });
            written++;
        }

        await WriteAsync();
        await WriteAsync();

        // Both slots are written while they are read, three times: each pair would be of two moments.
        var interruptions = 0;
        var storage = new InterruptedStorage(files, async state =>
        {
            if (state != "number0" || interruptions++ >= 3) return;
            for (var i = 0; i < 3; i++) await WriteAsync();
        });
        var (first, second) = await new SlotPair<NumberRecord>(storage, grain, "number", writtenByOthers: writtenByOthers).ReadBothAsync();
        Assert.Equal(writtenByOthers, Math.Abs(first!.Number - second!.Number) == 1);
        if (writtenByOthers) Assert.Equal(written - 1, Math.Max(first.Number, second.Number));
    }

    [Fact]
    public void Records_become_the_same_JSON_as_by_reflection_and_back()
    {
        var reflection = new JsonSerializerOptions { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };
        var generated = new JsonSerializerOptions(reflection) { TypeInfoResolver = Storage.StateJson.Resolver };
        var curve = new CurvePoint(3, 48, 96, double.NaN, [0.1, double.PositiveInfinity]);
        object[] records =
        [
            new ActorCheckpoint(),
            new ActorCheckpoint
            {
                Identity = "i", Spec = Pool with { Opponents = [new PolicyReference("a/0/1", 3)] }, Session = 4, Metrics = new UpdateMetrics(1, 0.1, 1e-300, 3, 4, 5, 6, double.NaN),
                State = new ActorState(7, new([1.5f, float.Epsilon]), new([]), new([0.1f]), 9),
            },
            new PopulationRecord(),
            new PopulationRecord { Spec = Learned, Phase = PopulationPhase.Failed, Wish = PopulationPhase.Stopped, Error = "\u00e4\n", Teams = [new TeamRecord { Curve = [curve], Checkpoints = [8, 4], Quarantine = "q" }] },
            new TournamentRecord { Spec = Matches, Players = [new TournamentPlayer("p", 0, "srpo", 3)], Cells = [null, new MatchResult(1, 2, [3, 4], [5, 6])], Seating = Seating.Mixed },
            new DirectoryRecord { Populations = ["a"], UnderWay = new WorkLedgerRecord { Tournaments = ["t"] } },
        ];
        foreach (var record in records)
        {
            var text = JsonSerializer.Serialize(record, record.GetType(), reflection);
            Assert.Equal(text, JsonSerializer.Serialize(record, record.GetType(), generated));
            Assert.Equal(text, JsonSerializer.Serialize(JsonSerializer.Deserialize(text, record.GetType(), generated), record.GetType(), reflection));
        }

        // What an earlier version did not store has the value that a new record has.
        foreach (var record in records)
        {
            foreach (var old in new[] { "{}", Old })
            {
                Assert.Equal(
                    JsonSerializer.Serialize(JsonSerializer.Deserialize(old, record.GetType(), reflection), record.GetType(), reflection),
                    JsonSerializer.Serialize(JsonSerializer.Deserialize(old, record.GetType(), generated), record.GetType(), reflection));
            }
        }
    }

    private const string Old =
        """
        { "Spec": { "Population": "p", "Populations": ["p"], "Episodes": 1, "Steps": 1, "Seed": 1, "Environment": { "Name": "e", "Variant": "v" }, "Teams": 2, "Training": { "Method": 1, "Network": {}, "Adversary": {} } },
          "State": { "Version": 3 }, "Teams": [{}], "Players": [{ "Team": 1 }], "Cells": [{}], "Populations": ["p"], "UnderWay": {} }
        """;

    private static async Task MakeAsync(TestDirectory data)
    {
        await using var host = await Populations.HostAsync(data);
        await host.TrainAsync(Learned);
        await host.TrainAsync(Pool);
        var all = host.Grains.GetGrain<ITournamentGrain>("all");
        await all.StartAsync(Matches);
        await Until.HoldsAsync("the tournament ends", async () => (await all.GetStatusAsync()).Finished);
        var paused = host.Grains.GetGrain<ITournamentGrain>("paused");
        await paused.StartAsync(Matches with { Episodes = 15000, Steps = 64 });
        await Until.HoldsAsync("a pair is played", async () => (await paused.GetStatusAsync()).PairsDone > 0);
        await paused.PausedAsync();
    }

    private static async Task<SortedDictionary<string, string>> AnswersOfGrainsAsync(TestDirectory data)
    {
        await using var host = await Populations.HostAsync(data);
        return await AnswersAsync(new GrainReader(host.Grains));
    }

    private static async Task<SortedDictionary<string, string>> AnswersAsync(IStateReader state)
    {
        var answers = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (what, ask) in Questions)
        {
            try
            {
                answers[what] = JsonSerializer.Serialize(await ask(state));
            }
            catch (SrpoGrainException error)
            {
                answers[what] = $"{error.GetType().FullName} {error.Message}";
            }
        }

        (state as IDisposable)?.Dispose();
        return answers;
    }

    private static void Damage(string file, string kind)
    {
        var content = File.ReadAllBytes(file);
        switch (kind)
        {
            case "flip":
                content[^20] ^= 1;
                File.WriteAllBytes(file, content);
                break;
            case "truncate":
                File.WriteAllBytes(file, content[..(content.Length / 2)]);
                break;
            case "empty":
                File.WriteAllBytes(file, []);
                break;
            default:
                File.Delete(file);
                break;
        }
    }

    /// <summary>Does something after each read.</summary>
    private sealed class InterruptedStorage(IGrainStorage storage, Func<string, Task> interrupt) : IGrainStorage
    {
        public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            await storage.ReadStateAsync(stateName, grainId, grainState);
            await interrupt(stateName);
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();
    }

    private sealed class NumberRecord
    {
        public int Number { get; set; }
    }
}
