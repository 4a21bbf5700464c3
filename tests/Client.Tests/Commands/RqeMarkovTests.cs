using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;

namespace Srpo.Client.Tests.Commands;

public sealed class RqeMarkovTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>The numbers are those of a plain iteration of the equations in another language, to six digits.</summary>
    [Fact]
    public async Task Solves_a_game_with_states()
    {
        using var json = await SolveAsync("commons");
        var root = json.RootElement;
        Assert.Equal((2, 2, 4, 14), (root.GetProperty("states").GetInt32(), root.GetProperty("players").GetInt32(), root.GetProperty("jointActions").GetInt32(), root.GetProperty("successors").GetInt32()));
        Assert.Equal((1, 1), (root.GetProperty("starts").GetInt32(), root.GetProperty("converged").GetInt32()));
        Assert.Equal(JsonValueKind.Null, root.GetProperty("closest").ValueKind);
        var one = Assert.Single(root.GetProperty("equilibria").EnumerateArray());
        Assert.InRange(one.GetProperty("residual").GetDouble(), 0, root.GetProperty("tolerance").GetDouble());
        Assert.All(one.GetProperty("values").EnumerateArray(), value => Assert.Equal(4.070818, value.GetDouble(), 1e-6));
        var (green, bare) = (one.GetProperty("shown")[0], one.GetProperty("shown")[1]);
        Assert.Equal(("green", 1.0, "bare", 0.0), (green.GetProperty("name").GetString(), green.GetProperty("initial").GetDouble(), bare.GetProperty("name").GetString(), bare.GetProperty("initial").GetDouble()));
        Assert.Equal(0.981958, green.GetProperty("strategies")[1][0].GetDouble(), 1e-6);
        Assert.Equal(0.625412, bare.GetProperty("strategies")[0][0].GetDouble(), 1e-6);
        Assert.Equal(3.235741, bare.GetProperty("values")[0].GetDouble(), 1e-6);
    }

    [Fact]
    public async Task Says_what_was_found_and_what_is_not_known()
    {
        var text = (await RunAsync("commons", "--starts", "3", "--state", "bare")).Expect(ExitCode.Ok).Out;
        Assert.StartsWith("commons (Two herds on one pasture), tau 1, epsilon 0.2, discount 0.9\n2 states, 2 players, 4 joint actions, 14 transitions\n", text, StringComparison.Ordinal);
        Assert.Contains(" found from 3 starts, 3 of which converged, in ", text, StringComparison.Ordinal);
        Assert.Contains("; there may be others", text, StringComparison.Ordinal);
        Assert.Contains("graze 0.625412, rest 0.374588", text, StringComparison.Ordinal);
        Assert.DoesNotContain("state green", text, StringComparison.Ordinal);

        var few = (await RunAsync("commons", "--iterations", "2")).Expect(ExitCode.CheckFailed).Out;
        Assert.Contains("no equilibrium found from 1 start in ", few, StringComparison.Ordinal);
        Assert.Contains("no equilibrium: residual ", few, StringComparison.Ordinal);
    }

    /// <summary>A matrix game is repeated: strategies are those of one round, values its objective over 1 - gamma.</summary>
    [Theory]
    [InlineData("volunteers")]
    [InlineData("matrix --layout volunteer --epsilon 0.15")]
    public async Task A_matrix_game_is_played_for_ever(string game)
    {
        using var json = await SolveAsync([.. game.Split(' '), "--discount", "0.75", "--tau", "2"]);
        using var once = JsonDocument.Parse((await InProcess.RunAsync(_directory.Root, "rqe", "solve", "volunteers", "--tau", "2", "--json")).Expect(ExitCode.Ok).Out);
        var (markov, matrix) = (json.RootElement.GetProperty("equilibria")[0], once.RootElement.GetProperty("equilibria")[0]);
        Assert.Equal(matrix.GetProperty("strategies")[0][0].GetDouble(), markov.GetProperty("shown")[0].GetProperty("strategies")[0][0].GetDouble(), 1e-7);
        Assert.Equal(4 * matrix.GetProperty("objectives")[1].GetDouble(), markov.GetProperty("values")[1].GetDouble(), 1e-6);
        Assert.Equal(4 * matrix.GetProperty("privateCosts")[1].GetDouble(), markov.GetProperty("privateCosts")[1].GetDouble(), 1e-6);
        Assert.Equal("contribute", json.RootElement.GetProperty("actions")[0][0].GetString());
    }

    [Fact]
    public async Task A_layout_of_the_gridworld_is_solved_and_its_states_are_drawn()
    {
        _directory.Write("small.txt", "name: small\nrespawn-probability: 0.3\nmap:\nO1.\nP.2\n");
        var text = (await RunAsync("gridworld", "--layout", "small.txt", "--tau", "1", "--epsilon", "1", "--discount", "0.9", "--state", "0", "--state", "7")).Expect(ExitCode.Ok).Out;
        Assert.StartsWith("gridworld small, tau 1, epsilon 1, discount 0.9\n160 states, 2 players, 25 joint actions, ", text, StringComparison.Ordinal);
        Assert.Contains("state 0, the start with probability 0.5\n", text, StringComparison.Ordinal);
        Assert.Contains("1 = seat 0 at (0,1), empty hands; 2 = seat 1 at (1,2), empty hands", text, StringComparison.Ordinal);
        Assert.Contains("state 7\n", text, StringComparison.Ordinal);
        Assert.Contains(", stay 0.", text, StringComparison.Ordinal);

        using var json = await SolveAsync("overcooked", "--layout", "small.txt", "--tau", "1", "--epsilon", "1", "--discount", "0.9");
        Assert.Equal([0, 1], json.RootElement.GetProperty("equilibria")[0].GetProperty("shown").EnumerateArray().Select(state => state.GetProperty("state").GetInt32()));
    }

    [Theory]
    [InlineData("tag --tau 1 --epsilon 1", "tag: its states cannot be put into a table; environments that can be solved: gridworld, matrix")]
    [InlineData("gridworld --tau 1", "gridworld: an environment has no risk aversion of its own; say both, for example --tau 1 --epsilon 0.5")]
    [InlineData("gridworld --tau 1 --epsilon 1 --max-states 100", "gridworld: layout 'official' has more than 100 reachable states; ")]
    [InlineData("gridworld --tau 1 --epsilon 0 --layout official", "gridworld: epsilon of player 0: must be a finite number above 0, not 0")]
    [InlineData("gridworld --tau 1 --epsilon 1 --discount 1 --layout official", "gridworld: discount: must be at least 0 and below 1, not 1")]
    [InlineData("gridworld --tau 1 --epsilon 1 --layout offical", "did you mean 'official'?")]
    [InlineData("commons --layout official", "--layout: is for environments (gridworld, matrix), not for commons")]
    [InlineData("commons --state brown", "--state brown: commons has no such state; states are 0 to 1: green, bare")]
    [InlineData("commons --discount 1", "commons: discount: must be at least 0 and below 1, not 1")]
    [InlineData("volunteers", "volunteers: discount: is missing; give the game \"discount\": 0.9, or use --discount 0.9")]
    [InlineData("two-robots --discount 0.5", "kind: is \"aggregative\"; must be \"markov\"")]
    [InlineData("comons", "unknown game 'comons'; did you mean 'commons'?")]
    [InlineData("bad.json", "bad.json: states.a.next.b: unknown state 'b'")]
    [InlineData("bad.json", " (line 2, column 58)")]
    public async Task What_is_wrong_is_exit_code_2_and_named(string line, string expected)
    {
        _directory.Write("bad.json", "{ \"kind\": \"markov\", \"discount\": 0.5, \"tau\": 1, \"epsilon\": 1,\n  \"states\": { \"a\": { \"rewards\": [[1, 2]], \"next\": { \"b\": 1 } } } }");
        var outcome = (await RunAsync(line.Split(' '))).Expect(ExitCode.Usage);
        Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Out);
    }

    [Fact]
    public async Task Other_commands_say_where_such_a_game_belongs()
    {
        foreach (var verb in new[] { "solve", "sweep", "check" })
        {
            var outcome = (await InProcess.RunAsync(_directory.Root, "rqe", verb, "commons")).Expect(ExitCode.Usage);
            Assert.Contains("commons.json: kind: is \"markov\": a game with states, which only `srpo rqe markov` solves", outcome.Error, StringComparison.Ordinal);
        }
    }

    private Task<Outcome> RunAsync(params string[] arguments) => InProcess.RunAsync(_directory.Root, ["rqe", "markov", .. arguments]);

    private async Task<JsonDocument> SolveAsync(params string[] arguments) => JsonDocument.Parse((await RunAsync([.. arguments, "--json"])).Expect(ExitCode.Ok).Out);
}
