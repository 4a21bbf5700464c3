using System.Text.Json;
using System.Xml.Linq;
using Srpo.Core.Results;
using Srpo.Reporting.Figures;
using Srpo.Reporting.Files;
using Srpo.Reporting.Html;

namespace Srpo.Reporting.Tests;

/// <summary>Unknown teammates and unknown opponents: two methods of three runs, one opponent of training and two others.</summary>
public class ShiftTests
{
    private static readonly AgentLabel[] Agents = [.. MatrixOf.Agents("ippo", 3), .. MatrixOf.Agents("srpo", 3)];

    private static readonly RunResults Results = new(
        SyntheticRun.Info("tag", 3) with { Score = "team score" },
        [Matrix("training", "runners/0", false, 100), Matrix("runners-1", "runners/1", true, 200), Matrix("runners-2", "runners/2", true, 400)], []);

    [Fact]
    public void The_four_blocks_are_diagonals_and_off_diagonals_of_the_right_matrices()
    {
        var shift = Assert.Single(SummaryBuilder.Build(Results).Shifts);
        Assert.Equal(("training", "runners/0"), (shift.Layout, shift.Training));
        Assert.Equal("runners/1 runners/2", string.Join(' ', shift.Unseen));
        var srpo = shift.Methods.Single(method => method.Method == "srpo");

        // Return: the opponents' base, plus 10 x row + column, of rows and columns 3 to 5.
        double[] self = [33, 44, 55], cross = [34, 35, 43, 45, 53, 54];
        Check(srpo.None, [.. self.Select(value => value + 100)]);
        Check(srpo.Teammate, [.. cross.Select(value => value + 100)]);
        Check(srpo.Opponent, [.. self.Select(value => value + 200), .. self.Select(value => value + 400)]);
        Check(srpo.Both, [.. cross.Select(value => value + 200), .. cross.Select(value => value + 400)]);
    }

    [Fact]
    public void The_interval_resamples_runs_and_not_opponents()
    {
        var srpo = SummaryBuilder.Build(Results).Shifts[0].Methods.Single(method => method.Method == "srpo");

        // Both opponents shift every cell alike: the interval is that of one, moved.
        Assert.Equal(srpo.None.MeanInterval!.Value.Low + 200, srpo.Opponent.MeanInterval!.Value.Low, 9);
        Assert.Equal(srpo.None.MeanInterval!.Value.High + 200, srpo.Opponent.MeanInterval!.Value.High, 9);
        Assert.Equal(srpo.Teammate.MeanInterval!.Value.Low + 200, srpo.Both.MeanInterval!.Value.Low, 9);
        Assert.Null(srpo.Both.Interval);
    }

    [Fact]
    public void The_cost_of_risk_aversion_is_the_difference_of_self_play()
    {
        var methods = SummaryBuilder.Build(Results).Shifts[0].Methods;
        Assert.Null(methods.Single(method => method.Method == "ippo").Cost);
        var cost = methods.Single(method => method.Method == "srpo").Cost!;
        Assert.Equal(("ippo", 11.0 - 44.0), (cost.Baseline, cost.Mean));
        Assert.InRange(cost.Mean, cost.Interval!.Value.Low, cost.Interval.Value.High);

        // Every resample lies between the extreme runs.
        Assert.InRange(cost.Interval.Value.Low, 0 - 55, cost.Interval.Value.High);
        Assert.InRange(cost.Interval.Value.High, cost.Interval.Value.Low, 22 - 33);
    }

    [Fact]
    public void Without_unknown_opponents_there_is_no_shift()
    {
        Assert.Empty(SummaryBuilder.Build(Results with { Matrices = [Results.Matrices[0]] }).Shifts);
        Assert.Empty(SummaryBuilder.Build(Results with { Matrices = [.. Results.Matrices[1..]] }).Shifts);
        Assert.Empty(SummaryBuilder.Build(SyntheticRun.Create(3)).Shifts);
    }

    [Fact]
    public void Seating_opponents_and_shifts_are_in_every_output()
    {
        var summary = SummaryBuilder.Build(Results);
        using var json = JsonDocument.Parse(SummaryJson.Write(summary));
        var root = json.RootElement;
        Assert.Equal("team score", root.GetProperty("score").GetString());
        var match = root.GetProperty("matches").GetProperty("runners-1");
        Assert.Equal(("mean over all ways", 100, "runners/1", true), (
            match.GetProperty("seating").GetString()!, match.GetProperty("episodes").GetInt32(), match.GetProperty("opponents").GetString()!, match.GetProperty("unseenOpponents").GetBoolean()));
        var srpo = root.GetProperty("shifts").GetProperty("training").GetProperty("methods").GetProperty("srpo");
        Assert.Equal(summary.Shifts[0].Methods[1].Both.Mean, srpo.GetProperty("both").GetProperty("mean").GetDouble());
        Assert.Equal(-33, srpo.GetProperty("selfPlayCost").GetProperty("mean").GetDouble());

        Assert.Equal(8, SummaryTables.Shifts(summary).Rows.Length);
        var page = XDocument.Parse(HtmlReport.Write(Results, summary));
        var section = page.Descendants("section").Single(element => (string?)element.Attribute("id") == "shifts");
        Assert.Equal(["shifts", "opponents-with-itself", "opponents-with-others"], section.Descendants("figure").Select(figure => (string)figure.Attribute("data-figure")!));
        Assert.Contains("SRPO earns 33.0 more in self-play than IPPO", section.Value, StringComparison.Ordinal);
        Assert.Contains(page.Descendants("figcaption"), caption => caption.Value.Contains("100 episodes against runners/2, not seen in training, mean over all ways", StringComparison.Ordinal));
        Assert.Contains("team score per episode", page.Root!.Value, StringComparison.Ordinal);
        Assert.DoesNotContain("both seats' rewards", page.Root!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Cells_read_back_with_their_setting()
    {
        var read = CsvReader.Cells(CrossPlayCsv.WriteCells(Results.Matrices), CrossPlayCsv.WriteSeats(Results.Matrices));
        Assert.Equal(Results.Matrices.Select(Setting), read.Select(Setting));

        static (string, string, string?, bool, bool) Setting(CrossPlayMatrix matrix) =>
            (matrix.Layout, matrix.BaseLayout, matrix.Opponents, matrix.UnseenOpponents, matrix.IsOrdered);
    }

    [Fact]
    public void Heatmaps_have_a_row_per_opponent_the_known_one_first()
    {
        var scale = new LinearScale(0, 500, 0, 1);
        var itself = ShiftFigures.Opponents([.. Results.Matrices.Reverse()], MatrixOf.Names, scale, withOthers: false);
        Assert.Equal(["trained", "unseen", "unseen"], itself.Rows.Select(row => row.Group));
        Assert.Equal(6, itself.Columns.Length);
        Assert.Equal(100, itself.Values[0]);
        Assert.Equal(155, itself.Values[5]);
        var others = ShiftFigures.Opponents(Results.Matrices, MatrixOf.Names, scale, withOthers: true);

        // Run 3 with 4 and 5 in either place: 34, 35, 43, 53.
        Assert.Equal(100 + ((34 + 35 + 43 + 53) / 4.0), others.Values[3], 9);
    }

    private static void Check(BlockSummary block, double[] values)
    {
        Assert.Equal(values.Length, block.Cells);
        Assert.Equal(values.Average(), block.Mean!.Value, 9);
        Assert.Equal(values.Min(), block.Min!.Value, 9);
        Assert.Equal(Math.Sqrt(values.Average(value => Math.Pow(value - values.Average(), 2))), block.Std!.Value, 9);
    }

    private static CrossPlayMatrix Matrix(string layout, string opponents, bool unseen, double plus)
    {
        var builder = new CrossPlayMatrixBuilder(layout, Agents)
        {
            BaseLayout = "training",
            Opponents = opponents,
            UnseenOpponents = unseen,
            Seating = "mean over all ways",
        };
        for (var row = 0; row < Agents.Length; row++)
        {
            for (var column = 0; column < Agents.Length; column++)
                builder[row, column] = new(plus + (10 * row) + column, 1, default, default, 100);
        }

        return builder.Build();
    }
}
