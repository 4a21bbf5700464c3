using System.Net;
using Srpo.Dashboard.Security;

namespace Srpo.Silo;

/// <summary>
/// Decides who may ask what. The health endpoints are open: they say a word each. All else needs the token; without a token it
/// is for the user of this machine that the silo runs as, and only under a name of this machine, so that no page in a browser can reach it by a
/// name of its own.
/// </summary>
internal sealed class HttpGuard(RequestDelegate next, TokenHolder holder)
{
    /// <summary>Lets a request through or answers it.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/health")) return next(context);
        if (holder.Pages is { } pages) return PageAsync(pages, context);
        if (holder.Token is { } token)
        {
            if (token.Accepts(context.Request.Headers.Authorization)) return next(context);
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return RefuseAsync(context, StatusCodes.Status401Unauthorized, "this address needs the token of Srpo:Http:Token in the header 'Authorization: Bearer TOKEN'");
        }

        if (context.Connection.LocalIpAddress is not { } address || !IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address))
            return RefuseAsync(context, StatusCodes.Status403Forbidden, "without a token (Srpo:Http:Token) this address answers on the loopback interface only");
        if (!PageAccess.IsLocal(context.Request.Host.Host))
            return RefuseAsync(context, StatusCodes.Status403Forbidden, "without a token (Srpo:Http:Token) this address answers to the names localhost, 127.0.0.1 and [::1] only");
        return holder.TrustsMachine || IsOwner(context.Connection, address)
            ? next(context)
            : RefuseAsync(
                context, StatusCodes.Status403Forbidden,
                "without a token (Srpo:Http:Token) this address answers to the user that the silo runs as and to root only; Srpo:Cluster:TrustMachine=true lets all users of the machine in");
    }

    private async Task PageAsync(PageAccess pages, HttpContext context)
    {
        if (!await pages.AnswerAsync(context)) await next(context);
    }

    private static bool IsOwner(ConnectionInfo connection, IPAddress local) =>
        connection.RemoteIpAddress is { } remote && LoopbackPeer.IsOurs(new IPEndPoint(local, connection.LocalPort), new IPEndPoint(remote, connection.RemotePort), out _);

    private static Task RefuseAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(reason + "\n");
    }
}

/// <summary>The token, or its absence, as a service, whether every user of this machine may do without, and who may see the pages where they are served.</summary>
internal sealed record TokenHolder(AccessToken? Token, bool TrustsMachine, PageAccess? Pages);
