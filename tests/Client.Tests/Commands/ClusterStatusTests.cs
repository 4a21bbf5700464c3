using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;

namespace Srpo.Client.Tests.Commands;

/// <summary>`srpo cluster status` on one machine: a cluster of one.</summary>
public sealed class ClusterStatusTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task One_process_is_a_cluster_of_one()
    {
        Directory.CreateDirectory(_directory["runs"]);
        var table = (await InProcess.RunAsync(_directory.Root, "cluster", "status", "--workers", "3")).Expect(ExitCode.Ok);
        Assert.Contains("env-steps/s", table.Out);
        Assert.Contains("active", table.Out);

        var json = (await InProcess.RunAsync(_directory.Root, "cluster", "status", "--workers", "3", "--json")).Expect(ExitCode.Ok);
        using var document = JsonDocument.Parse(json.Out);
        var silo = Assert.Single(document.RootElement.EnumerateArray());
        Assert.Equal("active", silo.GetProperty("status").GetString());
        Assert.Equal(3, silo.GetProperty("cores").GetInt32());
        Assert.True(silo.GetProperty("memoryBytes").GetInt64() > 0);
        Assert.Empty(silo.GetProperty("teams").EnumerateArray());
        Assert.Contains(silo.GetProperty("grains").EnumerateArray(), count => count.GetProperty("kind").GetString() == "cluster");
    }

    public void Dispose() => _directory.Dispose();
}
