using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Experiments;

namespace Srpo.Client.Tests.Commands;

/// <summary>The figures, tables and theorems of the paper by name.</summary>
public sealed class ReproduceTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    public static TheoryData<string, bool> Names()
    {
        var names = new TheoryData<string, bool>();
        foreach (var one in Reproductions.All)
        {
            names.Add(one.Name, false);
            names.Add(one.Name, true);
        }

        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_command_is_one_and_says_how_long_it_takes(string name, bool quick)
    {
        var told = (await InProcess.RunAsync(_directory.Root, ["reproduce", name, "--dry-run", .. quick ? ["--quick"] : (string[])[]])).Expect(ExitCode.Ok);
        foreach (var command in Reproductions.Find(name).Commands(quick))
        {
            var line = Assert.Single(told.Out.Split('\n'), line => line.StartsWith($"srpo {command}: ", StringComparison.Ordinal));
            Assert.Matches(": (some seconds|half a minute|about two minutes|about .* on [0-9]+ cores?, roughly)$", line);
            if (command.StartsWith("run ", StringComparison.Ordinal) && !command.Contains("debate", StringComparison.Ordinal))
                (await InProcess.RunAsync(_directory.Root, [.. command.Split(' '), "--dry-run"])).Expect(ExitCode.Ok);
        }

        Assert.Empty(Directory.GetFileSystemEntries(_directory.Root));
    }

    [Fact]
    public async Task Without_a_name_it_lists_what_there_is()
    {
        var list = (await InProcess.RunAsync(_directory.Root, "reproduce")).Expect(ExitCode.Ok);
        Assert.All(Reproductions.All, one => Assert.Contains(one.Name, list.Out, StringComparison.Ordinal));
        var unknown = (await InProcess.RunAsync(_directory.Root, "reproduce", "figure-02")).Expect(ExitCode.Usage);
        Assert.Contains("did you mean 'figure-2'", unknown.Error, StringComparison.Ordinal);
        Assert.Equal("figure-2", Reproductions.Find("figure-2iii").Name);
        var nowhere = (await InProcess.RunAsync(_directory.Root, "reproduce", "theorem-4.2", "--cluster", "localhost", "--dry-run")).Expect(ExitCode.Usage);
        Assert.Contains("--cluster means nothing to `reproduce theorem-4.2`", nowhere.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_says_what_came_out_of_each()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "reproduction.md"));
        string[] commands = [.. page.Split('`').Where(text => text.StartsWith("srpo reproduce ", StringComparison.Ordinal)).Select(text => text["srpo reproduce ".Length..]).Where(name => name != "NAME").Distinct()];
        Assert.All(commands, name => Reproductions.Find(name));
        Assert.All(Reproductions.All.Where(one => one.Name != "figure-13"), one => Assert.Contains(one.Name, commands));
        Assert.Contains("Fig. 13", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_run_as_if_they_had_been_typed()
    {
        var run = (await InProcess.RunAsync(_directory.Root, "reproduce", "figure-1ii", "--quick", "--data", "kept")).Expect(ExitCode.Ok);
        Assert.StartsWith("Example 4.2, Fig. 1(ii): ", run.Out, StringComparison.Ordinal);
        Assert.True(File.Exists(_directory[Path.Combine("kept", "figure-1ii-1", "report.html")]));
    }

    [Fact]
    public async Task The_bounds_of_the_theorem_are_printed_beside_all_equilibria()
    {
        // theory.md: with tau = 2 K cbar^2 / (eps delta^2) there is none with more free-riding than delta; K = log 2 + 1.4/0.15.
        var solved = (await InProcess.RunAsync(_directory.Root, "rqe", "bound", "volunteers", "--tau", "1:1000:4", "--log", "--json")).Expect(ExitCode.Ok);
        using var json = JsonDocument.Parse(solved.Out);
        var taus = json.RootElement.GetProperty("taus").EnumerateArray().ToArray();
        Assert.Equal([3, 1, 1, 1], taus.Select(one => one.GetProperty("equilibria").GetInt32()));
        Assert.Equal(0.4 * (0.964686 - 0.107204), taus[0].GetProperty("freeRiding").GetDouble(), 1e-6);
        var delta = Math.Sqrt(2 * (Math.Log(2) + (1.4 / 0.15)) * 0.16 / (0.15 * 1000));
        Assert.Equal(delta, taus[3].GetProperty("freeRidingBound").GetDouble(), 1e-9);
        Assert.All(taus, one => Assert.True(one.GetProperty("holds").GetBoolean() && one.GetProperty("isComplete").GetBoolean()));
        var refused = (await InProcess.RunAsync(_directory.Root, "rqe", "bound", "two-robots")).Expect(ExitCode.Usage);
        Assert.Contains("continuous actions; Theorem 4.2 is about finitely many", refused.Error, StringComparison.Ordinal);
    }
}
