using Microsoft.Extensions.Time.Testing;

namespace Srpo.Grains.Tests;

/// <summary>What a silo says that it gets done.</summary>
public sealed class WorkMeterTests
{
    [Fact]
    public void Rates_are_means_over_the_last_ten_seconds()
    {
        var time = new FakeTimeProvider();
        var meter = new WorkMeter(time);
        Assert.Equal((0, 0), Rates(meter));
        for (var second = 0; second < 20; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            meter.AddRound(second < 8 ? 1000 : 50);
        }

        Assert.Equal((1, 50), Rates(meter));
        Assert.Equal((20, 8 * 1000 + 12 * 50), (meter.Rounds, meter.Steps));

        // With nothing done, they fall to nothing.
        time.Advance(TimeSpan.FromSeconds(11));
        meter.Read();
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal((0, 0), Rates(meter));
    }

    private static (double Rounds, double Steps) Rates(WorkMeter meter)
    {
        var (rounds, steps, _) = meter.Read();
        return (rounds, steps);
    }
}
