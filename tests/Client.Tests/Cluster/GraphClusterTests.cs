using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Sessions;
using Srpo.Client.Tests.Support;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Tests;
using Srpo.Onnx.Tests.Support;

namespace Srpo.Client.Tests.Cluster;

/// <summary>An imported graph on a cluster: silos that are processes of their own play it.</summary>
[Collection(PostgresTests.Name)]
public sealed class GraphClusterTests(PostgresServer server) : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private SiloProcess? _silo;

    private Dictionary<string, string> Variables => new() { [ClusterAddress.ConnectionFileVariable] = _directory["connection"], [ClusterAddress.ClusterIdVariable] = "srpo" };

    public void Dispose()
    {
        _silo?.Dispose();
        _directory.Dispose();
    }

    [PostgresFact]
    public async Task A_silo_plays_a_graph_that_a_client_brings()
    {
        var connection = _directory.Write("connection", await server.CreateAsync());
        (await InProcess.RunAsync(_directory.Root, "admin", "init-db", "--connection-file", connection)).Expect(ExitCode.Ok);
        _silo = SiloProcess.Start(_directory.Root, "Cluster:Kind=postgres", "Cluster:ConnectionStringFile=" + connection, "Storage:Kind=postgres", "ClusterId=srpo");
        await _silo.ReadyAsync();

        var observation = JsonDocument.Parse((await InProcess.RunAsync(_directory.Root, "show", "observation", "overcooked", "--encoding", "absolute", "--json")).Expect(ExitCode.Ok).Out).RootElement
            .GetProperty("observation").EnumerateArray().Select(slot => slot.GetProperty("value").GetSingle()).ToArray();
        var registration = CommandExtensions.FindEnvironment("overcooked");
        var actions = Srpo.Environments.EnvironmentFactory.Info(new(registration.Name, registration.Variants[0])).Actions;
        var graph = TestGraphs.Perceptron(
            observation.Length, 16, actions, TestGraphs.Numbers(1, 16 * observation.Length), TestGraphs.Numbers(2, 16), TestGraphs.Numbers(3, 16 * actions), TestGraphs.Numbers(4, actions), "N");
        await File.WriteAllBytesAsync(_directory["policy.onnx"], graph.Write());
        var json = JsonDocument.Parse((await OnClusterAsync("import", "policy.onnx", "--environment", "overcooked", "--as", "graph", "--json")).Expect(ExitCode.Ok).Out).RootElement;
        Assert.Equal(json.GetProperty("policies")[0].GetProperty("sha256").GetString(), JsonDocument.Parse((await OnClusterAsync("query", "agent", "graph/0/1", "--json")).Expect(ExitCode.Ok).Out).RootElement.GetProperty("weights").GetString());

        await using var session = await ClusterSession.ConnectAsync("postgres", Variables.GetValueOrDefault, TextWriter.Null, CancellationToken.None);
        var probabilities = await session.Grains.GetGrain<IAgentGrain>("graph/0/0").GetActionProbabilitiesAsync(observation);
        Assert.Equal(1, probabilities.Sum(), 1e-5);
        Assert.Equal(actions, probabilities.Distinct().Count());
        (await OnClusterAsync("crossplay", "graph", "--episodes", "2", "--steps", "10", "--id", "c")).Expect(ExitCode.Ok);
        Assert.Equal(2, (await File.ReadAllLinesAsync(_directory["cluster/c/cells.csv"])).Length);
    }

    private Task<Outcome> OnClusterAsync(params string[] arguments) => InProcess.RunAsync(_directory.Root, Variables.GetValueOrDefault, [.. arguments, "--cluster", "postgres", "--data", "cluster"]);
}
