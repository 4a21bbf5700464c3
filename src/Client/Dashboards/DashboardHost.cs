using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Srpo.Core.Errors;
using Srpo.Dashboard;
using Srpo.Dashboard.Security;

namespace Srpo.Client.Dashboards;

/// <summary>Serves the pages on the loopback interface, to whoever has the link.</summary>
internal sealed class DashboardHost : IAsyncDisposable
{
    /// <summary>Ports that are tried when none was asked for.</summary>
    public const int FirstPort = 8091;

    private const int PortsTried = 20;

    private readonly WebApplication _application;

    private DashboardHost(WebApplication application, string link) => (_application, Link) = (application, link);

    /// <summary>The address with the token.</summary>
    public string Link { get; }

    /// <summary>Starts it.</summary>
    /// <param name="source">What pages show.</param>
    /// <param name="port">The port; 0 for any, null for the first that is free.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="SrpoException">The port is taken.</exception>
    public static async Task<DashboardHost> StartAsync(IDashboardSource source, int? port, CancellationToken cancellation)
    {
        for (var tried = 0; ; tried++)
        {
            try
            {
                return await StartAsync(source, port ?? FirstPort + tried, cancellation);
            }
            catch (IOException error) when (error.InnerException is AddressInUseException)
            {
                if (port is not null || tried + 1 == PortsTried)
                    throw new SrpoException(ErrorKind.InUse, string.Create(CultureInfo.InvariantCulture, $"port {port ?? FirstPort + tried} of 127.0.0.1 is taken; choose another with --port N, or any with --port 0"), error);
            }
        }
    }

    /// <summary>Serves until it is called off.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how it ends.
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Open pages hold their connections: they are told, and not waited for.
        using var limited = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _application.StopAsync(limited.Token);
        await _application.DisposeAsync();
    }

    private static async Task<DashboardHost> StartAsync(IDashboardSource source, int port, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        builder.Services.AddSrpoPages(_ => source);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var application = builder.Build();
        var token = AccessToken.Random();
        var access = new PageAccess(new AccessToken(token), "of the link that the dashboard has printed");
        application.Use(async (context, next) =>
        {
            // A name that somebody else gave this machine is not one that anybody typed.
            if (!PageAccess.IsLocal(context.Request.Host.Host))
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                await context.Response.WriteAsync("this address answers to the names localhost and 127.0.0.1 only\n");
                return;
            }

            if (!await access.AnswerAsync(context)) await next(context);
        });
        application.MapSrpoPages();
        try
        {
            await application.StartAsync(cancellation);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        var link = $"{application.Urls.First()}/?{PageAccess.Parameter}={token}";
        application.RehearseSrpoPages(new Uri(link));
        return new DashboardHost(application, link);
    }
}
