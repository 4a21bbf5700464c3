using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Srpo.Dashboard.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Srpo.Dashboard.Tests.Pages;

/// <summary>Every page on a telephone and on a screen, light and dark: readable to all, and nothing is cut.</summary>
[Collection(ShownRunsTests.Name)]
public sealed class LayoutTests(ShownRuns shown)
{
    private static readonly AxeRunOptions AllRules = new() { RunOnly = RunOnlyOptions.Tags("wcag2a", "wcag2aa") };

    /// <summary>In another light only colours are others.</summary>
    private static readonly AxeRunOptions RulesOfColours = new() { RunOnly = RunOnlyOptions.Rules("color-contrast", "link-in-text-block") };

    /// <summary>The pages, each with what shows that all of it is there.</summary>
    private static readonly (string Path, string Last)[] Pages =
    [
        ("/", "table"),
        ("/runs/tiny", ".live figure .save"),
        ("/compare?run=tiny&run=alone", "table"),
        ("/matrix/tiny.training", ".matrix .save"),
        ("/replay?tournament=tiny.training&agent=tiny.ippo%2F0&agent=tiny.srpo%2F1", ".player .controls"),
        ("/adversaries/tiny.srpo/1/1", ".bars"),
        ("/cluster", "main .note >> nth=1"),
        ("/events", "main .note >> nth=1"),
        ("/start", "form"),
        ("/not-found", "h1"),
    ];

    /// <summary>Looks at every label of a figure that is shown, and at the page as a whole.</summary>
    private const string Measure = """
        () => {
          const found = [];
          document.querySelectorAll("svg.fig").forEach(svg => {
            const frame = svg.getBoundingClientRect();
            if (frame.width === 0) return;
            const boxes = Array.from(svg.querySelectorAll("text")).map(text => ({ text: text.textContent, box: text.getBoundingClientRect() }));
            boxes.forEach((label, index) => {
              const b = label.box;
              if (Math.max(frame.left - b.left, b.right - frame.right, frame.top - b.top, b.bottom - frame.bottom) > 1) found.push("cut: " + label.text);
              if (b.height < 7.5) found.push("too small to be read, " + b.height + " px: " + label.text);
              for (let i = 0; i < index; i++) {
                const o = boxes[i].box;
                if (Math.min(b.right, o.right) - Math.max(b.left, o.left) > 3 && Math.min(b.bottom, o.bottom) - Math.max(b.top, o.top) > 3) found.push("on each other: " + label.text + " and " + boxes[i].text);
              }
            });
          });
          document.querySelectorAll("main *, header *").forEach(element => {
            const box = element.getBoundingClientRect();
            if (box.width > 0 && box.right > innerWidth + 1 && !element.closest(".scroll") && !element.closest("svg")) found.push("beyond the page: " + element.tagName + " " + element.textContent.slice(0, 40));
          });
          document.querySelectorAll("button, select, input").forEach(element => {
            if (element.scrollWidth > element.clientWidth + 2 && element.tagName === "BUTTON") found.push("cut: " + element.textContent);
          });
          if (document.documentElement.scrollWidth > innerWidth) found.push("the page is wider than the window: " + document.documentElement.scrollWidth);
          return found;
        }
        """;

    [BrowserFact]
    public async Task Pages_are_for_everybody_at_every_width_in_every_light()
    {
        var found = await Task.WhenAll(LookAsync(400), LookAsync(1400));
        Assert.Empty(found.SelectMany(each => each));
    }

    [BrowserFact]
    public async Task The_page_that_asks_for_the_token_is_for_everybody()
    {
        var found = new List<string>();
        foreach (var width in new[] { 400, 1400 })
        {
            await using var visit = await shown.VisitAsync(width);
            await visit.ForgetAsync();
            await visit.Page.GotoAsync(shown.Dashboard.Address.ToString());
            await Expect(visit.Page.GetByLabel("Token")).ToBeVisibleAsync();
            await LookAsync(visit, "sign in", width, found);
        }

        Assert.Empty(found);
    }

    private async Task<List<string>> LookAsync(int width)
    {
        var found = new List<string>();
        await using var visit = await shown.VisitAsync(width);
        foreach (var (path, last) in Pages)
        {
            await visit.GoAsync(path);
            await Expect(visit.Page.Locator(last).First).ToBeVisibleAsync();

            // Narrow pages have figures of their own.
            var returns = visit.Page.Locator("figure[data-figure=returns] svg.fig");
            if (width == 400 && await returns.CountAsync() > 0) await Expect(returns).ToHaveAttributeAsync("viewBox", new System.Text.RegularExpressions.Regex("^0 0 380 "));
            await LookAsync(visit, path, width, found);
        }

        found.AddRange(visit.Errors);
        return found;
    }

    private static async Task LookAsync(Visit visit, string path, int width, List<string> found)
    {
        found.AddRange((await visit.Page.EvaluateAsync<string[]>(Measure)).Select(problem => $"{path} at {width}: {problem}"));
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await visit.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
            // In the page itself. The way that is not marked as old opens a page of its own each time, for the sake of frames, which these pages have none of; it takes seconds.
#pragma warning disable CS0618
            var axe = await visit.Page.Locator("html").RunAxeLegacy(scheme == ColorScheme.Light ? AllRules : RulesOfColours);
#pragma warning restore CS0618
            found.AddRange(axe.Violations.SelectMany(violation => violation.Nodes.Select(node => $"{path} at {width}, {scheme}: {violation.Id}: {node.Html} {string.Join(' ', node.Any.Concat(node.All).Concat(node.None).Select(check => check.Message))}")));
        }
    }
}
