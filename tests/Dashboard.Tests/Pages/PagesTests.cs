using Microsoft.Playwright;
using Srpo.Dashboard.Tests.Support;
using Srpo.Reporting.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Srpo.Dashboard.Tests.Pages;

/// <summary>What pages show of runs that have ended, and what one does with them.</summary>
[Collection(ShownRunsTests.Name)]
public sealed class PagesTests(ShownRuns shown)
{
    [BrowserFact]
    public async Task Runs_are_searched_by_text_tag_and_state()
    {
        await using var visit = await shown.VisitAsync();
        var page = visit.Page;
        var rows = page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Runs" }).Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(2);
        var search = page.GetByLabel("Search by id");
        foreach (var (typed, found) in new[] { ("alone", "alone"), ("figure", "first"), ("tag:paper", "first"), ("overcooked-paper tag:PAPER", "first"), ("experiment", "first") })
        {
            await search.FillAsync(typed);
            await Expect(rows).ToHaveCountAsync(1);
            await Expect(rows).ToContainTextAsync(found);
            await Expect(page.GetByText("1 of 2 runs")).ToBeVisibleAsync();
        }

        await search.FillAsync("tag:pap");
        await Expect(rows).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "paper" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(1);
        await search.FillAsync("");

        // A population that was started by itself has no file that says where it stands.
        await Expect(rows.Filter(new LocatorFilterOptions { HasText = "alone" }).Locator(".state")).ToHaveTextAsync("finished");
        await page.GetByLabel("State").SelectOptionAsync("finished");
        await Expect(rows).ToHaveCountAsync(2);
        await page.GetByLabel("State").SelectOptionAsync("running");
        await Expect(rows).ToHaveCountAsync(0);
        Assert.Empty(visit.Errors);
    }

    [BrowserFact]
    public async Task A_run_shows_its_populations_curves_teams_and_report()
    {
        await using var visit = await shown.VisitAsync();
        var page = visit.Page;
        await visit.Link("first").ClickAsync();
        await Expect(visit.Heading).ToHaveTextAsync("first");
        await Expect(page.Locator("main > .meta")).ToContainTextAsync("experiment · tiny · started");
        await Expect(page.GetByText("the one of the figure")).ToBeVisibleAsync();
        // What has ended is not measured any more, and there is nothing to be done with it.
        await Expect(page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Populations" }).Locator("thead th")).ToHaveTextAsync(["Population", "State", "Done", "Return", "Teams"]);
        foreach (var population in new[] { "IPPO", "SRPO" })
        {
            var row = visit.Row("Populations", population);
            await Expect(row).ToContainTextAsync("finished");
            await Expect(row).ToContainTextAsync("100 %");
            await Expect(page.Locator("figure[data-figure=returns] svg.fig")).ToContainTextAsync(population);
        }

        await Expect(page.Locator(".live figure")).Not.ToHaveCountAsync(0);
        await Expect(visit.Row("Teams", "1")).ToContainTextAsync("12 of 12");
        await Expect(visit.Row("Teams", "1").GetByRole(AriaRole.Link)).ToHaveTextAsync(["agent 0", "agent 1"]);
        await page.Locator("main .row select").SelectOptionAsync(new SelectOptionValue { Label = "SRPO" });
        await Expect(visit.Row("Teams", "1").GetByRole(AriaRole.Link)).ToHaveTextAsync(["agent 0", "agent 1", "adversary 0", "adversary 1"]);

        // What figures show is there in numbers too, for those who cannot see them.
        await Expect(page.Locator("figure[data-figure=returns] svg.fig")).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("IPPO, SRPO; the numbers are in the table after the figures$"));
        await page.GetByText("Numbers of the curves").ClickAsync();
        var numbers = page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Numbers of the curves" });
        await Expect(numbers.Locator("tbody tr").First.Locator("th")).ToHaveTextAsync("IPPO");
        await Expect(numbers.Locator("thead th").Nth(1)).ToHaveTextAsync("Steps of the policy");
        await Expect(numbers.Locator("tbody tr").Last.Locator("th")).ToHaveTextAsync("SRPO");
        await Expect(numbers.Locator("tbody tr").Last.Locator("td").First).ToHaveTextAsync("960");

        var report = await page.RunAndWaitForPopupAsync(() => visit.Link("Report").ClickAsync());
        await Expect(report.Locator("h1")).ToBeVisibleAsync();
        await Expect(report.Locator("svg.fig").First).ToBeVisibleAsync();
        await visit.Link("Compare with others").ClickAsync();
        await Expect(visit.Heading).ToHaveTextAsync("Compare runs");
        Assert.Empty(visit.Errors);
    }

    [BrowserFact]
    public async Task Runs_are_compared_by_curves_and_settings()
    {
        await using var visit = await shown.VisitAsync();
        var page = visit.Page;
        await Expect(page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Compare" })).ToBeDisabledAsync();
        await page.GetByLabel("Compare tiny").CheckAsync();
        await page.GetByLabel("Compare alone").CheckAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Compare 2" }).ClickAsync();
        await Expect(visit.Heading).ToHaveTextAsync("Compare runs");
        var legend = page.Locator("figure[data-figure=returns] svg.fig");
        string[] names = ["alone", "first: IPPO", "first: SRPO"];
        foreach (var name in names) await Expect(legend).ToContainTextAsync(name);

        // Small figures have one legend for all of them, and take their own along when they are saved.
        var key = page.GetByRole(AriaRole.List, new PageGetByRoleOptions { Name = "Legend of the figures below" });
        await Expect(key.GetByRole(AriaRole.Listitem)).ToHaveTextAsync(names);
        await Expect(page.Locator(".live svg.fig .legend").Locator("visible=true")).ToHaveCountAsync(0);
        var kl = page.Locator(".live figure[data-figure=kl-of-adversary-and-partner]");
        var saved = await page.RunAndWaitForDownloadAsync(async () =>
        {
            await kl.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Save as SVG" }).FocusAsync();
            await page.Keyboard.PressAsync("Enter");
        });
        var file = System.Xml.Linq.XDocument.Load(await saved.PathAsync()).Root!;
        string[] labels = [.. file.Descendants().Where(element => element.Name.LocalName == "text").Select(text => text.Value)];
        Assert.Equal(["first: SRPO"], labels.Intersect(names));
        Assert.Contains("nats", labels);
        Assert.Empty(LabelBoxes.Of(file).SelectMany((label, index) => LabelBoxes.Of(file).Skip(index + 1).Where(label.Overlaps)));
        Assert.Equal(file.Attribute("viewBox")!.Value, $"0 0 {file.Attribute("width")!.Value} {file.Attribute("height")!.Value}");

        // Games with one score keep its name.
        await Expect(page.Locator("figure[data-figure=returns] svg.fig")).ToContainTextAsync("sum of both seats' rewards per episode");
        var settings = page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Settings that differ" });
        await Expect(settings.Locator("thead th")).ToHaveTextAsync(["Setting", .. names]);
        await Expect(settings.Locator("tbody tr").Filter(new LocatorFilterOptions { HasText = "discount" }).Locator("td")).ToHaveTextAsync(["0.9", "0.99", "0.99"]);
        await Expect(settings.Locator("tbody tr").Filter(new LocatorFilterOptions { HasText = "method" }).Locator("td")).ToHaveTextAsync(["ippo", "ippo", "srpo"]);
        await Expect(settings.Locator("tbody tr").Filter(new LocatorFilterOptions { HasText = "horizon" })).ToHaveCountAsync(0);

        await page.GetByRole(AriaRole.Checkbox, new PageGetByRoleOptions { Name = "first: SRPO" }).UncheckAsync();
        await Expect(legend).Not.ToContainTextAsync("first: SRPO");
        await Expect(key.GetByRole(AriaRole.Listitem)).ToHaveTextAsync(["alone", "first: IPPO"]);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Leave out tiny" }).ClickAsync();
        await Expect(legend).Not.ToContainTextAsync("first: IPPO");
        await page.GetByLabel("Add a run").SelectOptionAsync("tiny");
        await Expect(legend).ToContainTextAsync("first: IPPO");
        await page.GetByRole(AriaRole.Checkbox, new PageGetByRoleOptions { Name = "first: SRPO" }).CheckAsync();
        foreach (var name in names) await Expect(legend).ToContainTextAsync(name);
        Assert.Empty(visit.Errors);
    }

    [BrowserFact]
    public async Task A_pair_of_a_matrix_is_read_out_and_shown()
    {
        await using var visit = await shown.VisitAsync();
        var page = visit.Page;
        await visit.GoAsync("/runs/tiny");
        await visit.Link("tiny.training").ClickAsync();
        await Expect(visit.Heading).ToHaveTextAsync("Cross-play: tiny.training");
        await Expect(page.GetByText("16 of 16 pairs")).ToBeVisibleAsync();

        // A block for each pair of methods: the last, row 1, column 0 of it.
        var cells = page.Locator(".matrix g.cells");
        await Expect(cells).ToHaveCountAsync(4);
        await Expect(page.Locator("[data-chooses]")).ToHaveCountAsync(1);
        var box = (await cells.Nth(3).BoundingBoxAsync())!;
        var (x, y) = (box.X + box.Width / 4, box.Y + 3 * box.Height / 4);
        await page.Mouse.MoveAsync(x, y);
        await Expect(page.Locator("#tip")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"^SRPO/1 \+ SRPO/0: −?[0-9.]+$"));
        await page.Mouse.ClickAsync(x, y);
        await EpisodeAsync("tiny.srpo/1", "tiny.srpo/0");

        // The same with a keyboard.
        await page.GoBackAsync();
        await Expect(page.Locator("[data-chooses]")).ToHaveCountAsync(1);
        await ChooseAsync("Seat 0", "End", "3");
        await ChooseAsync("Seat 1", "Home", "0");
        await Expect(page.Locator("main .row .count")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^mean return −?[0-9.]+$"));
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Show an episode" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await EpisodeAsync("tiny.srpo/1", "tiny.ippo/0");
        Assert.Empty(visit.Errors);

        async Task ChooseAsync(string label, string key, string value)
        {
            var list = page.GetByLabel(label, new PageGetByLabelOptions { Exact = true });
            await list.FocusAsync();
            await page.Keyboard.PressAsync(key);
            await Expect(list).ToHaveValueAsync(value);
        }

        async Task EpisodeAsync(string row, string column)
        {
            await visit.AtAsync($"/replay?tournament=tiny.training&agent={Uri.EscapeDataString(row)}&agent={Uri.EscapeDataString(column)}");
            await Expect(page.Locator("main h2")).ToHaveTextAsync($"{row} with {column}");
            await Expect(page.Locator("figcaption")).ToContainTextAsync($"{row}/0 after 12 updates, {column}/1 after 12 updates");
            var player = page.Locator(".player");
            var place = player.GetByLabel("Step");
            await Expect(player.Locator("output")).ToContainTextAsync("step 0 of 20,");
            var start = await player.Locator("pre").TextContentAsync();
            await place.FocusAsync();
            await page.Keyboard.PressAsync("End");
            await Expect(player.Locator("output")).ToContainTextAsync("step 20 of 20,");
            Assert.NotEqual(start, await player.Locator("pre").TextContentAsync());
            await page.Keyboard.PressAsync("ArrowLeft");
            await page.Keyboard.PressAsync("ArrowLeft");
            await Expect(player.Locator("output")).ToContainTextAsync("step 18 of 20,");

            // By itself to the end, where it stands still.
            await player.Locator("button").ClickAsync();
            await Expect(player.Locator("output")).ToContainTextAsync("step 20 of 20,");
            await Expect(player.Locator("button")).ToHaveTextAsync("Play");
            await Expect(page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Steps" }).Locator("tbody tr")).ToHaveCountAsync(20);
        }
    }

    [BrowserFact]
    public async Task What_a_policy_does_is_asked_state_by_state()
    {
        await using var visit = await shown.VisitAsync();
        var page = visit.Page;
        foreach (var (path, heading, facts) in new[] { ("/agents/tiny.srpo/1/0", "Agent tiny.srpo/1/0", "Entropy"), ("/adversaries/tiny.srpo/1/0", "Adversary tiny.srpo/1/0", "KL to the partner") })
        {
            await visit.GoAsync(path);
            await Expect(visit.Heading).ToHaveTextAsync(heading);
            await Expect(page.Locator("main")).ToContainTextAsync(facts);
            await Expect(page.Locator("dl.facts").First).ToContainTextAsync("round 12");
            await Expect(page.Locator("figure[data-figure=returns] svg.fig")).ToContainTextAsync("mean reward of a seat in a rollout");
            await Expect(page.GetByText("Step 0", new PageGetByTextOptions { Exact = true })).ToBeVisibleAsync();
            var shares = page.Locator(".bars meter");
            await Expect(shares.First).ToBeVisibleAsync();
            Assert.Equal(1.0, (await ValuesAsync()).Sum(), 1e-3);
            var (before, drawing) = (await ValuesAsync(), await page.Locator("main pre").TextContentAsync());

            // Seats are led: each goes one way, which changes what there is to be seen.
            var seats = page.Locator(".fields select");
            await Expect(seats).ToHaveCountAsync(2);
            await seats.Nth(0).SelectOptionAsync(new SelectOptionValue { Index = 1 });
            await seats.Nth(1).SelectOptionAsync(new SelectOptionValue { Index = 2 });
            await Expect(visit.Button("Undo")).ToBeDisabledAsync();
            for (var step = 1; step <= 3; step++)
            {
                await visit.Button("Step").ClickAsync();
                await Expect(page.GetByText($"Step {step}, score")).ToBeVisibleAsync();
            }

            Assert.NotEqual(drawing, await page.Locator("main pre").TextContentAsync());
            Assert.NotEqual(before, await ValuesAsync());
            await visit.Button("Undo").ClickAsync();
            await Expect(page.GetByText("Step 2, score")).ToBeVisibleAsync();
            await visit.Button("Back to the start").ClickAsync();
            await Expect(page.Locator("main pre")).ToHaveTextAsync(drawing!);
            Assert.Equal(before, await ValuesAsync());
            await page.GetByLabel("Sits in seat").SelectOptionAsync(path.StartsWith("/agents", StringComparison.Ordinal) ? "1" : "0");
            await Expect(page.Locator("main")).ToContainTextAsync("The policy sits in seat " + (path.StartsWith("/agents", StringComparison.Ordinal) ? "1" : "0"));

            Task<double[]> ValuesAsync() => shares.EvaluateAllAsync<double[]>("meters => meters.map(meter => meter.value)");
        }

        Assert.Empty(visit.Errors);
    }

    [BrowserFact]
    public async Task Silos_events_and_what_there_is_not()
    {
        await using var visit = await shown.VisitAsync();
        var page = visit.Page;
        await visit.Link("Cluster").ClickAsync();
        await Expect(visit.Heading).ToHaveTextAsync("Silos");
        await Expect(page.GetByText("Nobody works on the data directory runs now.")).ToBeVisibleAsync();
        await visit.Link("Events").ClickAsync();
        await Expect(visit.Heading).ToHaveTextAsync("Events");
        await Expect(page.GetByText("Nothing has happened")).ToBeVisibleAsync();
        await visit.GoAsync("/no-such-page");
        await Expect(visit.Heading).ToHaveTextAsync("There is no such page");
        await visit.Link("All runs").ClickAsync();
        await Expect(visit.Heading).ToHaveTextAsync("Runs");
        foreach (var (path, message) in new[]
        {
            ("/runs/tinny", "there is no run 'tinny'"), ("/compare?run=tinny", "there is no run 'tinny'"), ("/matrix/none", "'none'"), ("/agents/tiny.srpo/7/0", "tiny.srpo"),
            ("/agents/none/0/0", "'none'"), ("/replay?agent=tiny.ippo%2F9", "tiny.ippo"), ("/replay?agent=x", "x"),
        })
        {
            await visit.GoAsync(path);
            await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync(message);
        }

        Assert.Contains("404", Assert.Single(visit.Errors), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task What_cannot_be_trained_is_refused_and_nothing_is_started()
    {
        await using var visit = await shown.VisitAsync();
        foreach (var (name, further, message) in new[]
        {
            ("new", "tau=wide", "tau"), ("new", "taus=3", "taus"), ("new", "no word", "KEY=VALUE"), ("new", "lanes=0", "lanes"), ("new", "seeds=3", "seeds"),
            ("a/b", "", "is not a valid name"), ("tiny", "", "choose another name"), ("alone", "", "choose another name"), ("new", "layout=none", "none"),
        })
        {
            await TrainingForm.SendAsync(visit, name, updates: 5, further);
            await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync(message);
            await Expect(visit.Page.GetByLabel("Further settings")).ToHaveValueAsync(further);
            Assert.EndsWith("/start", visit.Page.Url, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(Path.Combine(shown.Root, "runs", "new")));
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(shown.Root, "runs"), "*", SearchOption.AllDirectories), file => Path.GetFileName(file).StartsWith("new", StringComparison.Ordinal));
        Assert.Empty(visit.Errors);
    }
}
