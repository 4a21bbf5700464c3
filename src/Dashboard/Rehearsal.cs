using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.JSInterop;
using Srpo.Dashboard.Following;

namespace Srpo.Dashboard;

/// <summary>
/// What the first page of a process would have to wait for, done once for nobody: most of it is code that is compiled when it first runs. A request goes all the way that one of a browser goes, and
/// the page of the newest run is drawn: its records are read, curves are made of them, figures drawn and components rendered. It shares nothing with pages but the list of runs, so that nobody is told
/// of what it sees.
/// </summary>
internal static class Rehearsal
{
    /// <summary>How long it waits for an answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks for a page over HTTP.</summary>
    /// <param name="link">A link that lets whoever has it in.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task AskAsync(Uri link, CancellationToken cancellation)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        await client.GetStringAsync(link, cancellation);
    }

    /// <summary>Draws the page of the newest run, where there is one. What goes wrong is for a page to tell that somebody looks at.</summary>
    /// <param name="shelf">The runs.</param>
    /// <param name="source">Who has them.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The page as markup; null where there was nothing to be drawn, or it was not drawn in time.</returns>
    public static async Task<string?> DrawAsync(RunShelf shelf, IDashboardSource source, CancellationToken cancellation)
    {
        if ((await shelf.AllAsync(cancellation)).FirstOrDefault(run => run.Populations.Count > 0) is not { } run) return null;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(Patience);
        await using var services = new ServiceCollection()
            .AddSingleton(shelf)
            .AddSingleton(source)
            .AddSingleton(TimeProvider.System)
            .AddSingleton<EventLog>()
            .AddSingleton<Followers>()
            .AddSingleton<IJSRuntime, NoBrowser>()
            .BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        var answered = services.GetRequiredService<Followers>().Of(run.Populations[0]);
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var page = await renderer.RenderComponentAsync<Components.Pages.Run>(ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(Components.Pages.Run.Id)] = run.Id }));
            try
            {
                // The page draws itself a moment after it is told.
                while (true)
                {
                    var drawn = page.ToHtmlString();
                    if (drawn.Contains("<figure", StringComparison.Ordinal) || answered.Problem is not null || answered.View?.Curves.All(curve => curve.Points.IsEmpty) == true) return drawn;
                    await Task.Delay(Poll, limited.Token);
                }
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        });
    }

    /// <summary>Components that are drawn for nobody ask for no scripts.</summary>
    internal sealed class NoBrowser : IJSRuntime
    {
        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => throw new NotSupportedException();

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) => throw new NotSupportedException();
    }
}
