using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Srpo.Core.Results;
using Srpo.Reporting.Figures;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Html;

/// <summary>The section of the page with an episode per method, animated or to be read.</summary>
public static class EpisodeSection
{
    /// <summary>Most characters of all episodes together: a page stays a page.</summary>
    private const int MostCharacters = 3_000_000;

    /// <summary>An episode by itself: an animation, or drawings to leaf through, or what was said; as the report shows it.</summary>
    /// <param name="episode">The episode.</param>
    /// <returns>Markup; the page's script makes it alive.</returns>
    public static string Show(RecordedEpisode episode)
    {
        ArgumentNullException.ThrowIfNull(episode);
        return !episode.Transcript.IsEmpty ? Transcript(episode, isOpen: true) : episode.Drawings.IsEmpty ? SceneAnimation.Draw(episode) : Player(episode);
    }

    internal static void Write(Markup page, ImmutableArray<RecordedEpisode> episodes, MethodStyles styles)
    {
        if (episodes.IsEmpty) return;
        page.Open("section", ("id", "episodes")).Element("h2", "Episodes").Line();
        var room = new Room();
        WriteDrawn(page, [.. episodes.Where(episode => episode.Transcript.IsEmpty)], styles, room);
        WriteTranscripts(page, [.. episodes.Where(episode => !episode.Transcript.IsEmpty)], styles, room);
        if (room.Left > 0) page.Element("p", $"{Numbers.Integer(room.Left)} further episodes would make the page larger than 3 MB; `srpo replay` shows them.", ("class", "note"));
        page.Close().Line();
    }

    /// <summary>Episodes that are looked at, a row a method.</summary>
    private static void WriteDrawn(Markup page, ImmutableArray<RecordedEpisode> episodes, MethodStyles styles, Room room)
    {
        if (episodes.IsEmpty) return;
        page.Element("p", episodes.Any(episode => episode.Rank.Length > 0)
            ? "One episode each of a method's worst, median and best pair of different runs; pairs are ranked by their mean return, and a single episode may turn out otherwise."
            : "One episode of one team per method.", ("class", "note"));
        foreach (var method in episodes.GroupBy(episode => episode.Method))
        {
            var columns = method.Max(Columns);
            page.Element("h3", styles[method.Key].Name, ("class", "method")).Open("div", ("class", columns > 0 ? "grid3 drawn" : "grid3"), ("style", columns > 0 ? string.Create(CultureInfo.InvariantCulture, $"--columns: {columns}") : null)).Line();
            foreach (var episode in method)
            {
                var drawn = episode.Drawings.IsEmpty ? SceneAnimation.Draw(episode) : Player(episode);
                if (!room.Takes(drawn)) continue;
                page.Open("figure", ("class", "card"));
                if (episode.Rank.Length > 0) page.Element("h4", $"{Capitalised(episode.Rank)} pair");
                page.Raw(drawn).Element("figcaption", Caption(episode)).Close().Line();
            }

            page.Close().Line();
        }
    }

    /// <summary>Characters of the longest line that must not be broken: of pictures and tables, which have blanks in a row or none at all; other lines are words. 0 where nothing is drawn in characters.</summary>
    public static int Columns(RecordedEpisode episode) => episode.Drawings.IsEmpty ? 0 : episode.Drawings.Max(Columns);

    /// <inheritdoc cref="Columns(RecordedEpisode)"/>
    public static int Columns(string drawing) => drawing.Split('\n')
        .Where(line => line.Contains("  ", StringComparison.Ordinal) || !line.Contains(' ', StringComparison.Ordinal)).Select(line => line.Length).Append(1).Max();

    /// <summary>The first state, and all of them for the page's script, which leafs through them.</summary>
    private static string Player(RecordedEpisode episode)
    {
        var player = new Markup();
        player.Open("div", ("class", "player"), ("data-frames", JsonSerializer.Serialize(episode.Drawings.Select(drawing => drawing.TrimEnd('\n')))), ("data-scores", JsonSerializer.Serialize(episode.Scores.Select(score => Numbers.Short(score)))));
        player.Element("pre", episode.Drawings[0].TrimEnd('\n'), ("role", "img"), ("aria-label", episode.Title)).Close();
        return player.ToString();
    }

    /// <summary>Debates to be read: closed but for the first, a heading each, the rounds one below the other.</summary>
    private static void WriteTranscripts(Markup page, ImmutableArray<RecordedEpisode> episodes, MethodStyles styles, Room room)
    {
        if (episodes.IsEmpty) return;
        page.Element("p", "Debates as they were held: beside every response stands its answer, whether that is right, and what changed since the round before." +
            (episodes.Any(episode => episode.Rank.Length > 0) ? " Pairs are the worst, the median and the best of their method by joint accuracy over all questions, and debate the same question; a single debate may turn out otherwise." : ""), ("class", "note"));
        var isFirst = true;
        foreach (var method in episodes.GroupBy(episode => episode.Method))
        {
            page.Element("h3", styles[method.Key].Name, ("class", "method debaters")).Line();
            foreach (var episode in method)
            {
                var transcript = Transcript(episode, isFirst);
                if (!room.Takes(transcript)) continue;
                isFirst = false;
                page.Raw(transcript).Line();
            }
        }
    }

    private static string Transcript(RecordedEpisode episode, bool isOpen)
    {
        var transcript = new Markup();
        transcript.Open("details", ("class", "card transcript"), ("open", isOpen ? "open" : null)).Element("summary", Heading(episode)).Line();
        foreach (var part in episode.Transcript)
        {
            var lines = part.TrimEnd('\n').Split('\n', 2);
            transcript.Element("h4", lines[0]);
            if (lines.Length > 1) transcript.Element("pre", lines[1].Trim('\n'));
            transcript.Line();
        }

        transcript.Close();
        return transcript.ToString();
    }

    /// <summary>Who debates and what came of it; of pairs that are ranked also how often they are right together.</summary>
    private static string Heading(RecordedEpisode episode)
    {
        var kind = episode.Partner.Length > 0 ? $" with {episode.Partner}" : "";
        var pair = episode.Rank.Length == 0 ? episode.Title : $"{Capitalised(episode.Rank)} pair{kind}, {episode.Title}{(episode.PairReturn is { } joint ? $", joint accuracy {Numbers.Percent(joint)}" : "")}";
        return pair + (episode.Scores.IsDefaultOrEmpty ? "" : episode.Scores[^1] > 0 ? ": both right at the end" : ": not both right at the end");
    }

    private static string Capitalised(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    private static string Caption(RecordedEpisode episode)
    {
        var score = episode.Scores.IsDefaultOrEmpty ? "" : $", score {Numbers.Short(episode.Scores[^1])}";
        var steps = Math.Max(0, Math.Max(episode.Frames.Length, episode.Drawings.Length) - 1);
        return $"{episode.Title}: {Numbers.Integer(steps)} steps{score}{(episode.PairReturn is { } mean ? $"; the pair's mean is {Numbers.Short(mean)}" : "")}.";
    }

    /// <summary>What is left of the page's room for episodes.</summary>
    private sealed class Room
    {
        private int _used;

        /// <summary>How many had no room.</summary>
        public int Left { get; private set; }

        /// <summary>Whether there is room for one more; if so it is taken.</summary>
        public bool Takes(string episode)
        {
            if (_used + episode.Length > MostCharacters)
            {
                Left++;
                return false;
            }

            _used += episode.Length;
            return true;
        }
    }
}
