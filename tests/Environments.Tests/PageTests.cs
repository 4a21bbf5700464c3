using Srpo.Environments.Gridworld;
using Srpo.Environments.Matrix;
using Srpo.Environments.Recall;
using Srpo.Environments.Tag;
using Srpo.Games;

namespace Srpo.Environments.Tests;

/// <summary>The pages of docs/environments say what the code does.</summary>
public class PageTests
{
    private static string Page(string environment) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Pages", environment + ".md")).ReplaceLineEndings("\n");

    [Fact]
    public void EveryEnvironmentHasAPageThatNamesItsVariants() => Assert.All(
        EnvironmentFactory.Registrations,
        registration =>
        {
            var page = Page(registration.Name);
            Assert.All(registration.Variants, variant => Assert.Contains($"`{variant}`", page, StringComparison.Ordinal));
        });

    [Theory]
    [InlineData(ObservationEncoding.Absolute)]
    [InlineData(ObservationEncoding.OwnFirst)]
    [InlineData(ObservationEncoding.OneHot)]
    [InlineData(ObservationEncoding.OneHotOwnFirst)]
    public void GridworldSlotTablesAreThoseOfTheEncoder(ObservationEncoding encoding)
    {
        var slots = new GridworldEnvironment(GridworldLayouts.Load("official"), 1).Slots(encoding);
        Assert.Contains($"### {encoding}\n\n{ObservationTable.Markdown(slots)}", Page("gridworld"), StringComparison.Ordinal);
    }

    [Fact]
    public void MatrixSlotTableIsThatOfTheEnvironment()
    {
        var environment = new MatrixEnvironment(new MatrixGameDefinition(MatrixGames.Load("volunteer")), 1);
        Assert.Contains(ObservationTable.Markdown(environment.Slots(ObservationEncoding.Absolute)), Page("matrix"), StringComparison.Ordinal);
    }

    [Fact]
    public void RecallSlotTableIsThatOfTheEnvironment() =>
        Assert.Contains(ObservationTable.Markdown(new RecallEnvironment(RecallDefinition.Load("4-back"), 1).Slots()), Page("recall"), StringComparison.Ordinal);

    [Fact]
    public void TagSlotTablesAreThoseOfTheEnvironment()
    {
        var environment = new TagEnvironment(TagScenarios.Load(TagScenarios.SimpleTag), 1);
        Assert.Contains($"### Chaser 0\n\n{ObservationTable.Markdown(environment.Slots(0))}", Page("tag"), StringComparison.Ordinal);
        Assert.Contains($"### Runner 0\n\n{ObservationTable.Markdown(environment.Slots(2))}", Page("tag"), StringComparison.Ordinal);
    }

    [Fact]
    public void ActionTableIsThatOfTheEnvironment()
    {
        for (var action = 0; action < TagActions.Count; action++)
            Assert.Contains($"| {action} | {TagActions.Names[action]} |", Page("tag"), StringComparison.Ordinal);
        for (var action = 0; action < GridworldActions.Count; action++)
            Assert.Contains($"| {action} | {GridworldActions.Names[action]} |", Page("gridworld"), StringComparison.Ordinal);
    }

    /// <summary>Layouts and games printed on the pages are read by the very parsers.</summary>
    [Fact]
    public void ExamplesAreValid()
    {
        var layout = Example(Page("gridworld"), "text", "# A layout");
        Assert.Equal("corridor", GridworldLayout.Parse(layout).Name);
        var game = Example(Page("matrix"), "json", "\"rewards\"");
        Assert.Equal(20, MatrixGameDefinition.Parse(game).Length);
        var recall = Example(Page("recall"), "json", "\"cues\"");
        Assert.Equal((8, 12), (RecallDefinition.Parse(recall).Cues, RecallDefinition.Parse(recall).Delay));
        var scenario = Example(Page("tag"), "json", "\"chasers\"");
        Assert.Equal((3, 1.0), (TagDefinition.Parse(scenario).Chasers, TagDefinition.Parse(scenario).RunnerMaxSpeed));
    }

    private static string Example(string page, string language, string marker)
    {
        var blocks = page.Split("```");
        return Assert.Single(
            blocks,
            block => block.StartsWith(language + "\n", StringComparison.Ordinal) && block.Contains(marker, StringComparison.Ordinal))[(language.Length + 1)..];
    }
}
