using System.Globalization;
using System.Text;
using Srpo.Client.Cli;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Output;

/// <summary>Shows a replayed episode: the drawing, and what each seat did and thought.</summary>
internal static class ReplayView
{
    private const int BarWidth = 10;

    /// <summary>Prints all frames; with a delay each one replaces the one before.</summary>
    public static async Task ShowAsync(CommandContext context, IReadOnlyList<string> agents, IReadOnlyList<string> actions, ReplayFrame[] frames, TimeSpan? delay)
    {
        var total = new double[2];
        var costs = new double[2];
        var height = 0;
        foreach (var frame in frames)
        {
            for (var seat = 0; seat < frame.Rewards.Length; seat++)
            {
                total[seat] += frame.Rewards[seat];
                costs[seat] += frame.Costs[seat];
            }

            var text = Draw(agents, actions, frame, frames.Length - 1, total, costs);
            if (delay is not null && height > 0) context.Out.Write($"\u001b[{height.ToString(CultureInfo.InvariantCulture)}A\u001b[J");
            context.Out.Write(text);
            height = text.Count(c => c == '\n');
            if (delay is { } pause)
            {
                await context.Out.FlushAsync(context.Cancellation);
                await Task.Delay(pause, context.Cancellation);
            }
        }

        context.Out.WriteLine($"return {Texts.Number(total.Sum())}; costs {Texts.Number(costs[0])} and {Texts.Number(costs[1])}");
    }

    private static string Draw(IReadOnlyList<string> agents, IReadOnlyList<string> actions, ReplayFrame frame, int last, double[] total, double[] costs)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"step {frame.Step}/{last}{(frame.EpisodeEnded ? "  (episode ended, a new one begins)" : "")}\n");
        text.Append(frame.Drawing.TrimEnd('\n')).Append('\n');
        for (var seat = 0; seat < agents.Count; seat++)
        {
            text.Append(CultureInfo.InvariantCulture, $"seat {seat}  {agents[seat]}");
            if (frame.Actions.Length > seat)
                text.Append(CultureInfo.InvariantCulture, $"  {frame.Actions[seat],-6} reward {Signed(frame.Rewards[seat])}  total {Texts.Number(total[seat])}, cost {Texts.Number(costs[seat])}");
            text.Append('\n');
            if (frame.Probabilities.Length > seat) text.Append("        ").Append(Bars(actions, frame.Probabilities[seat])).Append('\n');
        }

        return text.Append('\n').ToString();
    }

    private static string Bars(IReadOnlyList<string> actions, double[] probabilities)
    {
        var parts = probabilities.Select((probability, action) =>
        {
            var filled = (int)Math.Round(probability * BarWidth);
            var name = action < actions.Count ? actions[action] : action.ToString(CultureInfo.InvariantCulture);
            return $"{name} {new string('#', filled)}{new string('.', BarWidth - filled)}";
        });
        return string.Join("  ", parts);
    }

    private static string Signed(double value) => value.ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);
}
