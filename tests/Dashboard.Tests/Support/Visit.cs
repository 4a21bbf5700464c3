using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Srpo.Dashboard.Tests.Support;

/// <summary>A person with a browser at a dashboard.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly string _origin;
    private readonly ConcurrentQueue<string> _errors = new();

    public Visit(IBrowserContext context, IPage page, string link)
    {
        (_context, Page, _origin) = (context, page, new Uri(link).GetLeftPart(UriPartial.Authority));
        page.Console += (_, message) =>
        {
            if (message.Type == "error") _errors.Enqueue($"{page.Url}: {message.Text}");
        };
        page.PageError += (_, error) => _errors.Enqueue($"{page.Url}: {error}");
    }

    public IPage Page { get; }

    /// <summary>What the browser has complained of.</summary>
    public string[] Errors => [.. _errors];

    public ILocator Heading => Page.Locator("main h1");

    /// <summary>Goes to a page and waits until it is alive: nothing of it is there before.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(_origin + path);
        await Heading.WaitForAsync();
    }

    /// <summary>
    /// Waits until a click or a key has led to a page. The address is asked for again and again: WaitForURLAsync looks at it once and then waits for the next navigation, and one
    /// that happens between the two is missed.
    /// </summary>
    /// <param name="path">Path and query.</param>
    public Task AtAsync(string path) => Assertions.Expect(Page).ToHaveURLAsync(_origin + path);

    /// <summary>Loses the memory of who it is.</summary>
    public Task ForgetAsync() => _context.ClearCookiesAsync();

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = name, Exact = true });

    /// <summary>The row of a table that begins with a text.</summary>
    public ILocator Row(string table, string first) => Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = table }).Locator("tbody tr").Filter(new LocatorFilterOptions { Has = Page.Locator($"td:first-child:text-is('{first}')") });

    /// <summary>Points of the curves that a figure shows.</summary>
    public Task<int> PointsAsync(string figure) => Page.EvaluateAsync<int>(
        "name => { var count = 0; document.querySelectorAll('figure[data-figure=\"' + name + '\"] svg path').forEach(path => count += (path.getAttribute('d').match(/[ML]/g) || []).length); return count; }", figure);

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
