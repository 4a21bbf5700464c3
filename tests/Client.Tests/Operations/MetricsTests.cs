using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Srpo.Silo;

namespace Srpo.Client.Tests.Operations;

/// <summary>What /metrics shows of instruments, without a silo around it.</summary>
public sealed class MetricsTests : IAsyncLifetime
{
    private readonly WebApplication _application = Build();

    [Fact]
    public async Task Instruments_have_the_names_and_numbers_that_the_page_promises()
    {
        var meter = Meter();
        meter.CreateCounter<long>("srpo.a.rounds", "{round}", "Rounds.").Add(2, Tag("srpo.method", "x\"y\\z\nw"));
        meter.CreateUpDownCounter<long>("srpo.a.queue.length", "{job}").Add(-7);
        meter.CreateCounter<long>("srpo.a.io", "By").Add(5);
        meter.CreateObservableCounter("srpo.a.busy_time", () => 1.5, "s");
        meter.CreateObservableGauge("srpo.a.bad", int () => throw new InvalidOperationException("no"));
        var histogram = meter.CreateHistogram("srpo.a.duration", "s", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2] });
        foreach (var value in new[] { 0.5, 1, 1.5, 99 }) histogram.Record(value);

        var families = await ScrapeAsync();

        Assert.Equal(["srpo_a_busy_time_seconds_total", "srpo_a_duration_seconds", "srpo_a_io_bytes_total", "srpo_a_queue_length", "srpo_a_rounds_total"], families.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("counter", "Rounds."), (families["srpo_a_rounds_total"].Type, families["srpo_a_rounds_total"].Help.TrimEnd()));
        Assert.Equal(2, families["srpo_a_rounds_total"].Sum(label: "srpo_method", value: "x\"y\\z\nw"));
        Assert.Equal(("gauge", -7), (families["srpo_a_queue_length"].Type, families["srpo_a_queue_length"].Sum()));
        Assert.Equal((5, 1.5), (families["srpo_a_io_bytes_total"].Sum(), families["srpo_a_busy_time_seconds_total"].Sum()));
        Assert.Equal(2, families["srpo_a_duration_seconds"].Sum("_bucket", "le", "1"));
        Assert.Equal(3, families["srpo_a_duration_seconds"].Sum("_bucket", "le", "2"));
        Assert.Equal((102, 4), (families["srpo_a_duration_seconds"].Sum("_sum"), families["srpo_a_duration_seconds"].Sum("_count")));
    }

    [Fact]
    public async Task Tags_cannot_fill_the_memory()
    {
        var counter = Meter().CreateCounter<int>("srpo.many");
        for (var i = 0; i < 5 * TelemetryHosting.MaxSeries; i++) counter.Add(1, Tag("user", i));
        counter.Add(1, Tag("user", 0));

        var family = (await ScrapeAsync())["srpo_many_total"];

        Assert.InRange(family.Samples.Count, TelemetryHosting.MaxSeries, TelemetryHosting.MaxSeries + 2);
        Assert.Equal(2, family.Sum(label: "user", value: "0"));
        Assert.Equal(5 * TelemetryHosting.MaxSeries + 1, family.Sum());
    }

    [Fact]
    public async Task A_silo_shows_its_own_numbers_and_those_that_belong_to_no_silo()
    {
        using var other = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var common = new Meter("Microsoft.Orleans");
        other.GetRequiredService<IMeterFactory>().Create("Srpo").CreateCounter<int>("srpo.rounds").Add(10);
        Meter().CreateCounter<int>("srpo.rounds").Add(1);
        common.CreateCounter<int>("srpo.common").Add(100);

        var families = await ScrapeAsync();

        Assert.Equal((1, 100), (families["srpo_rounds_total"].Sum(), families["srpo_common_total"].Sum()));
    }

    [Fact]
    public void Orleans_and_the_runtime_are_shown_unless_switched_off()
    {
        Assert.Equal(["Microsoft.Orleans", "Srpo", "System.Runtime"], new MetricsSettings().Meters().Order());
        Assert.Equal(["Srpo"], new MetricsSettings { Orleans = false, Runtime = false }.Meters());
    }

    public Task InitializeAsync() => _application.StartAsync();

    public async Task DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private static WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = ["--Srpo:Metrics:Runtime=false"] });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore().AddMetrics();
        builder.AddTelemetry(new SiloSettings());
        var application = builder.Build();
        application.UseRouting();
        application.MapMetrics();
        return application;
    }

    private static KeyValuePair<string, object?> Tag(string key, object? value) => new(key, value);

    private Meter Meter() => _application.Services.GetRequiredService<IMeterFactory>().Create("Srpo");

    /// <summary>The metrics of ours: other tests of this process feed Orleans' own.</summary>
    private async Task<Dictionary<string, Family>> ScrapeAsync()
    {
        using var client = new HttpClient { BaseAddress = new Uri(_application.Urls.Single()) };
        return PrometheusParser.Parse(await client.GetStringAsync("metrics")).Where(family => family.Key.StartsWith("srpo_", StringComparison.Ordinal)).ToDictionary();
    }
}
