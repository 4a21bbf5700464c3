using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Environments;

namespace Srpo.Client.Play;

/// <summary>One episode in which a person chooses the actions of a seat by single keys; every step is drawn in the place of the one before, with rules and keys.</summary>
internal sealed class KeyPlay(Shell shell, PlayTable table)
{
    /// <summary>How often the size of the window is looked at while a key is waited for.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    /// <summary>The last of the views' words that have the whole guide.</summary>
    private const int WithGuide = 1;

    private static readonly string[] Commands = ["u take back", "? rules", "q leave"];

    private readonly LiveWriter _terminal = LiveWriter.Of(shell.Out, shell);

    /// <summary>What was done since the person's last action.</summary>
    private readonly List<string> _news = [];

    /// <summary>Whether the person has not acted yet: where the window has no room for the rules, they are shown before.</summary>
    private bool _begins = true;

    /// <summary>Keys of an action that needs several.</summary>
    private string _typed = "";

    /// <summary>Said beside the keys that were typed.</summary>
    private string _note = "";

    /// <summary>Plays to the end, or until the person leaves.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var episode = new PlayedEpisode(table);
        var texts = new PlayTexts(table, episode);
        var menu = new ActionMenu(episode.Environment);
        foreach (var line in texts.Introduction()) Prose.Print(shell, line);
        var left = false;
        try
        {
            while (!left && !episode.IsOver)
            {
                if (!episode.IsToAct)
                {
                    _news.Add(texts.Report(episode.Advance(null)));
                    continue;
                }

                var legal = episode.Legal();
                var view = View(episode, texts, menu);
                if (_begins)
                {
                    _begins = false;
                    view.Fit(shell.Size, out var shown);
                    if (shown > WithGuide) await GuideAsync(texts, cancellation);
                }

                var key = await KeyAsync(size => view.Fit(size, out _), cancellation);
                _note = "";
                if (Chosen(key, menu, legal, out var spent) is { } action)
                {
                    _typed = "";
                    _news.Clear();
                    _news.Add(texts.Report(episode.Advance(action)));
                }
                else if (!spent && _typed.Length == 0)
                {
                    left = await CommandAsync(key, episode, texts, cancellation);
                }
            }
        }
        finally
        {
            _terminal.End(leave: !episode.IsOver);
        }

        foreach (var line in left ? [texts.Left()] : _news.Concat(texts.End())) Prose.Print(shell, line);
    }

    /// <summary>The action that is chosen with this key and those before it; null where more keys may follow, or it means something else.</summary>
    /// <param name="key">The key.</param>
    /// <param name="menu">The keys of actions.</param>
    /// <param name="legal">[Actions] 1 for what may be chosen.</param>
    /// <param name="spent">Whether the key has done what it does: it is no command.</param>
    private int? Chosen(ConsoleKeyInfo key, ActionMenu menu, byte[] legal, out bool spent)
    {
        spent = true;
        if (_typed.Length == 0 && Arrow(key.Key) is { } direction && menu.Named(direction, legal) is var pointed and >= 0) return pointed;
        switch (key.Key)
        {
            case ConsoleKey.Enter when _typed.Length > 0:
                menu.Press(_typed, legal, out var entered);
                if (entered >= 0) return entered;
                Refuse(_typed);
                return null;
            case ConsoleKey.Backspace or ConsoleKey.Delete when _typed.Length > 0:
                _typed = _typed[..^1];
                return null;
            case ConsoleKey.Escape:
                _typed = "";
                return null;
        }

        spent = false;
        if (char.IsControl(key.KeyChar)) return null;
        var typed = _typed + key.KeyChar;
        var more = menu.Press(typed, legal, out var action);
        if (action >= 0 && !more) return action;
        spent = more || _typed.Length > 0 || !IsCommand(key);
        if (more) _typed = typed;
        else if (spent) Refuse(typed);
        return null;

        void Refuse(string keys) => (_typed, _note) = ("", $"{keys} is no action that is possible now");
    }

    /// <summary>Takes an action back, shows the rules, or nothing.</summary>
    /// <returns>Whether the person leaves.</returns>
    private async Task<bool> CommandAsync(ConsoleKeyInfo key, PlayedEpisode episode, PlayTexts texts, CancellationToken cancellation)
    {
        switch (char.ToLowerInvariant(key.KeyChar))
        {
            case 'q' or '\u0004':
                return true;
            case '\0' when key.Key == default: // the terminal is gone
                return true;
            case 'u' or '\b' or '\u007f':
                _news.Clear();
                _note = episode.TakeBack() ? "your last action is taken back" : "there is nothing to take back";
                return false;
            case '?':
                await GuideAsync(texts, cancellation);
                return false;
            default:
                return false;
        }
    }

    private Task GuideAsync(PlayTexts texts, CancellationToken cancellation) =>
        KeyAsync(size => [.. texts.Guide(size.Columns - 1).Take(size.Rows - 2), "press any key to go on"], cancellation);

    /// <summary>Shows something, also when the window is resized, until a key is pressed.</summary>
    private async Task<ConsoleKeyInfo> KeyAsync(Func<TerminalSize, IReadOnlyList<string>> compose, CancellationToken cancellation)
    {
        // Waiting for a key cannot be called off: Ctrl-C leaves it where it is.
        var pressed = Task.Run(shell.ReadKey!, cancellation);
        for (var drawn = default(TerminalSize); ;)
        {
            if (shell.Size is var size && size != drawn) _terminal.Show(compose(drawn = size));
            if (await Task.WhenAny(pressed, Task.Delay(Glance, cancellation)) == pressed) return await pressed;
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The step, with news, guide and keys below or beside it, and at last what was typed; in a small window without rules, then without legend and goal.</summary>
    private FrameView View(PlayedEpisode episode, PlayTexts texts, ActionMenu menu)
    {
        string[] keys = [.. menu.ShowKeys(episode.Legal()), .. Commands];
        return new FrameView(
            $"step {episode.Frame.Step}/{table.Steps}, score {Texts.Number(episode.Score)}", episode.View(), EnvironmentFactory.Find(episode.Info.Name).WordsBelowPicture(episode.Info))
        {
            Words =
            [
                width => [.. News(width), "", .. texts.Guide(width), "", .. Bottom(width)],
                width => [.. News(width), .. texts.Guide(width), .. Bottom(width)],
                width => [.. News(width), .. texts.Goal(width), .. texts.Legend(width), .. Bottom(width)],
                width => [.. News(width), .. texts.Goal(width), .. Bottom(width)],
                width => [.. News(width), .. Bottom(width)],
            ],
        };

        IEnumerable<string> News(int? width) => _news.SelectMany(line => Prose.Break(line, width).Split('\n'));

        IEnumerable<string> Bottom(int? width) =>
            [.. Prose.Flow(keys, "   ", width), .. Prose.Break($"> {_typed}{(_note.Length > 0 ? $"({_note})" : "")}", width).Split('\n')];
    }

    private static bool IsCommand(ConsoleKeyInfo key) => char.ToLowerInvariant(key.KeyChar) is 'q' or 'u' or '?';

    private static string? Arrow(ConsoleKey key) => key switch
    {
        ConsoleKey.UpArrow => "up",
        ConsoleKey.DownArrow => "down",
        ConsoleKey.LeftArrow => "left",
        ConsoleKey.RightArrow => "right",
        _ => null,
    };
}
