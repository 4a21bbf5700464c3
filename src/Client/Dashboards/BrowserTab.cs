using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Srpo.Core.Errors;
using Srpo.Core.Files;

namespace Srpo.Client.Dashboards;

/// <summary>A tab of a chromium without a window, led by the few commands of its DevTools protocol that measuring a page takes. One call at a time.</summary>
internal sealed class BrowserTab : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>How long a browser may take to begin.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly Process _browser;
    private readonly ClientWebSocket _socket = new();
    private int _calls;

    private BrowserTab(Process browser) => _browser = browser;

    /// <summary>The file of a browser; null where there is none on PATH.</summary>
    /// <param name="path">PATH.</param>
    public static string? Find(string? path) => Names.Select(name => ProgramPath.Find(path, name)).FirstOrDefault(file => file is not null);

    /// <summary>Starts a browser that remembers nothing.</summary>
    /// <param name="program">Its file.</param>
    /// <param name="profile">A directory for what it keeps, which need not exist.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="SrpoException">It does not start.</exception>
    public static async Task<BrowserTab> StartAsync(string program, string profile, CancellationToken cancellation)
    {
        // Its sandbox is not for root.
        string[] sandbox = Environment.IsPrivilegedProcess ? ["--no-sandbox"] : [];
        string[] arguments = ["--headless=new", "--remote-debugging-port=0", "--disable-gpu", "--no-first-run", "--window-size=1400,900", $"--user-data-dir={profile}", .. sandbox, "about:blank"];
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        var tab = new BrowserTab(Process.Start(start) ?? throw new SrpoException(ErrorKind.Environment, $"{program} cannot be started"));
        try
        {
            tab._browser.BeginOutputReadLine();
            tab._browser.BeginErrorReadLine();
            await tab._socket.ConnectAsync(await tab.AddressAsync(Path.Combine(profile, "DevToolsActivePort"), cancellation), cancellation);
            await tab.CallAsync("Page.enable", [], cancellation);
            return tab;
        }
        catch
        {
            await tab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has a script run in every page before its own, from now on.</summary>
    public Task AddScriptAsync(string script, CancellationToken cancellation) => CallAsync("Page.addScriptToEvaluateOnNewDocument", new JsonObject { ["source"] = script }, cancellation);

    /// <summary>Goes to an address.</summary>
    /// <exception cref="SrpoException">Nobody answers there.</exception>
    public async Task GoAsync(string address, CancellationToken cancellation)
    {
        var gone = await CallAsync("Page.navigate", new JsonObject { ["url"] = address }, cancellation);
        if (gone.TryGetProperty("errorText", out var problem)) throw new SrpoException(ErrorKind.Failed, $"the browser cannot open the page: {problem}");
    }

    /// <summary>The value of an expression in the page, once it is not null.</summary>
    /// <exception cref="SrpoException">It stays null for a minute.</exception>
    public async Task<JsonElement> WaitAsync(string expression, CancellationToken cancellation)
    {
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < Patience; await Task.Delay(Poll, cancellation))
        {
            var answer = await CallAsync("Runtime.evaluate", new JsonObject { ["expression"] = $"({expression}) ?? null", ["returnByValue"] = true }, cancellation);
            if (answer.GetProperty("result").TryGetProperty("value", out var value) && value.ValueKind != JsonValueKind.Null) return value;
        }

        throw new SrpoException(ErrorKind.Failed, $"a page of the dashboard does not show what it should after {Patience.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s");
    }

    public async ValueTask DisposeAsync()
    {
        using var limited = new CancellationTokenSource(EndTimeout);
        try
        {
            // It puts its files away; the rest of what it says is not waited for.
            if (_socket.State == WebSocketState.Open) await SendAsync("Browser.close", [], limited.Token);
            else _browser.Kill(entireProcessTree: true);
            await _browser.WaitForExitAsync(limited.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException)
        {
            _browser.Kill(entireProcessTree: true);
            await _browser.WaitForExitAsync(CancellationToken.None);
        }

        _socket.Dispose();
        _browser.Dispose();
    }

    /// <summary>Where the tab is led: the browser writes its port into its profile once it listens.</summary>
    private async Task<Uri> AddressAsync(string file, CancellationToken cancellation)
    {
        using var client = new HttpClient();
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < Patience && !_browser.HasExited; await Task.Delay(Poll, cancellation))
        {
            if (!File.Exists(file) || await File.ReadAllLinesAsync(file, cancellation) is not [var port, _, ..]) continue;
            var targets = await client.GetFromJsonAsync<JsonElement[]>($"http://127.0.0.1:{port}/json/list", cancellation) ?? [];
            var page = targets.FirstOrDefault(target => target.GetProperty("type").GetString() == "page");
            if (page.ValueKind == JsonValueKind.Object) return new Uri(page.GetProperty("webSocketDebuggerUrl").GetString()!);
        }

        throw new SrpoException(ErrorKind.Environment, $"{_browser.StartInfo.FileName} does not start; run it with --headless to see why");
    }

    private Task SendAsync(string method, JsonObject parameters, CancellationToken cancellation)
    {
        var call = new JsonObject { ["id"] = ++_calls, ["method"] = method, ["params"] = parameters };
        return _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(call), WebSocketMessageType.Text, endOfMessage: true, cancellation);
    }

    private async Task<JsonElement> CallAsync(string method, JsonObject parameters, CancellationToken cancellation)
    {
        await SendAsync(method, parameters, cancellation);
        var id = _calls;
        while (true)
        {
            // What happens in the page is told in between.
            var message = await ReceiveAsync(cancellation);
            if (!message.TryGetProperty("id", out var answered) || answered.GetInt32() != id) continue;
            return message.TryGetProperty("error", out var error) ? throw new SrpoException(ErrorKind.Failed, $"the browser refuses {method}: {error}") : message.GetProperty("result");
        }
    }

    private async Task<JsonElement> ReceiveAsync(CancellationToken cancellation)
    {
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        WebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer, cancellation);
            if (part.MessageType == WebSocketMessageType.Close) throw new SrpoException(ErrorKind.Failed, "the browser has ended");
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonElement.Parse(message.GetBuffer().AsSpan(0, (int)message.Length));
    }
}
