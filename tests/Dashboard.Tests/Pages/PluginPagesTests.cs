using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Dashboard.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Srpo.Dashboard.Tests.Pages;

/// <summary>Pages of runs whose environment and method are a plug-in's: the samples, trained and shown by processes that have loaded them.</summary>
public sealed class PluginPagesTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [BrowserFact]
    public async Task Runs_of_plugins_are_shown_as_all_others()
    {
        string[] plugins = [.. new[] { "Kitchen", "Tsallis" }.Select(Sample)];
        _directory.Write("soup.json", $$"""
            {
              "plugins": ["{{plugins[0]}}", "{{plugins[1]}}"], "preset": "kitchen", "seeds": 1,
              "training": { "iterations": 4, "lanes": 2, "horizon": 10, "minibatches": 1, "curveInterval": 20, "curveEpisodes": 1 },
              "populations": { "ippo": { "method": "ippo" }, "tsallis-srpo": { "method": "tsallis-srpo" } },
              "evaluation": { "episodes": 1, "steps": 10 }
            }
            """);
        (await SrpoProcess.RunAsync(_directory.Root, "run", "soup.json", "--id", "soup")).Expect(ExitCode.Ok);

        // Nobody names them here: the data directory remembers where they were.
        using var dashboard = await DashboardProcess.StartAsync(_directory.Root);
        await using var visit = await chromium.OpenAsync(dashboard.Link);
        await visit.Link("soup").ClickAsync();
        await Expect(visit.Heading).ToHaveTextAsync("soup");
        await Expect(visit.Row("Populations", "SRPO with Tsallis entropy")).ToContainTextAsync("100 %");
        await visit.GoAsync("/agents/soup.tsallis-srpo/0/0");
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("1 faces north and holds nothing");
        Assert.Empty(visit.Errors);
    }

    private static string Sample(string name)
    {
        var own = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        return Path.GetFullPath(Path.Combine(own, "..", "..", name, Path.GetFileName(own), name + ".dll"));
    }
}
