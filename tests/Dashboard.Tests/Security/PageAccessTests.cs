using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Srpo.Dashboard.Security;

namespace Srpo.Dashboard.Tests.Security;

/// <summary>Who may see the pages, request by request.</summary>
public sealed class PageAccessTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    private readonly PageAccess _access = new(new AccessToken(Token), "of the test");

    [Fact]
    public void Tokens_are_long_visible_and_compared_whole()
    {
        Assert.True(AccessToken.IsUsable(Token));
        Assert.True(AccessToken.IsUsable(new string('!', AccessToken.MaxLength)));
        foreach (var wrong in new[] { null, "", Token[..^1], Token + " ", Token + "\u00e4", Token + "\n", new string('a', AccessToken.MaxLength + 1) }) Assert.False(AccessToken.IsUsable(wrong), wrong);
        Assert.Throws<ArgumentException>(() => new AccessToken("swordfish"));
        Assert.NotEqual(AccessToken.Random(), AccessToken.Random());
        Assert.True(AccessToken.IsUsable(AccessToken.Random()));

        var token = new AccessToken(Token);
        Assert.True(token.Is(Token));
        foreach (var wrong in new[] { null, "", Token[..^1], Token + "0", Token.ToUpperInvariant(), new string('0', AccessToken.MaxLength + 1) }) Assert.False(token.Is(wrong), wrong);
    }

    [Fact]
    public void A_cookie_stands_for_one_token_and_does_not_show_it()
    {
        var token = new AccessToken(Token);
        Assert.True(token.AcceptsCookie(token.CookieValue));
        foreach (var wrong in new[] { null, "", Token, token.CookieValue + "0", new AccessToken(Token + "0").CookieValue }) Assert.False(token.AcceptsCookie(wrong), wrong);
        Assert.DoesNotContain(Token, token.CookieValue, StringComparison.OrdinalIgnoreCase);
        Assert.False(token.Is(token.CookieValue));
    }

    [Theory]
    [InlineData("GET", "", "", true)]
    [InlineData("GET", "http://localhost:8091", "same-origin", true)]
    [InlineData("POST", "http://LOCALHOST:8091", "same-origin", true)]
    [InlineData("GET", "http://localhost:8092", "same-site", false)]
    [InlineData("GET", "https://localhost:8091", "", false)]
    [InlineData("GET", "http://evil.example", "cross-site", false)]
    [InlineData("GET", "null", "", false)]
    [InlineData("GET", "", "cross-site", false)]
    [InlineData("GET", "", "none", true)]
    public void Requests_of_other_pages_are_foreign(string method, string origin, string site, bool allowed)
    {
        var context = Request(method, "/", ("Origin", origin), ("Sec-Fetch-Site", site));
        Assert.Equal(allowed, PageAccess.Foreign(context) is null);
    }

    [Theory]
    [InlineData("GET", "navigate", "document", true)]
    [InlineData("POST", "navigate", "document", false)]
    [InlineData("GET", "navigate", "iframe", false)]
    [InlineData("GET", "cors", "empty", false)]
    [InlineData("GET", "websocket", "websocket", false)]
    public void A_link_of_another_site_may_lead_here_and_nothing_else(string method, string mode, string destination, bool allowed)
    {
        var context = Request(method, "/", ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", destination));
        Assert.Equal(allowed, PageAccess.Foreign(context) is null);
    }

    [Fact]
    public async Task The_link_gives_a_cookie_and_an_address_without_the_token()
    {
        var context = Request("GET", "/compare");
        context.Request.QueryString = new QueryString($"?run=a%26b&token={Token}&run=%C3%A4");
        Assert.True(await _access.AnswerAsync(context));
        Assert.Equal((302, "/compare?run=a%26b&run=%C3%A4"), (context.Response.StatusCode, context.Response.Headers.Location.ToString()));
        var cookie = context.Response.Headers.SetCookie.ToString();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Token, cookie, StringComparison.Ordinal);

        var next = Request("GET", "/compare", ("Cookie", cookie.Split(';')[0]));
        Assert.False(await _access.AnswerAsync(next));
        Assert.True(_access.IsAllowed(next));

        // The name of the cookie says of which port it is: dashboards beside each other keep theirs.
        var other = Request("GET", "/", ("Cookie", cookie.Split(';')[0]));
        other.Connection.LocalPort = 8092;
        Assert.False(_access.IsAllowed(other));
    }

    [Fact]
    public async Task The_link_is_no_way_around_the_origin()
    {
        var context = Request("GET", "/", ("Origin", "http://evil.example"));
        context.Request.QueryString = new QueryString("?token=" + Token);
        Assert.Equal(403, await AnsweredAsync(context));
        Assert.Equal(0, context.Response.Headers.SetCookie.Count);
    }

    [Fact]
    public async Task The_form_lets_in_whoever_knows_the_token()
    {
        var wrong = Form("x" + Token[1..]);
        Assert.Equal(401, await AnsweredAsync(wrong));
        Assert.Contains("That is not the token.", Body(wrong), StringComparison.Ordinal);
        Assert.Equal(0, wrong.Response.Headers.SetCookie.Count);

        var right = Form(Token);
        Assert.Equal(302, await AnsweredAsync(right));
        Assert.Equal(1, right.Response.Headers.SetCookie.Count);
    }

    [Fact]
    public async Task Others_are_asked_or_refused_as_they_can_read_it()
    {
        var browser = Request("GET", "/runs/a", ("Accept", "text/html,*/*;q=0.8"));
        Assert.Equal(401, await AnsweredAsync(browser));
        Assert.Contains("<form method=\"post\"", Body(browser), StringComparison.Ordinal);
        Assert.Contains("token of the test", Body(browser), StringComparison.Ordinal);

        foreach (var headers in new (string, string)[][] { [], [("Accept", "*/*")], [("Authorization", "Bearer " + Token + "0")], [("Cookie", "srpo-8091=" + Token)] })
        {
            var program = Request("GET", "/runs/a", headers);
            Assert.Equal(401, await AnsweredAsync(program));
            Assert.StartsWith("text/plain", program.Response.ContentType, StringComparison.Ordinal);
            Assert.Contains("Authorization: Bearer TOKEN", Body(program), StringComparison.Ordinal);
        }

        Assert.False(await _access.AnswerAsync(Request("GET", "/runs/a", ("Authorization", "Bearer " + Token))));
    }

    private async Task<int> AnsweredAsync(HttpContext context)
    {
        Assert.True(await _access.AnswerAsync(context));
        return context.Response.StatusCode;
    }

    private static DefaultHttpContext Request(string method, string path, params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path, context.Request.Scheme, context.Request.Host) = (method, path, "http", new HostString("localhost:8091"));
        context.Connection.LocalPort = 8091;
        context.Response.Body = new MemoryStream();
        foreach (var (name, value) in headers)
        {
            if (value.Length > 0) context.Request.Headers[name] = value;
        }

        return context;
    }

    private static DefaultHttpContext Form(string token)
    {
        var context = Request("POST", "/sign-in", ("Origin", "http://localhost:8091"), ("Accept", "text/html"));
        context.Request.ContentType = "application/x-www-form-urlencoded";
        context.Request.Form = new FormCollection(new Dictionary<string, StringValues> { ["token"] = token });
        return context;
    }

    private static string Body(HttpContext context) => Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray());
}
