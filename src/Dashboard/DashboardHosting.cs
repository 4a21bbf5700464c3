using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Srpo.Dashboard.Components;
using Srpo.Dashboard.Following;
using Srpo.Reporting.Html;

namespace Srpo.Dashboard;

/// <summary>Serves the pages from any host of ASP.NET Core. Who may see them is for the host to decide, see <see cref="Security.PageAccess"/>.</summary>
public static class DashboardHosting
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Files that pages ask for, all inside assemblies: path, type, content.</summary>
    private static readonly (string Path, string Type, Func<byte[]> Content)[] Assets =
    [
        ("/_framework/blazor.web.js", "text/javascript", () => Resource("blazor.web.js")),
        ("/assets/dashboard.js", "text/javascript", () => Resource("dashboard.js")),
        ("/assets/report.js", "text/javascript", () => System.Text.Encoding.UTF8.GetBytes(Theme.Script)),
        ("/assets/report.css", "text/css", () => System.Text.Encoding.UTF8.GetBytes(Theme.Css + Theme.PageCss)),
        ("/assets/dashboard.css", "text/css", () => Resource("dashboard.css")),
        ("/assets/Arimo-Regular.ttf", "font/ttf", () => Theme.Resource("Arimo-Regular.ttf")),
        ("/assets/Arimo-Bold.ttf", "font/ttf", () => Theme.Resource("Arimo-Bold.ttf")),
    ];

    /// <summary>Registers what the pages need, over a source of runs and populations.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="source">Makes the source.</param>
    /// <param name="orleans">Address of Orleans' own dashboard on this host; null where there is none.</param>
    public static IServiceCollection AddSrpoPages(this IServiceCollection services, Func<IServiceProvider, IDashboardSource> source, string? orleans = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(source);
        services.AddSingleton(new DashboardLinks(orleans));
        services.AddSingleton<EventLog>();
        services.AddSingleton<Followers>();
        services.AddSingleton<RunShelf>();
        services.AddAntiforgery();

        // Nothing outlives the process that would have to be read later: no keys are left in anybody's home.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddRazorComponents().AddInteractiveServerComponents(options =>
        {
            // A laptop that sleeps comes back to a page that goes on.
            options.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(3);
            options.DetailedErrors = false;
        }).AddHubOptions(options => options.MaximumReceiveMessageSize = 64 * 1024);
        return services;
    }

    /// <summary>Maps the pages and their files; behind the host's check of who asks.</summary>
    /// <param name="application">The host.</param>
    public static void MapSrpoPages(this WebApplication application)
    {
        ArgumentNullException.ThrowIfNull(application);
        application.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        application.Use((context, next) =>
        {
            // Whoever reads pages is told by one that there is none of this address; programs are told by the host.
            var reads = HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
            if (!reads && context.Features.Get<IStatusCodePagesFeature>() is { } page) page.Enabled = false;

            // Of these pages alone: others of the same host have their own.
            if (context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null) context.Response.Headers.ContentSecurityPolicy = Policy;
            context.Response.Headers.XContentTypeOptions = "nosniff";
            context.Response.Headers["Referrer-Policy"] = "no-referrer";
            return next(context);
        });
        application.UseAntiforgery();
        foreach (var (path, type, content) in Assets) MapAsset(application, path, type, content);
        application.MapGet("/runs/{id}/report", async (string id, RunShelf shelf, IDashboardSource source, HttpContext context) =>
        {
            var file = await shelf.FindAsync(id, context.RequestAborted) is { } run ? source.Report(run) : null;
            if (file is null) return Results.Text("There is no report of this run.\n", statusCode: StatusCodes.Status404NotFound);

            // A report is a page of its own, with its scripts inside.
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox allow-scripts allow-downloads";
            return Results.File(file, "text/html; charset=utf-8");
        });
        application.Lifetime.ApplicationStarted.Register(() => application.Services.GetRequiredService<RunShelf>().AllAsync(application.Lifetime.ApplicationStopping).Ignore());

        // Figures are sent twice a second: packing them would cost what trains more than the way does.
        application.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.DisableWebSocketCompression = true);
    }

    /// <summary>Draws a page for nobody, so that whoever opens the first one does not wait for what is done once in a process. For hosts that are started to be looked at.</summary>
    /// <param name="application">The host, started.</param>
    /// <param name="link">A link to it that lets whoever has it in.</param>
    public static void RehearseSrpoPages(this WebApplication application, Uri link)
    {
        ArgumentNullException.ThrowIfNull(application);
        var (shelf, source, stopping) = (application.Services.GetRequiredService<RunShelf>(), application.Services.GetRequiredService<IDashboardSource>(), application.Lifetime.ApplicationStopping);
        Task.WhenAll(Task.Run(() => Rehearsal.AskAsync(link, stopping)), Task.Run(() => Rehearsal.DrawAsync(shelf, source, stopping))).Ignore();
    }

    private static void MapAsset(IEndpointRouteBuilder routes, string path, string type, Func<byte[]> content)
    {
        var bytes = new Lazy<byte[]>(content);
        var tag = new Lazy<string>(() => $"\"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes.Value))[..16]}\"");
        routes.MapGet(path, context =>
        {
            context.Response.Headers.ETag = tag.Value;
            context.Response.Headers.CacheControl = "no-cache";
            if (context.Request.Headers.IfNoneMatch == tag.Value)
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            context.Response.ContentType = type;
            context.Response.ContentLength = bytes.Value.Length;
            return context.Response.Body.WriteAsync(bytes.Value, context.RequestAborted).AsTask();
        });
    }

    private static byte[] Resource(string name)
    {
        using var stream = typeof(DashboardHosting).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The resource {name} is missing from the assembly.");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}

/// <summary>Where else one may look.</summary>
/// <param name="Orleans">Address of Orleans' own dashboard; null where there is none.</param>
internal sealed record DashboardLinks(string? Orleans);
