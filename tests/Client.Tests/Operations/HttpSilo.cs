using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Srpo.Client.Tests.Support;
using Srpo.Silo;

namespace Srpo.Client.Tests.Operations;

/// <summary>A whole silo within the test's process, with its HTTP side on a port of its own.</summary>
internal sealed class HttpSilo : IAsyncDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);

    private readonly WebApplication _application;

    private HttpSilo(WebApplication application, int port)
    {
        (_application, Port) = (application, port);
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromSeconds(30) };
    }

    public int Port { get; }

    public HttpClient Client { get; }

    public IGrainFactory Grains => _application.Services.GetRequiredService<IGrainFactory>();

    public static async Task<HttpSilo> StartAsync(TemporaryDirectory data, params string[] arguments)
    {
        var ports = FreePorts(3);
        var application = SiloHost.Build(
        [
            "--Srpo:DataDirectory=" + data["data"], $"--Srpo:SiloPort={ports[0]}", $"--Srpo:GatewayPort={ports[1]}",
            $"--Srpo:HealthUrl=http://127.0.0.1:{ports[2]}", "--Srpo:Workers=1", "--Serilog:MinimumLevel:Default=Fatal", "--Serilog:MinimumLevel:Override:Microsoft.Hosting.Lifetime=Fatal", .. arguments,
        ]);
        await Task.Run(() => application.StartAsync());
        return new HttpSilo(application, ports[2]);
    }

    /// <summary>Sends bytes as they are and reads what comes until the connection is closed. When nothing comes for a while, our side is closed: the request was not complete, or the connection is kept.</summary>
    public async Task<string> RawAsync(byte[] request, CancellationToken cancellation)
    {
        using var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, Port, cancellation);
        await using var stream = socket.GetStream();
        var answer = new StringBuilder();
        try
        {
            await stream.WriteAsync(request, cancellation);
            var buffer = new byte[65536];
            while (true)
            {
                var reading = stream.ReadAsync(buffer, cancellation).AsTask();
                if (await Task.WhenAny(reading, Task.Delay(Quiet, cancellation)) != reading) socket.Client.Shutdown(SocketShutdown.Send);
                var read = await reading;
                if (read == 0) break;
                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            // Closed in our face, perhaps after an answer.
        }

        return answer.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    public static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }
}
