using System.Net;
using System.Net.WebSockets;
using Srpo.Client.Tests.Operations;
using Srpo.Client.Tests.Support;
using Srpo.Silo;

namespace Srpo.Dashboard.Tests.Cluster;

/// <summary>The pages of a silo behind a proxy that ends TLS: its headers are believed where it is known, and nobody else's are.</summary>
public sealed class ProxyTests : IDisposable
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    private static readonly (string, string)[] Forwarded = [("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "pages.example")];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("10.9.8.7,10.244.0.0/16,fd00::/8")]
    public async Task Headers_of_others_than_the_proxies_are_passed_over(string proxies)
    {
        await using var silo = await StartAsync(proxies);
        await ExpectAsync(silo, HttpStatusCode.Forbidden, [.. Forwarded, ("Origin", "https://pages.example")]);
        await ExpectAsync(silo, HttpStatusCode.Forbidden, [("X-Forwarded-Proto", "https"), ("Host", "pages.example"), ("Origin", "https://pages.example")]);
        await ExpectAsync(silo, HttpStatusCode.Forbidden, [("Forwarded", "for=127.0.0.1;proto=https;host=pages.example"), ("Origin", "https://pages.example")]);
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(silo, [.. Forwarded, ("Origin", "https://pages.example")]));

        // Its own origin it is, whatever the headers say.
        await ExpectAsync(silo, HttpStatusCode.OK, [.. Forwarded, ("Origin", silo.Client.BaseAddress!.GetLeftPart(UriPartial.Authority))]);
        Assert.DoesNotContain("; secure", await CookieAsync(silo), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.9.8.7, 127.0.0.0/8")]
    public async Task A_proxy_that_is_known_says_where_the_browser_is(string proxies)
    {
        await using var silo = await StartAsync(proxies);
        await ExpectAsync(silo, HttpStatusCode.OK, [.. Forwarded, ("Origin", "https://pages.example")]);
        await ExpectAsync(silo, HttpStatusCode.OK, [("X-Forwarded-Proto", "https"), ("Host", "pages.example"), ("Origin", "https://pages.example")]);
        foreach (var origin in new[] { "http://pages.example", "https://evil.example", "https://pages.example:8443", silo.Client.BaseAddress!.GetLeftPart(UriPartial.Authority), "null" })
            await ExpectAsync(silo, HttpStatusCode.Forbidden, [.. Forwarded, ("Origin", origin)]);
        using (var socket = await ConnectAsync(silo, [.. Forwarded, ("Origin", "https://pages.example")])) Assert.Equal(WebSocketState.Open, socket.State);
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(silo, [.. Forwarded, ("Origin", "https://evil.example")]));
        Assert.Contains("; secure", await CookieAsync(silo), StringComparison.OrdinalIgnoreCase);

        // What a client wrote before the proxy added its own is the client's word.
        (string, string)[] chain = [("X-Forwarded-For", "127.0.0.1, 203.0.113.9"), ("X-Forwarded-Proto", "https, https"), ("X-Forwarded-Host", "evil.example, pages.example")];
        await ExpectAsync(silo, HttpStatusCode.OK, [.. chain, ("Origin", "https://pages.example")]);
        await ExpectAsync(silo, HttpStatusCode.Forbidden, [.. chain, ("Origin", "https://evil.example")]);

        // Without the token nothing is served, and nobody becomes another by such a header.
        using var stranger = await AskAsync(silo, "", [.. Forwarded, ("Authorization", "")]);
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        using var metrics = await AskAsync(silo, "metrics", [("X-Forwarded-For", "127.0.0.1"), ("Authorization", "")]);
        Assert.Equal(HttpStatusCode.Unauthorized, metrics.StatusCode);
    }

    [Theory]
    [InlineData(true, "10.0.0.7/", "'10.0.0.7/' is neither an address")]
    [InlineData(true, "nginx", "'nginx' is neither an address")]
    [InlineData(true, "10.0.0.7/8", "'10.0.0.7/8' is neither an address")]
    [InlineData(true, "10.0.0.7,10.0.0.0/64", "'10.0.0.0/64' is neither an address")]
    [InlineData(false, "10.0.0.7", "set Srpo:Pages:Enabled=true")]
    public void What_is_no_proxy_is_refused(bool enabled, string proxies, string problem)
    {
        var message = Assert.Throws<SiloSettingsException>(() => new PagesSettings { Enabled = enabled, Proxies = proxies }.Forwarded()).Message;
        Assert.StartsWith($"the setting Srpo:Pages:Proxies is '{proxies}'; ", message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_is_a_proxy_unasked()
    {
        Assert.Null(new PagesSettings { Enabled = true }.Forwarded());
        Assert.Null(new PagesSettings { Enabled = true, Proxies = " , " }.Forwarded());
        var options = new PagesSettings { Enabled = true, Proxies = "10.0.0.7, fd00::/8" }.Forwarded()!;
        Assert.Equal("10.0.0.7", Assert.Single(options.KnownProxies).ToString());
        Assert.Equal("fd00::/8", Assert.Single(options.KnownIPNetworks).ToString());
    }

    private Task<HttpSilo> StartAsync(string proxies) => HttpSilo.StartAsync(_directory, "--Srpo:Pages:Enabled=true", "--Srpo:Http:Token=" + Token, "--Srpo:Pages:Proxies=" + proxies);

    private static async Task ExpectAsync(HttpSilo silo, HttpStatusCode status, (string, string)[] headers)
    {
        using var answer = await AskAsync(silo, "assets/dashboard.css", headers);
        Assert.Equal((string.Join("; ", headers), status), (string.Join("; ", headers), answer.StatusCode));
    }

    private static async Task<string> CookieAsync(HttpSilo silo)
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = silo.Client.BaseAddress };
        using var request = Request("?token=" + Token, Forwarded);
        using var answer = await client.SendAsync(request);
        Assert.Equal((HttpStatusCode.Redirect, "/"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        return Assert.Single(answer.Headers.GetValues("Set-Cookie"));
    }

    private static async Task<HttpResponseMessage> AskAsync(HttpSilo silo, string place, (string, string)[] headers)
    {
        using var request = Request(place, headers);
        return await silo.Client.SendAsync(request);
    }

    private static HttpRequestMessage Request(string place, (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, place);
        if (!headers.Any(header => header.Name == "Authorization")) request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Token);
        foreach (var (name, value) in headers.Where(header => header.Value.Length > 0)) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private static async Task<ClientWebSocket> ConnectAsync(HttpSilo silo, (string Name, string Value)[] headers)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + Token);
        foreach (var (name, value) in headers) socket.Options.SetRequestHeader(name, value);
        await socket.ConnectAsync(new UriBuilder(new Uri(silo.Client.BaseAddress!, "_blazor")) { Scheme = "ws" }.Uri, CancellationToken.None);
        return socket;
    }
}
