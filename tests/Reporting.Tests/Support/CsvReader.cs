using System.Globalization;
using System.Text;
using Srpo.Core.Results;

namespace Srpo.Reporting.Tests;

/// <summary>Reads comma-separated values after RFC 4180, as whoever uses the files would.</summary>
internal static class CsvReader
{
    /// <summary>A field as a number; NaN when it is empty.</summary>
    /// <exception cref="FormatException">The field is no number.</exception>
    public static double Number(string field) =>
        string.IsNullOrEmpty(field) ? double.NaN : double.Parse(field, NumberStyles.Float);

    /// <summary>All records of a text. Line ends may be CR LF or LF; the last one may be missing.</summary>
    /// <exception cref="FormatException">A quoted field does not end, or something follows its closing quote.</exception>
    public static IReadOnlyList<IReadOnlyList<string>> Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var records = new List<IReadOnlyList<string>>();
        var record = new List<string>();
        var position = 0;
        while (position < text.Length)
        {
            record.Add(text[position] == '"' ? Quoted(text, ref position, records.Count + 1) : Plain(text, ref position));
            if (position < text.Length && text[position] == ',')
            {
                position++;
                if (position < text.Length) continue;
                record.Add("");
            }

            if (position < text.Length && text[position] == '\r') position++;
            if (position < text.Length && text[position] == '\n') position++;
            records.Add(record);
            record = [];
        }

        return records;
    }

    private static string Plain(string text, ref int position)
    {
        var length = text.AsSpan(position).IndexOfAny(",\r\n");
        var field = length < 0 ? text[position..] : text.Substring(position, length);
        position += field.Length;
        return field;
    }

    private static string Quoted(string text, ref int position, int record)
    {
        var field = new StringBuilder();
        for (position++; ; position++)
        {
            if (position >= text.Length) throw new FormatException($"Record {record}: a quoted field does not end.");
            if (text[position] != '"') field.Append(text[position]);
            else if (position + 1 < text.Length && text[position + 1] == '"') field.Append(text[++position]);
            else break;
        }

        position++;
        if (position < text.Length && text[position] is not (',' or '\r' or '\n'))
            throw new FormatException($"Record {record}: text after a closing quote.");
        return field.ToString();
    }

    /// <summary>The matrices of a cells.csv and of the cells-by-seat.csv beside it. How pairs are seated comes back as whether seats are ordered.</summary>
    public static CrossPlayMatrix[] Cells(string text, string bySeat)
    {
        var seats = Records(bySeat, fields => (
            Layout: fields[0], Row: new AgentLabel(fields[1], int.Parse(fields[2])), Column: new AgentLabel(fields[3], int.Parse(fields[4])),
            Seat: int.Parse(fields[5]), Run: new AgentLabel(fields[6], int.Parse(fields[7])), Return: Number(fields[8]), Cost: Number(fields[9]))).ToLookup(seat => (seat.Layout, seat.Row, seat.Column));
        var cells = Records(text, fields => (
            Layout: fields[0], Row: new AgentLabel(fields[1], int.Parse(fields[2])), Column: new AgentLabel(fields[3], int.Parse(fields[4])),
            Episodes: int.Parse(fields[5]), Return: Number(fields[6]), Std: Number(fields[7]), Ordered: bool.Parse(fields[8]),
            Base: fields[9], Opponents: fields[10], IsUnseen: bool.Parse(fields[11])));
        return [.. cells.GroupBy(cell => cell.Layout).Select(layout =>
        {
            var first = layout.First();
            var builder = new CrossPlayMatrixBuilder(layout.Key, layout.Select(cell => cell.Row).Distinct(), layout.Select(cell => cell.Column).Distinct())
            {
                BaseLayout = first.Base, Opponents = first.Opponents.Length == 0 ? null : first.Opponents, UnseenOpponents = first.IsUnseen,
                Seating = first.Ordered ? CrossPlayMatrix.OrderedSeating : "another",
            };
            foreach (var cell in layout)
            {
                var two = seats[(cell.Layout, cell.Row, cell.Column)].OrderBy(seat => seat.Seat).ToArray();
                Assert.Equal([(0, cell.Row), (1, cell.Column)], two.Select(seat => (seat.Seat, seat.Run)));
                builder[builder.Rows.IndexOf(cell.Row), builder.Columns.IndexOf(cell.Column)] =
                    new CrossPlayCell(cell.Return, cell.Std, new(two[0].Return, two[1].Return), new(two[0].Cost, two[1].Cost), cell.Episodes);
            }

            return builder.Build();
        })];
    }

    /// <summary>The curves of a learning-curves.csv, without the measures of single actors.</summary>
    public static LearningCurve[] Curves(string text) =>
    [
        .. Records(text, fields => (Method: fields[0], Run: int.Parse(fields[1]), Point: new LearningPoint(
            long.Parse(fields[2]), long.Parse(fields[3]),
            Number(fields[4]), new(Number(fields[5]), Number(fields[6])))
        {
            Kl = Optional(fields[7]), Entropy = Optional(fields[8]), ClipFraction = Optional(fields[9]),
            ExplainedVariance = Optional(fields[10]), PolicyLoss = Optional(fields[11]), ValueLoss = Optional(fields[12]),
        })).GroupBy(point => (point.Method, point.Run)).Select(run => new LearningCurve(run.Key.Method, run.Key.Run, [.. run.Select(point => point.Point)])),
    ];

    private static IEnumerable<T> Records<T>(string text, Func<IReadOnlyList<string>, T> convert) => Read(text).Skip(1).Select(convert);

    private static double? Optional(string field) => field.Length == 0 ? null : Number(field);
}
