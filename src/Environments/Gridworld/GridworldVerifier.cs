using System.Globalization;
using Srpo.Environments.Recordings;

namespace Srpo.Environments.Gridworld;

/// <summary>Replays recorded episodes through <see cref="GridworldRules"/> and reports the first difference.</summary>
public static class GridworldVerifier
{
    /// <summary>How far a cost may be off: recordings keep costs in decimals.</summary>
    public const double CostTolerance = 1e-6;

    /// <summary>Replays a file. Costs must agree to <see cref="CostTolerance"/>, everything else exactly.</summary>
    /// <param name="path">The file, .jsonl or .jsonl.gz.</param>
    /// <returns>Counts, and the first difference if there is one.</returns>
    /// <exception cref="RecordingException">The file cannot be read; the message names file, line, episode, step and field.</exception>
    public static RecordingReport Verify(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var episodes = 0;
        var steps = 0L;
        foreach (var episode in GridworldRecording.Read(path))
        {
            var difference = Replay(episode, ref steps);
            if (difference is not null) return new RecordingReport(path, episodes, steps, difference);
            episodes++;
        }

        return new RecordingReport(path, episodes, steps, null);
    }

    private static RecordingDifference? Replay(GridworldRecordedEpisode episode, ref long steps)
    {
        var layout = episode.Layout;
        var swapped = episode.Start[0] != layout.Starts[0];
        var state = layout.Initial(swapped);
        for (var seat = 0; seat < 2; seat++)
        {
            var start = layout.Cell(state.Agents[seat].Cell);
            if (episode.Start[seat] != start) return Difference(episode.Place, $"start[{seat}]", episode.Start[seat], start);
        }

        for (var i = 0; i < episode.Steps.Count; i++)
        {
            var step = episode.Steps[i];
            var payment = GridworldRules.Step(layout, ref state, step.Actions[0], step.Actions[1], step.First, Mask(step.Respawn));
            var difference = Compare(episode.Place with { Step = i }, layout, step, state, payment);
            if (difference is not null) return difference;
            steps++;
        }

        return null;
    }

    private static RecordingDifference? Compare(
        RecordingPlace place, GridworldLayout layout, GridworldRecordedStep step, in GridworldState state, GridworldPayment payment)
    {
        for (var seat = 0; seat < 2; seat++)
        {
            var cell = layout.Cell(state.Agents[seat].Cell);
            if (step.Positions[seat] != cell) return Difference(place, $"pos[{seat}]", step.Positions[seat], cell);
        }

        for (var seat = 0; seat < 2; seat++)
        {
            var carrying = state.Agents[seat].Carrying ? 1 : 0;
            if (step.Carrying[seat] != carrying) return Difference(place, $"carry[{seat}]", step.Carrying[seat], carrying);
        }

        for (var source = 0; source < layout.Sources.Count; source++)
        {
            var available = state.IsAvailable(source) ? 1 : 0;
            if (step.Onions[source] != available) return Difference(place, $"onion[{source}]", step.Onions[source], available);
        }

        if (step.Shared != payment.Shared) return Difference(place, "shared", step.Shared, payment.Shared);
        for (var seat = 0; seat < 2; seat++)
        {
            if (Math.Abs(step.Costs[seat] - payment.Costs[seat]) > CostTolerance)
                return Difference(place, $"cost[{seat}]", step.Costs[seat], payment.Costs[seat]);
        }

        return null;
    }

    private static uint Mask(IReadOnlyList<int> draws)
    {
        var mask = 0u;
        for (var source = 0; source < draws.Count; source++) mask |= (uint)draws[source] << source;
        return mask;
    }

    private static RecordingDifference Difference(RecordingPlace place, string field, object expected, object got) =>
        new(place with { Field = field }, Convert.ToString(expected, CultureInfo.InvariantCulture)!, Convert.ToString(got, CultureInfo.InvariantCulture)!);
}
