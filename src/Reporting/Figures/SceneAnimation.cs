using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Srpo.Core.Results;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Figures;

/// <summary>
/// An episode in the plane as an animated picture that needs no script: circles that move from state to state and begin
/// again (SMIL). What does not move is not animated. Viewers without animation show the first state.
/// </summary>
public static class SceneAnimation
{
    private const double Side = 340;
    private const double Top = 46;
    private const double Margin = 8;
    private const double StepsPerSecond = 10;

    /// <summary>Half the width of the field that is always in the picture.</summary>
    private const double Field = 1;

    /// <summary>The picture as an SVG element.</summary>
    /// <exception cref="ArgumentException">There is no state, states have different numbers of shapes, or a number is not finite.</exception>
    public static string Draw(RecordedEpisode episode)
    {
        ArgumentNullException.ThrowIfNull(episode);
        Check(episode.Frames);
        var view = View.Around(episode.Frames);
        var seconds = string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, episode.Frames.Length) / StepsPerSecond:0.##}s");
        var description = string.Create(CultureInfo.InvariantCulture, $"Animation of {episode.Frames.Length} steps: {episode.Title}");
        var canvas = new SvgCanvas(Side, Top + Side + 14, description, "scene");
        var roles = episode.Frames[0].Select(shape => shape.Role).Distinct().ToArray();
        new Legend(Margin, Side - Margin, roles.Select((role, index) => new LegendEntry(role, Colour(role, index), SwatchClass: "fill"))).Draw(canvas, 3);
        if (!episode.Scores.IsDefaultOrEmpty)
            canvas.Label(Margin, 36, $"score at the end {Numbers.Short(episode.Scores[^1])}", "axis-title");

        var (left, top) = view.Map(-Field, Field);
        canvas.Rect(left, top, 2 * Field * view.Scale, 2 * Field * view.Scale, "field");
        for (var shape = 0; shape < episode.Frames[0].Length; shape++) DrawShape(canvas, episode.Frames, shape, roles, view, seconds);
        canvas.Markup.Open("rect", ("x", Markup.Num(Margin)), ("y", Markup.Num(Top + Side + 4)), ("width", "0"), ("height", "4"), ("class", "fill c8"))
            .Empty("animate", ("attributeName", "width"), ("from", "0"), ("to", Markup.Num(Side - (2 * Margin))), ("dur", seconds), ("repeatCount", "indefinite"))
            .Close();
        return canvas.Finish();
    }

    private static void DrawShape(
        SvgCanvas canvas, ImmutableArray<ImmutableArray<SceneCircle>> frames, int index, string[] roles, View view, string seconds)
    {
        var first = frames[0][index];
        var (x, y) = view.Map(first.X, first.Y);
        canvas.Markup.Open(
            "circle", ("cx", Markup.Num(x)), ("cy", Markup.Num(y)), ("r", Markup.Num(first.Radius * view.Scale)),
            ("class", LineChart.CssClass("fill", Colour(first.Role, Array.IndexOf(roles, first.Role)))));
        canvas.Markup.Element("title", first.Name);
        Animate("cx", frame => view.Map(frame[index].X, 0).X);
        Animate("cy", frame => view.Map(0, frame[index].Y).Y);
        Animate("r", frame => frame[index].Radius * view.Scale);
        canvas.Markup.Close();

        void Animate(string attribute, Func<ImmutableArray<SceneCircle>, double> value)
        {
            var values = new StringBuilder();
            var moves = false;
            var before = "";
            foreach (var frame in frames)
            {
                var text = Markup.Num(value(frame));
                moves |= values.Length > 0 && text != before;
                values.Append(values.Length > 0 ? ";" : "").Append(text);
                before = text;
            }

            if (moves)
                canvas.Markup.Empty("animate", ("attributeName", attribute), ("values", values.ToString()), ("dur", seconds), ("repeatCount", "indefinite"));
        }
    }

    /// <summary>Things that nobody moves are grey.</summary>
    private static int Colour(string role, int index) => role == "obstacle" ? 8 : (index % (Palette.Size - 1)) + 1;

    private static void Check(ImmutableArray<ImmutableArray<SceneCircle>> frames)
    {
        if (frames.IsDefaultOrEmpty) throw new ArgumentException("There is no state to draw.", nameof(frames));
        foreach (var frame in frames)
        {
            if (frame.Length != frames[0].Length) throw new ArgumentException("The states have different numbers of shapes.", nameof(frames));
            if (frame.Any(shape => !double.IsFinite(shape.X) || !double.IsFinite(shape.Y) || !(shape.Radius > 0) || !double.IsFinite(shape.Radius)))
                throw new ArgumentException("A shape has no finite place and size.", nameof(frames));
        }
    }

    /// <summary>Where the plane lies in the picture: the field, and whatever leaves it.</summary>
    private sealed record View(double CentreX, double CentreY, double Scale)
    {
        public static View Around(ImmutableArray<ImmutableArray<SceneCircle>> frames)
        {
            var (left, right, bottom, top) = (-Field, Field, -Field, Field);
            foreach (var shape in frames.SelectMany(frame => frame))
            {
                (left, right) = (Math.Min(left, shape.X - shape.Radius), Math.Max(right, shape.X + shape.Radius));
                (bottom, top) = (Math.Min(bottom, shape.Y - shape.Radius), Math.Max(top, shape.Y + shape.Radius));
            }

            return new((left + right) / 2, (bottom + top) / 2, (Side - (2 * Margin)) / Math.Max(right - left, top - bottom));
        }

        public (double X, double Y) Map(double x, double y) => ((Side / 2) + ((x - CentreX) * Scale), Top + (Side / 2) - ((y - CentreY) * Scale));
    }
}
