using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Operations;
using Srpo.Client.Tests.Support;
using Srpo.Core.Settings;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Tests;

namespace Srpo.Client.Tests.Commands;

/// <summary>
/// Keys of every kind, in one process and on a cluster: what cannot be a key ends with 2, what there is not with 3, and the
/// message says what there is.
/// </summary>
public sealed class KeyTests(KeyTests.Stored stored) : IClassFixture<KeyTests.Stored>
{
    private const string Elsewhere = "10.0.0.7:11111@4711";

    /// <summary>What a user may type, and what he is told.</summary>
    private static readonly (string Line, ExitCode Code, string[] Said)[] Everywhere =
    [
        ("query coordinator askd", ExitCode.NotFound, ["unknown population 'askd'; did you mean 'asked'?", "Known populations: asked, plain."]),
        ("query coordinator a/b", ExitCode.Usage, ["not a valid name"]),
        ("query agent askd/0/0", ExitCode.NotFound, ["there is no agent 'askd/0/0'", "did you mean 'asked'?"]),
        ("query agent asked/2/0", ExitCode.NotFound, ["there is no agent 'asked/2/0'", "the teams 0 to 1"]),
        ("query agent asked/0/2", ExitCode.NotFound, ["srpo trains agent 0, agent 1, adversary 0, adversary 1"]),
        ("query agent asked/0", ExitCode.Usage, ["write POPULATION/TEAM/SEAT"]),
        ("query agent asked/0/00", ExitCode.Usage, ["write POPULATION/TEAM/SEAT"]),
        ("query adversary plain/0/0", ExitCode.NotFound, ["there is no adversary 'plain/0/0'", "ippo trains agent 0, agent 1"]),
        ("query adversary asked/0/0/0", ExitCode.Usage, ["write POPULATION/TEAM/SEAT"]),
        ("query environment nobody/0/0", ExitCode.NotFound, ["there is no environment 'nobody/0/0'", "Known populations: asked, plain."]),
        ("query environment asked/7/0", ExitCode.NotFound, ["the teams 0 to 1"]),
        ("query environment asked/0/7", ExitCode.NotFound, ["srpo plays the instances 0 to 1"]),
        ("query environment asked", ExitCode.Usage, ["write POPULATION/TEAM/SEAT"]),
        ("query tournament asked", ExitCode.NotFound, ["unknown tournament 'asked': there is none."]),
        ("query tournament .x", ExitCode.Usage, ["not a valid name"]),
        ("query learner gpu/0", ExitCode.Usage, ["write DEVICE/SLOT"]),
        ("query learner cpu/0/somewhere", ExitCode.Usage, ["write DEVICE/SLOT"]),
        ("query learner cpu/0/a@b", ExitCode.Usage, ["write DEVICE/SLOT"]),
        ("query silo somewhere", ExitCode.Usage, ["write ADDRESS:PORT@START"]),
        ("query silo " + Elsewhere, ExitCode.NotFound, [$"unknown silo '{Elsewhere}'", "Known silos: 127.0.0.1:"]),
        ("population status askd", ExitCode.NotFound, ["did you mean 'asked'?"]),
        ("export askd/0/0 file", ExitCode.NotFound, ["did you mean 'asked'?"]),
        ("replay askd/0", ExitCode.NotFound, ["did you mean 'asked'?"]),
    ];

    [Fact]
    public async Task One_process_says_what_there_is()
    {
        foreach (var (line, code, said) in Everywhere) await ExpectAsync(line, code, said);
        await ExpectAsync("query learner cpu/2", ExitCode.NotFound, ["unknown learner 'cpu/2'", "Known learners: cpu/0, cpu/1."]);
        await ExpectAsync($"query learner cpu/0/{Elsewhere}", ExitCode.NotFound, ["Known learners: cpu/0, cpu/1."]);
        await ExpectAsync("query learner cpu/1", ExitCode.Ok, []);
    }

    [Fact]
    public async Task A_cluster_says_what_there_is()
    {
        var gateway = HttpSilo.FreePorts(1)[0];
        var cluster = $"--cluster 127.0.0.1:{gateway}";
        await using var silo = await HttpSilo.StartAsync(stored.Directory, $"--Srpo:GatewayPort={gateway}", "--Srpo:DataDirectory=" + stored.Directory["runs"], "--Srpo:Workers=2");
        foreach (var (line, code, said) in Everywhere) await ExpectAsync($"{line} {cluster}", code, said);

        var status = await InProcess.RunAsync(stored.Directory.Root, [.. $"cluster status --json {cluster}".Split(' ')]);
        var name = JsonDocument.Parse(status.Expect(ExitCode.Ok).Out).RootElement[0].GetProperty("silo").GetString()!;
        await ExpectAsync($"query learner cpu/0 {cluster}", ExitCode.Usage, ["names the silo, cpu/0/SILO", $"Known learners: cpu/0/{name}."]);
        await ExpectAsync($"query learner cpu/9 {cluster}", ExitCode.Usage, [$"Known learners: cpu/0/{name}."]);
        await ExpectAsync($"query learner cpu/2/{name} {cluster}", ExitCode.NotFound, [$"unknown learner 'cpu/2/{name}'; did you mean 'cpu/0/{name}'?"]);
        await ExpectAsync($"query learner cpu/1/{Elsewhere} {cluster}", ExitCode.NotFound, [$"unknown learner 'cpu/1/{Elsewhere}'", $"Known learners: cpu/1/{name}."]);
        await ExpectAsync($"query learner cpu/1/{name} {cluster}", ExitCode.Ok, []);
        await ExpectAsync($"query silo {name} {cluster}", ExitCode.Ok, []);
        await ExpectAsync($"query agent asked/1/1 {cluster}", ExitCode.Ok, []);
    }

    private async Task ExpectAsync(string line, ExitCode code, string[] said)
    {
        var outcome = await InProcess.RunAsync(stored.Directory.Root, [.. line.Split(' '), .. line.Contains("--cluster", StringComparison.Ordinal) ? Array.Empty<string>() : ["--workers", "2"], "--data", stored.Directory["runs"]]);
        Assert.True(outcome.ExitCode == code, $"`srpo {line}` ended with {outcome.ExitCode} instead of {code}: {outcome.Error}");
        foreach (var text in said) Assert.Contains(text, outcome.Error, StringComparison.Ordinal);
    }

    /// <summary>Two small populations, as a run leaves them.</summary>
    public sealed class Stored : IAsyncLifetime
    {
        internal TemporaryDirectory Directory { get; } = new();

        public async Task InitializeAsync()
        {
            await using var host = await LocalHost.StartAsync(options =>
            {
                options.DataDirectory = Path.Combine(Directory["runs"], ".grains");
                options.Compute.Workers = 1;
            });
            foreach (var spec in (PopulationSpec[])[Spec("asked", 2, "srpo"), Spec("plain", 1, "ippo")])
            {
                var coordinator = host.Grains.GetGrain<ICoordinatorGrain>(spec.Population);
                var status = await coordinator.StartAsync(spec);
                await Until.HoldsAsync($"{spec.Population} is trained", async () => (status = await coordinator.GetStatusAsync()).Phase != PopulationPhase.Training);
                Assert.Equal((PopulationPhase.Finished, null), (status.Phase, status.Error));
            }
        }

        public Task DisposeAsync()
        {
            Directory.Dispose();
            return Task.CompletedTask;
        }

        private static PopulationSpec Spec(string name, int teams, string method) => new()
        {
            Population = name,
            Environment = new EnvironmentSettings("gridworld", "official"),
            Teams = teams,
            Training = new TrainingSettings { Method = method, Iterations = 1, Lanes = 4, Horizon = 16, Epochs = 1, CurveInterval = 0, Network = new NetworkSettings { Hidden = [8] } },
        };
    }
}
