using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Reporting.Figures;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Html;

/// <summary>The section of the page with an episode per method, animated or to be read.</summary>
internal static class EpisodeSection
{
    public static void Write(Markup page, ImmutableArray<RecordedEpisode> episodes, MethodStyles styles)
    {
        if (episodes.IsEmpty) return;
        page.Open("section", ("id", "episodes")).Element("h2", "Episodes").Line();
        WriteScenes(page, [.. episodes.Where(episode => episode.Transcript.IsEmpty)], styles);
        WriteTranscripts(page, [.. episodes.Where(episode => !episode.Transcript.IsEmpty)]);
        page.Close().Line();
    }

    private static void WriteScenes(Markup page, ImmutableArray<RecordedEpisode> episodes, MethodStyles styles)
    {
        if (episodes.IsEmpty) return;
        page.Element("p", "One episode of one team per method, over and over; the bar shows the time within it.", ("class", "note"));
        page.Open("div", ("class", "grid3")).Line();
        foreach (var episode in episodes)
        {
            page.Open("figure", ("class", "card")).Element("h3", styles[episode.Method].Name);
            page.Raw(SceneAnimation.Draw(episode)).Element("figcaption", Caption(episode)).Close().Line();
        }

        page.Close().Line();
    }

    /// <summary>Debates to be read: closed, a heading each, the rounds one below the other.</summary>
    private static void WriteTranscripts(Markup page, ImmutableArray<RecordedEpisode> episodes)
    {
        if (episodes.IsEmpty) return;
        page.Element("p", "Debates as they were held. Beside every response stands its answer, whether that is right, and what changed since the round before.", ("class", "note"));
        foreach (var (episode, index) in episodes.Select((episode, index) => (episode, index)))
        {
            page.Open("details", ("class", "card transcript"), ("open", index == 0 ? "open" : null)).Element("summary", Heading(episode)).Line();
            foreach (var part in episode.Transcript)
            {
                var lines = part.TrimEnd('\n').Split('\n', 2);
                page.Element("h4", lines[0]);
                if (lines.Length > 1) page.Element("pre", lines[1].Trim('\n'));
                page.Line();
            }

            page.Close().Line();
        }
    }

    private static string Heading(RecordedEpisode episode) =>
        episode.Title + (episode.Scores.IsDefaultOrEmpty ? "" : episode.Scores[^1] > 0 ? ": both right at the end" : ": not both right at the end");

    private static string Caption(RecordedEpisode episode)
    {
        var score = episode.Scores.IsDefaultOrEmpty ? "" : $", score {Numbers.Short(episode.Scores[^1])}";
        return $"{episode.Title}: {Numbers.Integer(episode.Frames.Length)} steps{score}.";
    }
}
