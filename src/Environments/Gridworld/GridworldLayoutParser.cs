using System.Globalization;
using Srpo.Core.Text;

namespace Srpo.Environments.Gridworld;

/// <summary>
/// Reads the text form of a layout: header lines <c>key: value</c>, then a blank line or <c>map:</c>, then the map.
/// Positions in errors count from 1.
/// </summary>
internal sealed class GridworldLayoutParser
{
    internal const char Floor = '.';
    internal const char Pot = 'P';
    internal const char Source = 'O';
    internal const char Wall = '#';
    internal const string MapCharacters = "'.' floor, 'P' pot, 'O' onion source, '#' wall, '1' start of seat 0, '2' start of seat 1";

    private static readonly string[] Keys =
    [
        "name", "respawn-probability", "episode-length", "move-cost", "bump-cost", "delivery-reward", "pickup-reward",
        "sources", "starts", "map",
    ];

    private readonly string[] _lines;
    private readonly string? _file;
    private readonly Dictionary<string, HeaderEntry> _header = [];
    private readonly string _defaultName;
    private readonly List<GridCell> _pots = [];
    private readonly List<GridCell> _sources = [];
    private readonly List<GridCell> _walls = [];
    private readonly (GridCell Cell, bool Seen)[] _starts = new (GridCell, bool)[2];
    private int _rows;
    private int _columns;
    private int _firstMapLine;

    internal GridworldLayoutParser(string text, string defaultName, string? file)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(defaultName);
        _lines = text.TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n');
        _defaultName = defaultName;
        _file = file;
    }

    internal GridworldLayout Parse()
    {
        ReadMap(ReadHeader());
        var name = ReadName();
        var parameters = ReadParameters();
        var starts = ReadStarts();
        var sources = ReadSourceOrder();
        return new GridworldLayout(name, _rows, _columns, _pots, sources, starts, _walls, parameters);
    }

    /// <summary>Reads header lines; returns the index of the line after the header's end.</summary>
    private int ReadHeader()
    {
        for (var i = 0; i < _lines.Length; i++)
        {
            var line = _lines[i].TrimEnd();
            if (line.Length == 0)
            {
                // Blank lines before the first key are padding of a literal, not an empty header.
                if (_header.Count == 0 && AnyKeyAhead(i)) continue;
                return i + 1;
            }

            if (line == "map:") return i + 1;
            if (!line.StartsWith("# ", StringComparison.Ordinal)) ReadHeaderLine(i, line);
        }

        throw Error(_lines.Length - 1, 1, "the text ends within the header; put 'map:' or a blank line after the header, then the map");
    }

    private bool AnyKeyAhead(int from)
    {
        for (var i = from; i < _lines.Length; i++)
        {
            if (_lines[i].Contains(':', StringComparison.Ordinal)) return true;
        }

        return false;
    }

    private void ReadHeaderLine(int index, string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            throw Error(index, FirstNonBlank(line), "expected 'key: value'; if the map starts here, put 'map:' or a blank line before it");
        }

        var key = line[..colon].Trim();
        var keyColumn = FirstNonBlank(line);
        var value = line[(colon + 1)..].Trim();
        var valueColumn = value.Length == 0 ? colon + 2 : line.IndexOf(value, colon + 1, StringComparison.Ordinal) + 1;
        if (!Keys.Contains(key, StringComparer.Ordinal)) throw Error(index, keyColumn, NearestName.Unknown("header key", key, Keys));
        if (key == "map") throw Error(index, valueColumn, "the map begins on the line after 'map:'");
        if (value.Length == 0) throw Error(index, valueColumn, $"'{key}' has no value; write '{key}: value' or leave the line out for the default");
        if (_header.TryGetValue(key, out var earlier))
            throw Error(index, keyColumn, Invariant($"'{key}' was already given on line {earlier.Line + 1}; keep one of the two"));
        _header[key] = new HeaderEntry(value, index, valueColumn);
    }

    private void ReadMap(int from)
    {
        while (from < _lines.Length && string.IsNullOrWhiteSpace(_lines[from])) from++;
        if (from < _lines.Length && _header.Count > 0 && _lines[from].TrimEnd() == "map:") from++;
        while (from < _lines.Length && string.IsNullOrWhiteSpace(_lines[from])) from++;
        if (from == _lines.Length) throw Error(_lines.Length - 1, 1, $"the map is missing; draw one line per row with {MapCharacters}");
        _firstMapLine = from;
        var end = _lines.Length;
        while (string.IsNullOrWhiteSpace(_lines[end - 1])) end--;
        _columns = _lines[from].TrimEnd().Length;
        for (var i = from; i < end; i++) ReadMapRow(i, _lines[i].TrimEnd());
        _rows = end - from;
        if ((long)_rows * _columns > GridworldLayout.MaxCells)
            throw Error(from, 1, Invariant($"the map has {_rows} x {_columns} cells; at most {GridworldLayout.MaxCells} are supported"));
        if (_pots.Count == 0) throw Error(from, 1, $"the map has no pot; put a '{Pot}' somewhere");
        if (_sources.Count == 0) throw Error(from, 1, $"the map has no onion source; put an '{Source}' somewhere");
    }

    private void ReadMapRow(int index, string line)
    {
        if (line.Length == 0) throw Error(index, 1, $"a blank line within the map; remove it, or draw the row with '{Floor}'");
        for (var column = 0; column < line.Length; column++)
        {
            if (column == _columns)
                throw Error(index, column + 1, Invariant($"this row has {line.Length} cells, the first row has {_columns}; every row must be equally long"));
            ReadMapCell(index, column, line[column]);
        }

        if (line.Length < _columns)
        {
            throw Error(
                index, line.Length + 1, Invariant($"this row has {line.Length} cells, the first row has {_columns}; fill it up with '{Floor}'"));
        }
    }

    private void ReadMapCell(int index, int column, char character)
    {
        var cell = new GridCell(index - _firstMapLine, column);
        switch (character)
        {
            case Floor: break;
            case Pot: _pots.Add(cell); break;
            case Wall: _walls.Add(cell); break;
            case Source when _sources.Count == GridworldLayout.MaxSources:
                throw Error(index, column + 1, Invariant($"more than {GridworldLayout.MaxSources} onion sources; replace this one by '{Floor}'"));
            case Source: _sources.Add(cell); break;
            case '1' or '2':
                ref var start = ref _starts[character - '1'];
                if (start.Seen)
                {
                    throw Error(
                        index,
                        column + 1,
                        Invariant($"a second '{character}'; the first is on line {_firstMapLine + start.Cell.Row + 1}, column {start.Cell.Column + 1}; keep one of the two"));
                }

                start = (cell, true);
                break;
            default:
                var shown = character == '\t' ? "a tab" : character == ' ' ? "a blank" : $"'{character}'";
                throw Error(index, column + 1, $"{shown} is not a map character; use {MapCharacters}");
        }
    }

    private string ReadName() => _header.TryGetValue("name", out var entry) ? entry.Value : _defaultName;

    private GridworldParameters ReadParameters()
    {
        var defaults = GridworldParameters.Default;
        return new GridworldParameters(
            ReadNumber("respawn-probability", defaults.RespawnProbability, 0, 1, "between 0 and 1"),
            ReadEpisodeLength(defaults.EpisodeLength),
            (float)ReadNumber("move-cost", defaults.MoveCost, 0, float.MaxValue, "finite and not negative"),
            (float)ReadNumber("bump-cost", defaults.BumpCost, 0, float.MaxValue, "finite and not negative"),
            (float)ReadNumber("delivery-reward", defaults.DeliveryReward, float.MinValue, float.MaxValue, "finite"),
            (float)ReadNumber("pickup-reward", defaults.PickupReward, float.MinValue, float.MaxValue, "finite"));
    }

    private double ReadNumber(string key, double fallback, double least, double most, string range)
    {
        if (!_header.TryGetValue(key, out var entry)) return fallback;
        if (!double.TryParse(entry.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            throw Error(entry, $"'{key}' must be a number such as 0.2 (with a decimal point), not '{entry.Value}'");

        // Written so that NaN fails as well.
        return value >= least && value <= most ? value : throw Error(entry, $"'{key}' must be {range}, not {entry.Value}");
    }

    private int ReadEpisodeLength(int fallback)
    {
        const string key = "episode-length";
        if (!_header.TryGetValue(key, out var entry)) return fallback;
        return int.TryParse(entry.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value is >= 1 and <= GridworldParameters.MaxEpisodeLength
            ? value
            : throw Error(entry, $"'{key}' must be a whole number between 1 and {GridworldParameters.MaxEpisodeLength}, not '{entry.Value}'");
    }

    private GridCell[] ReadStarts()
    {
        if (!_header.TryGetValue("starts", out var entry))
        {
            for (var seat = 0; seat < 2; seat++)
            {
                if (!_starts[seat].Seen)
                {
                    throw Error(
                        _firstMapLine,
                        1,
                        Invariant($"the start of seat {seat} is missing; put a '{seat + 1}' into the map or both starts into the header (starts: row,column row,column)"));
                }
            }

            return [_starts[0].Cell, _starts[1].Cell];
        }

        for (var seat = 0; seat < 2; seat++)
        {
            if (_starts[seat].Seen)
                throw Error(entry, Invariant($"starts are given here and by '{seat + 1}' in the map (line {_firstMapLine + _starts[seat].Cell.Row + 1}); keep one of the two"));
        }

        var cells = ReadCells("starts", entry);
        if (cells.Length != 2) throw Error(entry, Invariant($"'starts' needs two cells (row,column row,column), not {cells.Length}"));
        if (cells[0] == cells[1]) throw Error(entry, $"both agents start at {cells[0]}; give them different cells");
        foreach (var cell in cells)
        {
            if (_pots.Contains(cell) || _walls.Contains(cell)) throw Error(entry, $"the start {cell} is a pot or wall; agents start on floor or sources");
        }

        return cells;
    }

    /// <summary>Sources are numbered row by row unless the header lists them in another order.</summary>
    private IReadOnlyList<GridCell> ReadSourceOrder()
    {
        if (!_header.TryGetValue("sources", out var entry)) return _sources;
        var cells = ReadCells("sources", entry);
        foreach (var cell in cells)
        {
            if (!_sources.Contains(cell)) throw Error(entry, $"'sources' only orders the sources of the map, and there is no '{Source}' at {cell}");
        }

        if (cells.Length != _sources.Count || cells.Distinct().Count() != cells.Length)
            throw Error(entry, Invariant($"'sources' must list each of the map's {_sources.Count} sources once, and lists {cells.Length}"));
        return cells;
    }

    private GridCell[] ReadCells(string key, HeaderEntry entry)
    {
        var cells = new List<GridCell>();
        var column = entry.Column;
        foreach (var part in entry.Value.Split(' '))
        {
            if (part.Length > 0)
            {
                var numbers = part.Split(',');
                if (numbers.Length != 2 || !TryReadIndex(numbers[0], out var row) || !TryReadIndex(numbers[1], out var cellColumn))
                    throw Error(entry.Line, column, $"'{key}' must list cells as row,column separated by blanks, for example 3,4 4,3, not '{part}'");
                if (row >= _rows || cellColumn >= _columns)
                {
                    throw Error(
                        entry.Line,
                        column,
                        Invariant($"the cell {part} is outside the map; rows are 0 to {_rows - 1}, columns 0 to {_columns - 1}"));
                }

                cells.Add(new GridCell(row, cellColumn));
            }

            column += part.Length + 1;
        }

        return [.. cells];
    }

    private static bool TryReadIndex(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static int FirstNonBlank(string line) => line.Length - line.TrimStart().Length + 1;

    private LayoutException Error(HeaderEntry entry, string problem) => Error(entry.Line, entry.Column, problem);

    private LayoutException Error(int lineIndex, int column, string problem) => new(_file, lineIndex + 1, column, problem);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A header value and where it stands: line index from 0, column from 1.</summary>
    private readonly record struct HeaderEntry(string Value, int Line, int Column);
}
