using System.Text.RegularExpressions;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;

namespace Srpo.Client.Tests.Terminals;

/// <summary>The program on a terminal, as users have it: its width is measured, and measured again when the window is resized.</summary>
public sealed class PseudoTerminalTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [TerminalTheory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(200)]
    public async Task Tables_and_help_are_as_wide_as_the_window(int columns)
    {
        foreach (var line in new[] { "show observation tag", "experiments --presets", "run --help" })
        {
            using var terminal = PseudoTerminal.Start(_directory.Root, columns, 24, line.Split(' '));
            Assert.Equal((int)ExitCode.Ok, await terminal.EndAsync());
            Assert.InRange(terminal.Look(screen => screen.Longest), 40, columns);
            if (line.StartsWith("show", StringComparison.Ordinal))
                Assert.Contains(terminal.Look(screen => screen.AllRows), row => Regex.IsMatch(row, @"^ +7 +-?\d+\.\d+  relative position of obstacle.* -11\.9 +11\.9$"));
        }
    }

    [TerminalFact]
    public async Task Progress_follows_the_window_and_leaves_nothing_behind()
    {
        string[] run = ["run", "overcooked-paper", "--id", "r", "--seeds", "1", "--workers", "1", "--set", "lanes=4", "--set", "horizon=50", "--set", "iterations=10000000", "--set", "curveInterval=0", "--set", "evaluation.episodes=1"];
        using var terminal = PseudoTerminal.Start(_directory.Root, 80, 24, ["NO_COLOR=1", .. run]);
        await terminal.UntilAsync("there are bars, with the time that is left", screen => Bars(screen).Count > 0 && Bars(screen)[0].Contains("left", StringComparison.Ordinal));
        foreach (var (columns, rows) in new[] { (60, 24), (200, 40), (34, 10), (80, 24) })
        {
            var bars = terminal.Look(screen => Bars(screen).Count);
            terminal.Resize(columns, rows);
            await terminal.UntilAsync($"the bars fit {columns} columns, and there are no remains of others", screen => Bars(screen).Count == bars && Bars(screen).All(bar => bar.TrimEnd().Length < columns));
        }

        Assert.False(terminal.Look(screen => screen.HasColours), "NO_COLOR is set");
        terminal.Type("\u0003");
        Assert.Equal((int)ExitCode.Interrupted, await terminal.EndAsync());
        Assert.Empty(terminal.Look(Bars));
        Assert.Contains(terminal.Look(screen => screen.AllRows), row => row.Contains("srpo resume r", StringComparison.Ordinal));

        // Without NO_COLOR bars have colours; a terminal that moves no cursor gets plain lines, without any sequence.
        using var coloured = await ResumedAsync("there are bars", screen => Bars(screen).Count > 0);
        Assert.True(coloured.Look(screen => screen.HasColours));
        coloured.Type("\u0003");
        Assert.Equal((int)ExitCode.Interrupted, await coloured.EndAsync());
        using var dumb = await ResumedAsync("there is a line", screen => screen.AllRows.Any(row => Regex.IsMatch(row, @"^training \S+: \d+ %")), "TERM=dumb");
        Assert.False(dumb.Look(screen => screen.HasColours));
        dumb.Type("\u0003");
        Assert.Equal((int)ExitCode.Interrupted, await dumb.EndAsync());

        // On a machine with much other work the run's record may take longer to read than a command waits, which then says what to do.
        async Task<PseudoTerminal> ResumedAsync(string what, Func<Screen, bool> condition, params string[] environment)
        {
            for (; ; )
            {
                var resumed = PseudoTerminal.Start(_directory.Root, 80, 24, [.. environment, "resume", "r"]);
                await resumed.UntilAsync(what, screen => condition(screen) || AsksAgain(screen));
                if (!resumed.Look(AsksAgain)) return resumed;
                resumed.Dispose();
            }
        }

        static bool AsksAgain(Screen screen) => screen.AllRows.Any(row => row.EndsWith("ask again", StringComparison.Ordinal));

        static IReadOnlyList<string> Bars(Screen screen) => [.. screen.AllRows.Where(row => Regex.IsMatch(row, @"\d %( |$)"))];
    }

    [TerminalFact]
    public async Task A_replay_stands_in_its_place_and_follows_the_window()
    {
        await TrainAsync("t", "tag");
        foreach (var (columns, rows) in new[] { (80, 24), (60, 24), (200, 50) })
        {
            using var terminal = await ReplayedAsync(columns, rows);
            Assert.True(terminal.Look(screen => screen.AllRows).Count(row => row.StartsWith("step ", StringComparison.Ordinal)) == 1, terminal.Look(screen => string.Join('\n', screen.AllRows)));
            Assert.Equal(2, terminal.Look(screen => screen.AllRows).Count(row => row.StartsWith(" +----", StringComparison.Ordinal)));
            Assert.Equal(3, terminal.Look(screen => screen.AllRows).Count(row => row.Contains("total", StringComparison.Ordinal)));
            Assert.True(terminal.Look(screen => screen.Longest) <= columns);
        }

        // While a step stands for long, the window is made smaller and larger.
        using var slow = PseudoTerminal.Start(_directory.Root, 80, 24, "replay", "t/0", "--steps", "6", "--speed", "0.001");
        await slow.UntilAsync("the first step is there", screen => screen.AllRows.Any(row => row.StartsWith("step 0/6", StringComparison.Ordinal)));
        foreach (var (columns, rows) in new[] { (60, 30), (120, 50), (50, 12), (80, 24) })
        {
            slow.Resize(columns, rows);
            await slow.UntilAsync($"it is drawn for {columns} columns and {rows} rows", screen =>
                screen.Rows.Count(row => row.StartsWith("step 0/6", StringComparison.Ordinal)) == 1 && screen.Rows.Any(row => row.Contains("lines more", StringComparison.Ordinal)) == rows < 24);
        }

        slow.Type("\u0003");
        Assert.Equal((int)ExitCode.Interrupted, await slow.EndAsync());

        // On a machine with much other work weights may take longer to read than a command waits, which then says to ask again.
        async Task<PseudoTerminal> ReplayedAsync(int columns, int rows)
        {
            for (var again = 0; ; again++)
            {
                var terminal = PseudoTerminal.Start(_directory.Root, columns, rows, "replay", "t/0", "--steps", "6", "--speed", "20");
                var code = await terminal.EndAsync();
                if (code == (int)ExitCode.Ok) return terminal;
                Assert.True(code == (int)ExitCode.Environment && again < 3, string.Join('\n', terminal.Look(screen => screen.AllRows)));
                terminal.Dispose();
            }
        }
    }

    [TerminalFact]
    public async Task A_person_plays_with_single_keys_and_takes_one_back()
    {
        await TrainAsync("o", "official");
        using var terminal = PseudoTerminal.Start(_directory.Root, 80, 24, "play", "overcooked", "o/0", "--seed", "3");
        await terminal.UntilAsync("goal, rules, legend and keys are there", screen =>
            new[] { "Carry onions", "costs you 0.2", "[P] pot", "w up", "space stay", "u take back", "step 0/" }.All(text => screen.Rows.Any(row => row.Contains(text, StringComparison.Ordinal))));
        terminal.Type("s");
        await terminal.UntilAsync("the key is an action", screen => screen.Rows.Any(row => row.StartsWith("step 1/", StringComparison.Ordinal)) && screen.Rows.Any(row => row.Contains("you: down", StringComparison.Ordinal)));
        terminal.Type("\u001b[A");
        await terminal.UntilAsync("so is an arrow", screen => screen.Rows.Any(row => row.Contains("you: up", StringComparison.Ordinal)));
        terminal.Type("x");
        await terminal.UntilAsync("what is no key is said to be none", screen => screen.Rows.Any(row => row.Contains("x is no action", StringComparison.Ordinal)));
        terminal.Type("u");
        await terminal.UntilAsync("it is taken back", screen => screen.Rows.Any(row => row.StartsWith("step 1/", StringComparison.Ordinal)) && screen.Rows.Any(row => row.Contains("taken back", StringComparison.Ordinal)));
        terminal.Resize(64, 30);
        terminal.Type("?");
        await terminal.UntilAsync("the rules are shown alone", screen => screen.Rows.Any(row => row.Contains("press any key", StringComparison.Ordinal)));
        terminal.Type(" ");
        await terminal.UntilAsync("the game goes on", screen => screen.Rows.Any(row => row.StartsWith("step 1/", StringComparison.Ordinal)));
        terminal.Type("q");
        Assert.Equal((int)ExitCode.Ok, await terminal.EndAsync());
        Assert.Contains(terminal.Look(screen => screen.AllRows), row => Regex.IsMatch(row, @"^left after 1 steps; score .* \(1 action taken back\)$"));
        Assert.Single(terminal.Look(screen => screen.Rows), row => row.StartsWith("step ", StringComparison.Ordinal));
    }

    private async Task TrainAsync(string name, string preset)
    {
        string[] arguments = ["population", "start", name, "--preset", preset, "--method", "ippo", "--seeds", "1", "--iterations", "1"];
        string[] changes = ["lanes=1", "horizon=4", "curveInterval=0", "minibatches=1", "splitLanes=false"];
        (await InProcess.RunAsync(_directory.Root, [.. arguments, .. changes.SelectMany(change => new[] { "--set", change })])).Expect(ExitCode.Ok);
    }
}
