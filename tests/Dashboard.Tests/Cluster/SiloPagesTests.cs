using System.Net;
using Microsoft.Playwright;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Operations;
using Srpo.Client.Tests.Support;
using Srpo.Dashboard.Tests.Support;
using Srpo.Grains.Interfaces;
using static Microsoft.Playwright.Assertions;

namespace Srpo.Dashboard.Tests.Cluster;

/// <summary>The pages as a silo serves them.</summary>
public sealed class SiloPagesTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Without_a_token_the_silo_says_what_is_missing()
    {
        using var silo = SiloProcess.Start(_directory.Root, "Pages:Enabled=true");
        Assert.Equal((int)ExitCode.Usage, await silo.EndAsync());
        Assert.Contains("the setting Srpo:Pages:Enabled is 'True'; pages are served behind a token only: set Srpo:Http:Token", silo.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_setting_there_are_no_pages()
    {
        await using var silo = await HttpSilo.StartAsync(_directory, "--Srpo:Http:Token=" + Token);
        silo.Client.DefaultRequestHeaders.Add("Authorization", "Bearer " + Token);
        foreach (var place in new[] { "", "runs/a", "assets/dashboard.js", "_blazor/negotiate" })
        {
            using var answer = await silo.Client.GetAsync(place);
            Assert.Equal((place, HttpStatusCode.NotFound), (place, answer.StatusCode));
        }
    }

    [BrowserFact]
    public async Task A_population_is_started_paused_resumed_and_stopped_on_the_silo()
    {
        await using var silo = await HttpSilo.StartAsync(_directory, "--Srpo:Pages:Enabled=true", "--Srpo:Http:Token=" + Token, "--Srpo:Dashboard:Enabled=true");
        foreach (var (place, status) in new[] { ("", HttpStatusCode.Unauthorized), ("dashboard", HttpStatusCode.Unauthorized), ("metrics", HttpStatusCode.Unauthorized), ("_blazor", HttpStatusCode.Unauthorized), ("health/live", HttpStatusCode.OK) })
        {
            using var answer = await silo.Client.GetAsync(place);
            Assert.Equal((place, status), (place, answer.StatusCode));
        }

        await using var visit = await chromium.OpenAsync(silo.Client.BaseAddress!.ToString());
        var page = visit.Page;
        await page.GetByLabel("Token").FillAsync("x" + Token[1..]);
        await visit.Button("Sign in").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("That is not the token.");
        await page.GetByLabel("Token").FillAsync(Token);
        await visit.Button("Sign in").ClickAsync();
        await Expect(page.Locator("header .meta")).ToHaveTextAsync("cluster srpo");

        await TrainingForm.SendAsync(visit, "here", updates: 10_000_000);
        await visit.AtAsync("/runs/here");
        var state = page.Locator(".state");
        await Expect(state).ToHaveTextAsync("training");
        await Expect(page.Locator("figure[data-figure=returns] svg.fig")).ToBeVisibleAsync();
        await visit.Button("Pause").ClickAsync();
        await Expect(state).ToHaveTextAsync("paused");
        Assert.Equal(PopulationPhase.Paused, (await silo.Grains.GetGrain<ICoordinatorGrain>("here").GetStatusAsync()).Phase);
        await visit.Button("Resume").ClickAsync();
        await Expect(state).ToHaveTextAsync("training");

        // Its silo, with what it trains.
        await visit.Link("Cluster").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Silos" }).Locator("tbody tr")).ToHaveCountAsync(1);
        await Expect(page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Grains" })).ToContainTextAsync("coordinator");
        await Expect(page.Locator("main")).ToContainTextAsync("here 0, 1");
        await visit.Link("here").ClickAsync();
        await visit.Button("Stop").ClickAsync();
        await Expect(state).ToHaveTextAsync("stopped");
        Assert.All(visit.Errors, error => Assert.Contains("401", error, StringComparison.Ordinal));

        // The list knows it as well as the page does, and finds it by that word.
        await visit.Link("Runs").ClickAsync();
        await Expect(page.Locator("tbody .state")).ToHaveTextAsync(["stopped"]);
        await page.GetByLabel("State").SelectOptionAsync("paused");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(0);
        await page.GetByLabel("State").SelectOptionAsync("stopped");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);

        // Orleans' own pages are another program, behind the same cookie.
        await visit.Link("Orleans").ClickAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/dashboard"));
        await Expect(page.Locator("body")).ToContainTextAsync("Orleans");
        await Expect(page.Locator("body")).ToContainTextAsync("Silos");
    }
}
