using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Srpo.Client.Tests.Support;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Tests;
using Srpo.Silo;

namespace Srpo.Client.Tests.Operations;

/// <summary>The HTTP side of a silo as operators and their tools use it.</summary>
public sealed class HttpTests
{
    private const string Token = "a-token-of-some-length-for-this-test-0123";

    [Fact]
    public async Task Without_a_token_everything_is_for_this_machine_under_its_own_names()
    {
        using var data = new TemporaryDirectory();
        await using var silo = await HttpSilo.StartAsync(data);

        Assert.Equal("live\n", await silo.Client.GetStringAsync("health/live"));
        Assert.Equal("ready\n", await silo.Client.GetStringAsync("health/ready"));
        PrometheusParser.Parse(await silo.Client.GetStringAsync("metrics"));
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "metrics") { Headers = { Host = "attacker.example" } };
        await ExpectAsync(await silo.Client.SendAsync(rebound), HttpStatusCode.Forbidden, "localhost");
        await ExpectAsync(await silo.Client.GetAsync("nothing"), HttpStatusCode.NotFound, "/health/live");
        await ExpectAsync(await silo.Client.DeleteAsync("metrics"), HttpStatusCode.MethodNotAllowed, "use GET");
    }

    [Fact]
    public async Task With_a_token_all_but_health_needs_it()
    {
        using var data = new TemporaryDirectory();
        await using var silo = await HttpSilo.StartAsync(data, "--Srpo:Http:Token=" + Token);

        Assert.Equal("ready\n", await silo.Client.GetStringAsync("health/ready"));
        foreach (var path in new[] { "metrics", "log-level", "nothing", "dashboard", "healthy", "health/../metrics" })
            await ExpectAsync(await silo.Client.GetAsync(path), HttpStatusCode.Unauthorized, "Authorization: Bearer");
        silo.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        PrometheusParser.Parse(await silo.Client.GetStringAsync("metrics"));
        Assert.Contains("Srpo", await silo.Client.GetStringAsync("log-level"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_levels_change_while_the_silo_runs()
    {
        using var data = new TemporaryDirectory();
        await using var silo = await HttpSilo.StartAsync(data);

        Assert.Contains("\"default\":\"Fatal\"", await silo.Client.GetStringAsync("log-level"), StringComparison.Ordinal);
        var set = await silo.Client.PutAsync("log-level", Body("""{"level": "error", "source": "Srpo"}"""));
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        Assert.Contains("\"Srpo\":\"Error\"", await silo.Client.GetStringAsync("log-level"), StringComparison.Ordinal);
        Assert.Contains("\"default\":\"Fatal\"", await silo.Client.GetStringAsync("log-level"), StringComparison.Ordinal);
        await ExpectAsync(await silo.Client.PutAsync("log-level", Body("""{"level": "loud"}""")), HttpStatusCode.BadRequest, "Verbose");
        await ExpectAsync(await silo.Client.PutAsync("log-level", Body("""{"level": "Debug", "source": "Nobody"}""")), HttpStatusCode.BadRequest, "Override");
        await ExpectAsync(await silo.Client.PutAsync("log-level", Body("{")), HttpStatusCode.BadRequest, "JSON");
        await ExpectAsync(await silo.Client.PutAsync("log-level", Body(new string(' ', 100_000))), HttpStatusCode.RequestEntityTooLarge, "large");
    }

    [Fact]
    public async Task Training_is_counted()
    {
        using var data = new TemporaryDirectory();
        await using var silo = await HttpSilo.StartAsync(data);
        var spec = new PopulationSpec
        {
            Population = "counted",
            Environment = new EnvironmentSettings("gridworld", "official"),
            Teams = 2,
            CheckpointInterval = 3,
            Training = new TrainingSettings { Method = "pure-adversarial", Iterations = 6, Lanes = 2, Horizon = 8, Network = new NetworkSettings { Hidden = [4] }, CurveInterval = 0 },
        };
        var coordinator = silo.Grains.GetGrain<ICoordinatorGrain>("counted");
        var status = await coordinator.StartAsync(spec);
        await Until.HoldsAsync("training ends", async () => (status = await coordinator.GetStatusAsync()).Phase != PopulationPhase.Training);

        Assert.Equal((PopulationPhase.Finished, null), (status.Phase, status.Error));
        var metrics = PrometheusParser.Parse(await silo.Client.GetStringAsync("metrics"));

        // No other test of this process trains with this method.
        Assert.Equal(12, metrics["srpo_training_rounds_total"].Sum("", "srpo_method", "pure-adversarial"));
        Assert.Equal(12 * 2L * spec.Training.Lanes * spec.Training.Horizon, metrics["srpo_training_env_steps_total"].Sum("", "srpo_method", "pure-adversarial"));
        Assert.Equal(12, metrics["srpo_training_update_duration_seconds"].Sum("_count", "srpo_method", "pure-adversarial"));
        Assert.True(metrics["srpo_training_rollout_duration_seconds"].Sum("_sum", "srpo_method", "pure-adversarial") > 0);
        Assert.True(metrics["srpo_checkpoint_io_bytes_total"].Sum() > 0);
        Assert.True(metrics["srpo_checkpoint_duration_seconds"].Sum("_count") >= 2 * 2 * 4);
        Assert.True(metrics["srpo_storage_operation_duration_seconds"].Sum("_count", "srpo_storage_operation", "write") > 0);
        Assert.True(metrics["srpo_compute_jobs_total"].Sum() >= 36);
        Assert.True(metrics["srpo_compute_workers"].Sum() >= 1);
        Assert.True(metrics["dotnet_process_cpu_time_seconds_total"].Sum() > 0);

        // The page has the name of each.
        var page = File.ReadAllText(Repository.PathOf("docs", "observability.md"));
        Assert.All(metrics.Keys.Where(name => name.StartsWith("srpo_", StringComparison.Ordinal)), name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public void An_address_that_others_reach_needs_a_token()
    {
        using var data = new TemporaryDirectory();
        foreach (var address in new[] { "http://0.0.0.0:0", "http://10.1.2.3:8090", "http://[::]:8090", "http://some.host:8090" })
        {
            var error = Assert.Throws<SiloSettingsException>(() => SiloHost.Build(["--Srpo:DataDirectory=" + data.Root, "--Srpo:HealthUrl=" + address, "--Serilog:MinimumLevel:Default=Fatal"]));
            Assert.Contains("Srpo:Http:Token", error.Message, StringComparison.Ordinal);
        }
    }

    private static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");

    private static async Task ExpectAsync(HttpResponseMessage response, HttpStatusCode status, string reason)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == status, $"{(int)response.StatusCode}: {text}");
            Assert.Contains(reason, text, StringComparison.Ordinal);
        }
    }
}
