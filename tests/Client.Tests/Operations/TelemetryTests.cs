using System.Diagnostics;
using Srpo.Client.Sessions;
using Srpo.Client.Tests.Support;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Silo;

namespace Srpo.Client.Tests.Operations;

/// <summary>What a silo, a process of its own, sends to a collector.</summary>
public sealed class TelemetryTests
{
    private const int ClientKind = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(240);

    [Fact]
    public async Task A_collector_gets_whole_traces_and_metrics_where_the_settings_name_one()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var silo = await SiloProcess.StartAsync(
            ("Srpo__Telemetry__Endpoint", collector.Address), ("Srpo__Telemetry__Protocol", "http/protobuf"), ("Srpo__Telemetry__GrainCalls", "true"));
        await silo.TrainAsync();
        await silo.UntilAsync("the trace of a chunk is whole", () => Array.Exists(Chunks(collector), chunk => Whole(collector, chunk, "srpo.train", "ITeamEnvironment/PlayAsync", "ITeamActor/ApplyAsync")));
        await silo.UntilAsync("metrics have come", () => collector.Metrics.ContainsKey("srpo.training.rounds") && collector.Metrics.ContainsKey("srpo.compute.workers"));
        Assert.All(collector.Spans, span => Assert.Equal("srpo-silo", span.Service));

        // Silos that look after each other and themselves begin no traces, requests of clients do.
        Assert.DoesNotContain(collector.Spans, span => span.Parent.Length == 0 && span.Kind == ClientKind);
        Assert.DoesNotContain(collector.Spans, span => span.Name.EndsWith("/GetUnderWayAsync", StringComparison.Ordinal));
        Assert.Contains(collector.Spans, span => span.Parent.Length == 0 && span.Name == "ICoordinatorGrain/StartAsync");
        Assert.True(silo.Loads("OpenTelemetry"));
    }

    [Fact]
    public async Task The_variables_of_OpenTelemetry_do_as_well_and_calls_are_left_out_by_default()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var silo = await SiloProcess.StartAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_SERVICE_NAME", "lab"), ("Srpo__Telemetry__Metrics", "false"));
        await silo.TrainAsync();
        await silo.UntilAsync("the trace of a chunk is whole", () => Array.Exists(Chunks(collector), chunk => Whole(collector, chunk, "srpo.train")));
        Assert.All(collector.Spans, span => Assert.Equal(("lab", "Srpo"), (span.Service, span.Scope)));
        Assert.Empty(collector.Metrics);
    }

    [Fact]
    public async Task Nothing_is_loaded_where_nobody_wants_to_see_anything()
    {
        await using var silo = await SiloProcess.StartAsync(("Srpo__Metrics__Enabled", "false"));
        await silo.TrainAsync();
        Assert.True(silo.Loads("Orleans.Runtime"));
        Assert.False(silo.Loads("OpenTelemetry"));
    }

    [Theory]
    [InlineData("Endpoint", "collector:4317", "http://collector:4317")]
    [InlineData("Endpoint", "/v1/traces", "http://collector:4317")]
    [InlineData("Protocol", "http/json", "grpc, http/protobuf")]
    public void A_setting_that_cannot_be_used_is_named(string name, string value, string remedy)
    {
        var error = Assert.Throws<SiloSettingsException>(() => SiloHost.Build([$"--Srpo:Telemetry:{name}={value}"]));
        Assert.Contains($"Srpo:Telemetry:{name} is '{value}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
    }

    private static OtlpSpan[] Chunks(OtlpReceiver collector) => [.. collector.Spans.Where(span => span is { Name: "srpo.coordinator.train", Parent: "" })];

    /// <summary>Whether all of a trace has come, and names are in it.</summary>
    private static bool Whole(OtlpReceiver collector, OtlpSpan chunk, params string[] names)
    {
        var trace = collector.Spans.Where(span => span.Trace == chunk.Trace).ToArray();
        var known = trace.Select(span => span.Id).ToHashSet();
        return Array.TrueForAll(names, name => Array.Exists(trace, span => span.Name == name)) && Array.TrueForAll(trace, span => span == chunk || known.Contains(span.Parent));
    }

    /// <summary>A silo as users run it, with a directory of its own.</summary>
    private sealed class SiloProcess : IAsyncDisposable
    {
        private readonly TemporaryDirectory _data = new();
        private readonly Process _process;
        private readonly Task<string> _said;
        private readonly int _gateway;

        private SiloProcess(int[] ports, (string Name, string Value)[] settings)
        {
            _gateway = ports[1];
            var start = new ProcessStartInfo("dotnet") { WorkingDirectory = _data.Root, RedirectStandardOutput = true, RedirectStandardError = true };
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Srpo.Silo.dll"));
            foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("OTEL_", StringComparison.Ordinal)).ToArray()) start.Environment.Remove(name);
            foreach (var (name, value) in (IEnumerable<(string, string)>)
            [
                ("Srpo__DataDirectory", _data["data"]), ("Srpo__Workers", "1"), ("Srpo__SiloPort", Text(ports[0])), ("Srpo__GatewayPort", Text(ports[1])),
                ("Srpo__HealthUrl", "http://127.0.0.1:" + Text(ports[2])), ("OTEL_BSP_SCHEDULE_DELAY", "200"), ("OTEL_METRIC_EXPORT_INTERVAL", "300"), .. settings,
            ]) start.Environment[name] = value;
            _process = Process.Start(start)!;
            var (output, errors) = (_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
            _said = Task.WhenAll(output, errors).ContinueWith(said => string.Concat(said.Result), TaskScheduler.Default);
        }

        public static async Task<SiloProcess> StartAsync(params (string Name, string Value)[] settings)
        {
            var ports = HttpSilo.FreePorts(3);
            var silo = new SiloProcess(ports, settings);
            using var client = new HttpClient { BaseAddress = new Uri("http://127.0.0.1:" + Text(ports[2])) };
            await silo.UntilAsync("it is ready", async () =>
            {
                try
                {
                    return (await client.GetAsync("/health/ready")).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            });
            return silo;
        }

        /// <summary>Has a small population trained.</summary>
        public async Task TrainAsync()
        {
            await using var session = await ClusterSession.ConnectAsync("127.0.0.1:" + Text(_gateway), _ => null, TextWriter.Null, CancellationToken.None);
            var coordinator = session.Grains.GetGrain<ICoordinatorGrain>("traced");
            await coordinator.StartAsync(new PopulationSpec
            {
                Population = "traced",
                Environment = new EnvironmentSettings("gridworld", "official"),
                Teams = 1,
                Training = new TrainingSettings { Method = "srpo", Iterations = 4, Lanes = 4, Horizon = 16, Epochs = 1, CurveInterval = 0, Network = new NetworkSettings { Hidden = [8] } },
            });
            await UntilAsync("it has trained", async () => (await coordinator.GetStatusAsync()).Phase == PopulationPhase.Finished);
        }

        /// <summary>Whether the process has an assembly in memory whose name begins so.</summary>
        public bool Loads(string name) => File.ReadLines($"/proc/{Text(_process.Id)}/maps").Any(line => line.Contains("/" + name, StringComparison.Ordinal));

        public Task UntilAsync(string what, Func<bool> holds) => UntilAsync(what, () => Task.FromResult(holds()));

        public async ValueTask DisposeAsync()
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            await _said;
            _process.Dispose();
            _data.Dispose();
        }

        private static string Text(int number) => number.ToString();

        private async Task UntilAsync(string what, Func<Task<bool>> holds)
        {
            var clock = Stopwatch.StartNew();
            while (!await holds())
            {
                if (_process.HasExited) Assert.Fail($"the silo ended before {what}: {await _said}");
                Assert.True(clock.Elapsed < Patience, $"not within {Patience.TotalSeconds} s: {what}");
                await Task.Delay(50);
            }
        }
    }
}
