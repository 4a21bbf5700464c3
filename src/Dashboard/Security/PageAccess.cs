using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Srpo.Dashboard.Security;

/// <summary>
/// Who may see the pages: whoever has shown the token, by the link that has it, by the form of the page that asks for it, or in a header. Requests that pages of other origins make are
/// refused even so.
/// </summary>
/// <param name="token">The token.</param>
/// <param name="where">Where people find the token, as the end of a sentence.</param>
public sealed class PageAccess(AccessToken token, string where)
{
    /// <summary>Name of the parameter of a link that has the token.</summary>
    public const string Parameter = "token";

    private const string SignIn = "/sign-in";

    /// <summary>Whether a request has shown the token.</summary>
    /// <param name="context">The request.</param>
    public bool IsAllowed(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return token.Accepts(context.Request.Headers.Authorization) || token.AcceptsCookie(context.Request.Cookies[Cookie(context)]);
    }

    /// <summary>Whether a host is a name of this machine for itself: under another one a page of somebody else's could reach it.</summary>
    /// <param name="host">The host of a request, without its port.</param>
    public static bool IsLocal(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }

    /// <summary>Why a request is refused whoever makes it: it comes from a page of another origin; null if it does not.</summary>
    /// <param name="context">The request.</param>
    public static string? Foreign(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var request = context.Request;
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && !string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase)) return $"requests of pages from {origin} are refused";

        // A link from elsewhere may lead here; nothing else may.
        var isLink = request.Headers["Sec-Fetch-Mode"] == "navigate" && request.Headers["Sec-Fetch-Dest"] == "document" && HttpMethods.IsGet(request.Method);
        return request.Headers["Sec-Fetch-Site"] == "cross-site" && !isLink ? "requests of pages from other sites are refused" : null;
    }

    /// <summary>Lets a browser in that shows the token, by a link or by the form; answers whoever has not shown it.</summary>
    /// <param name="context">The request.</param>
    /// <returns>Whether it was answered; else it is allowed, and goes on.</returns>
    public async Task<bool> AnswerAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (Foreign(context) is { } foreign)
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, foreign);
            return true;
        }

        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) && request.Query.TryGetValue(Parameter, out var shown) && token.Is(shown))
        {
            GiveCookie(context);
            var rest = string.Join('&', request.Query.Where(pair => pair.Key != Parameter).SelectMany(pair => pair.Value.Select(value => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(value ?? "")}")));

            // The address that the browser keeps has no token.
            context.Response.Redirect(request.Path + (rest.Length > 0 ? "?" + rest : ""));
            return true;
        }

        if (HttpMethods.IsPost(request.Method) && request.Path == SignIn && request.HasFormContentType)
        {
            var form = await request.ReadFormAsync(context.RequestAborted);
            if (token.Is(form[Parameter]))
            {
                GiveCookie(context);
                context.Response.Redirect("/");
            }
            else
            {
                await AskAsync(context, "That is not the token.");
            }

            return true;
        }

        if (IsAllowed(context)) return false;
        if (request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)) await AskAsync(context, null);
        else await RefuseAsync(context, StatusCodes.Status401Unauthorized, $"this address needs the token {where}, in the header 'Authorization: Bearer TOKEN'");
        return true;
    }

    private static string Cookie(HttpContext context) => string.Create(CultureInfo.InvariantCulture, $"srpo-{context.Connection.LocalPort}");

    private void GiveCookie(HttpContext context) => context.Response.Cookies.Append(
        Cookie(context), token.CookieValue, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, Path = "/", IsEssential = true });

    private static Task RefuseAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "Bearer";
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(reason + "\n");
    }

    /// <summary>The page that asks for the token.</summary>
    private Task AskAsync(HttpContext context, string? problem)
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self' 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";
        return context.Response.WriteAsync($$"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Srpo: sign in</title>
            <style>:root { color-scheme: light dark } body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 12vh auto; padding: 0 1rem } input, button { font: inherit; padding: .4rem .6rem; box-sizing: border-box } input { width: 100%; margin-bottom: .6rem }</style></head>
            <body><main><h1>Srpo</h1>
            <p>These pages need the token {{where}}.</p>
            {{(problem is null ? "" : $"<p role=\"alert\"><strong>{problem}</strong></p>")}}
            <form method="post" action="{{SignIn}}"><label for="t">Token</label><input id="t" name="{{Parameter}}" type="password" autocomplete="current-password" required autofocus><button type="submit">Sign in</button></form>
            </main></body></html>
            """);
    }
}
