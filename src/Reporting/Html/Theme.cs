using System.Globalization;
using System.Text;
using Srpo.Reporting.Figures;

namespace Srpo.Reporting.Html;

/// <summary>Style sheets and script of the page, from the files in Assets.</summary>
public static class Theme
{
    /// <summary>Colours and the classes of figures; enough for a single figure.</summary>
    public static string Css { get; } = Asset("theme.css") + HeatClasses();

    /// <summary>Layout and typography of the page.</summary>
    public static string PageCss { get; } = Asset("page.css") + PrintCss();

    /// <summary>Theme switch and read-out of large heatmaps.</summary>
    public static string Script { get; } = Asset("page.js");

    private static string HeatClasses()
    {
        var css = new StringBuilder(":root{");
        for (var level = 0; level < ColourRamp.Levels; level++)
            css.Append(CultureInfo.InvariantCulture, $"--h{level}:{ColourRamp.Hex(level)};");
        css.Append("}\n");
        for (var level = 0; level < ColourRamp.Levels; level++)
            css.Append(CultureInfo.InvariantCulture, $".h{level}{{fill:var(--h{level})}}");
        css.Append('\n');
        for (var colour = 1; colour <= Palette.Size; colour++)
            css.Append(CultureInfo.InvariantCulture, $".c{colour}{{--series:var(--s{colour})}}");
        return css.Append('\n').ToString();
    }

    /// <summary>On paper everything has the light theme's colours, whatever is on the screen, and the paper is white.</summary>
    private static string PrintCss()
    {
        var css = Asset("theme.css");
        var start = css.IndexOf('{', css.IndexOf(":root", StringComparison.Ordinal)) + 1;
        var light = css[start..css.IndexOf('}', start)];
        return $"@media print {{ :root:root:root {{ {light} --page: #ffffff; --card: #ffffff; }} }}\n";
    }

    /// <summary>A file of Assets.</summary>
    /// <param name="name">Its name, for instance <c>Arimo-Regular.ttf</c>.</param>
    /// <exception cref="InvalidOperationException">There is none of this name.</exception>
    public static byte[] Resource(string name)
    {
        using var stream = typeof(Theme).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is missing from the assembly.");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static string Asset(string name) => Encoding.UTF8.GetString(Resource(name));
}
