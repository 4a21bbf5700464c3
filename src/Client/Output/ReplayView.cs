using System.Diagnostics;
using Srpo.Client.Cli;
using Srpo.Environments;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Output;

/// <summary>Shows a replayed episode: the drawing, and what each seat did and thought.</summary>
internal static class ReplayView
{
    private const int BarWidth = 10;

    /// <summary>With more actions only the likely ones are shown.</summary>
    private const int MostBars = 6;

    /// <summary>Where lines are shorter than this, bars are not set in by much.</summary>
    private const int NarrowBars = 60;

    /// <summary>How often the size of the window is looked at while a frame stands.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    /// <summary>Prints all frames; with a delay each one replaces the one before.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="agents">Who plays, by seat.</param>
    /// <param name="info">The environment.</param>
    /// <param name="frames">The steps.</param>
    /// <param name="delay">Time for each on a terminal, as high and wide as it then is; null prints them one below the other.</param>
    public static async Task ShowAsync(CommandContext context, IReadOnlyList<string> agents, EnvironmentInfo info, ReplayFrame[] frames, TimeSpan? delay)
    {
        if (Texts.AreDebates(info.Name))
        {
            await ShowDebateAsync(context.Shell, [.. frames.Select(frame => frame.Drawing)], delay, context.Cancellation);
            return;
        }

        var total = new double[agents.Count];
        var costs = new double[agents.Count];
        var below = EnvironmentFactory.Find(info.Name).WordsBelowPicture(info);
        var terminal = delay is null ? null : LiveWriter.Of(context.Out, context.Shell);
        foreach (var frame in frames)
        {
            for (var seat = 0; seat < frame.Rewards.Length; seat++)
            {
                total[seat] += frame.Rewards[seat];
                costs[seat] += frame.Costs[seat];
            }

            var view = View(agents, info, frame, frames.Length - 1, (total, costs), below);
            if (terminal is null) foreach (var line in view.Lines(context.Shell.OutColumns).Append("")) context.Out.WriteLine(line);
            else await HoldAsync(terminal, context.Shell, view, delay!.Value, context.Cancellation);
        }

        terminal?.End(leave: true);
        var paid = costs.Any(cost => cost > 0) ? "; costs " + string.Join(" and ", costs.Select(cost => Texts.Number(cost))) : "";
        context.Out.WriteLine($"return {Texts.Number(TeamScore.Of(total, info))}{paid}");
    }

    /// <summary>Shows a frame for some time, and anew when the window is resized meanwhile.</summary>
    private static async Task HoldAsync(LiveWriter terminal, Shell shell, FrameView view, TimeSpan time, CancellationToken cancellation)
    {
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        for (var drawn = default(TerminalSize); ;)
        {
            if (shell.Size is var size && size != drawn) terminal.Show(view.Fit(drawn = size, out _));
            var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), end);
            if (left <= TimeSpan.Zero) return;
            await Task.Delay(left < Glance ? left : Glance, cancellation);
        }
    }

    /// <summary>Prints a debate to be read: the question and the rounds one below the other, whatever is waited for between them, since each answers the one before.</summary>
    internal static async Task ShowDebateAsync(Shell shell, IReadOnlyList<string> parts, TimeSpan? delay, CancellationToken cancellation)
    {
        for (var index = 0; index < parts.Count; index++)
        {
            if (index > 0) shell.Out.WriteLine();
            shell.Out.WriteLine(Prose.Break(parts[index], shell.OutColumns));
            if (delay is not { } pause || index == parts.Count - 1) continue;
            await shell.Out.FlushAsync(cancellation);
            await Task.Delay(pause, cancellation);
        }
    }

    private static FrameView View(IReadOnlyList<string> agents, EnvironmentInfo info, ReplayFrame frame, int last, (double[] Returns, double[] Costs) sums, int? below)
    {
        var ended = !frame.EpisodeEnded ? "" : info.EndsEarly ? "  (the episode is over)" : "  (episode ended, a new one begins)";
        var costs = sums.Costs.Any(cost => cost > 0);
        var said = new List<(IReadOnlyList<string> Seat, IReadOnlyList<string> Bars)>();
        for (var seat = 0; seat < agents.Count; seat++)
        {
            var acted = frame.Actions.Length > seat && frame.Actions[seat].Length > 0;
            if (info.TurnBased && frame.Actions.Length > 0 && !acted) continue;
            IEnumerable<string> parts = [$"seat {seat}", agents[seat]];
            if (acted) parts = parts.Concat([$"{frame.Actions[seat],-6} reward {Signed(frame.Rewards[seat])}", $"total {Texts.Number(sums.Returns[seat])}{(costs ? $", cost {Texts.Number(sums.Costs[seat])}" : "")}"]);
            said.Add(([.. parts], frame.Probabilities.Length > seat && frame.Probabilities[seat].Length > 0 ? [.. Bars(info.ActionNames, frame.Probabilities[seat])] : []));
        }

        return new FrameView($"step {frame.Step}/{last}{ended}", frame.Drawing, below) { Words = [width => Words(width, bars: true), width => Words(width, bars: false)] };

        IReadOnlyList<string> Words(int? width, bool bars) =>
        [
            .. said.SelectMany(seat => Prose.Flow(seat.Seat, "  ", width, hanging: 2).Concat(bars ? Prose.Flow(seat.Bars, "  ", width, indent: width < NarrowBars ? 2 : 8) : [])),
        ];
    }

    private static IEnumerable<string> Bars(IReadOnlyList<string> actions, double[] probabilities)
    {
        IEnumerable<int> shown = Enumerable.Range(0, probabilities.Length);
        if (probabilities.Length > MostBars) shown = shown.OrderByDescending(action => probabilities[action]).Take(MostBars).Where(action => probabilities[action] >= 0.01);
        return shown.Select(action =>
        {
            var filled = (int)Math.Round(probabilities[action] * BarWidth);
            var name = action < actions.Count ? actions[action] : action.ToString();
            return $"{name} {new string('#', filled)}{new string('.', BarWidth - filled)}";
        });
    }

    private static string Signed(double value) => value.ToString("+0.0;-0.0;0.0");
}
