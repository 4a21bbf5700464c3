using System.Text;
using Srpo.Core.Results;
using Srpo.Reporting.Files;

namespace Srpo.Reporting.Tests;

/// <summary>Event files for TensorBoard, read by a reader of their own.</summary>
public sealed class EventFileTests
{
    private static readonly DateTimeOffset Began = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Events_read_back_with_their_checksums()
    {
        ScalarEvent[] events = [new(0, Began, [("return", -12.5)]), new(5_000_000_000, Began.AddSeconds(90.5), [("return", 570.25), ("agent 0/entropy", 0.125)])];
        var read = EventFileReader.Read(EventFile.Write(events, Began));
        Assert.Equal(["brain.Event:2", null, null], read.Select(entry => entry.Version));
        Assert.Equal([0, 0, 5_000_000_000], read.Select(entry => entry.Step));
        Assert.Equal([1772366400, 1772366400, 1772366490.5], read.Select(entry => entry.Time));
        Assert.Equal(570.25f, read[2].Scalars["return"]);
        Assert.Equal(0.125f, read[2].Scalars["agent 0/entropy"]);
    }

    /// <summary>The value that is printed for CRC-32C everywhere, with the mask of TFRecord.</summary>
    [Fact]
    public void The_checksum_is_the_masked_one_of_castagnoli() =>
        Assert.Equal(((0xe3069283u >> 15) | (0xe3069283u << 17)) + 0xa282ead8u, EventFile.Checksum(Encoding.ASCII.GetBytes("123456789")));

    [Fact]
    public void A_curve_has_every_number_that_was_measured_and_no_others()
    {
        var measured = new UpdateMetrics(3, 1.5, 0.25, 1.2, 0.1, double.NaN, 0.4, 2.5, -0.75);
        var curve = new LearningCurve("srpo", 1, [new(0, 0, -3, new(0, 0)), new(200, 100, 7, new(1, 2)) { Entropy = 1.2, Kl = 0.5, Actors = [new ActorMetrics("adversary 0", measured)] }]);
        var read = EventFileReader.Read(LearningEvents.Write(curve, "return", Began, seconds: 60));
        Assert.Equal([0, 0, 200], read.Select(entry => entry.Step));
        Assert.Equal(60, read[2].Time - read[0].Time);
        Assert.Equal(["private cost/other seats", "private cost/seat 0", "return"], read[1].Scalars.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((7f, 1f, 2f, 1.2f, 0.5f), (read[2].Scalars["return"], read[2].Scalars["private cost/seat 0"], read[2].Scalars["private cost/other seats"], read[2].Scalars["mean of agents/entropy"], read[2].Scalars["mean of adversaries/KL"]));
        Assert.Equal(0.4f, read[2].Scalars["adversary 0/KL"]);
        Assert.DoesNotContain("adversary 0/explained variance", read[2].Scalars.Keys);
    }
}
