using Srpo.Client.Cli;
using Srpo.Client.Live;
using Srpo.Client.Sessions;
using Srpo.Client.Tests.Support;
using Srpo.Experiments.Data;

namespace Srpo.Client.Tests.Commands;

/// <summary>What commands print of what is stored, read without a silo, is to the byte what they print when they ask grains.</summary>
public sealed class StoredStateTests(TrainedRun run) : IClassFixture<TrainedRun>, IDisposable
{
    private static readonly string[] Reading =
    [
        "population list", "population status r.srpo", "population status r.ippo", "population status r.srp", "population status none/0",
        "query coordinator r.srpo", "query agent r.srpo/0/1", "query agent r.ippo/1/0", "query adversary r.srpo/1/1", "query adversary r.ippo/0/0",
        "query agent r.srpo/7/0", "query agent r.srpo/0", "query environment r.srpo/1/1", "query environment r.srpo/1/5", "query environment none/0/0",
        "query tournament r.training", "query tournament r.trainin", "play overcooked r.srpo/1 --table", "play overcooked r.none/1 --table",
    ];

    private readonly TemporaryDirectory _directory = run.Copy();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Every_command_that_reads_prints_the_same_with_a_silo_and_without()
    {
        var before = Snapshot();
        var stored = await RunAllAsync("from-storage");
        Assert.Equal(before, Snapshot()); // reading leaves a directory as it is
        Assert.Empty(Directory.Exists(_directory["runs/.live"]) ? Directory.EnumerateFiles(_directory["runs/.live"], "*.json") : []);
        AssertSame(stored, await RunAllOfGrainsAsync());
        Assert.Contains("\"phase\": \"finished\"", stored["population list --json"].Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NotFound, stored["query agent r.srpo/7/0"].ExitCode);
        Assert.Equal(ExitCode.Usage, stored["query agent r.srpo/0 --json"].ExitCode);
    }

    [Fact]
    public async Task Damaged_files_give_the_same_warnings_and_exit_codes()
    {
        foreach (var file in Directory.EnumerateFiles(_directory["runs/.grains"], "*.state", SearchOption.AllDirectories))
        {
            // The older or newer one of each pair, and both of one agent and of one tournament.
            if (!file.EndsWith("1.state", StringComparison.Ordinal) && !file.Contains("agent/r.srpo/0/1", StringComparison.Ordinal) && !file.Contains("r.training", StringComparison.Ordinal)) continue;
            var content = await File.ReadAllBytesAsync(file);
            content[content.Length / 2] ^= 0x10;
            await File.WriteAllBytesAsync(file, content);
        }

        var stored = await RunAllAsync("from-storage");
        AssertSame(stored, await RunAllOfGrainsAsync());
        Assert.Equal(ExitCode.Damaged, stored["query agent r.srpo/0/1"].ExitCode);
        Assert.Equal(ExitCode.Damaged, stored["query tournament r.training"].ExitCode);
        Assert.Contains("the other checkpoint is used", stored["query adversary r.srpo/1/1 --json"].Out, StringComparison.Ordinal);
        Assert.Contains("the record stored before it is used", stored["population status r.srpo"].Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_needs_a_directory_and_makes_none()
    {
        (await InProcess.RunAsync(_directory["none"], "population", "list")).Expect(ExitCode.NotFound);
        Assert.False(Directory.Exists(_directory["none"]));
    }

    private SortedDictionary<string, DateTime> Snapshot() =>
        new(Directory.EnumerateFiles(_directory["runs"], "*", SearchOption.AllDirectories).ToDictionary(file => file, File.GetLastWriteTimeUtc), StringComparer.Ordinal);

    /// <summary>The same commands while the grains of this process are announced, which they ask.</summary>
    private async Task<SortedDictionary<string, Outcome>> RunAllOfGrainsAsync()
    {
        var data = new DataDirectory(_directory["runs"]);
        using var held = RunLock.Take(data, "test");
        await using var work = await LocalSession.StartAsync(data, held, "test", workers: 1, CancellationToken.None);
        return await RunAllAsync("from-grains-");
    }

    private async Task<SortedDictionary<string, Outcome>> RunAllAsync(string folder)
    {
        var outcomes = new SortedDictionary<string, Outcome>(StringComparer.Ordinal);
        foreach (var line in Reading.SelectMany(line => new[] { line, line + " --json" })) outcomes[line] = await InProcess.RunAsync(_directory.Root, line.Split(' '));
        foreach (var export in new[] { "r.srpo/1/0", "r.srpo/0/1 --adversary", "r.srpo/0/1", "r.ippo" })
        {
            var arguments = export.Split(' ');
            var file = $"{folder}-{arguments[0].Replace('/', '-')}{arguments.Length}";
            var outcome = await InProcess.RunAsync(_directory.Root, ["export", arguments[0], file, .. arguments[1..]]);
            outcomes["export " + export] = outcome with { Out = outcome.Out.Replace(folder, "", StringComparison.Ordinal), Error = outcome.Error.Replace(folder, "", StringComparison.Ordinal) };
            foreach (var written in Directory.Exists(_directory[file]) ? Directory.GetFiles(_directory[file]) : File.Exists(_directory[file]) ? [_directory[file]] : [])
                outcomes[$"content {export} {Path.GetFileName(written).Replace(folder, "", StringComparison.Ordinal)}"] = new Outcome(0, Convert.ToBase64String(await File.ReadAllBytesAsync(written)), "");
        }

        return outcomes;
    }

    private static void AssertSame(SortedDictionary<string, Outcome> stored, SortedDictionary<string, Outcome> grains)
    {
        Assert.Equal(grains.Keys, stored.Keys);
        foreach (var (line, outcome) in grains) Assert.Equal((line, outcome), (line, stored[line]));
    }
}
