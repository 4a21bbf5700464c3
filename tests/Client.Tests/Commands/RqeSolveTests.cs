using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;

namespace Srpo.Client.Tests.Commands;

public sealed class RqeSolveTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>theory.md section 2: all equilibria as (x, y), to six digits.</summary>
    public static TheoryData<string, double, double[]> References() => new()
    {
        { "volunteers", 1.0, [0.964686, 0.107204, 0.619593, 0.619593, 0.107204, 0.964686] },
        { "volunteers", 2.0, [0.662049, 0.662049] },
        { "volunteers-half", 3.0, [0.991360, 0.026395, 0.912664, 0.319431, 0.669640, 0.669640, 0.319431, 0.912664, 0.026395, 0.991360] },
    };

    [Theory]
    [MemberData(nameof(References))]
    public async Task Solves_the_reference_games(string game, double tau, double[] expected)
    {
        using var json = await SolveAsync(game, "--tau", tau.ToString());
        var root = json.RootElement;
        Assert.True(root.GetProperty("complete").GetBoolean());
        Assert.Equal(expected.Length == 2, root.GetProperty("unique").GetBoolean());
        var found = root.GetProperty("equilibria").EnumerateArray()
            .SelectMany(one => one.GetProperty("strategies").EnumerateArray().Select(strategy => strategy[0].GetDouble())).ToArray();
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        // Stable and unstable take turns along the list.
        Assert.Equal(Enumerable.Range(0, expected.Length / 2).Select(i => i % 2 == 0), root.GetProperty("equilibria").EnumerateArray().Select(one => one.GetProperty("stable").GetBoolean()));
    }

    [Fact]
    public async Task The_numbers_of_an_equilibrium_fit_each_other()
    {
        using var json = await SolveAsync("volunteers");
        foreach (var one in json.RootElement.GetProperty("equilibria").EnumerateArray())
        {
            double Entry(string list, int player) => one.GetProperty(list)[player].GetDouble();
            double X(int player) => one.GetProperty("strategies")[player][0].GetDouble();
            var reward = 1 - ((1 - X(0)) * (1 - X(1)));
            Assert.Equal(reward, one.GetProperty("sharedReward").GetDouble(), 12);
            Assert.Equal(0.4 * Math.Abs(X(0) - X(1)), one.GetProperty("freeRiding").GetDouble(), 12);
            for (var player = 0; player < 2; player++)
            {
                Assert.Equal(0.4 * X(player), Entry("privateCosts", player), 12);
                Assert.Equal(reward - (0.4 * X(player)), Entry("utilities", player), 12);
                // f = -log E exp(-tau X) at tau = 1: the other contributes, then 1, else x.
                var (x, y) = (X(player), X(1 - player));
                var risk = -Math.Log((y * Math.Exp(-1)) + ((1 - y) * Math.Exp(-x))) - (0.4 * x);
                Assert.Equal(risk, Entry("riskAdjusted", player), 10);
                Assert.Equal(risk - (0.15 * ((x * Math.Log(x)) + ((1 - x) * Math.Log(1 - x)))), Entry("objectives", player), 10);
            }
        }

        var bounds = json.RootElement.GetProperty("bounds");
        Assert.Equal(Math.Log(2) + (1.4 / 0.15), bounds.GetProperty("k").GetDouble(), 10);
        Assert.Equal(3, json.RootElement.GetProperty("limits").GetProperty("nash").GetArrayLength());
        Assert.Equal(0.6, json.RootElement.GetProperty("limits").GetProperty("security")[0].GetProperty("value").GetDouble(), 10);
    }

    [Fact]
    public async Task Two_robots_are_the_closed_form()
    {
        using var json = await SolveAsync("two-robots", "--tau", "0.5");
        var root = json.RootElement;
        var one = Assert.Single(root.GetProperty("equilibria").EnumerateArray());
        var mean = 1 / (3 - 0.25);
        Assert.All(one.GetProperty("strategies").EnumerateArray(), strategy =>
        {
            Assert.Equal(mean, strategy.GetProperty("mean")[0].GetDouble(), 12);
            Assert.Equal(0.5, strategy.GetProperty("covariance")[0][0].GetDouble(), 12);
        });
        var reward = -0.5 * ((((2 * mean) - 1) * ((2 * mean) - 1)) + 1);
        Assert.Equal(reward, one.GetProperty("sharedReward").GetDouble(), 12);
        Assert.Equal(reward - (0.5 * ((mean * mean) + 0.5)), one.GetProperty("utilities")[1].GetDouble(), 12);
        Assert.True(one.GetProperty("stable").GetBoolean());
        Assert.Equal(2, root.GetProperty("largestAdmissibleTau").GetProperty("common").GetDouble(), 9);
        Assert.Equal(JsonValueKind.Null, root.GetProperty("bounds").ValueKind);
    }

    [Fact]
    public async Task Means_that_overshoot_are_an_unstable_equilibrium()
    {
        // BR_i = e - 3 mu_j: one equilibrium at tau = 0, from which the difference of the means runs away.
        _directory.Write("run.json", """{ "kind": "quadratic", "A": [-1, -1], "B": [-3, -3], "D": [-10, -10], "e": [1, 1], "d": [0, 0], "epsilon": 1, "tau": 0 }""");
        using var json = await SolveAsync("run.json");
        var one = Assert.Single(json.RootElement.GetProperty("equilibria").EnumerateArray());
        Assert.False(one.GetProperty("stable").GetBoolean());
        Assert.Equal(0.25, one.GetProperty("strategies")[0].GetProperty("mean")[0].GetDouble(), 12);
    }

    [Fact]
    public async Task Prints_tables_with_the_names_of_actions()
    {
        var outcome = (await InProcess.RunAsync(_directory.Root, "rqe", "solve", "volunteers-half")).Expect(ExitCode.Ok);
        foreach (var expected in new[] { "5 equilibria; there are no others", "contribute 0.991360, defect 0.008640", "equilibrium 2: unstable", "Theorem 4.2: at any equilibrium", "Nash equilibria" })
            Assert.Contains(expected, outcome.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rqe solve volunters", "unknown game 'volunters'; did you mean 'volunteers'?")]
    [InlineData("rqe solve volunteers --tau x", "--tau x is not possible; use a number")]
    [InlineData("rqe solve volunteers --tau NaN", "--tau NaN is not possible")]
    [InlineData("rqe solve volunteers --tau -1", "volunteers: tau: must be a finite number of at least 0, not -1")]
    [InlineData("rqe solve volunteers --epsilon 0", "volunteers: epsilon: must be a finite number above 0, not 0")]
    [InlineData("rqe solve volunteers --starts 0", "--starts 0 is not possible")]
    [InlineData("rqe solve two-robots --tau 2", "must be below 2")]
    [InlineData("rqe solve bad.json", "bad.json: costs[1]: has 1 entries; player 1 has 2 actions")]
    [InlineData("rqe solve bare.json", "bare: epsilon: is missing; give the game \"epsilon\": 0.15, or use --epsilon 0.15")]
    [InlineData("rqe sweep volunteers --tau 4:0", "--tau: ends at 0")]
    [InlineData("rqe sweep volunteers --tau 0:4 --log", "--tau: begins at 0 in '0:4'; equal ratios (log)")]
    [InlineData("rqe sweep volunteers --log", "--log: tau: begins at 0")]
    [InlineData("rqe sweep volunteers --tau 0:4:1", "--tau: '1' is not possible as the number of taus")]
    [InlineData("rqe sweep two-robots --tau 2:3", "beyond the largest admissible tau 2")]
    [InlineData("rqe sweep bare.json", "say which taus with --tau A:B")]
    [InlineData("rqe check bad.json", "bad.json: costs[1]")]
    [InlineData("run bad-experiment.json", "rqe.tua: unknown key, did you mean 'tau'?")]
    [InlineData("run figure-1i --set tau=5", "--set tau=5: the experiment 'figure-1i' trains nothing")]
    public async Task What_is_wrong_is_exit_code_2_and_named(string line, string expected)
    {
        _directory.Write("bad.json", """{ "rewards": [[1, 1], [1, 0]], "costs": [[1, 0], [1]], "epsilon": 1, "tau": 1 }""");
        _directory.Write("bare.json", """{ "rewards": [[1, 1], [1, 0]], "tau": 1 }""");
        _directory.Write("bad-experiment.json", """{ "title": "x", "rqe": { "game": "volunteers", "tua": "0:4" } }""");
        var outcome = (await InProcess.RunAsync(_directory.Root, line.Split(' '))).Expect(ExitCode.Usage);
        Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Out);
        Assert.False(Directory.Exists(_directory["volunteers-rqe"]));
    }

    /// <summary>Small inputs that once were answered wrongly or not at all.</summary>
    [Theory]
    [InlineData("""{ "kind": "matrix", "payoffs": [[[1e308, -1e308], [-1e308, 1e308]], [[1e308, -1e308], [-1e308, 1e308]]], "epsilon": 1, "tau": 0 }""", "payoffs of player 0: range over more than 1e290")]
    [InlineData("""{ "kind": "matrix", "rewards": [[[1e308, 0], [0, 0]], [[0, 0], [0, 1e308]]], "epsilon": 0.001, "tau": 1 }""", "payoffs of player 0: range over more than 1e290")]
    [InlineData("""{ "kind": "matrix", "payoffs": [[[1, 0], [0, 1]], [[1, 0], [0, 1]]], "epsilon": 1e-14, "tau": 0 }""", "epsilon of player 0: 1E-14 is too small")]
    [InlineData("""{ "kind": "matrix", "payoffs": [[[1, 0], [0, 1]], [[1, 0], [0, 1]]], "epsilon": 1, "tau": 1e308 }""", "tau of player 0: 1E+308 is too large")]
    public async Task What_doubles_cannot_hold_is_refused_by_name(string game, string expected)
    {
        _directory.Write("game.json", game);
        foreach (var command in new[] { "solve", "check" })
        {
            var refused = (await InProcess.RunAsync(_directory.Root, "rqe", command, "game.json")).Expect(ExitCode.Usage);
            Assert.Contains(expected, refused.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("(Parameter", refused.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{ "kind": "matrix", "payoffs": [[[4, 0], [3, 3]], [[4, 3], [0, 3]]], "epsilon": 1e-10, "tau": 0 }""", new[] { 1.0, 0.75, 0.0 })]
    [InlineData("""{ "kind": "matrix", "payoffs": [[[-1e6, 7e5], [0, 2e5]], [[-1e6, 0], [7e5, 2e5]]], "epsilon": 1e-3, "tau": 0 }""", new[] { 1.0, 1.0 / 3, 0.0 })]
    public async Task Sharp_games_have_their_three_equilibria(string game, double[] expected)
    {
        _directory.Write("game.json", game);
        using var json = await SolveAsync("game.json");
        Assert.True(json.RootElement.GetProperty("complete").GetBoolean());
        Assert.StartsWith("interval bounds", json.RootElement.GetProperty("proof").GetString(), StringComparison.Ordinal);
        var found = json.RootElement.GetProperty("equilibria").EnumerateArray().ToArray();
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second.GetProperty("strategies")[0][0].GetDouble(), 1e-6));
        Assert.Equal([true, false, true], found.Select(one => one.GetProperty("stable").GetBoolean()));
        Assert.All(found, one => Assert.True(one.GetProperty("gap").GetDouble() <= json.RootElement.GetProperty("tolerance").GetProperty("gap").GetDouble()));
        (await InProcess.RunAsync(_directory.Root, "rqe", "check", "game.json")).Expect(ExitCode.Ok);
    }

    [Theory]
    [InlineData("""{ "kind": "matrix", "rewards": [[[1000, 0], [0, 0]], [[0, 0], [0, 1000]]], "epsilon": 0.001, "tau": 1 }""")]
    [InlineData("""{ "kind": "matrix", "rewards": [[1000, 0, 0], [0, 1000, 0], [0, 0, 1000]], "epsilon": 0.001, "tau": 1 }""")]
    public async Task Large_rewards_of_nearly_rational_players_are_solved_and_nothing_is_lost(string game)
    {
        _directory.Write("game.json", game);
        using var json = await SolveAsync("game.json");
        Assert.False(json.RootElement.GetProperty("complete").GetBoolean());
        Assert.True(json.RootElement.GetProperty("equilibria").GetArrayLength() >= 5);
        var text = (await InProcess.RunAsync(_directory.Root, "rqe", "solve", "game.json")).Expect(ExitCode.Ok).Out;
        Assert.Contains("there may be others", text, StringComparison.Ordinal);
        // Two points whose probabilities all round to 0 and 1 look different.
        var rows = text.Split('\n').Where(line => line.TrimStart().StartsWith("0  ", StringComparison.Ordinal)).ToArray();
        Assert.Equal(rows.Length, rows.Distinct().Count());
    }

    private async Task<JsonDocument> SolveAsync(string game, params string[] options) =>
        JsonDocument.Parse((await InProcess.RunAsync(_directory.Root, ["rqe", "solve", game, "--json", .. options])).Expect(ExitCode.Ok).Out);
}
