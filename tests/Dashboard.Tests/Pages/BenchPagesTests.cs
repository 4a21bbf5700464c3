using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Dashboard.Tests.Support;

namespace Srpo.Dashboard.Tests.Pages;

/// <summary>`srpo bench pages`, with the program and the browser that users have.</summary>
public sealed class BenchPagesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [BrowserFact]
    public async Task Pages_over_stored_runs_and_beside_training_are_measured()
    {
        using var process = SrpoProcess.Start(
            _directory.Root, new Dictionary<string, string> { ["TMPDIR"] = _directory.Root },
            "bench", "pages", "--runs", "3", "--teams", "2", "--points", "4", "--processes", "1", "--seconds", "2", "--json");
        foreach (var begun in new[] { "measuring how soon rounds are shown", "measuring an open page" }) await process.UntilAsync(begun, () => Task.FromResult(process.Errors.Contains(begun, StringComparison.Ordinal)));
        var outcome = (await process.EndAsync()).Expect(ExitCode.Ok);
        using var json = JsonDocument.Parse(outcome.Out);
        var measured = json.RootElement;
        Assert.Equal((3, 2, 4), (measured.GetProperty("runs").GetInt32(), measured.GetProperty("teams").GetInt32(), measured.GetProperty("points").GetInt32()));
        var pages = measured.GetProperty("opening").EnumerateArray().ToArray();
        Assert.Equal(["all runs", "a run"], pages.Select(page => page.GetProperty("page").GetString()));
        foreach (var times in pages.SelectMany(page => new[] { page.GetProperty("cold"), page.GetProperty("warm") }).Append(measured.GetProperty("newRounds").GetProperty("milliseconds")))
        {
            var (median, longest) = (times.GetProperty("median").GetDouble(), times.GetProperty("longest").GetDouble());
            Assert.True(median > 0 && median <= longest, $"{times}");
        }

        Assert.True(measured.GetProperty("newRounds").GetProperty("count").GetInt32() >= 3);
        var open = measured.GetProperty("openPage");
        Assert.True(open.GetProperty("trainingSeconds").GetDouble() > 0);
        Assert.Equal(open.GetProperty("dashboardSeconds").GetDouble() / open.GetProperty("trainingSeconds").GetDouble(), open.GetProperty("share").GetDouble(), 1e-9);

        // Nothing is left of runs, browsers and what trained.
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory.Root));
    }

    [Fact]
    public async Task It_needs_a_browser_and_works_in_a_directory_of_its_own()
    {
        foreach (var refused in new[] { "--data", "--cluster" }) (await InProcess.RunAsync(_directory.Root, "bench", "pages", refused, "x")).Expect(ExitCode.Usage);
        Assert.Contains("chromium", (await InProcess.RunAsync(_directory.Root, variable => variable == "PATH" ? _directory.Root : null, "bench", "pages")).Expect(ExitCode.Environment).Error, StringComparison.Ordinal);
    }
}
