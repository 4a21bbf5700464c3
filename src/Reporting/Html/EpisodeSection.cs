using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Reporting.Figures;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Html;

/// <summary>The section of the page with an animated episode per method.</summary>
internal static class EpisodeSection
{
    public static void Write(Markup page, ImmutableArray<RecordedEpisode> episodes, PopulationNames names)
    {
        if (episodes.IsEmpty) return;
        page.Open("section", ("id", "episodes")).Element("h2", "Episodes").Line();
        page.Element("p", "One episode of one team per method, over and over; the bar shows the time within it.", ("class", "note"));
        page.Open("div", ("class", "grid3")).Line();
        foreach (var episode in episodes)
        {
            page.Open("figure", ("class", "card")).Element("h3", names.Of(episode.Method));
            page.Raw(SceneAnimation.Draw(episode)).Element("figcaption", Caption(episode)).Close().Line();
        }

        page.Close().Close().Line();
    }

    private static string Caption(RecordedEpisode episode)
    {
        var score = episode.Scores.IsDefaultOrEmpty ? "" : $", score {Numbers.Short(episode.Scores[^1])}";
        return $"{episode.Title}: {Numbers.Integer(episode.Frames.Length)} steps{score}.";
    }
}
