using Srpo.Core.Statistics;

namespace Srpo.Reporting.Tests;

public class DescriptiveTests
{
    [Fact]
    public void Known_values_of_a_small_list()
    {
        double[] values = [2, 4, 4, 4, 5, 5, 7, 9];
        Assert.Equal(5, Descriptive.Mean(values));
        Assert.Equal(2, Descriptive.StandardDeviation(values));
        Assert.Equal(2, Descriptive.Minimum(values));
        Assert.Equal(9, Descriptive.Maximum(values));
    }

    [Theory]
    [InlineData(new[] { 3.0 }, 3)]
    [InlineData(new[] { 1.0, 5.0 }, 3)]
    [InlineData(new[] { 9.0, 1.0, 2.0 }, 4)]
    [InlineData(new[] { 100.0, 2.0, 4.0, -50.0 }, 3)]
    [InlineData(new[] { 5.0, 4.0, 3.0, 2.0, 1.0 }, 3)]
    [InlineData(new[] { 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 700.0 }, 3.5)]
    public void Interquartile_mean_drops_a_quarter_rounded_down_at_either_end(double[] values, double expected) =>
        Assert.Equal(expected, Descriptive.InterquartileMean(values), 14);

    [Fact]
    public void Interquartile_mean_leaves_the_list_as_it_is()
    {
        double[] values = [3, 1, 2, 0];
        _ = Descriptive.InterquartileMean(values);
        Assert.Equal([3, 1, 2, 0], values);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 40)]
    [InlineData(0.5, 25)]
    [InlineData(0.1, 13)]
    public void Quantile_is_linear_between_neighbours(double probability, double expected) =>
        Assert.Equal(expected, Descriptive.Quantile([10, 20, 30, 40], probability), 12);

    [Fact]
    public void Quantile_refuses_what_is_no_probability()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Descriptive.Quantile([1], 1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Descriptive.Quantile([1], double.NaN));
    }

    [Fact]
    public void Compensated_sum_keeps_what_a_plain_sum_loses()
    {
        double[] values = [1, 1e100, 1, -1e100];
        Assert.Equal(2, CompensatedSum.Of(values));
        Assert.Equal(0, values.Sum());
        Assert.Equal(1, CompensatedSum.Of([.. Enumerable.Repeat(0.1, 10)]));
    }

    [Fact]
    public void Nothing_has_no_statistics()
    {
        Assert.Throws<ArgumentException>(() => Descriptive.Mean([]));
        Assert.Throws<ArgumentException>(() => Descriptive.InterquartileMean([]));
    }
}
