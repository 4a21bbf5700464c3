using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Srpo.Client.Tests.Support;

namespace Srpo.Client.Tests.Operations;

/// <summary>A silo as a process of its own, with secrets in its settings and everything it can say in its log.</summary>
public sealed class SiloProcessTests
{
    private const string Token = "a-token-of-some-length-for-this-test-0123";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(240);

    [Fact]
    public async Task Secrets_do_not_show_in_the_log_and_open_addresses_ask_for_the_token()
    {
        using var data = new TemporaryDirectory();
        var ports = HttpSilo.FreePorts(3);
        var token = data.Write("token", Token + "\n");
        var log = data["silo-.json"];
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = data.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Srpo.Silo.dll"));
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["Srpo__DataDirectory"] = data["data"],
            ["Srpo__SiloPort"] = Text(ports[0]),
            ["Srpo__GatewayPort"] = Text(ports[1]),
            ["Srpo__HealthUrl"] = "http://0.0.0.0:" + Text(ports[2]),
            ["Srpo__Http__TokenFile"] = token,
            ["Srpo__Tls__Password"] = "hidden-word-1",
            ["Srpo__Note"] = "Host=h;Username=u;Password=hidden-word-2",
            ["Serilog__MinimumLevel__Default"] = "Verbose",
            ["Serilog__MinimumLevel__Override__Microsoft"] = "Verbose",
            ["Serilog__MinimumLevel__Override__Orleans"] = "Verbose",
            ["Serilog__WriteTo__0__Name"] = "Console",
            ["Serilog__WriteTo__1__Name"] = "File",
            ["Serilog__WriteTo__1__Args__path"] = log,
            ["Serilog__WriteTo__1__Args__formatter"] = "Serilog.Formatting.Json.JsonFormatter, Serilog",
        }) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri("http://127.0.0.1:" + Text(ports[2])) };
            await ReadyAsync(client, process);

            Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/metrics")).StatusCode);
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
            PrometheusParser.Parse(await client.GetStringAsync("/metrics"));
            using var level = new StringContent("""{"level": "Debug"}""", Encoding.UTF8, "application/json");
            Assert.Equal(HttpStatusCode.OK, (await client.PutAsync("/log-level", level)).StatusCode);
            using (var kill = Process.Start("kill", ["-TERM", Text(process.Id)])) await kill.WaitForExitAsync();
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }

        var said = await output + await errors + string.Concat(Directory.GetFiles(data.Root, "silo-*.json").Select(File.ReadAllText));
        Assert.Equal(0, process.ExitCode);
        Assert.Contains("Srpo:Note = (hidden)", said, StringComparison.Ordinal);
        Assert.Contains("Srpo:Http:TokenFile = " + token, said, StringComparison.Ordinal);
        Assert.Contains("/metrics", said, StringComparison.Ordinal);
        foreach (var secret in new[] { Token, "hidden-word-1", "hidden-word-2" }) Assert.DoesNotContain(secret, said, StringComparison.Ordinal);
    }

    private static async Task ReadyAsync(HttpClient client, Process process)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            Assert.False(process.HasExited, "the silo ended before it was ready");
            Assert.True(clock.Elapsed < Patience, "the silo was not ready in time");
            try
            {
                if ((await client.GetAsync("/health/ready")).IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(50);
        }
    }

    private static string Text(int number) => number.ToString();
}
