using System.Globalization;
using System.Text;
using Srpo.Client.Tests.Support;
using Xunit.Abstractions;

namespace Srpo.Client.Tests.Operations;

/// <summary>
/// Random requests to the HTTP side of a silo, from good ones with a flaw to noise: no answer is 500, none takes long, every
/// refusal has a reason, and the silo answers afterwards. SRPO_FUZZ_COUNT sets their number, SRPO_FUZZ_SEED the first one.
/// </summary>
public sealed class HttpFuzzTests(ITestOutputHelper output)
{
    private const int DefaultCount = 5000;
    private const int Connections = 24;
    private const string Token = "a-token-of-some-length-for-this-test-0123";

    private static readonly string[] Methods = ["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT", "get", "G\0T", "", "A B", new('M', 300)];
    private static readonly string[] Paths =
    [
        "/health/live", "/health/ready", "/metrics", "/log-level", "/", "/dashboard", "/%2e%2e/etc/passwd", "/health/../log-level", "//metrics", "/metrics/", "/METRICS", "/health%2flive",
        "/log-level?level=Debug", "*", "http://other/metrics", "/%", "/%00", "/\u00ff", "/" + new string('a', 5000), "/" + new string('a', 100_000), "/metrics#x", "metrics", "?", "",
    ];

    private static readonly string[] Headers =
    [
        "Host: 127.0.0.1", "Host: localhost", "Host: ", "Host: a b", "Host: evil.example", "Host: [::1]", "Host: 127.0.0.1:99999", "Authorization: Bearer " + Token, "Authorization: Bearer x",
        "Authorization: Basic eDp5", "Authorization: ", "Content-Length: 10", "Content-Length: -1", "Content-Length: 99999999999999999999", "Content-Length: 20000", "Transfer-Encoding: chunked",
        "Transfer-Encoding: gzip", "Expect: 100-continue", "Connection: close", "Connection: Upgrade", "Upgrade: h2c", "Upgrade: websocket", "Accept: text/plain", "Content-Type: application/json",
        "X: " + new string('y', 9000), "X\0: y", ": y", "no colon", " folded", "Cookie: " + string.Join(";", Enumerable.Repeat("a=b", 500)), "Range: bytes=0-1", "Accept-Encoding: br",
    ];

    private static readonly string[] Bodies =
    [
        "", "{}", "{\"level\":\"Debug\"}", "{\"level\":5}", "{\"level\":\"Fatal\",\"source\":\"Srpo\"}", "[]", "null", "\"x\"", "{", new('[', 5000), "{\"level\":\"" + new string('x', 9000) + "\"}", "5\r\nabcde\r\n0\r\n\r\n",
        "ffffffffff\r\n", "-1\r\n", "\0\0\0", "\u00ff\u00fe",
    ];

    [Fact]
    public async Task Whatever_is_sent_is_answered_or_refused_with_a_reason()
    {
        using var data = new TemporaryDirectory();
        await using var silo = await HttpSilo.StartAsync(data, "--Srpo:Http:Token=" + Token, "--Srpo:Http:HeaderSeconds=2");
        var next = Number("SRPO_FUZZ_SEED", 1);
        var end = next + Number("SRPO_FUZZ_COUNT", DefaultCount);
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            while (true)
            {
                var seed = Interlocked.Increment(ref next) - 1;
                if (seed >= end) return;
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                var request = Request(new Random(seed));
                var answer = await silo.RawAsync(Encoding.Latin1.GetBytes(request), limit.Token);
                var outcome = Judge(answer, $"request {seed}: {request[..Math.Min(500, request.Length)]}");
                lock (outcomes) outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            }
        }));

        foreach (var (outcome, count) in outcomes) output.WriteLine($"{count,7} {outcome}");
        Assert.Equal("ready\n", await silo.Client.GetStringAsync("health/ready"));
        Assert.True(outcomes.Keys.Count(outcome => outcome.StartsWith('2')) > 0 && outcomes.Keys.Count(outcome => outcome.StartsWith('4')) >= 4, "the requests are too much alike");
    }

    private static string Request(Random random)
    {
        if (random.NextDouble() < 0.05)
        {
            var noise = new byte[random.Next(1, 3000)];
            random.NextBytes(noise);
            return Encoding.Latin1.GetString(noise);
        }

        string Pick(string[] items, double first) => random.NextDouble() < first ? items[random.Next(Math.Min(4, items.Length))] : items[random.Next(items.Length)];
        var text = new StringBuilder();
        text.Append(random.NextDouble() < 0.6 ? Methods[random.Next(2)] : Pick(Methods, 0)).Append(' ').Append(Pick(Paths, 0.6)).Append(random.NextDouble() < 0.93 ? " HTTP/1.1" : Pick([" HTTP/9.9", " HTTP/1.0", "", " HTTP/2"], 0)).Append("\r\n");
        if (random.NextDouble() < 0.9) text.Append("Host: 127.0.0.1\r\n");
        if (random.NextDouble() < 0.95) text.Append("Connection: close\r\n");
        if (random.NextDouble() < 0.6) text.Append("Authorization: Bearer ").Append(Token).Append("\r\n");
        for (var i = random.NextDouble() < 0.9 ? random.Next(2) : random.Next(80); i > 0; i--) text.Append(Pick(Headers, 0)).Append("\r\n");
        var body = Pick(Bodies, 0.4);
        if (random.NextDouble() < 0.7) text.Append($"Content-Length: {body.Length}\r\n");
        text.Append("\r\n").Append(body);
        if (random.NextDouble() < 0.1) text.Length = random.Next(1, text.Length + 1);
        if (random.NextDouble() < 0.1) text[random.Next(text.Length)] = (char)random.Next(256);
        return text.ToString();
    }

    /// <summary>Status of the first answer. Kestrel refuses what is no HTTP with the reason phrase alone; our own refusals have a sentence.</summary>
    private static string Judge(string answer, string request)
    {
        if (answer.Length == 0) return "closed without an answer: the request never ended";
        var line = answer[..answer.IndexOf('\r', StringComparison.Ordinal)].Split(' ', 3);
        Assert.True(line.Length == 3 && line[2].Length > 1, request + "\n" + answer);
        var status = int.Parse(line[1]);
        Assert.True(status is >= 100 and < 500 or 501 or 503 or 505, request + "\n" + answer);
        return $"{status} {line[2]}";
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
