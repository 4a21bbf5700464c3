using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Environments;
using Srpo.Experiments.Runs;
using Srpo.Learning;

namespace Srpo.Client.Play;

/// <summary>One episode in which a person chooses the actions of a seat, line by line.</summary>
internal sealed class TablePlay
{
    private readonly Shell _shell;
    private readonly PlayTable _table;

    public TablePlay(Shell shell, PlayTable table) => (_shell, _table) = (shell, table);

    /// <summary>Plays to the end, or until the person leaves.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var session = new EpisodeSession(_table.Environment, [.. _table.Players.Select(player => player is null ? null : Policies.Freeze(player))], _table.Seed, episode: 0);
        var info = session.Environment.Info;
        var menu = new ActionMenu(session.Environment);
        var score = 0.0;
        Introduce(info);
        while (session.Frame.Step < _table.Steps)
        {
            var outside = new int[info.Seats];
            if (session.IsToAct(_table.Seat))
            {
                if (await AskAsync(session, menu, cancellation) is not { } action)
                {
                    _shell.Out.WriteLine($"left after {session.Frame.Step} steps; score {Texts.Number(score)}");
                    return;
                }

                outside[_table.Seat] = action;
            }

            var frame = session.Advance(outside);
            score += TeamScore.Of(frame.Rewards, info);
            Report(info, frame, score);
            if (!frame.EpisodeEnded || (!info.EndsEarly && frame.Step < info.EpisodeLength)) continue;
            if (session.Environment is IOutcomeView) _shell.Out.WriteLine(frame.Drawing.TrimEnd('\n'));
            break;
        }

        _shell.Out.WriteLine($"the episode is over; score {Texts.Number(score)}");
    }

    private void Introduce(EnvironmentInfo info)
    {
        _shell.Out.WriteLine($"{info.Name} {info.Variant}: you are in seat {_table.Seat}; q leaves");
        for (var seat = 0; seat < _table.Players.Length; seat++)
        {
            if (_table.Players[seat] is { } player) _shell.Out.WriteLine($"seat {seat}: {player.Key}, {Texts.Weights(player.Version, player.Weights)}");
        }
    }

    /// <summary>The action that the person chooses; null where he leaves, or where the input ends.</summary>
    private async Task<int?> AskAsync(EpisodeSession session, ActionMenu menu, CancellationToken cancellation)
    {
        var legal = session.Legal(_table.Seat).ToArray();
        var view = session.Environment is ISeatView seats ? seats.RenderFor(0, _table.Seat) : session.Environment.Render(0);
        _shell.Out.WriteLine($"\nstep {session.Frame.Step}/{_table.Steps}");
        _shell.Out.WriteLine(view.TrimEnd('\n'));
        foreach (var line in menu.Show(legal, _shell.Width)) _shell.Out.WriteLine(line);
        while (true)
        {
            await _shell.Out.WriteAsync("> ");
            await _shell.Out.FlushAsync(cancellation);

            // Reading from a terminal cannot be called off: Ctrl-C leaves the line where it is.
            var line = await Task.Run(_shell.In.ReadLine, cancellation).WaitAsync(cancellation);
            if (!_shell.InIsTerminal || line is null) _shell.Out.WriteLine(line);
            if (line is null || line.Trim() is "q" or "Q" or "quit") return null;
            if (menu.Read(line, legal, out var action) is not { } problem) return action;
            _shell.Out.WriteLine(problem);
        }
    }

    /// <summary>What everybody did and what it brought.</summary>
    private void Report(EnvironmentInfo info, MatchFrame frame, double score)
    {
        var moves = Enumerable.Range(0, info.Seats).Where(seat => frame.Actions[seat] >= 0)
            .Select(seat => $"{(seat == _table.Seat ? "you" : $"seat {seat}")}: {info.ActionNames[frame.Actions[seat]]}");
        _shell.Out.WriteLine($"{string.Join(", ", moves)}; reward {Texts.Number(TeamScore.Of(frame.Rewards, info))}, score {Texts.Number(score)}");
    }
}
