using Srpo.Games.Files;

namespace Srpo.Games.Tests.Files;

public sealed class GameFileTests
{
    private const string Volunteers = """{ "kind": "matrix", "actions": ["contribute", "defect"], "rewards": [[1, 1], [1, 0]], "costs": [0.4, 0], "epsilon": 0.15, "tau": 1 }""";

    [Fact]
    public void A_matrix_game_with_comments_and_trailing_commas()
    {
        var file = GameFile.Parse("""
            // A comment.
            { "rewards": [[1, 2, 3], [4, 5, 6,]], "costs": [[0.5, 0], [1, 2, 3]], "actions": [["a", "b"], ["x", "y", "z"]],
              "epsilon": [0.1, 0.2], "tau": 3, "name": "g", "title": "A game", "length": 5, "sweep": { "tau": "1:8:4", "log": true }, }
            """, "file");
        var game = file.Finite!;
        Assert.Equal(("g", "A game", "matrix", 2), (file.Name, file.Title, file.Kind, file.Players));
        Assert.Null(file.Quadratic);
        Assert.Equal([2, 3], game.Actions.ToArray());
        Assert.True(game.IsShared);
        Assert.Equal([1 - 0.5, 2 - 0.5, 3 - 0.5, 4, 5, 6], game.Utilities(0).ToArray());
        Assert.Equal([0, 0, 0, 3, 3, 3], game.Utilities(1).ToArray());
        Assert.Equal(["x", "y", "z"], game.ActionNames[1].ToArray());
        Assert.Equal([0.1, 0.2], file.Risk().Epsilon.ToArray());
        Assert.Equal([3, 3], file.Risk().Tau.ToArray());
        Assert.Equal([1, 2, 4, 8], file.Sweep!.Values().Select(tau => Math.Round(tau, 12)));
    }

    [Fact]
    public void Three_players_nest_three_deep_and_one_list_of_names_serves_all()
    {
        var file = GameFile.Parse("""{ "payoffs": [[[[1, 2], [3, 4]]], [[[5, 6], [7, 8]]], [[[9, 10], [11, 12]]]], "actions": ["a", "b"] }""", "three");
        var game = file.Finite!;
        Assert.Equal([1, 2, 2], game.Actions.ToArray());
        Assert.False(game.IsShared);
        // Row by row, the last player's action fastest.
        Assert.Equal([5, 6, 7, 8], game.Utilities(1).ToArray());
        Assert.Equal([["a"], ["a", "b"], ["a", "b"]], game.ActionNames.Select(names => names.ToArray()).ToArray());
    }

    [Fact]
    public void Options_go_before_the_file_and_what_is_nowhere_is_named()
    {
        var file = GameFile.Parse(Volunteers, "v");
        Assert.Equal((2.5, 0.3), (file.Risk(2.5, 0.3).Tau[1], file.Risk(2.5, 0.3).Epsilon[0]));
        var bare = GameFile.Parse("""{ "rewards": [[1, 1], [1, 0]] }""", "bare");
        Assert.StartsWith("tau: is missing", Assert.ThrowsAny<FormatException>(() => bare.Risk(null, 0.1)).Message, StringComparison.Ordinal);
        Assert.StartsWith("epsilon: is missing", Assert.ThrowsAny<FormatException>(() => bare.Risk(1)).Message, StringComparison.Ordinal);
        Assert.StartsWith("tau: must be a finite number of at least 0, not -1", Assert.ThrowsAny<FormatException>(() => file.Risk(-1)).Message, StringComparison.Ordinal);
        Assert.StartsWith("epsilon: must be a finite number above 0, not 0", Assert.ThrowsAny<FormatException>(() => file.Risk(1, 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_stand_for_matrices_of_one_entry()
    {
        var plain = GameFile.Parse("""{ "kind": "aggregative", "players": 2, "Q": 2, "R": 3, "goal": 5, "epsilon": 1, "tau": 0 }""", "x").Quadratic!;
        var full = GameFile.Parse("""{ "kind": "aggregative", "players": 2, "Q": [[2]], "R": [[[3]], [[3]]], "goal": [5], "epsilon": 1, "tau": 0 }""", "x").Quadratic!;
        Assert.Equal(full.Aggregative!.Q[0, 0], plain.Aggregative!.Q[0, 0]);
        Assert.Equal(full.Aggregative.R(1)[0, 0], plain.Aggregative.R(1)[0, 0]);
        Assert.Equal(5, plain.Aggregative.Goal[0]);
    }

    [Fact]
    public void A_quadratic_game_evaluates_as_written()
    {
        var game = GameFile.Parse("""
            { "kind": "quadratic", "A": [[[-3, 0], [0, -2]], -4], "B": [[[1], [0]], [[1, 0]]], "D": [-2, [[-1, 0], [0, -1]]], "e": [[1, 2], 3], "d": [4, [5, 6]],
              "R": [[[1, 0], [0, 0]], 0.5], "r": [[1, 1], 2], "constant": [7, 8] }
            """, "q").Quadratic!;
        var utility = game.Utility(0);
        var own = MathNet.Numerics.LinearAlgebra.Vector<double>.Build.DenseOfArray([0.5, -1]);
        var others = MathNet.Numerics.LinearAlgebra.Vector<double>.Build.DenseOfArray([2]);
        const double expected = (0.5 * ((-3 * 0.25) + (-2 * 1))) + (0.5 * 2) + (0.5 * -2 * 4) + 0.5 - 2 + (4 * 2) + 7;
        Assert.Equal(expected, utility.Evaluate(own, others), 12);
        Assert.Equal(2, game.Utility(1).Cost!.Linear![0]);
    }

    [Theory]
    [InlineData("[1]", "a game must be a JSON object")]
    [InlineData("{", "the game is not valid JSON")]
    [InlineData("""{ "kind": "matix", "rewards": [[1]] }""", "kind: must be \"matrix\", \"aggregative\" or \"quadratic\", not \"matix\"")]
    [InlineData("""{ "rewads": [[1, 1], [1, 0]] }""", "unknown field 'rewads'; did you mean 'rewards'?")]
    [InlineData("""{ "rewards": [[1, 1], [1, 0]], "tau": 1, "tau": 2 }""", "tau: is given twice")]
    [InlineData("""{ "epsilon": 1 }""", "rewards: give either \"rewards\"")]
    [InlineData("""{ "rewards": [[1]], "payoffs": [[[1]], [[1]]] }""", "rewards: give either")]
    [InlineData("""{ "rewards": [1, 2] }""", "rewards: must be nested lists, as deep as there are players")]
    [InlineData("""{ "rewards": [] }""", "rewards: must not be empty")]
    [InlineData("""{ "rewards": [[1, 2], [3]] }""", "rewards[1]: has 1 entries; player 1 has 2 actions")]
    [InlineData("""{ "rewards": [[1, 2], [3, [4]]] }""", "rewards[1][1]: must be a finite number, not [4]")]
    [InlineData("""{ "rewards": [[1, 2], [3, "NaN"]] }""", "rewards[1][1]: must be a finite number, not \"NaN\"")]
    [InlineData("""{ "rewards": [[1, 2], [3, 1e999]] }""", "rewards[1][1]: must be a finite number")]
    [InlineData("""{ "rewards": [[[1, 2], [3, 4]], [[1, 2], 3]] }""", "rewards[1][1]: must be a list, not 3")]
    [InlineData("""{ "payoffs": [[[1, 2], [3, 4]]] }""", "payoffs: has 1 entries, but payoffs[0] is nested for 2 players")]
    [InlineData("""{ "payoffs": [[[1, 2], [3, 4]], [[1, 2, 3], [3, 4, 5]]] }""", "payoffs[1][0]: has 3 entries; player 1 has 2 actions")]
    [InlineData("""{ "rewards": [[1, 1], [1, 0]], "costs": [1, 2, 3] }""", "costs: has 3 entries; player 0 has 2 actions")]
    [InlineData("""{ "rewards": [[1, 1], [1, 0]], "costs": [[1, 2], [1]] }""", "costs[1]: has 1 entries; player 1 has 2 actions")]
    [InlineData("""{ "rewards": [[1, 1], [1, 0]], "costs": [[1, 2], [1, 2], [1, 2]] }""", "costs: has 3 lists")]
    [InlineData("""{ "rewards": [[1, 1], [1, 0]], "actions": ["a"] }""", "actions: has 1 names; there are 2 actions")]
    [InlineData("""{ "rewards": [[1, 1], [1, 0]], "actions": ["a", "a"] }""", "actions: must be different names")]
    [InlineData("""{ "rewards": [[1, 1], [1, 0]], "actions": [["a", ""], ["a", "b"]] }""", "actions[0][1]: must be a text")]
    [InlineData("""{ "rewards": [[1, 1], [1, 0]], "length": 0 }""", "length: must be a whole number between 1 and 1000000, not 0")]
    [InlineData("""{ "rewards": [[1, 1], [1, 0]], "epsilon": 0 }""", "epsilon: must be a finite number above 0, not 0")]
    [InlineData("""{ "rewards": [[1, 1], [1, 0]], "epsilon": [1, 1, 1] }""", "epsilon: has 3 entries; the game has 2 players")]
    [InlineData("""{ "rewards": [[1, 1], [1, 0]], "tau": [0, -0.5] }""", "tau: must be a finite number of at least 0, not -0.5")]
    [InlineData("""{ "rewards": [[1, 1], [1, 0]], "tau": "NaN" }""", "tau: must be a finite number, not \"NaN\"")]
    [InlineData("""{ "rewards": [[1, 1], [1, 0]], "sweep": "0:4" }""", "sweep: must be an object")]
    [InlineData("""{ "rewards": [[1, 1], [1, 0]], "sweep": { "tua": "0:4" } }""", "sweep: unknown field 'tua'")]
    [InlineData("""{ "rewards": [[1, 1], [1, 0]], "sweep": { "tau": "4:0" } }""", "sweep.tau: ends at 0 in '4:0'")]
    [InlineData("""{ "kind": "aggregative", "players": 1, "Q": 1, "R": 1, "goal": 1 }""", "players: must be a whole number between 2 and 10000, not 1")]
    [InlineData("""{ "kind": "aggregative", "Q": 1, "R": 1, "goal": 1 }""", "players: is missing; write for example \"players\": 2")]
    [InlineData("""{ "kind": "aggregative", "players": 2, "Q": [[1, 0]], "R": 1, "goal": 1 }""", "Q: must be square, not 1 x 2")]
    [InlineData("""{ "kind": "aggregative", "players": 2, "Q": [[1, 0], [0, 1]], "R": 1, "goal": [1, 1] }""", "R: is 1 x 1; the goal has 2 entries")]
    [InlineData("""{ "kind": "aggregative", "players": 2, "Q": [[1, 0], [0]], "R": 1, "goal": [1, 1] }""", "Q[1]: has 1 entries, the first row has 2")]
    [InlineData("""{ "kind": "aggregative", "players": 2, "Q": -1, "R": 1, "goal": 1 }""", "Q: must be positive definite")]
    [InlineData("""{ "kind": "aggregative", "players": 3, "Q": 1, "R": [[[1]], [[1]]], "goal": 1 }""", "R: has 2 matrices; give one for all or one for each of the 3 players")]
    [InlineData("""{ "kind": "aggregative", "players": 2, "Q": 1, "R": 1, "goal": [] }""", "goal: must not be empty")]
    [InlineData("""{ "kind": "quadratic", "A": [-1, -1], "B": [0], "D": [0, 0], "e": [0, 0], "d": [0, 0] }""", "B: has 1 entries; A has 2")]
    [InlineData("""{ "kind": "quadratic", "A": [-1, -1], "B": [0, 0], "e": [0, 0], "d": [0, 0] }""", "D: is missing")]
    [InlineData("""{ "kind": "quadratic", "A": [1, -1], "B": [0, 0], "D": [0, 0], "e": [0, 0], "d": [0, 0] }""", "A[0]: must be negative definite")]
    [InlineData("""{ "kind": "quadratic", "A": [-1, -1], "B": [0, 0], "D": [0, 0], "e": [0, 0], "d": [0, 0], "r": [1, 1] }""", "r: needs \"R\"")]
    public void What_is_wrong_is_named(string json, string expected)
    {
        var message = Assert.Throws<FormatException>(() => GameFile.Parse(json, "test")).Message;
        Assert.StartsWith(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "write A:B or A:B:N")]
    [InlineData("0:1:2:3", "write A:B or A:B:N")]
    [InlineData("0:x", "'x' in '0:x' is no finite number")]
    [InlineData("0:NaN", "is no finite number")]
    [InlineData("0:4:1", "'1' is not possible as the number of taus")]
    [InlineData("0:4:100001", "use a whole number from 2 to 100000")]
    [InlineData("-1:4", "begins at -1")]
    [InlineData("2:2", "not above its beginning 2")]
    public void A_range_that_is_none_is_refused(string text, string expected) =>
        Assert.Contains(expected, Assert.ThrowsAny<FormatException>(() => TauRange.Parse(text, false, "--tau")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_range_has_exact_ends()
    {
        var linear = TauRange.Parse("0.1:0.7:7", false).Values();
        Assert.Equal((0.1, 0.7, 7), (linear[0], linear[^1], linear.Length));
        Assert.All(linear.Zip(linear.Skip(1)), pair => Assert.Equal(0.1, pair.Second - pair.First, 12));
        Assert.Equal(TauRange.DefaultCount, TauRange.Parse("0:1", false).Values().Length);
        Assert.Contains("above 0", Assert.ThrowsAny<FormatException>(() => TauRange.Parse("0:1", true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_file_serves_as_environment_too()
    {
        var definition = MatrixGameDefinition.Parse(Volunteers.TrimEnd('}') + """, "title": "t", "length": 3, "sweep": { "tau": "0:4" } }""");
        Assert.Equal((3, 0.4), (definition.Length, definition.Game.Cost(0, 0)));
        Assert.Contains("'epsilonn'; did you mean 'epsilon'?", Assert.Throws<FormatException>(() => MatrixGameDefinition.Parse("""{ "rewards": [[1]], "epsilonn": 1 }""")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_that_are_cut_or_changed_never_fail_in_another_way()
    {
        for (var length = 0; length < Volunteers.Length; length++) Assert.Throws<FormatException>(() => GameFile.Parse(Volunteers[..length], "cut"));
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var changed = Volunteers.ToCharArray();
            changed[random.Next(changed.Length)] = "[]{}\",:019.-eE xnul"[random.Next(19)];
            try
            {
                Assert.NotNull(GameFile.Parse(new string(changed), "changed").Finite);
            }
            catch (FormatException)
            {
                // The only way to fail.
            }
        }
    }
}
