using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;

namespace Srpo.Plugins.Tests;

/// <summary>Silos as processes of their own, with plug-ins and without.</summary>
public sealed class ClusterTests : IDisposable
{
    private static readonly string[] Small =
    [
        "--preset", "kitchen", "--seeds", "2", "--iterations", "2", "--set", "lanes=2", "--set", "horizon=10", "--set", "minibatches=1", "--set", "curveInterval=20", "--set", "curveEpisodes=1",
    ];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_cluster_refuses_what_a_silo_lacks_by_name_and_trains_once_all_have_it()
    {
        File.Copy(Samples.Kitchen, _directory["Other.dll"]);
        await using (var other = File.Open(_directory["Other.dll"], FileMode.Append)) other.WriteByte(0);
        using var first = Start("Plugins:0=" + Samples.Kitchen);
        await first.ReadyAsync();
        using (var second = Start("PrimarySiloPort=" + first.SiloPort))
        {
            await second.ReadyAsync();
            var refused = await TrainAsync(first);
            Assert.NotEqual(ExitCode.Ok, refused.ExitCode);
            Assert.Contains($"127.0.0.1:{second.SiloPort}@", refused.Error, StringComparison.Ordinal);
            Assert.Contains("lacks the plug-in 'kitchen' 0.1.0 (sha256 ", refused.Error, StringComparison.Ordinal);
            Assert.Contains("Srpo:Plugins", refused.Error, StringComparison.Ordinal);

            // Whoever is asked says the same.
            Assert.Contains("lacks the plug-in 'kitchen'", (await TrainAsync(second)).Error, StringComparison.Ordinal);
            Assert.Equal(0, await second.StopAsync());
        }

        using (var changed = Start("PrimarySiloPort=" + first.SiloPort, "Plugins:0=Other.dll"))
        {
            await changed.ReadyAsync();
            Assert.Contains("of the plug-in 'kitchen' 0.1.0 (sha256 ", (await TrainAsync(first)).Error, StringComparison.Ordinal);
            Assert.Equal(0, await changed.StopAsync());
        }

        (await TrainAsync(first)).Expect(ExitCode.Ok);
        await first.UntilAsync("the population is trained", async () =>
            (await ClientAsync(first, "population", "status", "c")).Out.Contains("finished", StringComparison.Ordinal));
        (await ClientAsync(first, "crossplay", "c", "--episodes", "1", "--steps", "10", "--id", "x")).Expect(ExitCode.Ok);
        (await ClientAsync(first, "replay", "c/0", "--steps", "2", "--no-wait")).Expect(ExitCode.Ok);
        Assert.Equal(0, await first.StopAsync());
    }

    [Fact]
    public async Task A_silo_whose_plugin_cannot_be_loaded_does_not_start()
    {
        using var silo = Start("Plugins:0=Gone.dll");
        Assert.Equal(2, await silo.EndAsync());
        Assert.Contains("Gone.dll", silo.Said, StringComparison.Ordinal);
    }

    private SiloProcess Start(params string[] settings) => SiloProcess.Start(_directory.Root, [.. settings, "ShareDataDirectory=true"]);

    private Task<Outcome> TrainAsync(SiloProcess silo) => ClientAsync(silo, ["population", "start", "c", .. Small]);

    private Task<Outcome> ClientAsync(SiloProcess silo, params string[] arguments) =>
        InProcess.RunAsync(_directory.Root, [.. arguments, "--cluster", silo.Gateway, "--plugin", Samples.Kitchen]);
}
