using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Live;
using Srpo.Client.Tests.Support;
using Srpo.Dashboard.Components.Parts;
using Srpo.Dashboard.Tests.Support;
using Srpo.Experiments.Data;
using Srpo.Grains.Tests;
using static Microsoft.Playwright.Assertions;

namespace Srpo.Dashboard.Tests.Pages;

/// <summary>A person at a dashboard starts training, follows it, has it pause and go on, and ends the dashboard.</summary>
public sealed class TrainingTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private DataDirectory Data => new(_directory["runs"]);

    public void Dispose()
    {
        TrainingForm.EndAll(_directory);
        _directory.Dispose();
    }

    [BrowserFact]
    public async Task A_population_is_started_followed_paused_resumed_and_finished()
    {
        using var dashboard = await DashboardProcess.StartAsync(_directory.Root);
        await using var visit = await chromium.OpenAsync(dashboard.Link);
        var page = visit.Page;
        await Expect(page.GetByText("There is no run yet.")).ToBeVisibleAsync();
        Assert.DoesNotContain("token", page.Url, StringComparison.Ordinal);

        await TrainingForm.SendAsync(visit, "grown", updates: 6000);
        await visit.AtAsync("/runs/grown");
        var state = page.Locator(".state");
        await Expect(state).ToHaveTextAsync("training");
        foreach (var process in LiveRegistry.All(Data)) SrpoProcess.StandBack(process.Info.ProcessId);
        await Expect(page.Locator("figure[data-figure=returns] svg.fig")).ToBeVisibleAsync();
        var points = await visit.PointsAsync("returns");
        await Until.HoldsAsync("the curve grows", async () => await visit.PointsAsync("returns") > points);

        await visit.Button("Pause").ClickAsync();
        await Expect(state).ToHaveTextAsync("paused");
        await Expect(page.Locator(".events")).ToContainTextAsync("training → paused");
        var paused = await StatusAsync("grown");
        Assert.Equal("paused", paused.GetProperty("phase").GetString());
        Assert.InRange(paused.GetProperty("teams")[0].GetProperty("round").GetInt32(), 1, 5999);

        await visit.Button("Resume").ClickAsync();
        await Expect(page.Locator(".events")).ToContainTextAsync("paused → training");
        await Expect(state).ToHaveTextAsync("finished");
        await Expect(page.Locator(".events")).ToContainTextAsync("training → finished");

        // A terminal says the same.
        var watched = JsonDocument.Parse((await InProcess.RunAsync(_directory.Root, "population", "watch", "grown", "--json")).Expect(ExitCode.Ok).Out).RootElement;
        var status = await StatusAsync("grown");
        Assert.Equal(watched.GetProperty("phase").GetString(), status.GetProperty("phase").GetString());
        foreach (var team in status.GetProperty("teams").EnumerateArray())
        {
            var number = team.GetProperty("team").GetInt32();
            Assert.Equal(team.GetProperty("lastReturn").GetDouble(), watched.GetProperty("teams")[number].GetProperty("lastReturn").GetDouble());
            var cells = visit.Row("Teams", $"{number}").Locator("td");
            await Expect(cells.Nth(1)).ToHaveTextAsync("6 000 of 6 000");
            await Expect(cells.Nth(3)).ToHaveTextAsync(Texts.Number(team.GetProperty("lastReturn").GetDouble()));
            await Expect(cells.Nth(4)).ToHaveTextAsync("finished");
        }

        Assert.Empty(visit.Errors);
    }

    [BrowserFact]
    public async Task Ctrl_C_ends_the_dashboard_and_nothing_that_trains()
    {
        if (PseudoTerminal.Obstacle is not null) return;
        using var terminal = PseudoTerminal.Start(_directory.Root, 200, 24, "dashboard", "--port", "0");
        await terminal.UntilAsync("it prints its link", screen => screen.AllRows.Any(row => row.Contains("Ctrl-C ends", StringComparison.Ordinal)));
        await using var visit = await chromium.OpenAsync(terminal.Look(screen => screen.AllRows.Single(row => row.Contains("?token=", StringComparison.Ordinal)).Trim()));
        await TrainingForm.SendAsync(visit, "endless", updates: 10_000_000);
        await Expect(visit.Page.Locator(".state")).ToHaveTextAsync("training");

        terminal.Type("\u0003");
        Assert.Equal((int)ExitCode.Ok, await terminal.EndAsync());
        await Expect(visit.Page.Locator("#components-reconnect-modal")).ToBeVisibleAsync();

        var before = await RoundAsync();
        await Until.HoldsAsync("training goes on", async () => await RoundAsync() > before);
        (await InProcess.RunAsync(_directory.Root, "population", "stop", "endless")).Expect(ExitCode.Ok);
        await Until.HoldsAsync("its process ends", () => LiveRegistry.All(Data).Count == 0);
        Assert.Equal("stopped", (await StatusAsync("endless")).GetProperty("phase").GetString());
    }

    private async Task<int> RoundAsync() => (await StatusAsync("endless")).GetProperty("teams")[0].GetProperty("round").GetInt32();

    private async Task<JsonElement> StatusAsync(string population) =>
        JsonDocument.Parse((await InProcess.RunAsync(_directory.Root, "population", "status", population, "--json")).Expect(ExitCode.Ok).Out).RootElement;
}
