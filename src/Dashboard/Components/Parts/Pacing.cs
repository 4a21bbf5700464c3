using System.Diagnostics;

namespace Srpo.Dashboard.Components.Parts;

/// <summary>How often something is drawn, by what it costs: a page that is open takes little from what trains on the same machine.</summary>
internal static class Pacing
{
    /// <summary>Time between two drawings for each second that one takes.</summary>
    private const double Share = 120;

    /// <summary>The time to the next drawing.</summary>
    /// <param name="ticks">What the last one took, as <see cref="Stopwatch.GetTimestamp"/> counts.</param>
    /// <param name="least">At least this.</param>
    /// <param name="most">At most this.</param>
    public static TimeSpan After(long ticks, TimeSpan least, TimeSpan most)
    {
        var fair = TimeSpan.FromSeconds(Share * ticks / Stopwatch.Frequency);
        return fair < least ? least : fair > most ? most : fair;
    }
}
