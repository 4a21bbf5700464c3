namespace Srpo.Reporting.Files;

/// <summary>Reads a CSV text with known columns.</summary>
internal static class CsvTable
{
    /// <summary>Checks the header and converts every record; errors name the record.</summary>
    public static List<T> Read<T>(string text, string[] columns, Func<IReadOnlyList<string>, T> convert)
    {
        var records = Csv.Read(text);
        if (records.Count == 0 || !records[0].SequenceEqual(columns))
            throw new FormatException($"The first line must be: {string.Join(',', columns)}");
        var result = new List<T>(records.Count - 1);
        for (var record = 1; record < records.Count; record++)
        {
            if (records[record].Count != columns.Length)
                throw new FormatException($"Record {record + 1}: expected {columns.Length} fields, found {records[record].Count}.");
            try
            {
                result.Add(convert(records[record]));
            }
            catch (FormatException error)
            {
                throw new FormatException($"Record {record + 1}: {error.Message}", error);
            }
        }

        return result;
    }
}
