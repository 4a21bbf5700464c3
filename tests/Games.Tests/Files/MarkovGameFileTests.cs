using Srpo.Games.Files;
using Srpo.Games.Markov;

namespace Srpo.Games.Tests.Files;

public sealed class MarkovGameFileTests
{
    private const string Commons = """
        // A comment.
        { "kind": "markov", "name": "pasture", "title": "Two herds", "discount": 0.9, "epsilon": 0.2, "tau": 1, "actions": ["graze", "rest"], "start": { "green": 0.75, "bare": 0.25 },
          "states": {
            "green": { "payoffs": [[[1, 1], [0, 0]], [[1, 0], [1, 0]]], "costs": [0, 0.1],
              "next": [[{ "green": 0.2, "bare": 0.8 }, { "green": 0.6, "bare": 0.4 }], [{ "green": 0.6, "bare": 0.4 }, "green"]] },
            "bare": { "payoffs": [[[0.2, 0.2], [0, 0]], [[0.2, 0], [0.2, 0]]], "costs": [0, 0.1],
              "next": [["bare", { "green": 0.1, "bare": 0.9 }], [{ "green": 0.1, "bare": 0.9 }, { "green": 0.7, "bare": 0.3, }]] } } }
        """;

    [Fact]
    public void A_game_has_the_tables_of_its_file()
    {
        var file = MarkovGameFile.Parse(Commons, "file");
        var table = file.Game();
        var game = table.Game;
        Assert.Equal(("pasture", "Two herds", 0.9), (file.Name, file.Title, game.Discount));
        Assert.Equal((0.5, 2, 2, 4), (file.Game(0.5).Game.Discount, game.Players, game.States, game.JointActions));
        Assert.Equal([0.75, 0.25], game.Initial.ToArray());
        Assert.Equal([1, 1, -0.1, -0.1, 0.2, 0.2, -0.1, -0.1], game.Rewards(0).ToArray());
        Assert.Equal([1, -0.1, 1, -0.1, 0.2, -0.1, 0.2, -0.1], game.Rewards(1).ToArray());
        Assert.Equal([0, 0, 0.1, 0.1, 0, 0, 0.1, 0.1], game.Costs(0).ToArray());
        Assert.Equal([0.6, 0.4], game.Transitions.Probabilities(0, 1).ToArray());
        Assert.Equal([0], game.Transitions.Successors(0, 3).ToArray());
        Assert.Equal([1], game.Transitions.Successors(1, 0).ToArray());
        Assert.Equal(["graze", "rest"], table.ActionNames[1]);
        Assert.Equal(("bare", 1, 1, null, null), (table.StateName(1), table.Find("bare"), table.Find("1"), table.Find("2"), table.Find("-1")));
        Assert.Equal(new RiskProfile([1, 1], [0.2, 0.2]), file.Risk());
        Assert.Equal([3.0, 3.0], file.Risk(tau: 3).Tau.ToArray());
    }

    [Fact]
    public void One_next_stands_for_all_actions_below_and_what_lacks_to_one_is_the_end()
    {
        var game = MarkovGameFile.Parse(
            """{ "kind": "markov", "discount": 0, "states": { "a": { "rewards": [[1, 2], [3, 4]], "next": ["b", [null, { "a": 0.25 }]] }, "b": { "rewards": [[0, 0], [0, 0]], "next": null } } }""", "x").Game().Game;
        Assert.Equal([[1], [1], [], [0]], Enumerable.Range(0, 4).Select(joint => game.Transitions.Successors(0, joint).ToArray()));
        Assert.Equal([0, 0, 1, 0.75], Enumerable.Range(0, 4).Select(joint => game.Transitions.EndProbability(0, joint)));
        Assert.Equal([1, 1, 1, 1], Enumerable.Range(0, 4).Select(joint => game.Transitions.EndProbability(1, joint)));
        Assert.Equal([1.0, 0], game.Initial.ToArray());
        Assert.Equal(["0", "1"], MarkovGameFile.Parse("""{ "rewards": [[1, 2], [3, 4]] }""", "x").Game(0).ActionNames[0]);
    }

    /// <summary>The same equations by small steps of everything at once, without the library's solvers.</summary>
    [Theory]
    [InlineData(0, 0.3)]
    [InlineData(1, 0.2)]
    [InlineData(4, 0.5)]
    public void Equilibria_are_fixed_points_of_the_plain_equations(double tau, double epsilon)
    {
        var file = MarkovGameFile.Parse(Commons, "file");
        var game = file.Game().Game;
        var found = RegularisedPolicyIteration.Solve(game, file.Risk(tau, epsilon), new PolicyIterationOptions { Tolerance = 1e-10 });
        Assert.True(found.Converged);
        var policies = Enumerable.Range(0, 2).Select(_ => Enumerable.Range(0, 2).Select(_ => new[] { 0.5, 0.5 }).ToArray()).ToArray();
        var values = new[] { new double[2], new double[2] };
        for (var step = 0; step < 3000; step++)
        {
            var next = policies.Select(player => player.Select(row => row.ToArray()).ToArray()).ToArray();
            var nextValues = new[] { new double[2], new double[2] };
            for (var (player, state) = (0, 0); player < 2; (player, state) = state == 0 ? (player, 1) : (player + 1, 0))
            {
                var (own, others) = (policies[player][state], policies[1 - player][state]);
                double Q(int mine, int theirs)
                {
                    var joint = player == 0 ? (2 * mine) + theirs : (2 * theirs) + mine;
                    var future = 0.0;
                    for (var k = 0; k < game.Transitions.Successors(state, joint).Length; k++)
                        future += game.Transitions.Probabilities(state, joint)[k] * values[player][game.Transitions.Successors(state, joint)[k]];
                    return game.Rewards(player)[(4 * state) + joint] + (0.9 * future);
                }

                double[] x = [.. Enumerable.Range(0, 2).Select(b => (own[0] * Q(0, b)) + (own[1] * Q(1, b)))];
                double[] weights = [.. others.Zip(x, (p, outcome) => p * Math.Exp(-tau * outcome))];
                var risk = tau == 0 ? (others[0] * x[0]) + (others[1] * x[1]) : -Math.Log(weights.Sum()) / tau;
                nextValues[player][state] = risk - (epsilon * own.Sum(p => p * Math.Log(p)));
                double[] logits = [.. Enumerable.Range(0, 2).Select(a => ((weights[0] * Q(a, 0)) + (weights[1] * Q(a, 1))) / weights.Sum() / epsilon)];
                var response = 1 / (1 + Math.Exp(logits[1] - logits[0]));
                next[player][state] = [own[0] + (0.05 * (response - own[0])), own[1] + (0.05 * (1 - response - own[1]))];
            }

            (policies, values) = (next, nextValues);
        }

        for (var player = 0; player < 2; player++)
        {
            for (var state = 0; state < 2; state++)
            {
                Assert.Equal(policies[player][state][0], found.Policies[player].Row(state)[0], 1e-8);
                Assert.Equal(values[player][state], found.Values[player].Values[state], 1e-8);
            }

            Assert.Equal((0.75 * values[player][0]) + (0.25 * values[player][1]), found.Values[player].Return, 1e-8);
        }
    }

    [Theory]
    [InlineData("""{ "kind": "markov", "stats": {} }""", "unknown field 'stats'; did you mean 'states'?")]
    [InlineData("""{ "kind": "markov" }""", "states: is missing")]
    [InlineData("""{ "kind": "markov", "states": {} }""", "states: must be an object with a field for every state, not {} (line 1, column 31)")]
    [InlineData("""{ "kind": "markov", "states": { "a": 1 } }""", "states.a: must be an object such as")]
    [InlineData("""{ "kind": "markov", "states": { "a": { "rewards": [[1]], "next": "a" }, "a": {} } }""", "states.a: is given twice")]
    [InlineData("""{ "kind": "markov", "states": { "a": { "rewards": [[1]] } } }""", "states.a.next: is missing; write for example \"next\": \"a\"")]
    [InlineData("""{ "kind": "markov", "states": { "a": { "next": "a" } } }""", "states.a.rewards: give either \"rewards\"")]
    [InlineData("""{ "kind": "markov", "states": { "a": { "rewards": [[1, 2], [3]], "next": "a" } } }""", "states.a.rewards[1]: has 1 entries; player 1 has 2 actions (line 1, column 60)")]
    [InlineData("""{ "kind": "markov", "states": { "a": { "rewards": [[1, 2]], "next": "a" }, "b": { "rewards": [[1]], "next": "a" } } }""", "states.b: has 1 x 1 actions; \"a\" has 1 x 2, and all states need the same")]
    [InlineData("""{ "kind": "markov", "states": { "calm": { "rewards": [[1]], "next": "clam" } } }""", "states.calm.next: unknown state 'clam'; did you mean 'calm'?")]
    [InlineData("""{ "kind": "markov", "states": { "a": { "rewards": [[1, 2]], "next": [["a"]] } } }""", "states.a.next[0]: has 1 entries; player 1 has 2 actions")]
    [InlineData("""{ "kind": "markov", "states": { "a": { "rewards": [[1]], "next": [[["a"]]] } } }""", "states.a.next[0][0]: must be a state, an object of probabilities such as { \"a\": 0.5 }, or null for the end, not [\"a\"]")]
    [InlineData("""{ "kind": "markov", "states": { "a": { "rewards": [[1]], "next": { "a": 1.5 } } } }""", "states.a.next.a: must be a probability, 0 to 1, not 1.5 (line 1, column 73)")]
    [InlineData("""{ "kind": "markov", "states": { "a": { "rewards": [[1]], "next": { "a": 0.7, "b": 0.7 } }, "b": { "rewards": [[1]], "next": "b" } } }""", "states.a.next: has probabilities that sum to 1.4; they must sum to at most 1")]
    [InlineData("""{ "kind": "markov", "start": { "a": 0.5 }, "states": { "a": { "rewards": [[1]], "next": "a" } } }""", "start: has probabilities that sum to 0.5; they must sum to 1 (line 1, column 30)")]
    [InlineData("""{ "kind": "markov", "start": null, "states": { "a": { "rewards": [[1]], "next": "a" } } }""", "start: has probabilities that sum to 0; they must sum to 1")]
    [InlineData("""{ "kind": "markov", "discount": 1, "states": { "a": { "rewards": [[1]], "next": "a" } } }""", "discount: must be at least 0 and below 1, not 1")]
    [InlineData("""{ "kind": "markov", "actions": ["x"], "states": { "a": { "rewards": [[1, 2]], "next": "a" } } }""", "actions: has 1 names; there are 2 actions")]
    [InlineData("""{ "kind": "markov", "epsilon": 0, "states": { "a": { "rewards": [[1]], "next": "a" } } }""", "epsilon: must be a finite number above 0, not 0")]
    [InlineData("""{ "kind": "quadratic", "A": [-1, -1], "B": [0, 0], "D": [0, 0], "e": [0, 0], "d": [0, 0] }""", "kind: is \"quadratic\"; must be \"markov\", or \"matrix\"")]
    public void What_is_wrong_is_named_with_its_place(string json, string expected) =>
        Assert.StartsWith(expected, Assert.ThrowsAny<FormatException>(() => MarkovGameFile.Parse(json, "test")).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_nowhere_is_named()
    {
        var file = MarkovGameFile.Parse("""{ "kind": "markov", "states": { "a": { "rewards": [[1]], "next": "a" } } }""", "bare");
        Assert.StartsWith("discount: is missing; give the game \"discount\": 0.9, or use --discount 0.9", Assert.ThrowsAny<FormatException>(() => file.Game()).Message, StringComparison.Ordinal);
        Assert.StartsWith("discount: must be at least 0 and below 1, not -1", Assert.ThrowsAny<FormatException>(() => file.Game(-1)).Message, StringComparison.Ordinal);
        Assert.StartsWith("tau: is missing", Assert.ThrowsAny<FormatException>(() => file.Risk(epsilon: 1)).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "kind: is \"markov\": a game with states, which only `srpo rqe markov` solves (line 1, column 11)",
            Assert.Throws<FormatException>(() => GameFile.Parse("""{ "kind": "markov" }""", "x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_that_are_cut_or_changed_never_fail_in_another_way()
    {
        for (var length = 0; length < Commons.Length; length += 3) Assert.ThrowsAny<FormatException>(() => MarkovGameFile.Parse(Commons[..length], "cut"));
        var random = new Random(1);
        var read = 0;
        for (var i = 0; i < 2000; i++)
        {
            var changed = Commons.ToCharArray();
            changed[random.Next(changed.Length)] = "[]{}\",:019.-eE xnul"[random.Next(19)];
            try
            {
                Assert.Equal(2, MarkovGameFile.Parse(new string(changed), "changed").Game(0.5).Game.States);
                read++;
            }
            catch (FormatException)
            {
                // The only way to fail.
            }
        }

        Assert.InRange(read, 100, 1900);
    }
}
