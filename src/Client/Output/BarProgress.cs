using System.Globalization;
using Srpo.Client.Cli;
using Srpo.Experiments.Runs;

namespace Srpo.Client.Output;

/// <summary>Progress on a terminal: a line for each piece of work, with a bar, rate and time left, as wide as the window is at the moment.</summary>
internal sealed class BarProgress : ProgressDisplay
{
    private const int WidestBar = 30;

    /// <summary>A shorter bar says nothing that the number beside it does not.</summary>
    private const int NarrowestBar = 8;

    /// <summary>"100 %", with a blank on either side.</summary>
    private const int PercentWidth = 7;

    /// <summary>Time between two drawings.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private readonly Shell _shell;
    private readonly LiveWriter _terminal;
    private readonly Lock _lock = new();
    private readonly List<WorkLine> _lines = [];
    private bool _changed;

    private BarProgress(Shell shell, LiveWriter terminal)
        : base(terminal) => (_shell, _terminal) = (shell, terminal);

    /// <summary>Runs work that reports how far it is; the bars are gone when it has ended.</summary>
    public static new async Task RunAsync(Shell shell, Func<ProgressDisplay, Task> work)
    {
        var display = new BarProgress(shell, LiveWriter.Of(shell.Error, shell));
        using var end = new CancellationTokenSource();
        var drawing = display.DrawAsync(end.Token);
        try
        {
            await work(display);
        }
        finally
        {
            await end.CancelAsync();
            await drawing;
            display._terminal.End();
        }
    }

    public override void Report(WorkState state)
    {
        lock (_lock)
        {
            var left = TimeLeft(state) is { } known && state.Fraction < 1 ? Texts.Duration(known) + " left" : "";
            var line = new WorkLine(state.Title, state.Fraction, Texts.RateSuffix(state.Rate, state.Unit).TrimStart(',', ' '), left);
            var index = _lines.FindIndex(other => other.Title == state.Title);
            if (index < 0) _lines.Add(line);
            else _lines[index] = line;
            _changed = true;
        }
    }

    /// <summary>The lines of all work. What does not fit is left out in this order: the rate, the bar, the time, the middle of a title; the first of the work that has ended.</summary>
    /// <param name="lines">All work, in order of its beginning.</param>
    /// <param name="size">The terminal's.</param>
    /// <param name="colours">Whether the bar is coloured.</param>
    internal static IReadOnlyList<string> Compose(IReadOnlyList<WorkLine> lines, TerminalSize size, bool colours)
    {
        var width = size.Columns - 1;
        var most = Math.Max(1, size.Rows - 2);
        var hidden = Math.Max(0, lines.Count - most);
        var ended = lines.Where(line => line.Fraction >= 1).Take(hidden).ToHashSet();
        WorkLine[] shown = [.. lines.Where(line => !ended.Contains(line)).TakeLast(most)];
        var title = Math.Min(shown.Max(line => line.Title.Length), Math.Max(8, width / 2));
        var rest = width - title - PercentWidth;
        string[] notes = [.. shown.Select(line => string.Join(", ", new[] { line.Rate, line.Left }.Where(text => text.Length > 0)))];
        if (rest - notes.Max(note => note.Length) < NarrowestBar) notes = [.. shown.Select(line => line.Left)];
        var longest = notes.Max(note => note.Length);
        if (longest > rest) (notes, longest) = ([.. shown.Select(_ => "")], 0);
        var bar = rest - longest - 1 is var room && room >= NarrowestBar ? Math.Min(WidestBar, room) : 0;
        return [.. shown.Select((line, index) => (Fitted(line.Title, title) + (bar > 0 ? " " + Bar(line.Fraction, bar, colours) : "") + Percent(line.Fraction) + notes[index]).TrimEnd())];
    }

    /// <summary>Draws until it is called off, when something has changed or the window was resized.</summary>
    private async Task DrawAsync(CancellationToken cancellation)
    {
        var colours = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var drawn = default(TerminalSize);
        using var timer = new PeriodicTimer(Pace);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                var size = _shell.Size;
                lock (_lock)
                {
                    if (_lines.Count == 0 || (!_changed && size == drawn)) continue;
                    (_changed, drawn) = (false, size);
                    _terminal.Show(Compose(_lines, size, colours));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The work has ended.
        }
    }

    private static string Bar(double fraction, int width, bool colours)
    {
        var filled = (int)Math.Round(Math.Clamp(fraction, 0, 1) * width);
        var (done, left) = (new string('━', filled), new string('─', width - filled));
        return colours ? $"\u001b[32m{done}\u001b[90m{left}\u001b[0m" : done + left;
    }

    private static string Percent(double fraction) => string.Create(CultureInfo.InvariantCulture, $" {Texts.Percent(fraction),5} ");

    /// <summary>A title of a width; of one that is too long the end tells more than the middle.</summary>
    private static string Fitted(string title, int width) =>
        title.Length <= width ? title.PadRight(width) : string.Concat(title.AsSpan(0, width / 3), "…", title.AsSpan(title.Length - (width - (width / 3) - 1)));
}

/// <summary>A piece of work as its line shows it.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Fraction">How much of it is done, 0 to 1.</param>
/// <param name="Rate">How fast, or empty.</param>
/// <param name="Left">How long it will take, or empty.</param>
internal sealed record WorkLine(string Title, double Fraction, string Rate, string Left);
