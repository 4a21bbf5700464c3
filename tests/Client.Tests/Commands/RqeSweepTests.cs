using System.Text.Json;
using System.Xml.Linq;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Reporting.Tests;

namespace Srpo.Client.Tests.Commands;

public sealed class RqeSweepTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_volunteers_game_has_a_pitchfork_and_folds()
    {
        var outcome = (await InProcess.RunAsync(_directory.Root, "rqe", "sweep", "volunteers-half", "--tau", "0:5:101")).Expect(ExitCode.Ok);
        Assert.Contains("pitchfork", outcome.Out, StringComparison.Ordinal);
        Assert.Contains(Path.Combine("volunteers-half-rqe", "report.html"), outcome.Out, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(File.ReadAllText(_directory["volunteers-half-rqe/sweep.json"]));
        var bifurcations = json.RootElement.GetProperty("bifurcations").EnumerateArray()
            .Select(one => (Kind: one.GetProperty("kind").GetString(), Tau: one.GetProperty("tau").GetDouble())).ToArray();
        var pitchfork = Assert.Single(bifurcations, one => one.Kind == "subcritical pitchfork");
        var folds = bifurcations.Where(one => one.Kind == "fold").ToArray();
        Assert.Equal(2, folds.Length);
        // Five equilibria between the two, as at tau = 3; one beyond, as at tau = 4.
        Assert.InRange(pitchfork.Tau, 2.5, 3);
        Assert.All(folds, fold => Assert.InRange(fold.Tau, 3, 4));
    }

    [Fact]
    public async Task The_csv_has_the_equilibria_of_every_tau()
    {
        (await InProcess.RunAsync(_directory.Root, "rqe", "sweep", "volunteers", "--tau", "0:2:5", "--out", "there")).Expect(ExitCode.Ok);
        var records = CsvReader.Read(File.ReadAllText(_directory["there/sweep.csv"]));
        var columns = records[0].ToList();
        Assert.Equal(["tau", "branch", "stable", "player0 contribute", "player0 defect", "player1 contribute"], columns[..6]);
        var at = records.Skip(1).Select(record => record.Select((field, i) => i == 2 ? double.NaN : CsvReader.Number(field)).ToArray()).ToArray();
        var pairs = at.Where(numbers => Math.Abs(numbers[0] - 1) < 1e-12).Select(numbers => (Math.Round(numbers[3], 5), Math.Round(numbers[5], 5))).Order().ToArray();
        Assert.Equal([(0.10720, 0.96469), (0.61959, 0.61959), (0.96469, 0.10720)], pairs);
        Assert.All(at, numbers => Assert.Equal(
            numbers[columns.IndexOf("sharedReward")] - numbers[columns.IndexOf("privateCost0")], numbers[columns.IndexOf("utility0")], 12));
    }

    [Fact]
    public async Task All_files_are_there_and_well_formed()
    {
        foreach (var game in new[] { "volunteers", "two-robots", "stag-hunt" })
        {
            (await InProcess.RunAsync(_directory.Root, "rqe", "sweep", game, "--tau", "0.1:1.5:31", "--log", "--out", game)).Expect(ExitCode.Ok);
            foreach (var name in Reporting.Equilibria.SweepWriter.Names) Assert.True(File.Exists(_directory[$"{game}/{name}"]), $"{game}/{name}");
            XDocument.Parse(File.ReadAllText(_directory[$"{game}/figure.svg"]));
            XDocument.Parse(File.ReadAllText(_directory[$"{game}/report.html"]));
        }
    }

    [Fact]
    public async Task Quadratic_games_have_a_peak_and_an_end()
    {
        var outcome = (await InProcess.RunAsync(_directory.Root, "rqe", "sweep", "two-robots", "--tau", "0:4:41", "--json")).Expect(ExitCode.Ok);
        using var json = JsonDocument.Parse(outcome.Out);
        var root = json.RootElement;
        Assert.Equal(1, root.GetProperty("peak").GetProperty("tau").GetDouble(), 5);
        Assert.Equal(2, root.GetProperty("largestTau").GetDouble(), 9);
        Assert.Contains("21 of 41 taus have no equilibrium", root.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
        var points = root.GetProperty("branches")[0].GetProperty("points");
        Assert.Equal(20, points.GetArrayLength());
        foreach (var point in points.EnumerateArray())
        {
            var tau = point.GetProperty("tau").GetDouble();
            Assert.Equal(1 / (3 - (tau / 2)), point.GetProperty("strategies")[0][0].GetDouble(), 12);
            Assert.Equal(0.5, point.GetProperty("strategies")[1][1].GetDouble(), 12);
        }
    }

    [Fact]
    public async Task Costs_of_a_game_without_shared_reward_are_those_of_its_blocks()
    {
        _directory.Write("q.json", """{ "kind": "quadratic", "A": [-3, -2], "B": [0.5, -1], "D": [-1, -1], "e": [1, 2], "d": [0, 0], "R": [1, 0.5], "r": [0.25, 0], "epsilon": 0.5 }""");
        (await InProcess.RunAsync(_directory.Root, "rqe", "sweep", "q.json", "--tau", "0:0.5:3", "--out", "q")).Expect(ExitCode.Ok);
        var outcome = (await InProcess.RunAsync(_directory.Root, "rqe", "solve", "q.json", "--tau", "0.25", "--json")).Expect(ExitCode.Ok);
        using var json = JsonDocument.Parse(outcome.Out);
        var solved = json.RootElement.GetProperty("equilibria")[0].GetProperty("privateCosts");
        var records = CsvReader.Read(File.ReadAllText(_directory["q/sweep.csv"]));
        for (var player = 0; player < 2; player++)
        {
            var column = records[0].ToList().IndexOf($"privateCost{player}");
            Assert.Equal(solved[player].GetDouble(), CsvReader.Number(records[2][column]), 12);
        }
    }

    [Fact]
    public async Task What_is_something_elses_is_not_overwritten()
    {
        (await InProcess.RunAsync(_directory.Root, "rqe", "sweep", "two-robots", "--tau", "0:1:3", "--out", "x")).Expect(ExitCode.Ok);
        (await InProcess.RunAsync(_directory.Root, "rqe", "sweep", "two-robots", "--tau", "0:1:4", "--out", "x")).Expect(ExitCode.InUse);
        (await InProcess.RunAsync(_directory.Root, "rqe", "sweep", "two-robots", "--tau", "0:1:4", "--out", "x", "--force")).Expect(ExitCode.Ok);
        var before = File.ReadAllText(_directory["x/sweep.json"]);
        var outcome = (await InProcess.RunAsync(_directory.Root, "rqe", "sweep", "volunteers", "--tau", "0:1:3", "--out", "x", "--force")).Expect(ExitCode.InUse);
        Assert.Contains("choose another directory with --out", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(_directory["x/sweep.json"]));
        _directory.Write("y/report.html", "mine");
        (await InProcess.RunAsync(_directory.Root, "rqe", "sweep", "volunteers", "--tau", "0:1:3", "--out", "y")).Expect(ExitCode.InUse);
        Assert.Equal("mine", File.ReadAllText(_directory["y/report.html"]));
    }

    [Fact]
    public async Task A_sweep_as_an_experiment_is_listed_runs_and_needs_no_resuming()
    {
        Assert.Contains("figure-1ii", (await InProcess.RunAsync(_directory.Root, "experiments")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        (await InProcess.RunAsync(_directory.Root, "run", "figure-1i")).Expect(ExitCode.Ok);
        Assert.Contains("Fig. 1(i)", File.ReadAllText(_directory["runs/figure-1i-1/report.html"]), StringComparison.Ordinal);
        Assert.Contains("figure-1i-1 is finished", (await InProcess.RunAsync(_directory.Root, "resume", "figure-1i-1")).Expect(ExitCode.Ok).Error, StringComparison.Ordinal);
        Assert.Contains("figure-1i-1 is finished", (await InProcess.RunAsync(_directory.Root, "report", "figure-1i-1")).Expect(ExitCode.Ok).Error, StringComparison.Ordinal);
        (await InProcess.RunAsync(_directory.Root, "run", "figure-1i", "--id", "figure-1i-1")).Expect(ExitCode.InUse);
        (await InProcess.RunAsync(_directory.Root, "run", "figure-1i")).Expect(ExitCode.Ok);
        Assert.True(File.Exists(_directory["runs/figure-1i-2/figure.svg"]));
    }

    [Fact]
    public async Task The_figures_of_a_sweep_are_written_anew_from_what_it_found()
    {
        (await InProcess.RunAsync(_directory.Root, "run", "figure-1ii", "--id", "f", "--out", "results")).Expect(ExitCode.Ok);
        string[] names = [.. JsonDocument.Parse((await InProcess.RunAsync(_directory.Root, "figures", "f", "--list", "--json")).Expect(ExitCode.Ok).Out).RootElement.EnumerateArray().Select(figure => figure.GetProperty("name").GetString()!)];
        Assert.Contains("equilibria-against-risk-aversion", names);
        Assert.Equal(names.SelectMany(name => new[] { $"{name}.pdf", $"{name}.svg" }).Order(StringComparer.Ordinal), Directory.GetFiles(_directory["results/figures"]).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));

        // The same numbers, so the same drawings.
        (await InProcess.RunAsync(_directory.Root, "figures", "f", "--out", "copy")).Expect(ExitCode.Ok);
        foreach (var file in Directory.GetFiles(_directory["results/figures"]))
            Assert.True(File.ReadAllBytes(file).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(_directory["copy"], Path.GetFileName(file)))), file);
        string[] narrow = ["figures", "f", "--only", "free-riding", "--width", "84mm", "--format", "png", "--dpi", "150"];
        (await InProcess.RunAsync(_directory.Root, narrow)).Expect(ExitCode.Ok);
        Assert.Equal(496, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(File.ReadAllBytes(_directory["results/figures/free-riding.png"]).AsSpan(16)));
        Assert.Contains("did you mean 'free-riding'", (await InProcess.RunAsync(_directory.Root, "figures", "f", "--only", "free-ridin")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);

        // What it found is damaged or gone: the file is named, and how to come by it again.
        var found = await File.ReadAllTextAsync(_directory["results/sweep.json"]);
        foreach (var (content, said) in new[] { (found[..200], "it ends before everything that was opened is closed"), ("{}", "cannot be read: "), (found.Replace("\"utilities\"", "\"utility\"", StringComparison.Ordinal), "cannot be read: "), ("null", "it is empty") })
        {
            await File.WriteAllTextAsync(_directory["results/sweep.json"], content);
            var damaged = (await InProcess.RunAsync(_directory.Root, "figures", "f", "--list")).Expect(ExitCode.Damaged).Error;
            Assert.Contains($"{_directory["results/sweep.json"]} cannot be read: ", damaged, StringComparison.Ordinal);
            Assert.Contains(said, damaged, StringComparison.Ordinal);
            Assert.DoesNotContain("System.", damaged, StringComparison.Ordinal);
        }

        File.Delete(_directory["results/sweep.json"]);
        Assert.Contains("sweep.json is missing; `srpo run figure-1ii` computes it again in a new run", (await InProcess.RunAsync(_directory.Root, "figures", "f")).Expect(ExitCode.Damaged).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checks_hold_and_each_is_a_line()
    {
        var theory = (await InProcess.RunAsync(_directory.Root, "rqe", "check")).Expect(ExitCode.Ok);
        Assert.Equal(17, theory.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        var games = (await InProcess.RunAsync(_directory.Root, "rqe", "check", "volunteers", "volunteers-half", "two-robots", "stag-hunt", "--json")).Expect(ExitCode.Ok);
        using var json = JsonDocument.Parse(games.Out);
        Assert.Equal(0, json.RootElement.GetProperty("failed").GetInt32());
        Assert.All(json.RootElement.GetProperty("checks").EnumerateArray(), check => Assert.True(check.GetProperty("holds").GetBoolean()));
    }

    [Fact]
    public async Task Every_game_that_comes_with_the_program_is_on_the_page_and_solves()
    {
        var page = await File.ReadAllTextAsync(Repository.PathOf("docs", "commands", "rqe.md"));
        var games = Directory.GetFiles(Repository.Games, "*.json").Select(path => Path.GetFileNameWithoutExtension(path)!).ToArray();
        Assert.True(games.Length >= 5);
        foreach (var game in games)
        {
            Assert.Contains($"`{game}`", page, StringComparison.Ordinal);
            var file = await File.ReadAllTextAsync(Path.Combine(Repository.Games, game + ".json"));
            var verb = file.Contains("\"markov\"", StringComparison.Ordinal) ? "markov" : "solve";
            string[] starts = file.Contains("\"aggregative\"", StringComparison.Ordinal) || file.Contains("\"quadratic\"", StringComparison.Ordinal) ? [] : ["--starts", "5"]; // those are not searched
            (await InProcess.RunAsync(_directory.Root, ["rqe", verb, game, .. starts])).Expect(ExitCode.Ok);
        }
    }
}
