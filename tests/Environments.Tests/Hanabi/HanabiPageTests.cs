using Srpo.Environments.Hanabi;

namespace Srpo.Environments.Tests.Hanabi;

/// <summary>docs/environments/hanabi.md says what the code does.</summary>
public class HanabiPageTests
{
    private static readonly string Page =
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Pages", "hanabi.md")).ReplaceLineEndings("\n");

    [Fact]
    public void TheTableOfTheObservationIsThatOfTheEncoder() =>
        Assert.Contains(HanabiObservationLayout.Markdown([.. HanabiVariants.Names.Select(HanabiVariants.Load)]), Page, StringComparison.Ordinal);

    [Fact]
    public void VariantsAreThoseOfTheCode() => Assert.All(HanabiVariants.Names.Select(HanabiVariants.Load), v =>
    {
        var game = new HanabiGame(v);
        Assert.Contains(
            $"| `{v.Name}` | {v.Colors} | {v.Ranks} | {v.Players} | {v.HandSize} | {v.InformationTokens} | {v.LifeTokens} | {game.Cards} | {game.FullDeck} | {game.Moves.Count} | {new HanabiObservationLayout(game).Length} | {game.LongestGame} |",
            Page,
            StringComparison.Ordinal);
    });

    [Fact]
    public void TheDrawingOnThePageIsReal()
    {
        var state = HanabiHands.Deal(HanabiVariants.Load("3x3-2p"), "G3 G1 Y3 R1 Y2 R1 R3 Y1 G1 G2 G1");
        HanabiHands.Play(state, "hint green to +1", "play 2", "hint 1 to +1", "discard 1");
        Assert.Contains(HanabiRenderer.Draw(state, viewer: 0), Page, StringComparison.Ordinal);
    }

    [Fact]
    public void TheExampleIsValid()
    {
        var json = Assert.Single(Page.Split("```"), block => block.StartsWith("json\n", StringComparison.Ordinal))["json\n".Length..];
        Assert.Equal(new HanabiDefinition("short-sighted", 4, 3, 3, 3, 5, 2, HanabiLostGame.Keep), HanabiDefinition.Parse(json));
    }
}
