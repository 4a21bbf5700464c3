using System.Text;
using System.Text.Json;
using Srpo.Core.Results;
using Srpo.Reporting.Files;

namespace Srpo.Reporting.Tests;

public class FilesTests
{
    [Fact]
    public void Summary_json_has_the_keys_that_other_tools_read()
    {
        var summary = SummaryBuilder.Build(SyntheticRun.Create(4));
        using var json = JsonDocument.Parse(SummaryJson.Write(summary));
        var root = json.RootElement;
        foreach (var layout in SyntheticRun.AllLayouts)
        {
            foreach (var method in new[] { "ippo", "srpo" })
            {
                var block = root.GetProperty("layouts").GetProperty(layout).GetProperty(method);
                _ = block.GetProperty("selfPlay").GetProperty("mean").GetDouble();
                var cross = block.GetProperty("crossPlay");
                foreach (var key in new[] { "mean", "std", "min", "iqm", "freeRiding" }) _ = cross.GetProperty(key).GetDouble();
                Assert.Equal(2, cross.GetProperty("ci95").GetArrayLength());
                Assert.True(cross.GetProperty("ci95")[0].GetDouble() <= cross.GetProperty("ci95")[1].GetDouble());
                _ = block.GetProperty("freeRiding").GetDouble();
                Assert.Equal(2, block.GetProperty("privateCost").GetArrayLength());
            }

            _ = root.GetProperty("between").GetProperty(layout).GetProperty("ippo x srpo").GetProperty("mean").GetDouble();
        }

        Assert.Equal(4, root.GetProperty("seeds").GetInt32());
        foreach (var key in new[] { "envSteps", "trainingSeconds", "envStepsPerSecond", "wallSeconds" }) _ = root.GetProperty(key).GetDouble();
        foreach (var key in new[] { "name", "id", "date" }) Assert.NotEmpty(root.GetProperty(key).GetString()!);
        Assert.Equal("0.1.0", root.GetProperty("versions").GetProperty("srpo").GetString());
        Assert.Equal(10, root.GetProperty("settings").GetProperty("tau").GetInt32());
        Assert.Equal(summary.Layout("training")!.Method("srpo")!.CrossPlay.Mean, root
            .GetProperty("layouts").GetProperty("training").GetProperty("srpo").GetProperty("crossPlay").GetProperty("mean").GetDouble());
    }

    [Fact]
    public void What_does_not_exist_is_null_and_never_NaN()
    {
        var results = SyntheticRun.Create(1);
        results = results with { Info = results.Info with { TrainingSeconds = double.NaN, WallSeconds = double.PositiveInfinity, Settings = null } };
        var text = SummaryJson.Write(SummaryBuilder.Build(results));
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Infinity", text, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(text);
        var cross = json.RootElement.GetProperty("layouts").GetProperty("training").GetProperty("srpo").GetProperty("crossPlay");
        foreach (var key in new[] { "mean", "std", "min", "iqm", "ci95", "freeRiding" })
            Assert.Equal(JsonValueKind.Null, cross.GetProperty(key).ValueKind);
        foreach (var key in new[] { "trainingSeconds", "wallSeconds", "envStepsPerSecond", "settings" })
            Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty(key).ValueKind);
    }

    [Fact]
    public void Equal_results_give_equal_files() =>
        Assert.Equal(SummaryJson.Write(SummaryBuilder.Build(SyntheticRun.Create(5))), SummaryJson.Write(SummaryBuilder.Build(SyntheticRun.Create(5))));

    [Fact]
    public void Csv_fields_read_back_whatever_they_hold()
    {
        string[][] records = [["plain", "", "a,b", "say \"no\""], ["line\r\nbreak", "\n", " x ", "é"], ["", "", "", ""], ["last", "1", "2", ""]];
        var text = new StringBuilder();
        foreach (var record in records) Csv.AppendRecord(text, record);
        Assert.Equal(records, CsvReader.Read(text.ToString()));
        Assert.Equal(records, CsvReader.Read(text.ToString().TrimEnd('\r', '\n')));
        Assert.StartsWith("plain,,\"a,b\",\"say \"\"no\"\"\"\r\n", text.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.1 + 0.2)]
    [InlineData(-1e-300)]
    [InlineData(12345678.9)]
    public void Numbers_read_back_to_the_same_bits(double value) => Assert.Equal(value, CsvReader.Number(Csv.Field(value)));

    [Fact]
    public void Cells_read_back()
    {
        var odd = new CrossPlayMatrixBuilder("odd, \"layout\"", [new AgentLabel("a,b", 0)], MatrixOf.Agents("c\"d", 2));
        odd[0, 0] = new(0.1, 0.2, new(0.3, 0.4), new(0.5, 0.6), 7);
        CrossPlayMatrix[] matrices = [.. SyntheticRun.Create(3).Matrices, odd.Build()];
        var read = CsvReader.Cells(CrossPlayCsv.WriteCells(matrices), CrossPlayCsv.WriteSeats(matrices));
        Assert.Equal(matrices.Length, read.Length);
        foreach (var (expected, actual) in matrices.Zip(read))
        {
            Assert.Equal(expected.Layout, actual.Layout);
            Assert.Equal(expected.Rows.AsEnumerable(), actual.Rows);
            Assert.Equal(expected.Columns.AsEnumerable(), actual.Columns);
            Assert.Equal(expected.Returns.AsEnumerable(), actual.Returns);
            Assert.Equal(expected.ReturnStds.AsEnumerable(), actual.ReturnStds);
            Assert.Equal(expected.SeatReturns.AsEnumerable(), actual.SeatReturns);
            Assert.Equal(expected.SeatCosts.AsEnumerable(), actual.SeatCosts);
            Assert.Equal(expected.Episodes.AsEnumerable(), actual.Episodes);
        }
    }

    [Fact]
    public void The_square_of_returns_has_labels_on_both_sides()
    {
        var matrix = SyntheticRun.Create(2).Matrices[0];
        var records = CsvReader.Read(CrossPlayCsv.WriteMatrix(matrix));
        Assert.Equal(5, records.Count);
        Assert.Equal(["ippo/0", "ippo/1", "srpo/0", "srpo/1"], records[0].Skip(1));
        Assert.Equal("srpo/0", records[3][0]);
        Assert.Equal(matrix[2, 1].Return, CsvReader.Number(records[3][2]));
    }

    [Fact]
    public void Learning_curves_read_back()
    {
        var curves = SyntheticRun.Create(2).Curves;
        var read = CsvReader.Curves(LearningCurveCsv.Write(curves));
        Assert.Equal(curves.Select(curve => curve.Label), read.Select(curve => curve.Label));
        Assert.Equal(curves.SelectMany(curve => curve.Points), read.SelectMany(curve => curve.Points));
    }

    [Fact]
    public void Every_actor_has_a_line_at_every_point()
    {
        var measured = new UpdateMetrics(3, 1.5, 0.25, 1.2, 0.1, 0.9, 0.4, 2.5, -0.75);
        var point = new LearningPoint(200, 100, 7, new(0, 0)) { Actors = [new ActorMetrics("agent 0", measured), new ActorMetrics("adversary 0", measured with { Kl = 0.5 })] };
        var records = CsvReader.Read(LearningCurveCsv.WriteActors([new LearningCurve("srpo", 1, [point with { Actors = [] }, point])]));
        Assert.Equal(3, records.Count);
        Assert.Equal(["method", "run", "envSteps", "agentSteps", "kind", "seat", "round", "return", "privateCost", "kl", "entropy", "clipFraction", "explainedVariance", "policyLoss", "valueLoss"], records[0]);
        Assert.Equal(["srpo", "1", "200", "100", "agent", "0", "3", "1.5", "0.25", "0.4", "1.2", "0.1", "0.9", "-0.75", "2.5"], records[1]);
        Assert.Equal(("adversary", "0", "0.5"), (records[2][4], records[2][5], records[2][9]));
    }

    [Fact]
    public void File_names_of_layouts_are_plain_and_differ() =>
        Assert.Equal(["held-out-a", "a-b", "a-b-2", "----x"], FileNames.ForLayouts(["held-out-a", "A b", "a/b", "<\"& x".Replace(" ", "/", StringComparison.Ordinal)]));
}
