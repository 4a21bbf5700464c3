using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Environments;

namespace Srpo.Client.Tests.Terminals;

/// <summary>A person plays every environment that there is by single keys; actions that are taken back were never played.</summary>
public sealed class PlayTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("official", "overcooked", "s", "w d", "Carry onions")]
    [InlineData("tag", "tag", "a", "w d s", "Catch the runner")]
    [InlineData("hanabi-2p", "hanabi", "p0", "p 1 hr1", "Build a firework")]
    [InlineData("recall", "recall", "1", "0 1", "Remember the cue")]
    public async Task Keys_are_actions_and_what_is_taken_back_was_never_played(string preset, string game, string mistyped, string keys, string goal)
    {
        await TrainAsync(preset);
        var plain = await PlayAsync(game, keys + " q");
        Assert.Contains(goal, plain.Out, StringComparison.Ordinal);
        Assert.Contains("u take back", plain.Out, StringComparison.Ordinal);
        var mended = await PlayAsync(game, $"{mistyped} u {keys} q");
        Assert.EndsWith(LastLine(plain) + " (1 action taken back)", LastLine(mended), StringComparison.Ordinal);
        Assert.Matches("^left after [1-9]", LastLine(plain));

        // A line through a pipe is the same action, with Enter.
        var words = game == "hanabi" ? "p1 hr1" : keys;
        var piped = (await InProcess.TypeAsync(_directory.Root, string.Join('\n', $"{mistyped} u ? {words} q".Split(' ')) + "\n", "play", game, "p/0", "--seed", "3")).Expect(ExitCode.Ok);
        Assert.Equal(LastLine(mended), LastLine(piped));
        Assert.Equal(2, piped.Out.Split(goal).Length - 1);
    }

    [Theory]
    [InlineData("tag", "tag", "Catch the runner", "C0 you", false)]
    [InlineData("official", "overcooked", "Carry onions", "[P] pot", false)]
    [InlineData("hanabi-2p", "hanabi", "Build a firework", "?? your own card", true)]
    public async Task In_a_small_window_rules_that_have_no_room_are_shown_before(string preset, string game, string goal, string legend, bool before)
    {
        await TrainAsync(preset);
        var (width, height) = (80, 24);
        var screen = new Screen(width, height);
        var played = (await InProcess.OnTerminalAsync(_directory.Root, (width, height), "xq".Select(key => new ConsoleKeyInfo(key, ConsoleKey.None, false, false, false)), "play", game, "p/0", "--seed", "3")).Expect(ExitCode.Ok);
        screen.Write(played.Out.Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.Equal(before, played.Out.Contains("press any key to go on", StringComparison.Ordinal));
        foreach (var text in new[] { goal, legend, "u take back" }) Assert.Contains(text, played.Out, StringComparison.Ordinal);
        Assert.Single(screen.AllRows, row => row.StartsWith("step 0/", StringComparison.Ordinal));
        Assert.Contains(screen.Rows, row => row.Contains(goal, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_a_matrix_game_the_numbers_are_the_keys_and_an_episode_ends_by_itself()
    {
        _directory.Write("stags.json", """{ "environment": "matrix", "layout": "stag-hunt", "seeds": 1, "training": { "iterations": 1, "lanes": 4, "horizon": 4, "curveInterval": 0 }, "populations": { "p": {} }, "evaluation": { "episodes": 1 } }""");
        (await InProcess.RunAsync(_directory.Root, "run", "stags.json", "--id", "m")).Expect(ExitCode.Ok);
        var played = await PlayAsync("matrix", "u x 0", "m.p/0");
        Assert.Contains("0 stag", played.Out, StringComparison.Ordinal);
        Assert.Contains("(there is nothing to take back)", played.Out, StringComparison.Ordinal);
        Assert.Contains("(x is no action that is possible now)", played.Out, StringComparison.Ordinal);
        Assert.Contains("you: stag", played.Out, StringComparison.Ordinal);
        Assert.StartsWith("the episode is over; score ", LastLine(played), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_environment_that_is_played_step_by_step_has_a_guide()
    {
        foreach (var registration in EnvironmentFactory.Stepped)
        {
            foreach (var variant in registration.Variants)
            {
                var environment = EnvironmentFactory.Create(new(registration.Name, variant), 1);
                var guide = registration.Guide(environment, 0);
                Assert.NotEqual("Earn as much as you can, together.", guide.Goal);
                Assert.NotEmpty(guide.Rules);
                Assert.All(guide.Rules.Append(guide.Goal), sentence => Assert.EndsWith(".", sentence, StringComparison.Ordinal));
            }
        }
    }

    private static string LastLine(Outcome played) => played.Out.TrimEnd('\n').Split('\n')[^1].Trim();

    /// <summary>Presses keys, a blank between them standing for nothing.</summary>
    private async Task<Outcome> PlayAsync(string game, string keys, string partner = "p/0") => (await InProcess.OnTerminalAsync(
        _directory.Root, (80, 40), keys.Where(key => key != ' ').Select(key => new ConsoleKeyInfo(key, ConsoleKey.None, false, false, false)), "play", game, partner, "--seed", "3")).Expect(ExitCode.Ok);

    private async Task TrainAsync(string preset)
    {
        string[] arguments = ["population", "start", "p", "--preset", preset, "--method", "ippo", "--seeds", "1", "--iterations", "1"];
        string[] changes = ["lanes=1", "horizon=8", "curveInterval=0", "minibatches=1", "splitLanes=false"];
        (await InProcess.RunAsync(_directory.Root, [.. arguments, .. changes.SelectMany(change => new[] { "--set", change })])).Expect(ExitCode.Ok);
    }
}
