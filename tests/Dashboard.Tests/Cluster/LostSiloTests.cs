using System.Text.Json;
using Microsoft.Playwright;
using Srpo.Client.Cli;
using Srpo.Client.Sessions;
using Srpo.Client.Tests.Support;
using Srpo.Dashboard.Tests.Support;
using Srpo.Experiments.Data;
using Srpo.Grains;
using Srpo.Grains.Interfaces;
using static Microsoft.Playwright.Assertions;

namespace Srpo.Dashboard.Tests.Cluster;

/// <summary>Two silos of one cluster, one of which dies while a page of the other shows what it trains.</summary>
public sealed class LostSiloTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    private static readonly string[] Start = ["population", "start", "p", "--method", "ippo", "--seeds", "4", "--iterations", "2000", .. TrainingForm.Small.Split('\n').SelectMany(setting => new[] { "--set", setting })];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [BrowserFact]
    public async Task The_page_goes_on_says_that_the_silo_left_and_has_every_point_in_the_end()
    {
        // Silence for as long as this is a death; a silo that is killed breaks its connections, which is seen before. On a busy machine one that is just starting may be silent for some seconds.
        string[] shared = ["DataDirectory=" + _directory["shared"], "ShareDataDirectory=true", "Cluster:ProbeSeconds=1", "Cluster:MissedProbes=6", "Cluster:TableRefreshSeconds=2", "Cluster:AliveSeconds=2"];
        using var serving = SiloProcess.Start(_directory.Root, [.. shared, "Pages:Enabled=true", "Http:Token=" + Token]);
        await serving.ReadyAsync();
        using var training = SiloProcess.Start(_directory.Root, [.. shared, $"PrimarySiloPort={serving.SiloPort}"]);
        await training.ReadyAsync();
        await using var session = await ClusterSession.ConnectAsync(serving.Gateway, _ => null, TextWriter.Null, CancellationToken.None);
        await using var visit = await chromium.OpenAsync($"http://127.0.0.1:{serving.HttpPort}/?token={Token}");
        var page = visit.Page;
        await visit.GoAsync("/cluster");
        var silos = page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Silos" }).Locator("tbody tr");
        await Expect(silos).ToHaveCountAsync(2);

        // A page for the silos beside that of the population: events come while one looks.
        await using var second = await chromium.OpenAsync($"http://127.0.0.1:{serving.HttpPort}/?token={Token}");
        (await InProcess.RunAsync(_directory.Root, [.. Start, "--cluster", serving.Gateway])).Expect(ExitCode.Ok);
        await second.GoAsync("/runs/p");
        await Expect(second.Page.Locator("figure[data-figure=returns] svg.fig")).ToBeVisibleAsync();
        var lost = silos.Filter(new LocatorFilterOptions { HasText = $":{training.SiloPort}@" });
        await Expect(lost.Locator("td").Nth(10)).Not.ToHaveTextAsync("0");
        var name = (await lost.Locator("td").First.InnerTextAsync()).Split('\n')[0];
        await training.KillAsync();

        var points = await second.PointsAsync("returns");
        await Expect(page.Locator(".events")).ToContainTextAsync("left the cluster");
        await Expect(silos).ToHaveCountAsync(1);
        // One silo trains what two were to train.
        await Expect(second.Page.Locator(".state")).ToHaveTextAsync("finished", new LocatorAssertionsToHaveTextOptions { Timeout = 300_000 });
        await Expect(second.Page.Locator("main .problem")).ToHaveCountAsync(0);
        Assert.True(await second.PointsAsync("returns") >= points);
        await second.GoAsync("/events");
        await Expect(second.Page.Locator(".events li.trouble").Filter(new LocatorFilterOptions { HasText = name })).ToContainTextAsync(["left the cluster"]);

        // As if nothing had happened.
        (await InProcess.RunAsync(_directory.Root, Start)).Expect(ExitCode.Ok);
        using var undisturbed = new StoredReader(new DataDirectory(_directory["runs"]).Grains);
        var (expected, actual) = (await undisturbed.GetCurvesAfterAsync("p", []), await new GrainReader(session.Grains).GetCurvesAfterAsync("p", []));
        Assert.Equal(4, expected.Length);
        Assert.All(expected, curve => Assert.Equal(2000, curve.Points[^1].Round));
        Assert.Equal(JsonSerializer.Serialize(expected), JsonSerializer.Serialize(actual));
        await second.GoAsync("/runs/p");
        foreach (var curve in expected)
            await Expect(second.Row("Teams", $"{curve.Team}").Locator("td").Nth(3)).ToHaveTextAsync(Components.Parts.Texts.Number(curve.Points[^1].MeanReturn));
        Assert.Empty(visit.Errors);
        Assert.Empty(second.Errors);
    }
}
