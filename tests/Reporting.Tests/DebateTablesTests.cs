using Srpo.Core.Results;
using Srpo.Core.Statistics;

namespace Srpo.Reporting.Tests;

public sealed class DebateTablesTests
{
    private static readonly DebateResults Results = new(
        [
            new("srpo", "S", "L", 9, 100, new(0.6224, new Interval(0.6, 0.65), 0.7, new Interval(0.68, 0.72))),
            new("srpo", "S", "M", 9, 100, new(0.5, null, 0.55, null)),
            new("ippo", "S", "L", 9, 100, new(0.605, new Interval(0.59, 0.62), 0.61, null)),
        ],
        [new("srpo", "S", "Stranger", 3, 100, new(0.405, null, 0.5, null))],
        [new("srpo", "ippo", "S", "L", new(-0.0174, new Interval(-0.03, 0.01), 0.09, null))],
        0.95);

    [Fact]
    public void A_row_a_method_and_a_column_a_pair()
    {
        var table = DebateTables.Joint(Results);
        Assert.Equal(["Method", "Extraction", "S & L", "S & M"], table.Columns.Select(column => column.Header));
        Assert.Equal(
            [
                ["srpo", "strict", "0.622 [0.600, 0.650]", "0.500"], ["srpo", "flexible", "0.700 [0.680, 0.720]", "0.550"],
                ["ippo", "strict", "0.605 [0.590, 0.620]", "–"], ["ippo", "flexible", "0.610", "–"],
            ],
            table.Rows.Select(row => row.ToArray()));
        Assert.Equal(["Method", "Extraction", "S with Stranger"], DebateTables.WithStranger(Results).Columns.Select(column => column.Header));
        Assert.Equal("0.405", DebateTables.WithStranger(Results).Rows[0][2]);
    }

    [Fact]
    public void Differences_have_their_intervals() =>
        Assert.Equal(["srpo", "ippo", "S", "L", "−0.017", "[−0.030, 0.010]", "0.090", "–"], Assert.Single(DebateTables.Differences(Results).Rows).ToArray());
}
