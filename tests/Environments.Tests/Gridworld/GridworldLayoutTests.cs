using Srpo.Environments.Gridworld;

namespace Srpo.Environments.Tests.Gridworld;

public class GridworldLayoutTests
{
    [Theory]
    [InlineData("official", "(3,4)(4,3)", "(1,0)(0,1)", 0.2)]
    [InlineData("held-out-a", "(3,4)(4,4)", "(1,0)(0,1)", 0.2)]
    [InlineData("held-out-b", "(3,4)(4,3)", "(4,0)(0,4)", 0.2)]
    [InlineData("held-out-c", "(3,4)(4,3)", "(1,0)(0,1)", 0.08)]
    public void LayoutsOfTheSpecificationAreTheirs(string name, string sources, string starts, double respawn)
    {
        var layout = GridworldLayouts.Load(name);

        Assert.Equal(name, layout.Name);
        Assert.Equal((5, 5), (layout.Rows, layout.Columns));
        Assert.Equal([new GridCell(2, 2)], layout.Pots);
        Assert.Equal(sources, string.Concat(layout.Sources));
        Assert.Equal(starts, string.Concat(layout.Starts));
        Assert.Empty(layout.Walls);
        Assert.Equal(GridworldParameters.Default with { RespawnProbability = respawn }, layout.Parameters);
    }

    [Fact]
    public void DefaultsAreThoseOfTheAuthorsCode() =>
        Assert.Equal(new GridworldParameters(0.2, 50, 0.2f, 2f, 10f, 1f), GridworldParameters.Default);

    [Fact]
    public void OfficialIsTheFirstOfTheBuiltInLayouts() =>
        Assert.Equal(["official", "held-out-a", "held-out-b", "held-out-c", "rooms", "wide"], GridworldLayouts.Names);

    [Fact]
    public void TheHeaderSaysWhatTheMapCannotShow()
    {
        // Sources out of row order; a start on a source; odd numbers.
        var layout = GridworldLayout.Parse(
            """
            name: odd: name
            respawn-probability: 0.3333333333333333
            episode-length: 7
            move-cost: 0.1
            bump-cost: 1E-07
            delivery-reward: -2.5
            pickup-reward: 1000000
            starts: 1,0 0,1
            sources: 1,3 0,0 1,0
            map:
            O..P
            O.#O
            """.ReplaceLineEndings("\n") + "\n", "another");

        Assert.Equal("odd: name", layout.Name);
        Assert.Equal((2, 4), (layout.Rows, layout.Columns));
        Assert.Equal([new GridCell(0, 3)], layout.Pots);
        Assert.Equal([new GridCell(1, 3), new GridCell(0, 0), new GridCell(1, 0)], layout.Sources);
        Assert.Equal([new GridCell(1, 0), new GridCell(0, 1)], layout.Starts);
        Assert.Equal([new GridCell(1, 2)], layout.Walls);
        Assert.Equal(new GridworldParameters(1.0 / 3, 7, 0.1f, 1e-7f, -2.5f, 1e6f), layout.Parameters);
    }

    [Theory]
    [InlineData("map:\n12\nPO")]
    [InlineData("\n12\nPO\n")]
    [InlineData("\r\n12\r\nPO\r\n\r\n")]
    [InlineData("# a comment\n\nmap:\n12\nPO\n")]
    [InlineData("  episode-length:50   \n\n\n12  \nPO\n\n\n")]
    [InlineData("\uFEFFname: custom\nmap:\n\n12\nPO\n")]
    [InlineData("name: custom\n\nmap:\n12\nPO\n")]
    public void HeadersMayBeShortAndLinesPadded(string text)
    {
        var layout = GridworldLayout.Parse(text);

        Assert.Equal("custom", layout.Name);
        Assert.Equal((2, 2), (layout.Rows, layout.Columns));
        Assert.Equal(GridworldParameters.Default, layout.Parameters);
    }

    [Fact]
    public void MapsMayBeLargeAndHaveManySources()
    {
        var rows = Enumerable.Repeat(new string('.', 200), 300).ToArray();
        rows[0] = "12P" + new string('O', 32) + new string('.', 165);
        var layout = GridworldLayout.Parse("map:\n" + string.Join('\n', rows));

        Assert.Equal(60_000, layout.Cells);
        Assert.Equal(32, layout.Sources.Count);
        Assert.Equal(uint.MaxValue, layout.AllOnions);
        var environment = new GridworldEnvironment(layout, 1);
        Assert.Equal(0, environment.Info.ObservationStates);
        Assert.Equal(38, environment.Info.ObservationLength(ObservationEncoding.Absolute));
    }

    [Theory]
    [InlineData("", 1, 1, "the map is missing")]
    [InlineData("name: x", 1, 1, "the text ends within the header")]
    [InlineData("name: x\n", 2, 1, "the map is missing; draw one line per row")]
    [InlineData("map:\n", 2, 1, "the map is missing")]
    [InlineData("respawn-probabilty: 0.1\n\n12\nPO", 1, 1, "unknown header key 'respawn-probabilty'; did you mean 'respawn-probability'?")]
    [InlineData("name: x\n  Bump: 3\n\n12\nPO", 2, 3, "did you mean 'bump-cost'?")]
    [InlineData("name: x\n12\nPO", 2, 1, "expected 'key: value'; if the map starts here, put 'map:' or a blank line before it")]
    [InlineData("#####\nname: x\n\n12\nPO", 1, 1, "expected 'key: value'")]
    [InlineData("name: x\nname: y\n\n12\nPO", 2, 1, "'name' was already given on line 1")]
    [InlineData("move-cost:\n\n12\nPO", 1, 11, "'move-cost' has no value")]
    [InlineData("map: 12\nPO", 1, 6, "the map begins on the line after 'map:'")]
    [InlineData("move-cost:  0,2\n\n12\nPO", 1, 13, "'move-cost' must be a number such as 0.2 (with a decimal point), not '0,2'")]
    [InlineData("move-cost: -1\n\n12\nPO", 1, 12, "'move-cost' must be finite and not negative, not -1")]
    [InlineData("bump-cost: NaN\n\n12\nPO", 1, 12, "'bump-cost' must be finite and not negative")]
    [InlineData("delivery-reward: 1e39\n\n12\nPO", 1, 18, "'delivery-reward' must be finite")]
    [InlineData("respawn-probability: 1.5\n\n12\nPO", 1, 22, "'respawn-probability' must be between 0 and 1, not 1.5")]
    [InlineData("episode-length: 0\n\n12\nPO", 1, 17, "'episode-length' must be a whole number between 1 and 1000000, not '0'")]
    [InlineData("episode-length: 5.5\n\n12\nPO", 1, 17, "'episode-length' must be a whole number")]
    [InlineData("map:\n12\nPX", 3, 2, "'X' is not a map character; use '.' floor")]
    [InlineData("map:\n12\nP\tO", 3, 2, "a tab is not a map character")]
    [InlineData("map:\n 12\nPO.", 2, 1, "a blank is not a map character")]
    [InlineData("map:\n12\nPO.", 3, 3, "this row has 3 cells, the first row has 2")]
    [InlineData("map:\n12.\nPO\n...", 3, 3, "this row has 2 cells, the first row has 3; fill it up with '.'")]
    [InlineData("map:\n12\n\nPO", 3, 1, "a blank line within the map")]
    [InlineData("map:\n12\n1O", 3, 1, "a second '1'; the first is on line 2, column 1")]
    [InlineData("map:\n12\n.O", 2, 1, "the map has no pot; put a 'P' somewhere")]
    [InlineData("map:\n12\nP.", 2, 1, "the map has no onion source; put an 'O' somewhere")]
    [InlineData("map:\n.2\nPO", 2, 1, "the start of seat 0 is missing; put a '1' into the map")]
    [InlineData("map:\n1.\nPO", 2, 1, "the start of seat 1 is missing; put a '2' into the map")]
    [InlineData("starts: 0,0 0,1\n\n12\nPO", 1, 9, "starts are given here and by '1' in the map (line 3)")]
    [InlineData("starts: 0,0\n\n..\nPO", 1, 9, "'starts' needs two cells (row,column row,column), not 1")]
    [InlineData("starts: 0,0 0,0\n\n..\nPO", 1, 9, "both agents start at (0,0)")]
    [InlineData("starts: 0,0 1,0\n\n..\nPO", 1, 9, "the start (1,0) is a pot or wall")]
    [InlineData("starts: 0,0 2,0\n\n..\nPO", 1, 13, "the cell 2,0 is outside the map; rows are 0 to 1, columns 0 to 1")]
    [InlineData("starts: 0,0  0;1\n\n..\nPO", 1, 14, "'starts' must list cells as row,column separated by blanks, for example 3,4 4,3, not '0;1'")]
    [InlineData("sources: 0,0\n\n12\nPO", 1, 10, "there is no 'O' at (0,0)")]
    [InlineData("sources: 1,1 1,1\n\n12\nPO", 1, 10, "'sources' must list each of the map's 1 sources once, and lists 2")]
    public void ErrorsNameLineColumnAndRemedy(string text, int line, int column, string message)
    {
        var error = Assert.Throws<LayoutException>(() => GridworldLayout.Parse(text, file: "mine.txt"));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.StartsWith($"mine.txt: line {line}, column {column}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TooManySourcesAndCellsAreRefused()
    {
        var error = Assert.Throws<LayoutException>(() => GridworldLayout.Parse("map:\n12P" + new string('O', 33)));
        Assert.Equal((2, 36), (error.Line, error.Column));
        Assert.Contains("more than 32 onion sources", error.Message, StringComparison.Ordinal);

        error = Assert.Throws<LayoutException>(() => GridworldLayout.Parse("map:\n12PO" + new string('.', 70_000)));
        Assert.Contains("at most 65536", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, Func<GridworldLayout>> WrongParts
    {
        get
        {
            GridCell a = new(0, 0), b = new(0, 1), c = new(1, 0), d = new(1, 1);
            return new()
            {
                { "name", () => new GridworldLayout(" ", 2, 2, [a], [b], [c, d]) },
                { "name", () => new GridworldLayout("two\nlines", 2, 2, [a], [b], [c, d]) },
                { "positive", () => new GridworldLayout("t", 0, 2, [a], [b], [c, d]) },
                { "65536", () => new GridworldLayout("t", 65536, 65536, [a], [b], [c, d]) },
                { "needs a pot", () => new GridworldLayout("t", 2, 2, [], [b], [c, d]) },
                { "1 to 32 sources", () => new GridworldLayout("t", 2, 2, [a], [], [c, d]) },
                { "2 starts", () => new GridworldLayout("t", 2, 2, [a], [b], [c]) },
                { "the source at (2,0) is outside", () => new GridworldLayout("t", 2, 2, [a], [new GridCell(2, 0)], [c, d]) },
                { "the pot at (0,-1) is outside", () => new GridworldLayout("t", 2, 2, [new GridCell(0, -1)], [b], [c, d]) },
                { "the source at (0,0) is on top", () => new GridworldLayout("t", 2, 2, [a], [a], [c, d]) },
                { "the start at (0,0) is on top", () => new GridworldLayout("t", 2, 2, [a], [b], [a, d]) },
                { "the wall at (0,0) is on top", () => new GridworldLayout("t", 2, 2, [a], [b], [c, d], [a]) },
                { "two sources at (0,1)", () => new GridworldLayout("t", 2, 2, [a], [b, b], [c, d]) },
                { "both agents start at (1,0)", () => new GridworldLayout("t", 2, 2, [a], [b], [c, c]) },
                { "RespawnProbability", () => new GridworldLayout("t", 2, 2, [a], [b], [c, d], null, new GridworldParameters(RespawnProbability: double.NaN)) },
                { "BumpCost", () => new GridworldLayout("t", 2, 2, [a], [b], [c, d], null, new GridworldParameters(BumpCost: float.PositiveInfinity)) },
            };
        }
    }

    [Theory]
    [MemberData(nameof(WrongParts))]
    public void WrongPartsAreRefused(string message, Func<GridworldLayout> make) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(make).Message, StringComparison.Ordinal);
}
