using System.Reflection;
using Microsoft.Playwright;
using Srpo.Reporting.Tests.Support;

namespace Srpo.Dashboard.Tests.Support;

/// <summary>A browser for the tests of a class: Debian's chromium, driven by Playwright. Nothing is started where there is none; tests that need it are skipped then.</summary>
public sealed class Chromium : IAsyncLifetime
{
    /// <summary>How long a page may take for anything, on a machine with much other work.</summary>
    public const float Patience = 150_000;

    private IPlaywright? _driver;
    private IBrowser? _browser;

    static Chromium()
    {
        var package = typeof(Chromium).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "BrowserDriver").Value;
        Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH", package);
        Assertions.SetDefaultExpectTimeout(Patience);
    }

    public async Task InitializeAsync()
    {
        if (ProgramFactAttribute.PathOf("chromium") is not { } path) return;
        _driver = await Playwright.CreateAsync();
        _browser = await _driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = ["--no-sandbox"] });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _driver?.Dispose();
    }

    /// <summary>Follows a link in a browser that knows nothing yet.</summary>
    internal async Task<Visit> OpenAsync(string link, int width = 1400, bool dark = false)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = 900 }, ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light });
        context.SetDefaultTimeout(Patience);
        var visit = new Visit(context, await context.NewPageAsync(), link);
        await visit.Page.GotoAsync(link);
        return visit;
    }
}
