using Srpo.Games.Finite;

namespace Srpo.Games.Tests;

public class MatrixGameTests
{
    [Fact]
    public void A_refusal_names_the_field_and_then_says_what_is_wrong()
    {
        Assert.StartsWith("actions: a game needs 2 to 16 players, not 1", Assert.Throws<ArgumentException>(() => new FiniteGame("one", [2], [[1, 2]])).Message, StringComparison.Ordinal);
        Assert.StartsWith("payoffs: must be finite numbers", Assert.Throws<ArgumentException>(() => new FiniteGame("nan", [1, 1], [[double.NaN]])).Message, StringComparison.Ordinal);
    }

    private static readonly double[,] Square = { { 1, 2 }, { 3, 4 } };

    [Fact]
    public void UtilityIsPayoffMinusOwnCost()
    {
        var game = new MatrixGame("g", new double[,] { { 1, 2, 3 }, { 4, 5, 6 } }, null, [0.25, 0.5], [1, 2, 3]);

        Assert.Equal(2, game.Actions(0));
        Assert.Equal(3, game.Actions(1));
        Assert.Equal(6 - 0.5, game.Utility(0, 1, 2));
        Assert.Equal(6 - 3, game.Utility(1, 1, 2));
        Assert.True(game.IsShared);
        Assert.Equal(["0", "1", "2"], game.ActionNames);
    }

    [Fact]
    public void ArraysAreCopied()
    {
        var payoffs = (double[,])Square.Clone();
        double[] costs = [0, 1];
        var game = new MatrixGame("g", payoffs, costs0: costs);
        payoffs[0, 0] = 99;
        costs[1] = 99;

        Assert.Equal(1, game.Payoff(0, 0, 0));
        Assert.Equal(1, game.Cost(0, 1));
    }

    public static TheoryData<Func<MatrixGame>, string> Wrong => new()
    {
        { () => new MatrixGame(" ", Square), "name" },
        { () => new MatrixGame("g", new double[0, 2]), "payoffs0" },
        { () => new MatrixGame("g", new double[2, 256]), "payoffs0" },
        { () => new MatrixGame("g", Square, new double[2, 3]), "payoffs1" },
        { () => new MatrixGame("g", new[,] { { double.NaN, 0 }, { 0, 0 } }), "payoffs0" },
        { () => new MatrixGame("g", Square, new[,] { { double.PositiveInfinity, 0 }, { 0, 0 } }), "payoffs1" },
        { () => new MatrixGame("g", Square, costs0: [1]), "costs0" },
        { () => new MatrixGame("g", Square, costs1: [0, -1]), "costs1" },
        { () => new MatrixGame("g", Square, actionNames: ["a"]), "actionNames" },
        { () => new MatrixGame("g", Square, actionNames: ["a", "a"]), "actionNames" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void WrongPartsAreNamed(Func<MatrixGame> make, string part) => Assert.Equal(part, Assert.ThrowsAny<ArgumentException>(make).ParamName);

    [Fact]
    public void VolunteersGameIsThatOfExample42()
    {
        var game = MatrixGames.Load("volunteer");

        Assert.True(game.IsShared);
        Assert.Equal([1.0, 1.0, 1.0, 0.0], new[] { game.Payoff(0, 0, 0), game.Payoff(0, 0, 1), game.Payoff(0, 1, 0), game.Payoff(0, 1, 1) });
        Assert.Equal([0.4, 0, 0.4, 0], new[] { game.Cost(0, 0), game.Cost(0, 1), game.Cost(1, 0), game.Cost(1, 1) });
        Assert.Equal(0.5, MatrixGames.Load("volunteer-half").Cost(0, 0));
    }

    [Theory]
    [InlineData("stag-hunt")]
    [InlineData("chicken")]
    [InlineData("volunteer")]
    public void SymmetricGamesAreSymmetric(string name)
    {
        var game = MatrixGames.Load(name);

        for (var a = 0; a < 2; a++)
        {
            for (var b = 0; b < 2; b++) Assert.Equal(game.Utility(0, a, b), game.Utility(1, b, a));
        }
    }

    [Fact]
    public void UnknownGamesAreAnsweredWithTheNearest()
    {
        var error = Assert.Throws<ArgumentException>(() => MatrixGames.Load("volunter"));
        Assert.Contains("did you mean 'volunteer'?", error.Message, StringComparison.Ordinal);
        Assert.Contains("battle-of-the-sexes", error.Message, StringComparison.Ordinal);
    }
}
