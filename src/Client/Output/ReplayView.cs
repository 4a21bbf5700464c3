using System.Text;
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

    /// <summary>Prints all frames; with a delay each one replaces the one before.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="agents">Who plays, by seat.</param>
    /// <param name="info">The environment.</param>
    /// <param name="frames">The steps.</param>
    /// <param name="delay">Time for each on a terminal; null prints them one below the other.</param>
    public static async Task ShowAsync(CommandContext context, IReadOnlyList<string> agents, EnvironmentInfo info, ReplayFrame[] frames, TimeSpan? delay)
    {
        if (Texts.AreDebates(info.Name))
        {
            await ShowDebateAsync(context.Shell, [.. frames.Select(frame => frame.Drawing)], delay, context.Cancellation);
            return;
        }

        var total = new double[agents.Count];
        var costs = new double[agents.Count];
        var height = 0;
        foreach (var frame in frames)
        {
            for (var seat = 0; seat < frame.Rewards.Length; seat++)
            {
                total[seat] += frame.Rewards[seat];
                costs[seat] += frame.Costs[seat];
            }

            var text = Draw(agents, info, frame, frames.Length - 1, total, costs);
            if (delay is not null && height > 0) context.Out.Write($"\u001b[{height.ToString()}A\u001b[J");
            context.Out.Write(text);
            height = text.Count(c => c == '\n');
            if (delay is { } pause)
            {
                await context.Out.FlushAsync(context.Cancellation);
                await Task.Delay(pause, context.Cancellation);
            }
        }

        var paid = costs.Any(cost => cost > 0) ? "; costs " + string.Join(" and ", costs.Select(cost => Texts.Number(cost))) : "";
        context.Out.WriteLine($"return {Texts.Number(TeamScore.Of(total, info))}{paid}");
    }

    /// <summary>Prints a debate to be read: the question and the rounds one below the other, whatever is waited for between them, since each answers the one before.</summary>
    internal static async Task ShowDebateAsync(Shell shell, IReadOnlyList<string> parts, TimeSpan? delay, CancellationToken cancellation)
    {
        for (var index = 0; index < parts.Count; index++)
        {
            if (index > 0) shell.Out.WriteLine();
            shell.Out.WriteLine(Texts.Readable(parts[index], shell.OutIsTerminal ? shell.Width : null));
            if (delay is not { } pause || index == parts.Count - 1) continue;
            await shell.Out.FlushAsync(cancellation);
            await Task.Delay(pause, cancellation);
        }
    }

    private static string Draw(IReadOnlyList<string> agents, EnvironmentInfo info, ReplayFrame frame, int last, double[] total, double[] costs)
    {
        var text = new StringBuilder();
        var ended = !frame.EpisodeEnded ? "" : info.EndsEarly ? "  (the episode is over)" : "  (episode ended, a new one begins)";
        text.Append($"step {frame.Step}/{last}{ended}\n");
        text.Append(frame.Drawing.TrimEnd('\n')).Append('\n');
        for (var seat = 0; seat < agents.Count; seat++)
        {
            var acted = frame.Actions.Length > seat && frame.Actions[seat].Length > 0;
            if (info.TurnBased && frame.Actions.Length > 0 && !acted) continue;
            text.Append($"seat {seat}  {agents[seat]}");
            if (acted)
            {
                text.Append($"  {frame.Actions[seat],-6} reward {Signed(frame.Rewards[seat])}  total {Texts.Number(total[seat])}");
                if (costs.Any(cost => cost > 0)) text.Append($", cost {Texts.Number(costs[seat])}");
            }

            text.Append('\n');
            if (frame.Probabilities.Length > seat && frame.Probabilities[seat].Length > 0) text.Append("        ").Append(Bars(info.ActionNames, frame.Probabilities[seat])).Append('\n');
        }

        return text.Append('\n').ToString();
    }

    private static string Bars(IReadOnlyList<string> actions, double[] probabilities)
    {
        IEnumerable<int> shown = Enumerable.Range(0, probabilities.Length);
        if (probabilities.Length > MostBars) shown = shown.OrderByDescending(action => probabilities[action]).Take(MostBars).Where(action => probabilities[action] >= 0.01);
        var parts = shown.Select(action =>
        {
            var filled = (int)Math.Round(probabilities[action] * BarWidth);
            var name = action < actions.Count ? actions[action] : action.ToString();
            return $"{name} {new string('#', filled)}{new string('.', BarWidth - filled)}";
        });
        return string.Join("  ", parts);
    }

    private static string Signed(double value) => value.ToString("+0.0;-0.0;0.0");
}
