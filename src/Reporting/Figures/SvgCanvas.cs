using Srpo.Reporting.Text;

namespace Srpo.Reporting.Figures;

/// <summary>An SVG picture in the making. Colours are CSS classes, so that the page's theme decides.</summary>
internal sealed class SvgCanvas
{
    /// <summary>Begins a picture.</summary>
    /// <param name="width">Width in drawing units.</param>
    /// <param name="height">Height in drawing units.</param>
    /// <param name="description">It in words; null for one beside words that say the same.</param>
    /// <param name="cssClass">A further class.</param>
    public SvgCanvas(double width, double height, string? description, string? cssClass = null)
    {
        Markup.Open("svg",
            ("viewBox", $"0 0 {Markup.Num(width)} {Markup.Num(height)}"), ("class", cssClass is null ? "fig" : "fig " + cssClass),
            ("role", description is null ? null : "img"), ("aria-label", description), ("aria-hidden", description is null ? "true" : null));
    }

    /// <summary>For what the other members do not offer.</summary>
    public Markup Markup { get; } = new();

    public void Line(double x1, double y1, double x2, double y2, string cssClass) => Markup.Empty("line",
        ("x1", Text.Markup.Num(x1)), ("y1", Text.Markup.Num(y1)), ("x2", Text.Markup.Num(x2)), ("y2", Text.Markup.Num(y2)), ("class", cssClass));

    public void Path(string data, string cssClass) => Markup.Empty("path", ("d", data), ("class", cssClass));

    public void Rect(double x, double y, double width, double height, string cssClass, string? tooltip = null, double radius = 0)
    {
        (string, string?)[] attributes =
        [
            ("x", Text.Markup.Num(x)), ("y", Text.Markup.Num(y)), ("width", Text.Markup.Num(width)), ("height", Text.Markup.Num(height)),
            ("rx", radius > 0 ? Text.Markup.Num(radius) : null), ("class", cssClass),
        ];
        if (tooltip is null) Markup.Empty("rect", attributes);
        else Markup.Open("rect", attributes).Element("title", tooltip).Close();
    }

    /// <summary>
    /// Text; anchor is start, middle or end. It says how wide it is in the font that figures are laid out for, and is drawn that wide in whatever font there is.
    /// </summary>
    public void Label(double x, double y, string text, string cssClass, string anchor = "start", bool upright = true)
    {
        if (text.Length == 0) return;
        Markup.Element("text", text,
            ("x", upright ? Text.Markup.Num(x) : null), ("y", upright ? Text.Markup.Num(y) : null),
            ("transform", upright ? null : $"translate({Text.Markup.Num(x)} {Text.Markup.Num(y)}) rotate(-90)"),
            ("class", cssClass), ("text-anchor", anchor == "start" ? null : anchor),
            ("textLength", Text.Markup.Num(FigureStyles.Width(text, cssClass))), ("lengthAdjust", "spacingAndGlyphs"));
    }

    /// <summary>The finished picture.</summary>
    public string Finish()
    {
        Markup.Close();
        return Markup.ToString();
    }
}
