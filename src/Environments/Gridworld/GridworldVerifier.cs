using Srpo.Environments.Recordings;

namespace Srpo.Environments.Gridworld;

/// <summary>Replays recorded episodes through <see cref="GridworldRules"/> and reports the first difference.</summary>
public static class GridworldVerifier
{
    /// <summary>How far a cost may be off: recordings keep costs in decimals.</summary>
    public const double CostTolerance = 1e-6;

    /// <summary>Replays a file up to the first difference. Costs must agree to <see cref="CostTolerance"/>, everything else exactly.</summary>
    /// <param name="path">The file, .jsonl or .jsonl.gz.</param>
    /// <returns>Counts, the first difference if there is one, and the largest deviation of a cost.</returns>
    /// <exception cref="RecordingException">The file cannot be read; the message names file, line, episode, step and field.</exception>
    public static RecordingReport Verify(string path)
    {
        var comparer = new RecordingComparer();
        var costs = comparer.Quantity("replay", "cost", CostTolerance);
        return RecordingVerifier.Verify(path, GridworldRecording.Read(path).Select(episode => new Replay(episode, costs)), comparer);
    }

    /// <summary>One episode.</summary>
    private sealed class Replay(GridworldRecordedEpisode episode, RecordingQuantity costs) : IRecordingReplay
    {
        private readonly GridworldLayout _layout = episode.Layout;
        private GridworldState _state = episode.Layout.Initial(swapSeats: episode.Start[0] != episode.Layout.Starts[0]);

        public RecordingPlace Place => episode.Place;

        public int Steps => episode.Steps.Count;

        public void Start(RecordingComparer comparer)
        {
            for (var seat = 0; seat < 2; seat++) comparer.Same("start", seat, episode.Start[seat], _layout.Cell(_state.Agents[seat].Cell));
        }

        public void Step(int step, RecordingComparer comparer)
        {
            var recorded = episode.Steps[step];
            var payment = GridworldRules.Step(_layout, ref _state, recorded.Actions[0], recorded.Actions[1], recorded.First, Mask(recorded.Respawn));
            for (var seat = 0; seat < 2; seat++) comparer.Same("pos", seat, recorded.Positions[seat], _layout.Cell(_state.Agents[seat].Cell));
            for (var seat = 0; seat < 2; seat++) comparer.Same("carry", seat, recorded.Carrying[seat], _state.Agents[seat].Carrying ? 1 : 0);
            for (var source = 0; source < _layout.Sources.Count; source++) comparer.Same("onion", source, recorded.Onions[source], _state.IsAvailable(source) ? 1 : 0);
            comparer.Same("shared", recorded.Shared, payment.Shared);
            for (var seat = 0; seat < 2; seat++) comparer.Near(costs, "cost", seat, null, recorded.Costs[seat], payment.Costs[seat]);
        }

        private static uint Mask(IReadOnlyList<int> draws)
        {
            var mask = 0u;
            for (var source = 0; source < draws.Count; source++) mask |= (uint)draws[source] << source;
            return mask;
        }
    }
}
