using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.WebUtilities;
using Srpo.Dashboard.Security;
using Srpo.Grains.Security;

namespace Srpo.Silo;

/// <summary>The HTTP side of a silo: health, metrics, log levels. One port, loopback unless told otherwise.</summary>
internal static class HttpHosting
{
    /// <summary>Registers address, limits, token and what the endpoints need.</summary>
    /// <exception cref="SiloSettingsException">A setting cannot be used, or the address is open and there is no token.</exception>
    public static void AddHttp(this WebApplicationBuilder builder, string address, bool trustsMachine, PagesSettings pages)
    {
        var settings = builder.Configuration.GetSection(HttpSettings.Section).Get<HttpSettings>() ?? new HttpSettings();
        settings.Validate();
        var token = settings.LoadToken();
        var url = new Uri(address);
        if (token is null && !url.IsLoopback)
            throw new SiloSettingsException("HealthUrl", address, "others than this machine could connect: set Srpo:Http:Token or Srpo:Http:TokenFile, or use an address of 127.0.0.1");
        if (pages.Enabled && token is null)
            throw new SiloSettingsException("Pages:Enabled", true, "pages are served behind a token only: set Srpo:Http:Token or Srpo:Http:TokenFile, for example from `openssl rand -hex 32`");
        builder.Services.AddSingleton(new TokenHolder(token, trustsMachine, pages.Enabled && token is not null ? new PageAccess(token, "of Srpo:Http:Token") : null));
        builder.Services.AddSingleton<Readiness>();
        builder.WebHost.UseUrls(address);
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, settings));
        if (url.Scheme == Uri.UriSchemeHttps)
        {
            var tls = builder.Configuration.GetSection(TlsSettings.Section).Get<TlsSettings>() ?? new TlsSettings();
            var identity = TlsIdentity.Load(tls, needsOwn: true);
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = identity.Own));
        }
    }

    /// <summary>Maps the endpoints.</summary>
    /// <param name="application">The host.</param>
    /// <param name="forwarded">What proxies are believed; null where there are none.</param>
    public static void MapHttp(this WebApplication application, ForwardedHeadersOptions? forwarded)
    {
        if (forwarded is not null) application.UseForwardedHeaders(forwarded);
        application.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = ExplainAsync, AllowStatusCode404Response = true, SuppressDiagnosticsCallback = _ => false });
        application.UseStatusCodePages(context => ExplainAsync(context.HttpContext, context.HttpContext.Response.StatusCode));
        application.UseMiddleware<HttpGuard>();
        application.MapHealth();
        application.MapLogLevel();
        application.MapMetrics();
    }

    private static void Configure(KestrelServerOptions kestrel, HttpSettings settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = settings.MaxBodyBytes;
        limits.MaxRequestLineSize = settings.MaxHeaderBytes;
        limits.MaxRequestHeadersTotalSize = settings.MaxHeaderBytes;
        limits.MaxRequestHeaderCount = 50;
        limits.MaxConcurrentConnections = settings.MaxConnections;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(settings.HeaderSeconds);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(settings.IdleSeconds);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
    }

    private static Task ExplainAsync(HttpContext context)
    {
        // Of a fault within, the client learns only that there was one; the log has the rest.
        var error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        var status = (error as Microsoft.AspNetCore.Http.BadHttpRequestException)?.StatusCode ?? StatusCodes.Status500InternalServerError;
        context.Response.StatusCode = status;
        return ExplainAsync(context, status);
    }

    private static Task ExplainAsync(HttpContext context, int status)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(status switch
        {
            StatusCodes.Status404NotFound => "there is no such address; use /health/live, /health/ready, /metrics or /log-level\n",
            StatusCodes.Status405MethodNotAllowed => $"this address does not take {context.Request.Method}; use {context.Response.Headers.Allow}\n",
            StatusCodes.Status500InternalServerError => "the silo could not answer; its log says why\n",
            _ => ReasonPhrases.GetReasonPhrase(status) + "\n",
        });
    }
}

/// <summary>
/// What load balancers and operators ask: /health/live, the process runs; /health/ready, it can take work. Open to everyone who
/// can connect; they say a word each.
/// </summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this WebApplication application)
    {
        application.MapGet("/health/live", () => Results.Text("live\n"));
        application.MapGet("/health/ready", async (Readiness readiness, CancellationToken cancellation) =>
            await readiness.ProblemAsync(cancellation) is { } problem
                ? Results.Text($"not ready: {problem}\n", statusCode: StatusCodes.Status503ServiceUnavailable)
                : Results.Text("ready\n"));
    }
}
