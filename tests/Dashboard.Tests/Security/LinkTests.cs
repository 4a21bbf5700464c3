using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Srpo.Dashboard.Tests.Support;

namespace Srpo.Dashboard.Tests.Security;

/// <summary>Who has the link sees everything, who has not sees nothing, as an HTTP client sees it.</summary>
[Collection(ShownRunsTests.Name)]
public sealed class LinkTests(ShownRuns shown) : IDisposable
{
    /// <summary>Pages, files and the connection of pages.</summary>
    private static readonly string[] Places =
        ["", "runs/tiny", "runs/tiny/report", "matrix/tiny.training", "events", "no-such-page", "assets/dashboard.js", "assets/report.css", "_framework/blazor.web.js", "_blazor", "_blazor/negotiate", "sign-in"];

    private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = shown.Dashboard.Address };

    private string Token => new Uri(shown.Dashboard.Link).Query["?token=".Length..];

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Without_the_token_nothing_is_served()
    {
        foreach (var place in Places)
        {
            foreach (var query in new[] { "", "?token=", "?token=" + Token[..^1], "?token=" + Token.ToUpperInvariant() })
            {
                foreach (var accept in new[] { "text/html", "*/*" })
                {
                    using var answer = await AskAsync(place + query, ("Accept", accept));
                    var text = await answer.Content.ReadAsStringAsync();
                    Assert.Equal((place, HttpStatusCode.Unauthorized), (place, answer.StatusCode));
                    Assert.Equal(accept == "text/html" ? "text/html" : "text/plain", answer.Content.Headers.ContentType!.MediaType);
                    Assert.Contains(accept == "text/html" ? "<form method=\"post\"" : "needs the token", text, StringComparison.Ordinal);
                    foreach (var secret in new[] { "tiny", "blazor", Token }) Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase);
                    Assert.False(answer.Headers.Contains("Set-Cookie"));
                }
            }
        }

        foreach (var method in new[] { HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Options, HttpMethod.Head })
        {
            using var answer = await _client.SendAsync(new HttpRequestMessage(method, "runs/tiny"));
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task The_link_gives_a_cookie_which_opens_everything()
    {
        using var link = await AskAsync("?token=" + Token);
        Assert.Equal((HttpStatusCode.Redirect, "/"), (link.StatusCode, link.Headers.Location!.OriginalString));
        var cookie = Assert.Single(link.Headers.GetValues("Set-Cookie"));
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Token, cookie, StringComparison.OrdinalIgnoreCase);
        foreach (var (place, type) in new[] { ("", "text/html"), ("runs/tiny/report", "text/html"), ("assets/dashboard.js", "text/javascript"), ("assets/Arimo-Bold.ttf", "font/ttf"), ("_framework/blazor.web.js", "text/javascript") })
        {
            using var answer = await AskAsync(place, ("Cookie", cookie.Split(';')[0]));
            Assert.Equal((HttpStatusCode.OK, type), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
            if (type == "text/html") Assert.Contains(answer.Headers.GetValues("Content-Security-Policy"), policy => policy.Contains("default-src 'none'", StringComparison.Ordinal));
        }

        // Programs show the token in a header, and no cookie is given for that.
        using var header = await AskAsync("", ("Authorization", "Bearer " + Token));
        Assert.Equal(HttpStatusCode.OK, header.StatusCode);
        foreach (var (place, accept, type) in new[] { ("runs/none/report", "text/html", "text/plain"), ("no-such-page", "text/html", "text/html"), ("no-such-page", "*/*", null) })
        {
            using var missing = await AskAsync(place, ("Authorization", "Bearer " + Token), ("Accept", accept));
            Assert.Equal((HttpStatusCode.NotFound, type), (missing.StatusCode, missing.Content.Headers.ContentType?.MediaType));
        }
    }

    [Fact]
    public async Task Files_of_pages_are_not_sent_twice()
    {
        using var first = await AskAsync("assets/report.css", ("Authorization", "Bearer " + Token));
        using var second = await AskAsync("assets/report.css", ("Authorization", "Bearer " + Token), ("If-None-Match", first.Headers.ETag!.Tag));
        Assert.Equal((HttpStatusCode.NotModified, 0), (second.StatusCode, (await second.Content.ReadAsByteArrayAsync()).Length));
    }

    [Fact]
    public async Task The_form_signs_in()
    {
        using var wrong = await _client.PostAsync("sign-in", Form("x" + Token[1..]));
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        using var right = await _client.PostAsync("sign-in", Form(Token));
        Assert.Equal((HttpStatusCode.Redirect, "/"), (right.StatusCode, right.Headers.Location!.OriginalString));
        Assert.Single(right.Headers.GetValues("Set-Cookie"));

        static FormUrlEncodedContent Form(string token) => new([new("token", token)]);
    }

    [Fact]
    public async Task Pages_of_other_origins_are_refused_also_with_the_token()
    {
        foreach (var place in Places)
        {
            using var answer = await AskAsync(place, ("Authorization", "Bearer " + Token), ("Origin", "http://evil.example"), ("Accept", "text/html"));
            Assert.Equal((place, HttpStatusCode.Forbidden), (place, answer.StatusCode));
        }

        // A socket carries no token of its own: the browser would send the cookie along, whoever opens it.
        var address = new UriBuilder(new Uri(shown.Dashboard.Address, "_blazor")) { Scheme = "ws" }.Uri;
        Assert.Contains("403", (await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync("http://evil.example"))).Message, StringComparison.Ordinal);
        using var own = await ConnectAsync(shown.Dashboard.Address.GetLeftPart(UriPartial.Authority));
        Assert.Equal(WebSocketState.Open, own.State);

        async Task<ClientWebSocket> ConnectAsync(string origin)
        {
            var socket = new ClientWebSocket();
            socket.Options.SetRequestHeader("Authorization", "Bearer " + Token);
            socket.Options.SetRequestHeader("Origin", origin);
            await socket.ConnectAsync(address, CancellationToken.None);
            return socket;
        }
    }

    [Fact]
    public async Task Other_names_of_the_machine_are_refused()
    {
        foreach (var (host, status) in new[] { ("evil.example", HttpStatusCode.Forbidden), ("localhost.evil.example", HttpStatusCode.Forbidden), ("10.0.0.1", HttpStatusCode.Forbidden), ("localhost", HttpStatusCode.OK), ("127.0.0.1", HttpStatusCode.OK) })
        {
            using var answer = await AskAsync("", ("Authorization", "Bearer " + Token), ("Host", $"{host}:{shown.Dashboard.Address.Port}"));
            Assert.Equal((host, status), (host, answer.StatusCode));
        }
    }

    [Fact]
    public void The_port_is_open_on_this_machine_only()
    {
        var port = shown.Dashboard.Address.Port;

        // Somebody else may have the port on every other address: the dashboard has it on one.
        foreach (var address in Dns.GetHostAddresses(Dns.GetHostName()).Where(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address)).Append(IPAddress.Parse("127.0.0.2")))
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            Assert.Throws<SocketException>(() => socket.Connect(address, port));
        }

        using var own = new TcpClient();
        own.Connect(IPAddress.Loopback, port);
    }

    private Task<HttpResponseMessage> AskAsync(string place, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, place);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return _client.SendAsync(request);
    }
}
