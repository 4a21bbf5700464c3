using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Srpo.Silo;

/// <summary>
/// Decides who may ask what. The health endpoints are open: they say a word each. All else needs the token; without a token it
/// is for the user of this machine that the silo runs as, and only under a name of this machine, so that no page in a browser can reach it by a
/// name of its own.
/// </summary>
internal sealed class HttpGuard(RequestDelegate next, BearerTokenHolder holder)
{
    /// <summary>Lets a request through or answers it.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/health")) return next(context);
        if (holder.Token is { } token)
        {
            if (token.Accepts(context.Request.Headers.Authorization)) return next(context);
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return RefuseAsync(context, StatusCodes.Status401Unauthorized, "this address needs the token of Srpo:Http:Token in the header 'Authorization: Bearer TOKEN'");
        }

        if (context.Connection.LocalIpAddress is not { } address || !IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address))
            return RefuseAsync(context, StatusCodes.Status403Forbidden, "without a token (Srpo:Http:Token) this address answers on the loopback interface only");
        if (!IsLocal(context.Request.Host.Host))
            return RefuseAsync(context, StatusCodes.Status403Forbidden, "without a token (Srpo:Http:Token) this address answers to the names localhost, 127.0.0.1 and [::1] only");
        return holder.TrustsMachine || IsOwner(context.Connection, address)
            ? next(context)
            : RefuseAsync(
                context, StatusCodes.Status403Forbidden,
                "without a token (Srpo:Http:Token) this address answers to the user that the silo runs as and to root only; Srpo:Cluster:TrustMachine=true lets all users of the machine in");
    }

    private static bool IsOwner(ConnectionInfo connection, IPAddress local) =>
        connection.RemoteIpAddress is { } remote && LoopbackPeer.IsOurs(new IPEndPoint(local, connection.LocalPort), new IPEndPoint(remote, connection.RemotePort), out _);

    private static bool IsLocal(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static Task RefuseAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(reason + "\n");
    }
}

/// <summary>The token, or its absence, as a service, and whether every user of this machine may do without.</summary>
internal sealed record BearerTokenHolder(BearerToken? Token, bool TrustsMachine);

/// <summary>The token that HTTP requests must show. Only its hash is kept.</summary>
internal sealed class BearerToken
{
    /// <summary>Shorter tokens could be guessed.</summary>
    public const int MinLength = 32;

    private const string Scheme = "Bearer ";
    private const int MaxLength = 4096;

    private readonly byte[] _hash;

    private BearerToken(string token) => _hash = Hash(token);

    /// <summary>The token of the settings; null if there is none.</summary>
    /// <exception cref="SiloSettingsException">It cannot be used; the message does not show it.</exception>
    public static BearerToken? Load(HttpSettings settings)
    {
        var (name, token) = ("Http:Token", settings.Token);
        if (!string.IsNullOrEmpty(settings.TokenFile))
        {
            if (!string.IsNullOrEmpty(token)) throw new SiloSettingsException("Http:TokenFile", settings.TokenFile, "give it or Http:Token, not both");
            name = "Http:TokenFile";
            try
            {
                token = File.ReadLines(settings.TokenFile).FirstOrDefault()?.Trim() ?? "";
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new SiloSettingsException(name, settings.TokenFile, error.Message);
            }
        }
        else if (string.IsNullOrEmpty(token))
        {
            return null;
        }

        if (token.Length is < MinLength or > MaxLength || !token.All(c => char.IsAscii(c) && !char.IsControl(c) && c != ' '))
            throw new SiloSettingsException(name, Redaction.Hidden, $"use {MinLength} to {MaxLength} visible ASCII characters, for example from `openssl rand -hex 32`");
        return new BearerToken(token);
    }

    /// <summary>
    /// Whether an Authorization header shows the token. Hashes are compared, in constant time: neither the time nor the length
    /// says how much of a guess was right.
    /// </summary>
    public bool Accepts(string? authorization) =>
        authorization is not null && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && authorization.Length <= Scheme.Length + MaxLength
        && CryptographicOperations.FixedTimeEquals(Hash(authorization[Scheme.Length..]), _hash);

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
