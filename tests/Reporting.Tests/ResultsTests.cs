using System.Text.Json;
using Srpo.Core.Results;

namespace Srpo.Reporting.Tests;

public class ResultsTests
{
    [Theory]
    [InlineData("ippo/0", "ippo", 0)]
    [InlineData("a/b/12", "a/b", 12)]
    public void Labels_read_back(string text, string method, int run)
    {
        Assert.Equal(new AgentLabel(method, run), AgentLabel.Parse(text));
        Assert.Equal(text, new AgentLabel(method, run).ToString());
    }

    [Theory]
    [InlineData("ippo")]
    [InlineData("/1")]
    [InlineData("ippo/")]
    [InlineData("ippo/-1")]
    public void Other_texts_are_no_labels(string text) => Assert.Throws<FormatException>(() => AgentLabel.Parse(text));

    [Fact]
    public void A_builder_gives_back_what_was_set_and_marks_the_rest()
    {
        var builder = new CrossPlayMatrixBuilder("training", MatrixOf.Agents("ippo", 2), MatrixOf.Agents("srpo", 3));
        var cell = new CrossPlayCell(1, 2, new(3, 4), new(5, 6), 7);
        builder[1, 2] = cell;
        var matrix = builder.Build();
        Assert.Equal(cell, matrix[1, 2]);
        Assert.Equal([5, 6], matrix.SeatCosts.ToArray()[10..]);
        Assert.False(matrix[0, 0].IsPlayed);
        Assert.True(double.IsNaN(matrix.Returns[0]));
        Assert.Equal(["ippo", "srpo"], matrix.Methods().ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[0, 3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[-1, 0]);
    }

    [Fact]
    public void Wrong_lengths_and_double_labels_are_refused()
    {
        var agents = MatrixOf.Agents("ippo", 2);
        Assert.Throws<ArgumentException>(() => new CrossPlayMatrixBuilder("x", [agents[0], agents[0]]).Build());
        Assert.Throws<ArgumentException>(() => new CrossPlayMatrix("x", [.. agents], [.. agents], [1], [1], [1, 1], [1, 1], [1]));
    }

    [Fact]
    public void A_matrix_survives_json()
    {
        var matrix = MatrixOf.Blocks("training", 2, ("ippo", 4, 2, 1, 3));
        var copy = JsonSerializer.Deserialize<CrossPlayMatrix>(JsonSerializer.Serialize(matrix))!;
        Assert.Equal(matrix.Returns.AsEnumerable(), copy.Returns);
        Assert.Equal(matrix.Rows.AsEnumerable(), copy.Rows);
        Assert.Equal(matrix[0, 1], copy[0, 1]);
    }

    [Fact]
    public void The_gap_of_costs_has_no_sign()
    {
        Assert.Equal(3, new SeatPair(1, 4).Gap);
        Assert.Equal(3, new SeatPair(4, 1).Gap);
        Assert.Equal(5, new SeatPair(4, 1).Total);
    }
}
