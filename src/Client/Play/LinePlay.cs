using Srpo.Client.Cli;
using Srpo.Client.Output;

namespace Srpo.Client.Play;

/// <summary>One episode in which a person, or a program, chooses the actions of a seat line by line, as through a pipe.</summary>
internal sealed class LinePlay(Shell shell, PlayTable table)
{
    private enum Answer
    {
        Action,
        TakeBack,
        Leave,
    }

    /// <summary>Plays to the end, or until the person leaves.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var episode = new PlayedEpisode(table);
        var texts = new PlayTexts(table, episode);
        var menu = new ActionMenu(episode.Environment);
        Print(texts.Introduction());
        Print(texts.Guide(shell.OutColumns));
        Print(["type a number, a key or a name, and Enter; u takes back your last action, ? shows the rules, q leaves"]);
        while (!episode.IsOver)
        {
            if (!episode.IsToAct)
            {
                Print([texts.Report(episode.Advance(null))]);
                continue;
            }

            var (answer, action) = await AskAsync(episode, menu, texts, cancellation);
            if (answer == Answer.Leave)
            {
                Print([texts.Left()]);
                return;
            }

            Print([answer == Answer.Action ? texts.Report(episode.Advance(action)) : episode.TakeBack() ? "your last action is taken back" : "there is nothing to take back"]);
        }

        Print(texts.End());
    }

    /// <summary>What the person chooses; at the end of the input, to leave.</summary>
    private async Task<(Answer Answer, int Action)> AskAsync(PlayedEpisode episode, ActionMenu menu, PlayTexts texts, CancellationToken cancellation)
    {
        var legal = episode.Legal();
        shell.Out.WriteLine($"\nstep {episode.Frame.Step}/{table.Steps}");
        shell.Out.WriteLine(episode.View().TrimEnd('\n'));
        Print(menu.Show(legal, shell.Size.Columns));
        while (true)
        {
            await shell.Out.WriteAsync("> ");
            await shell.Out.FlushAsync(cancellation);

            // Reading from a terminal cannot be called off: Ctrl-C leaves the line where it is.
            var line = await Task.Run(shell.In.ReadLine, cancellation).WaitAsync(cancellation);
            if (!shell.InIsTerminal || line is null) shell.Out.WriteLine(line);
            if (line is null || Means(line, "q", "quit")) return (Answer.Leave, -1);
            if (Means(line, "u", "undo")) return (Answer.TakeBack, -1);
            if (Means(line, "?", "help")) Print(texts.Guide(shell.OutColumns));
            else if (menu.Read(line, legal, out var action) is { } problem) Print([problem]);
            else return (Answer.Action, action);
        }

        // A game may have actions of these names.
        bool Means(string line, params string[] words) => words.Contains(line.Trim(), StringComparer.OrdinalIgnoreCase) && !menu.Knows(line);
    }

    private void Print(IEnumerable<string> lines)
    {
        foreach (var line in lines) Prose.Print(shell, line);
    }
}
