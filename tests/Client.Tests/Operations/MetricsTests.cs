using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Srpo.Silo;

namespace Srpo.Client.Tests.Operations;

public sealed class MetricsTests
{
    [Fact]
    public void Every_kind_of_instrument_is_written_as_the_format_wants_it()
    {
        using var meter = new Meter("Test.Kinds");
        using var collector = Collector("Test.Kinds");
        var counter = meter.CreateCounter<int>("a.b-c", "{thing}", "Things\\with a backslash\nand a line break.");
        counter.Add(2, Tag("k", "x\"y\\z\nw"));
        counter.Add(3, Tag("k", "x\"y\\z\nw"));
        meter.CreateUpDownCounter<long>("up.down", "By").Add(-7);
        var gauge = meter.CreateGauge<double>("gauge");
        gauge.Record(1);
        gauge.Record(double.NegativeInfinity);
        meter.CreateObservableGauge("seen", () => new[] { new Measurement<float>(0.5f, Tag("le", 1), Tag("a.b", "p"), Tag("a_b", "q")) });
        meter.CreateObservableCounter("total", () => 5L, "ms");
        var histogram = meter.CreateHistogram("time", "s", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2] });
        foreach (var value in new[] { 0.5, 1, 1.5, 99, double.NaN }) histogram.Record(value);

        var families = PrometheusParser.Parse(collector.Scrape());

        Assert.Equal("Things\\\\with a backslash\\nand a line break.", families["a_b_c_total"].Help);
        Assert.Equal(5, families["a_b_c_total"].Sum(label: "k", value: "x\"y\\z\nw"));
        Assert.Equal(("gauge", -7), (families["up_down_bytes"].Type, families["up_down_bytes"].Sum()));
        Assert.Equal(double.NegativeInfinity, families["gauge"].Sum());
        Assert.Equal("p;q", families["seen"].Samples.Single().Labels["a_b"]);
        Assert.Equal("1", families["seen"].Samples.Single().Labels["tag_le"]);
        Assert.Equal(("counter", 5), (families["total_milliseconds_total"].Type, families["total_milliseconds_total"].Sum()));
        Assert.Equal(2, families["time_seconds"].Sum("_bucket", "le", "1"));
        Assert.Equal(3, families["time_seconds"].Sum("_bucket", "le", "2"));
        Assert.Equal((102, 4), (families["time_seconds"].Sum("_sum"), families["time_seconds"].Sum("_count")));

        // Observables are asked anew: nothing adds up by being looked at.
        Assert.Equal(5, PrometheusParser.Parse(collector.Scrape())["total_milliseconds_total"].Sum());
    }

    [Fact]
    public void Tags_cannot_fill_the_memory()
    {
        using var meter = new Meter("Test.Many");
        using var collector = Collector("Test.Many");
        var counter = meter.CreateCounter<int>("many");
        for (var i = 0; i < 5 * MetricFamily.MaxSeries; i++) counter.Add(1, Tag("user", i));
        counter.Add(1, Tag("user", 0));

        var family = PrometheusParser.Parse(collector.Scrape())["many_total"];

        Assert.Equal(MetricFamily.MaxSeries, family.Samples.Count);
        Assert.Equal(2, family.Sum(label: "user", value: "0"));
    }

    [Fact]
    public void Equal_tags_in_another_order_and_equal_names_of_another_meter_are_one_line()
    {
        using var meter = new Meter("Test.Same");
        using var second = new Meter("Test.Same");
        using var collector = Collector("Test.Same");
        meter.CreateCounter<int>("same").Add(1, Tag("a", "1"), Tag("b", "2"));
        second.CreateCounter<int>("same").Add(1, Tag("b", "2"), Tag("a", "1"));
        second.CreateHistogram<int>("same_total").Record(1);

        var families = PrometheusParser.Parse(collector.Scrape());

        Assert.Equal(2, Assert.Single(families["same_total"].Samples).Value);
        Assert.Single(families);
    }

    [Fact]
    public void Measurements_of_many_threads_are_all_counted()
    {
        using var meter = new Meter("Test.Threads");
        using var collector = Collector("Test.Threads");
        var histogram = meter.CreateHistogram<double>("work", "s");
        Parallel.For(0, 8, thread =>
        {
            for (var i = 0; i < 1000; i++) histogram.Record(0.5, Tag("thread", thread % 2));
        });

        var family = PrometheusParser.Parse(collector.Scrape())["work_seconds"];

        Assert.Equal((8000, 4000), (family.Sum("_count"), family.Sum("_sum")));
    }

    [Fact]
    public void An_instrument_that_fails_does_not_hide_the_others()
    {
        using var meter = new Meter("Test.Fault");
        using var collector = Collector("Test.Fault");
        meter.CreateObservableGauge("bad", int () => throw new InvalidOperationException("no"));
        meter.CreateObservableGauge("good", () => 1);

        Assert.Equal(["good"], PrometheusParser.Parse(collector.Scrape()).Keys);
    }

    [Fact]
    public void A_silo_shows_its_own_numbers_and_those_that_belong_to_no_silo()
    {
        using var own = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var other = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var common = new Meter("Test.Silos");
        using var collector = new MetricsCollector(new HashSet<string> { "Test.Silos" }, NullLogger<MetricsCollector>.Instance, own.GetRequiredService<IMeterFactory>());
        own.GetRequiredService<IMeterFactory>().Create("Test.Silos").CreateCounter<int>("rounds").Add(1);
        other.GetRequiredService<IMeterFactory>().Create("Test.Silos").CreateCounter<int>("rounds").Add(10);
        common.CreateCounter<int>("rounds").Add(100);

        Assert.Equal(101, PrometheusParser.Parse(collector.Scrape())["rounds_total"].Sum());
    }

    [Fact]
    public void Orleans_and_the_runtime_are_shown_unless_switched_off()
    {
        Assert.Equal(["Microsoft.Orleans", "Srpo", "System.Runtime"], new MetricsSettings().Meters().Order());
        Assert.Equal(["Srpo"], new MetricsSettings { Orleans = false, Runtime = false }.Meters());
    }

    private static MetricsCollector Collector(string meter) => new(new HashSet<string> { meter }, NullLogger<MetricsCollector>.Instance);

    private static KeyValuePair<string, object?> Tag(string key, object? value) => new(key, value);
}
