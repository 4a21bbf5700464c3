namespace Srpo.Client.Output;

/// <summary>
/// How a table is set in the width that there is. Numbers are never broken, and nothing is left out. What does not fit has its headers broken, then its texts, between words; then it
/// stands in bands one below the other, each with the leading columns again; at last each row is a record of lines "name  value".
/// </summary>
/// <param name="Bands">The bands: columns with their widths; empty for records.</param>
internal sealed record TableLayout(IReadOnlyList<IReadOnlyList<TableLayout.Column>> Bands)
{
    /// <summary>Characters beside a column's own: a blank on either side of it.</summary>
    private const int Gap = 2;

    /// <summary>Characters at the edges of a table.</summary>
    private const int Edges = 1;

    /// <summary>A text is not broken into lines shorter than this, or than itself.</summary>
    private const int ShortestText = 16;

    /// <summary>With more rows a band would be out of sight of the one before.</summary>
    private const int MostRowsOfBands = 16;

    private const int MostBands = 4;

    /// <summary>Leading columns that tell the rows apart, at most.</summary>
    private const int MostKeys = 3;

    /// <summary>A column in a band.</summary>
    /// <param name="Index">Its number in the table.</param>
    /// <param name="Width">Characters, without the blanks around it.</param>
    public readonly record struct Column(int Index, int Width);

    /// <summary>Leading columns that tell the rows apart; every band has them.</summary>
    public int Keys { get; private init; }

    /// <summary>Whether headers stand on one line each.</summary>
    public bool PlainHeaders { get; private init; }

    /// <summary>Sets a table.</summary>
    /// <param name="headers">Header by column.</param>
    /// <param name="numeric">Whether a column has numbers, by column.</param>
    /// <param name="rows">Texts by row and column.</param>
    /// <param name="width">Characters of a line; null for no limit.</param>
    public static TableLayout Fit(IReadOnlyList<string> headers, IReadOnlyList<bool> numeric, IReadOnlyList<IReadOnlyList<string>> rows, int? width)
    {
        int[] columns = [.. Enumerable.Range(0, headers.Count)];
        var keys = KeysOf(numeric, rows);
        int[] whole = [.. columns.Select(column => Cells(column).Append(headers[column]).Max(LiveWriter.Cells))];
        if (width is not { } most || Total(whole) <= most) return new TableLayout([[.. columns.Select(column => new Column(column, whole[column]))]]) { PlainHeaders = true };

        // A column in which nothing stands says nothing.
        columns = [.. columns.Where(column => column < keys || rows.Count == 0 || Cells(column).Any(cell => cell.Length > 0))];
        int[] wide = [.. whole.Select((_, column) => Math.Max(Words(headers[column]).Max(LiveWriter.Cells), Cells(column).Select(LiveWriter.Cells).DefaultIfEmpty(0).Max()))];
        int[] least = [.. whole.Select((_, column) => numeric[column] ? wide[column] : Math.Min(wide[column], Math.Max(ShortestText, Cells(column).Append(headers[column]).SelectMany(Words).Max(LiveWriter.Cells))))];
        if (Total(columns.Select(column => least[column])) <= most) return new TableLayout([[.. Squeezed(columns, wide, least, most)]]);

        return new TableLayout(rows.Count <= MostRowsOfBands ? InBands(columns, keys, wide, least, most) : []) { Keys = keys };

        IEnumerable<string> Cells(int column) => rows.Select(row => row[column]);
    }

    private static IEnumerable<string> Words(string text) => text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).DefaultIfEmpty("");

    private static int Total(IEnumerable<int> widths) => widths.Sum(width => width + Gap) + Edges;

    /// <summary>Columns as wide as they would be, the widest of them narrower until all fit.</summary>
    private static IReadOnlyList<Column> Squeezed(IReadOnlyList<int> columns, int[] wide, int[] least, int most)
    {
        var widths = columns.ToDictionary(column => column, column => wide[column]);
        while (Total(widths.Values) > most)
        {
            var widest = columns.Where(column => widths[column] > least[column]).MaxBy(column => widths[column]);
            widths[widest]--;
        }

        return [.. columns.Select(column => new Column(column, widths[column]))];
    }

    /// <summary>As few leading columns as tell the rows apart, or all that are no numbers.</summary>
    private static int KeysOf(IReadOnlyList<bool> numeric, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        for (var keys = 1; keys <= Math.Min(MostKeys, numeric.Count); keys++)
        {
            if (rows.Select(row => string.Join('\n', row.Take(keys))).Distinct().Count() == rows.Count) return keys;
        }

        return Math.Clamp(numeric.TakeWhile(isNumeric => !isNumeric).Count(), 1, MostKeys);
    }

    /// <summary>As few bands as there must be, about equally wide; none where that would be too many, or where nothing fits beside the keys.</summary>
    private static IReadOnlyList<IReadOnlyList<Column>> InBands(int[] columns, int keys, int[] wide, int[] least, int most)
    {
        if (Filled(most) is not { Count: <= MostBands } widest) return [];
        for (var narrow = most / 2; narrow < most; narrow++)
        {
            if (Filled(narrow) is { } bands && bands.Count == widest.Count) return Squeezed(bands);
        }

        return Squeezed(widest);

        IReadOnlyList<IReadOnlyList<Column>> Squeezed(List<int[]> bands) => [.. bands.Select(band => TableLayout.Squeezed(band, wide, least, most))];

        List<int[]>? Filled(int limit)
        {
            var bands = new List<int[]>();
            for (var next = keys; next < columns.Length;)
            {
                int[] band = columns[..keys];
                while (next < columns.Length && Total(band.Append(columns[next]).Select(column => least[column])) <= limit) band = [.. band, columns[next++]];
                if (band.Length == keys) return null;
                bands.Add(band);
            }

            return bands;
        }
    }
}
