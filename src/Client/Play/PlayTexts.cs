using Srpo.Client.Output;
using Srpo.Environments;
using Srpo.Experiments.Runs;
using Srpo.Learning;

namespace Srpo.Client.Play;

/// <summary>What is said to a person who plays.</summary>
internal sealed class PlayTexts(PlayTable table, PlayedEpisode episode)
{
    private readonly EnvironmentGuide _guide = EnvironmentFactory.Find(episode.Info.Name).Guide(episode.Environment, table.Seat);

    /// <summary>Which game, and who plays.</summary>
    public IEnumerable<string> Introduction() =>
    [
        $"{episode.Info.Name} {episode.Info.Variant}: you are in seat {table.Seat}",
        .. table.Players.Select((player, seat) => player is null ? null : $"seat {seat}: {player.Key}, {Texts.Weights(player.Version, player.Weights)}").OfType<string>(),
    ];

    /// <summary>Goal, rules and legend.</summary>
    /// <param name="width">Characters of a line; null for lines of any length.</param>
    public IReadOnlyList<string> Guide(int? width) => [.. Goal(width), .. _guide.Rules.SelectMany(rule => Prose.Break(rule, width).Split('\n')), .. Legend(width)];

    /// <summary>What brings points.</summary>
    public IReadOnlyList<string> Goal(int? width) => Prose.Break(_guide.Goal, width).Split('\n');

    /// <summary>What the signs of the drawing mean.</summary>
    public IReadOnlyList<string> Legend(int? width) => Prose.Flow(_guide.Legend.Select(entry => $"{entry.Sign} {entry.Meaning}"), "   ", width);

    /// <summary>What everybody did in a step, and what it brought.</summary>
    public string Report(MatchFrame frame)
    {
        var moves = Enumerable.Range(0, episode.Info.Seats).Where(seat => frame.Actions[seat] >= 0)
            .Select(seat => $"{(seat == table.Seat ? "you" : $"seat {seat}")}: {episode.Info.ActionNames[frame.Actions[seat]]}");
        return $"{string.Join(", ", moves)}; reward {Texts.Number(TeamScore.Of(frame.Rewards, episode.Info))}, score {Texts.Number(episode.Score)}";
    }

    /// <summary>Said to who leaves early.</summary>
    public string Left() => $"left after {episode.Frame.Step} steps; {Score()}";

    /// <summary>Said when the episode is over, with how it ended where that can be seen.</summary>
    public IEnumerable<string> End() =>
        [.. episode is { Environment: IOutcomeView, Frame.EpisodeEnded: true } ? new[] { episode.Frame.Drawing.TrimEnd('\n') } : [], $"the episode is over; {Score()}"];

    private string Score() => $"score {Texts.Number(episode.Score)}{episode.TakenBack switch { 0 => "", 1 => " (1 action taken back)", var count => $" ({count} actions taken back)" }}";
}
