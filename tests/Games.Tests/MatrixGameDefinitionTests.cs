namespace Srpo.Games.Tests;

public class MatrixGameDefinitionTests
{
    [Fact]
    public void MinimalTextTakesTheDefaults()
    {
        var definition = MatrixGameDefinition.Parse("""{"rewards": [[1, 0], [0, 2]]}""", "mine");

        Assert.Equal("mine", definition.Game.Name);
        Assert.Equal(1, definition.Length);
        Assert.Equal(2, definition.Game.Utility(1, 1, 1));
        Assert.True(definition.Game.IsShared);
    }

    [Fact]
    public void OneListOfCostsHoldsForBoth()
    {
        var game = MatrixGameDefinition.Parse("""{"rewards": [[1, 0], [0, 2]], "costs": [0.5, 0], "length": 7}""");

        Assert.Equal(7, game.Length);
        Assert.Equal(0.5, game.Game.Cost(0, 0));
        Assert.Equal(0.5, game.Game.Cost(1, 0));
    }

    [Fact]
    public void SeparatePayoffsAndCostsBelongToTheirPlayer()
    {
        var game = MatrixGameDefinition.Parse(
            """{"kind": "matrix", "payoffs": [[[1, 2], [3, 4]], [[5, 6], [7, 8]]], "costs": [[0.1, 0], [0, 0.2]], "actions": ["x", "y"]}""").Game;

        Assert.False(game.IsShared);
        Assert.Equal(2, game.Payoff(0, 0, 1));
        Assert.Equal(6, game.Payoff(1, 0, 1));
        Assert.Equal(6 - 0.2, game.Utility(1, 0, 1));
        Assert.Equal(["x", "y"], game.ActionNames);
    }

    [Theory]
    [InlineData("volunteer")]
    [InlineData("volunteer-half")]
    [InlineData("stag-hunt")]
    [InlineData("battle-of-the-sexes")]
    [InlineData("chicken")]
    public void WrittenGamesAreReadBack(string name)
    {
        var text = new MatrixGameDefinition(MatrixGames.Load(name), 3).ToJson();
        var again = MatrixGameDefinition.Parse(text);

        Assert.Equal(text, again.ToJson());
        Assert.Equal(name, again.Game.Name);
        Assert.Equal(3, again.Length);
        for (var cell = 0; cell < 8; cell++)
        {
            Assert.Equal(
                MatrixGames.Load(name).Utility(cell & 1, (cell >> 1) & 1, cell >> 2), again.Game.Utility(cell & 1, (cell >> 1) & 1, cell >> 2));
        }
    }

    [Theory]
    [InlineData("{", "not valid JSON")]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("""{"rewards": [[1]], "rewrads": 3}""", "unknown field 'rewrads'; did you mean 'rewards'?")]
    [InlineData("""{"kind": "tensor", "rewards": [[1]]}""", "kind: must be \"matrix\"")]
    [InlineData("{}", "rewards: give either")]
    [InlineData("""{"rewards": [[1]], "payoffs": [[[1]], [[1]]]}""", "rewards: give either")]
    [InlineData("""{"rewards": 3}""", "rewards: must be a list, not 3")]
    [InlineData("""{"rewards": []}""", "rewards: must not be empty")]
    [InlineData("""{"rewards": [[1, 2], [3]]}""", "rewards[1]: has 1 entries, the first row has 2")]
    [InlineData("""{"rewards": [[1, "a"]]}""", "rewards[0][1]: must be a finite number, not \"a\"")]
    [InlineData("""{"rewards": [[1, 1e999]]}""", "rewards[0][1]: must be a finite number")]
    [InlineData("""{"payoffs": [[[1]]]}""", "payoffs: must be two matrices, not 1")]
    [InlineData("""{"payoffs": [[[1]], [[1, 2]]]}""", "payoffs1: has 1 x 2 entries")]
    [InlineData("""{"rewards": [[1, 2], [3, 4]], "costs": [1]}""", "costs0: has 1 entries; player 0 has 2 actions")]
    [InlineData("""{"rewards": [[1, 2], [3, 4]], "costs": [[1, 0], [1, -1]]}""", "costs1: must not be negative")]
    [InlineData("""{"rewards": [[1, 2], [3, 4]], "costs": [[1, 0]]}""", "costs: must be one list for both players or two lists, not 1")]
    [InlineData("""{"rewards": [[1]], "length": 0}""", "length: must be a whole number between 1 and 1000000, not 0")]
    [InlineData("""{"rewards": [[1]], "length": 1.5}""", "length: must be a whole number")]
    [InlineData("""{"rewards": [[1]], "length": "2"}""", "length: must be a whole number")]
    [InlineData("""{"rewards": [[1, 2], [3, 4]], "actions": ["a"]}""", "actionNames: has 1 entries")]
    [InlineData("""{"rewards": [[1]], "actions": [7]}""", "actions[0]: must be a text")]
    [InlineData("""{"rewards": [[1]], "name": ""}""", "name: must be a text that is not empty")]
    public void ErrorsNameTheFieldAndTheReason(string json, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => MatrixGameDefinition.Parse(json)).Message, StringComparison.Ordinal);
}
