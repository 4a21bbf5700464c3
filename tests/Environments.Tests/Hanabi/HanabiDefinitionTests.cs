using Srpo.Environments.Hanabi;

namespace Srpo.Environments.Tests.Hanabi;

public class HanabiDefinitionTests
{
    [Fact]
    public void DefaultsAreTheUsualOnes()
    {
        var two = HanabiDefinition.Parse("""{ "colors": 5, "ranks": 5, "players": 3 } // enough""", "mine");
        Assert.Equal(("mine", 5, 8, 3, HanabiLostGame.Zero), (two.Name, two.HandSize, two.InformationTokens, two.LifeTokens, two.LostGame));
        Assert.Equal(4, HanabiDefinition.Parse("""{ "colors": 5, "ranks": 5, "players": 4 }""").HandSize);
    }

    [Fact]
    public void EveryFieldIsRead()
    {
        var all = HanabiDefinition.Parse(
            """{ "kind": "hanabi", "name": "n", "colors": 2, "ranks": 4, "players": 4, "handSize": 3, "informationTokens": 0, "lifeTokens": 1, "lostGame": "keep" }""");
        Assert.Equal(new HanabiDefinition("n", 2, 4, 4, 3, 0, 1, HanabiLostGame.Keep), all);
    }

    [Fact]
    public void BuiltInVariantsAreTheDocumentedOnes()
    {
        Assert.Equal(["3x3-2p", "3x3-3p", "3x3-4p", "5x5-2p"], HanabiVariants.Names);
        Assert.Equal(new HanabiDefinition("3x3-2p", 3, 3, 2, 5, 8, 3), HanabiVariants.Load("3x3-2p"));
        Assert.Equal(new HanabiDefinition("3x3-4p", 3, 3, 4, 3, 8, 3), HanabiVariants.Load("3x3-4p"));
        Assert.Equal(new HanabiDefinition("5x5-2p", 5, 5, 2, 5, 8, 3), HanabiVariants.Load("5x5-2p"));
        Assert.Contains("did you mean '5x5-2p'?", Assert.Throws<ArgumentException>(() => HanabiVariants.Load("5x5-2")).Message, StringComparison.Ordinal);
        Assert.All(HanabiVariants.Names, name => Assert.Equal(HanabiVariants.Load(name), HanabiDefinition.Parse(HanabiVariants.Load(name).ToJson())));
    }

    /// <summary>Every deck has its largest hand, few enough moves for it, and one card more is refused.</summary>
    [Fact]
    public void EverySizeFits()
    {
        for (var colors = 1; colors <= HanabiDefinition.MaxColors; colors++)
        {
            for (var ranks = 1; ranks <= HanabiDefinition.MaxRanks; ranks++)
            {
                for (var players = 2; players <= HanabiDefinition.MaxPlayers; players++)
                {
                    var cards = colors * (ranks == 1 ? 3 : (2 * ranks));
                    if (cards >= players) Check(colors, ranks, players, cards / players);
                    Assert.StartsWith(
                        "handSize: ", Assert.Throws<ArgumentException>(() => new HanabiDefinition("x", colors, ranks, players, (cards / players) + 1)).Message, StringComparison.Ordinal);
                }
            }
        }

        static void Check(int colors, int ranks, int players, int hand)
        {
            var definition = new HanabiDefinition("x", colors, ranks, players, hand, 255, 255);
            Assert.Equal(definition, HanabiDefinition.Parse(definition.ToJson()));
            var game = new HanabiGame(definition);
            Assert.InRange(game.Moves.Count, 2, 255);
            Assert.Equal(definition.Cards - (players * hand), new HanabiState(game).DeckSize);
        }
    }

    [Theory]
    [InlineData("""{ "ranks": 3, "players": 2 }""", "colors: is missing; write for example \"colors\": 3")]
    [InlineData("""{ "colors": 0, "ranks": 3, "players": 2 }""", "colors: must be a whole number between 1 and 8, not 0")]
    [InlineData("""{ "colors": 3, "ranks": 9, "players": 2 }""", "ranks: must be a whole number between 1 and 8, not 9")]
    [InlineData("""{ "colors": 3, "ranks": 3, "players": 6 }""", "players: must be a whole number between 2 and 5, not 6")]
    [InlineData("""{ "colors": 3, "ranks": 3, "players": 1 }""", "players: must be a whole number between 2 and 5, not 1")]
    [InlineData("""{ "colors": 3, "ranks": 3, "players": 2.5 }""", "players: must be a whole number between 2 and 5, not 2.5")]
    [InlineData("""{ "colors": 3, "ranks": 3, "players": 2, "informationTokens": -1 }""", "informationTokens: must be a whole number between 0 and 255, not -1")]
    [InlineData("""{ "colors": 3, "ranks": 3, "players": 2, "lifeTokens": 0 }""", "lifeTokens: must be a whole number between 1 and 255, not 0")]
    [InlineData("""{ "colors": 3, "ranks": 3, "players": 2, "lifeTokens": "3" }""", "lifeTokens: must be a whole number between 1 and 255, not \"3\"")]
    [InlineData("""{ "colors": 3, "ranks": 3, "players": 2, "handSize": 0 }""", "handSize: must be a whole number between 1 and 64, not 0")]
    [InlineData("""{ "colors": 3, "ranks": 3, "players": 2, "handSize": 10 }""", "handSize: 2 players with 10 cards each need 20 cards, but 3 colors and 3 ranks make a deck of 18; use a handSize of at most 9, fewer players, or more colors or ranks")]
    [InlineData("""{ "colors": 1, "ranks": 1, "players": 5 }""", "make a deck of 3; use fewer players, or more colors or ranks")]
    [InlineData("""{ "colors": 3, "ranks": 3, "players": 2, "lostGame": "none" }""", "lostGame: must be \"zero\" (a lost game scores nothing) or \"keep\"")]
    [InlineData("""{ "colors": 3, "ranks": 3, "players": 2, "hand": 4 }""", "unknown field 'hand'; did you mean 'handSize'?")]
    [InlineData("""{ "colors": 3, "colors": 3, "ranks": 3, "players": 2 }""", "colors: is given twice")]
    [InlineData("""{ "kind": "matrix", "colors": 3, "ranks": 3, "players": 2 }""", "kind: must be \"hanabi\", not \"matrix\"")]
    [InlineData("""{ "name": "", "colors": 3, "ranks": 3, "players": 2 }""", "name: must be a text that is not empty")]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("{", "is not valid JSON")]
    public void WrongTextsAreRefusedByName(string json, string message)
    {
        var error = Assert.Throws<FormatException>(() => HanabiDefinition.Parse(json));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("mine.json: ", Assert.Throws<FormatException>(() => HanabiDefinition.Parse(json, "mine", "mine.json")).Message, StringComparison.Ordinal);
    }
}
