using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Client.Tests.Support;

namespace Srpo.Client.Tests.Terminals;

/// <summary>What is drawn again and again in its place: it leaves nothing behind, whatever becomes of the window.</summary>
public sealed class LiveWriterTests
{
    [Theory]
    [InlineData(30, 24)]
    [InlineData(17, 24)]
    [InlineData(100, 24)]
    [InlineData(30, 5)]
    public void A_block_is_replaced_also_where_the_window_was_resized(int columns, int rows)
    {
        var screen = new Screen(60, 24);
        var size = new TerminalSize(60, 24);
        var writer = new LiveWriter(new ScreenWriter(screen), () => size);
        writer.WriteLine("before");
        writer.Show([.. Enumerable.Range(0, 4).Select(line => $"{line} {new string('x', 50)}")]);
        size = new TerminalSize(columns, rows);
        screen.Resize(columns, rows);
        writer.Show(["one", "two"]);
        Assert.Equal(["one", "two", ""], screen.AllRows.TakeLast(3));
        if (rows == 24) Assert.Equal(["before", "one", "two", ""], screen.AllRows);
    }

    [Fact]
    public void What_is_written_meanwhile_goes_above_the_block()
    {
        var screen = new Screen(40, 10);
        var writer = new LiveWriter(new ScreenWriter(screen), () => new TerminalSize(40, 10));
        writer.Show(["block"]);
        writer.WriteLine("srpo: a warning");
        writer.Show(["block 2"]);
        writer.Write("half");
        writer.WriteLine(" a line");
        Assert.Equal(["srpo: a warning", "half a line", "block 2", ""], screen.AllRows);
        writer.End();
        Assert.Equal(["srpo: a warning", "half a line", ""], screen.AllRows);
    }

    [Fact]
    public void A_block_is_no_higher_than_the_window()
    {
        var screen = new Screen(40, 5);
        var writer = new LiveWriter(new ScreenWriter(screen), () => new TerminalSize(40, 5));
        for (var i = 0; i < 3; i++) writer.Show([.. Enumerable.Range(0, 9).Select(line => $"{i}.{line}")]);
        Assert.Equal(["2.0", "2.1", "2.2", "2.3", ""], screen.AllRows);
    }

    [Theory]
    [InlineData(200, true, true)]
    [InlineData(80, true, true)]
    [InlineData(60, false, true)]
    [InlineData(50, false, true)]
    [InlineData(34, false, false)]
    [InlineData(20, false, false)]
    public void Progress_is_within_the_width_and_leaves_out_what_matters_least(int columns, bool rate, bool left)
    {
        WorkLine[] lines = [new("training overcooked-1.srpo", 0.435, "512 k env-steps/s", "3 min 20 s left"), new("cross-play training", 1, "", ""), new("p", 0, "", "")];
        var shown = BarProgress.Compose(lines, new TerminalSize(columns, 24), colours: true);
        Assert.All(shown, line => Assert.True(LiveWriter.Cells(line) < columns, line));
        Assert.Equal(3, shown.Count);
        Assert.Contains(" 43 %", shown[0].Replace("44 %", "43 %", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(rate, shown[0].Contains("env-steps/s", StringComparison.Ordinal));
        Assert.Equal(left, shown[0].Contains("left", StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', string.Concat(BarProgress.Compose(lines, new TerminalSize(columns, 24), colours: false)));
    }

    [Fact]
    public void Work_that_has_ended_makes_room_for_work_that_has_not()
    {
        WorkLine[] lines = [.. Enumerable.Range(0, 20).Select(each => new WorkLine($"work {each}", each < 15 ? 1 : 0.5, "", ""))];
        var shown = BarProgress.Compose(lines, new TerminalSize(80, 10), colours: false);
        Assert.Equal(8, shown.Count);
        Assert.StartsWith("work 12", shown[0], StringComparison.Ordinal);
    }

    /// <summary>A terminal's own end of lines.</summary>
    private sealed class ScreenWriter(Screen screen) : StringWriter
    {
        public override void Write(char value) => screen.Write(value == '\n' ? "\r\n" : value.ToString());

        public override void Write(string? value) => screen.Write(value!.Replace("\n", "\r\n", StringComparison.Ordinal));

        public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

        public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));
    }
}
