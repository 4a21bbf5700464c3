using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;

namespace Srpo.Client.Tests.Processes;

/// <summary>What processes load, which is most of the time that they take to start.</summary>
public sealed class StartTests
{
    [LinuxFact]
    public async Task What_is_only_read_starts_no_silo_and_no_client()
    {
        using var directory = new TemporaryDirectory();
        (await InProcess.RunAsync(
            directory.Root, "run", "overcooked-paper", "--id", "r", "--seeds", "1", "--iterations", "2", "--set", "lanes=4", "--set", "horizon=20", "--set", "evaluation.episodes=2")).Expect(ExitCode.Ok);

        // It has read the policies of the others and waits for the person.
        using var play = SrpoProcess.StartAtKeyboard(directory.Root, "play", "overcooked", "r.srpo/0");
        await play.UntilAsync("it waits for a move", () => Task.FromResult(play.Output.Contains("0 ", StringComparison.Ordinal)));
        var loaded = play.Assemblies;
        Assert.Contains("Srpo.Grains.dll", loaded);
        foreach (var name in new[] { "Orleans.Runtime.dll", "Microsoft.Extensions.Hosting.dll", "System.Net.Sockets.dll" }) Assert.DoesNotContain(name, loaded);
        Assert.DoesNotContain(loaded, IsOfClusters);
    }

    private static bool IsOfClusters(string name) =>
        name.StartsWith("Azure.", StringComparison.Ordinal) || name.StartsWith("Npgsql", StringComparison.Ordinal) || name.StartsWith("Orleans.Clustering.", StringComparison.Ordinal)
        || name is "Orleans.Persistence.AzureStorage.dll" or "Orleans.Connections.Security.dll";
}
