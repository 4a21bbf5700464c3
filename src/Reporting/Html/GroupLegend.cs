using Srpo.Reporting.Figures;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Html;

/// <summary>
/// The legend of several small figures beside each other, once for all of them: a list of words, which breaks as wide as the page is and is read out as one. A figure that is saved alone takes
/// the legend along that <see cref="LineChart.DrawLegend"/> makes.
/// </summary>
public static class GroupLegend
{
    private const double SampleHeight = 12;

    /// <summary>The legend of charts that are drawn without one.</summary>
    /// <param name="charts">The charts. What a series looks like in one, it looks like in all.</param>
    /// <returns>Markup, empty where no series has a name; null where none of them names all that the others do, so that each needs a legend of its own.</returns>
    public static string? Draw(IEnumerable<LineChartSpec> charts)
    {
        ArgumentNullException.ThrowIfNull(charts);
        LegendEntry[][] named = [.. charts.Select(chart => LineChart.Entries(chart).ToArray())];
        LegendEntry[] entries = [.. named.OrderByDescending(each => each.Length).Take(1).SelectMany(each => each)];
        if (named.Any(each => each.Except(entries).Any())) return null;
        if (entries.Length == 0) return "";
        var list = new Markup().Open("ul", ("class", "key"), ("role", "list"), ("aria-label", "Legend of the figures below"));
        foreach (var entry in entries)
        {
            list.Open("li");
            if (entry.SampleWidth > 0)
            {
                var sample = new SvgCanvas(entry.SampleWidth - 5, SampleHeight, description: null, "sample");
                entry.DrawSample(sample, 0, SampleHeight / 2);
                list.Raw(sample.Finish());
            }

            list.Element("span", entry.Name).Close();
        }

        return list.Close().ToString();
    }
}
