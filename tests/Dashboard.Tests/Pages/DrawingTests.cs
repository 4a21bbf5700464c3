using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Microsoft.JSInterop;
using Srpo.Dashboard.Components.Pages;
using Srpo.Dashboard.Following;
using Srpo.Dashboard.Tests.Support;
using Srpo.Experiments.Data;
using Srpo.Grains.Tests;

namespace Srpo.Dashboard.Tests.Pages;

/// <summary>When pages are drawn while they open: what is asked for answers at different times.</summary>
public sealed class DrawingTests : IAsyncLifetime, IDisposable
{
    private readonly FakeSource _source = new(teams: 2);
    private readonly TaskCompletionSource _late = new();
    private readonly ServiceProvider _services;
    private readonly HtmlRenderer _renderer;

    public DrawingTests()
    {
        _services = new ServiceCollection()
            .AddSingleton<IDashboardSource>(_source)
            .AddSingleton<TimeProvider>(new FakeTimeProvider())
            .AddSingleton<RunShelf>()
            .AddSingleton<EventLog>()
            .AddSingleton<Followers>()
            .AddSingleton<IJSRuntime, Rehearsal.NoBrowser>()
            .AddSingleton<NavigationManager, Address>()
            .BuildServiceProvider();
        _renderer = new HtmlRenderer(_services, NullLoggerFactory.Instance);
        _source.Play(0, 4);
        _source.Before = population => population == "late" ? _late.Task : Task.CompletedTask;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _renderer.DisposeAsync().AsTask();

    public void Dispose()
    {
        _renderer.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task A_run_is_drawn_when_all_its_populations_have_answered()
    {
        _source.Runs = [Run("both", "early", "late")];
        var markup = await OpenAsync<Run>(("Id", "both"));
        var early = _services.GetRequiredService<Followers>().Of("early");
        await Until.HoldsAsync("the first one has answered", () => early.View is not null);

        // Longer than until it would be drawn.
        await Task.Delay(TimeSpan.FromMilliseconds(200));
        Assert.DoesNotContain("<figure", await markup(), StringComparison.Ordinal);
        _late.SetResult();
        await Until.HoldsAsync("there are figures", () => markup().GetAwaiter().GetResult().Contains("<figure", StringComparison.Ordinal));
        var drawn = await markup();
        Assert.DoesNotContain("asking", drawn, StringComparison.Ordinal);
        Assert.Equal(2, drawn.Split("aria-label=\"Done of ").Length - 1);
    }

    [Fact]
    public async Task Runs_are_listed_before_it_is_known_where_they_stand()
    {
        _source.Runs = [Run("a", "early"), Run("b", "late")];
        var markup = await OpenAsync<Runs>();
        await Until.HoldsAsync("runs are listed", () => markup().GetAwaiter().GetResult().Contains("href=\"/runs/b\"", StringComparison.Ordinal));
        Assert.DoesNotContain("class=\"state", await markup(), StringComparison.Ordinal);
        _late.SetResult();
        await Until.HoldsAsync("their states are there", () => markup().GetAwaiter().GetResult().Split("class=\"state").Length == 3);
    }

    private static StoredRun Run(string id, params string[] populations) => new(id, RunKind.Population, RunLabels.None, populations, []);

    /// <summary>Opens a page.</summary>
    /// <returns>What it shows at the time.</returns>
    private async Task<Func<Task<string>>> OpenAsync<TPage>(params (string Name, object? Value)[] parameters)
        where TPage : IComponent
    {
        var page = await _renderer.Dispatcher.InvokeAsync(() => _renderer.BeginRenderingComponent<TPage>(ParameterView.FromDictionary(parameters.ToDictionary(pair => pair.Name, pair => pair.Value))));
        return () => _renderer.Dispatcher.InvokeAsync(page.ToHtmlString);
    }

    private sealed class Address : NavigationManager
    {
        public Address() => Initialize("http://localhost/", "http://localhost/");
    }
}
