using Srpo.Core.Results;
using Srpo.Core.Statistics;

namespace Srpo.Reporting.Tests;

public sealed class DebateTablesTests
{
    private static readonly DebateResults Results = new(
        "training",
        new(
            [
                new("srpo", "S", "L", 9, 100, new(0.6224, new Interval(0.6, 0.65), 0.7, new Interval(0.68, 0.72))),
                new("srpo", "S", "M", 9, 100, new(0.5, null, 0.55, null)),
                new("ippo", "S", "L", 9, 100, new(0.605, new Interval(0.59, 0.62), 0.61, null)),
            ],
            [new("srpo", "all", "all", 18, 100, new(0.5612, null, 0.625, null))],
            [new("srpo", "ippo", "S", "L", new(-0.0174, new Interval(-0.03, 0.01), 0.09, null))]),
        new([new("srpo", "S", "Stranger", 3, 100, new(0.405, null, 0.5, null))], [], []),
        0.95);

    [Fact]
    public void A_row_a_method_and_a_column_a_pair()
    {
        var table = DebateTables.Joint(Results, MatrixOf.Names);
        Assert.Equal(["Method", "Extraction", "S & L", "S & M", "mean of all pairs"], table.Columns.Select(column => column.Header));
        Assert.Equal(
            [
                ["SRPO", "strict", "0.622 [0.600, 0.650]", "0.500", "0.561"], ["SRPO", "flexible", "0.700 [0.680, 0.720]", "0.550", "0.625"],
                ["IPPO", "strict", "0.605 [0.590, 0.620]", "–", "–"], ["IPPO", "flexible", "0.610", "–", "–"],
            ],
            table.Rows.Select(row => row.ToArray()));
        Assert.Equal(["Method", "Extraction", "S with Stranger"], DebateTables.WithStranger(Results, MatrixOf.Names).Columns.Select(column => column.Header));
        Assert.Equal("0.405", DebateTables.WithStranger(Results, MatrixOf.Names).Rows[0][2]);
    }

    [Fact]
    public void Differences_have_their_intervals_and_their_share() =>
        Assert.Equal(
            ["joint", "SRPO", "IPPO", "S & L", "−0.017", "[−0.030, 0.010]", "−2.9 %", "0.090", "–"],
            Assert.Single(DebateTables.Differences(Results, MatrixOf.Names).Rows).ToArray());

    [Fact]
    public void On_a_console_every_pair_has_a_line_with_what_it_is_ahead_by()
    {
        var table = DebateTables.JointLines(Results, MatrixOf.Names);
        Assert.Equal(["Models", "Method", "Strict", "Flexible", "Minus IPPO, strict"], table.Columns.Select(column => column.Header));
        Assert.Equal(
            [
                ["S & L", "SRPO", "0.622 [0.600, 0.650]", "0.700 [0.680, 0.720]", "−0.017 [−0.030, 0.010]"], ["S & M", "SRPO", "0.500", "0.550", ""],
                ["S & L", "IPPO", "0.605 [0.590, 0.620]", "0.610", ""], ["mean of all", "SRPO", "0.561", "0.625", ""],
            ],
            table.Rows.Select(row => row.ToArray()));
        Assert.Equal(["S with Stranger", "SRPO", "0.405", "0.500"], Assert.Single(DebateTables.WithStrangerLines(Results, MatrixOf.Names).Rows).ToArray());
    }
}
