using System.Collections.Immutable;
using System.Text;
using Srpo.Core.Statistics;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Figures;

/// <summary>Draws an <see cref="IntervalBarsSpec"/>: bars from zero with values and intervals, in as many rows of groups as its width needs, all on one scale.</summary>
public static class IntervalBars
{
    private const double Right = 14;
    private const double LeastPitch = 13;
    private const double MostPitch = 48;
    private const double GroupGap = 26;
    private const double MarkerRoom = 16;

    /// <summary>The picture as an SVG element.</summary>
    public static string Draw(IntervalBarsSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var legend = new Legend(2, spec.Width - 4, Entries(spec));
        var values = Values(spec).Prepend(0).Append(spec.High ?? 0).ToArray();
        var draft = LinearScale.Nice(values.Min(), values.Max(), spec.BarsHeight, 0, 8);
        var layout = new Layout(spec, PlotFrame.LeftOf(draft));
        var title = TextLines.Wrap(spec.YTitle, "axis-title", spec.Width - 8);
        var top = 6 + legend.Height + TextLines.Height(Math.Max(1, title.Count), "axis-title") + 4;
        var canvas = new SvgCanvas(spec.Width, top + layout.Rows.Sum(row => row.Height) + 4, spec.Description, "chart");
        legend.Draw(canvas, 4);
        for (var line = 0; line < title.Count; line++) canvas.Label(2, 6 + legend.Height + ((line + 0.85) * TextLines.LineHeight("axis-title")), title[line], "axis-title");
        foreach (var row in layout.Rows)
        {
            DrawRow(canvas, spec, layout, row, top, (draft.Low, draft.High));
            top += row.Height;
        }

        return canvas.Finish();
    }

    /// <summary>A width at which no bar is wider than it need be, up to a given one.</summary>
    internal static double Comfortable(IntervalBarsSpec spec, double most) =>
        Math.Min(most, Math.Max(420, PlotFrame.LeastLeft + Right + 20 + spec.Groups.Sum(group => (group.Bars.Length * MostPitch) + (2 * GroupGap))));

    private static void DrawRow(SvgCanvas canvas, IntervalBarsSpec spec, Layout layout, Row row, double top, (double Low, double High) ends)
    {
        var bottom = top + layout.Above + spec.BarsHeight;
        var y = new LinearScale(ends.Low, ends.High, bottom, top + layout.Above);
        PlotFrame.DrawVertical(canvas, y, layout.Left, spec.Width - Right);
        foreach (var slot in row.Slots)
        {
            var x = slot.Start + ((slot.Width - (slot.Group.Bars.Length * layout.Pitch)) / 2);
            foreach (var bar in slot.Group.Bars)
            {
                DrawBar(canvas, y, layout, slot.Group, bar, x);
                var marker = new StringBuilder();
                MarkerShape.Append(marker, bar.Marker, x + (layout.Pitch / 2), bottom + layout.Below + 8);
                if (marker.Length > 0) canvas.Path(marker.ToString(), LineChart.CssClass(MarkerShape.Kind(bar.Marker), bar.Colour));
                x += layout.Pitch;
            }

            for (var line = 0; line < slot.Name.Count; line++)
                canvas.Label(slot.Start + (slot.Width / 2), bottom + layout.Below + MarkerRoom + 12 + (line * TextLines.LineHeight("group")), slot.Name[line], "group", "middle");
        }
    }

    private static void DrawBar(SvgCanvas canvas, LinearScale y, Layout layout, BarGroup group, Bar bar, double left)
    {
        if (bar.Value is not { } value || !double.IsFinite(value)) return;
        var (x, width) = (left + (layout.Pitch * 0.06), layout.Pitch * 0.88);
        var (top, bottom) = (y.Map(Math.Max(value, 0)), y.Map(Math.Min(value, 0)));
        var interval = bar.Interval is { } given && double.IsFinite(given.Low) && double.IsFinite(given.High) ? given : (Interval?)null;
        var tooltip = $"{group.Name}, {bar.Name}{(bar.Kind.Length > 0 ? " " : "")}{bar.Kind}: {Numbers.Short(value)}";
        if (interval is not null) tooltip += $", interval {Numbers.Range(interval)}";
        canvas.Rect(x, top, width, Math.Max(0.5, bottom - top), LineChart.CssClass(bar.IsPale ? "fill-pale" : "fill", bar.Colour), tooltip, Math.Min(2, width / 4));

        var edge = value >= 0 ? top : bottom;
        var middle = x + (width / 2);
        if (interval is { } ends)
        {
            var (high, low) = (y.Map(ends.High), y.Map(ends.Low));
            var half = Math.Min(4, width / 3);
            canvas.Path(FormattableString.Invariant(
                $"M{middle:0.#} {high:0.#}V{low:0.#}M{middle - half:0.#} {high:0.#}h{2 * half:0.#}M{middle - half:0.#} {low:0.#}h{2 * half:0.#}"), "whisker");
            edge = value >= 0 ? Math.Min(edge, high) : Math.Max(edge, low);
        }

        var text = ValueText(value);
        if (layout.Values == ValueLabels.Level) canvas.Label(middle, value >= 0 ? edge - 5 : edge + 13, text, "value", "middle");
        else if (layout.Values == ValueLabels.Upright) canvas.Label(middle + 3.5, value >= 0 ? edge - 5 : edge + 5, text, "value", value >= 0 ? "start" : "end", upright: false);
    }

    private static string ValueText(double value) => Numbers.Fixed(value, Math.Abs(value) >= 10 ? 0 : 1);

    private static IEnumerable<LegendEntry> Entries(IntervalBarsSpec spec)
    {
        Bar[] bars = [.. spec.Groups.SelectMany(group => group.Bars)];
        var names = bars.Select(bar => new LegendEntry(bar.Name, bar.Colour, SwatchClass: bar.Kind.Length == 0 && bar.IsPale ? "fill-pale" : "fill"));
        return names.Concat(bars.Where(bar => bar.Kind.Length > 0).OrderBy(bar => !bar.IsPale).Select(bar => new LegendEntry(bar.Kind, Palette.Other, SwatchClass: bar.IsPale ? "fill-pale" : "fill")));
    }

    private static IEnumerable<double> Values(IntervalBarsSpec spec) =>
        from barGroup in spec.Groups
        from bar in barGroup.Bars
        where bar.Value is not null
        from value in new[] { bar.Value!.Value, bar.Interval?.Low ?? bar.Value.Value, bar.Interval?.High ?? bar.Value.Value }
        where double.IsFinite(value)
        select value;

    /// <summary>How values are written at their bars: where bars stand close, upright, and where they stand closer than a line is high, not at all.</summary>
    private enum ValueLabels
    {
        None,
        Upright,
        Level,
    }

    /// <summary>Which groups stand in which row, and how wide a bar is with its gap.</summary>
    private sealed class Layout
    {
        public Layout(IntervalBarsSpec spec, double left)
        {
            Left = left;
            var room = spec.Width - left - Right;
            var most = spec.Groups.Select(group => group.Bars.Length).DefaultIfEmpty(0).Max();
            Pitch = Math.Min(LeastPitch, (room - GroupGap) / Math.Max(1, most));
            var rows = Pack(spec.Groups, room);

            // What room is left makes bars wider, alike in all rows.
            if (most > 0) Pitch = Math.Clamp(rows.Min(row => (room - (row.Count * GroupGap)) / row.Sum(group => Math.Max(group.Bars.Length, 0.001))), Pitch, MostPitch);
            while (Pitch > LeastPitch && rows.Any(row => row.Sum(SlotWidth) > room)) Pitch = Math.Max(LeastPitch, Pitch - 0.5);
            var texts = spec.Groups.SelectMany(group => group.Bars).Where(bar => bar.Value is { } value && double.IsFinite(value)).Select(bar => (Value: bar.Value!.Value, Text: ValueText(bar.Value.Value))).ToArray();
            var widest = texts.Select(each => FigureStyles.Width(each.Text, "value")).DefaultIfEmpty(0).Max();
            Values = widest + 2 <= Pitch ? ValueLabels.Level : FigureStyles.Size("value") + 1 <= Pitch ? ValueLabels.Upright : ValueLabels.None;
            var extent = Values switch { ValueLabels.Level => 16, ValueLabels.Upright => widest + 8, _ => 4 };
            Above = texts.Any(each => each.Value >= 0) || texts.Length == 0 ? extent : 4;
            Below = texts.Any(each => each.Value < 0) ? extent : 0;
            Rows = [.. rows.Select(row => Place(row, spec))];
        }

        public double Left { get; }

        public double Pitch { get; }

        public ValueLabels Values { get; }

        /// <summary>Space for the values above the highest bar, and below the lowest.</summary>
        public double Above { get; }

        public double Below { get; }

        public ImmutableArray<Row> Rows { get; }

        /// <summary>Room for the bars of a group and the longest word of its name.</summary>
        private double SlotWidth(BarGroup group) =>
            Math.Max(group.Bars.Length * Pitch, group.Name.Split(' ').Max(word => FigureStyles.Width(word, "group"))) + GroupGap;

        private List<List<BarGroup>> Pack(ImmutableArray<BarGroup> groups, double room)
        {
            var rows = new List<List<BarGroup>>();
            var used = 0.0;
            foreach (var group in groups)
            {
                var width = SlotWidth(group);
                if (rows.Count == 0 || used + width > room)
                {
                    rows.Add([]);
                    used = 0;
                }

                rows[^1].Add(group);
                used += width;
            }

            // Rows of about the same length: none has one group that found no room.
            if (rows.Count > 1 && groups.Length > 0)
            {
                var each = (groups.Length + rows.Count - 1) / rows.Count;
                List<List<BarGroup>> even = [.. groups.Chunk(each).Select(row => row.ToList())];
                if (even.All(row => row.Sum(SlotWidth) <= room)) return even;
            }

            return rows.Count == 0 ? [[]] : rows;
        }

        private Row Place(List<BarGroup> groups, IntervalBarsSpec spec)
        {
            var room = spec.Width - Left - Right;
            var spare = Math.Max(0, room - groups.Sum(SlotWidth)) / Math.Max(1, groups.Count);
            var at = Left;
            var slots = ImmutableArray.CreateBuilder<Slot>();
            foreach (var group in groups)
            {
                var width = SlotWidth(group) + spare;
                slots.Add(new Slot(group, at, width, TextLines.Wrap(group.Name, "group", width - 6)));
                at += width;
            }

            var lines = slots.Select(slot => slot.Name.Count).DefaultIfEmpty(1).Max();
            return new Row(slots.ToImmutable(), Above + spec.BarsHeight + Below + MarkerRoom + TextLines.Height(Math.Max(1, lines), "group") + 10);
        }
    }

    private sealed record Row(ImmutableArray<Slot> Slots, double Height);

    private sealed record Slot(BarGroup Group, double Start, double Width, IReadOnlyList<string> Name);
}
