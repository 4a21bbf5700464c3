using System.Globalization;
using System.Text;

namespace Srpo.Client.Tests.Support;

/// <summary>
/// What a terminal shows of what was written to it: enough of one for what the program writes. Lines longer than the window are broken, and broken anew when it is resized, as today's
/// terminals do. A sequence that it does not know is an error.
/// </summary>
internal sealed class Screen(int columns, int rows)
{
    private readonly List<StringBuilder> _lines = [new()];
    private readonly StringBuilder _pending = new();
    private (int Line, int Offset) _cursor;
    private int _top;

    public int Columns { get; private set; } = columns;

    public int Height { get; private set; } = rows;

    /// <summary>The longest line that was written, in characters.</summary>
    public int Longest { get; private set; }

    /// <summary>Whether colours, or what else changes the look of letters, were asked for.</summary>
    public bool HasColours { get; private set; }

    /// <summary>All rows that there are, those that were scrolled out of the window too.</summary>
    public IReadOnlyList<string> AllRows => [.. Chunks().Select(chunk => Row(chunk))];

    /// <summary>The rows in the window.</summary>
    public IReadOnlyList<string> Rows => [.. AllRows.Skip(_top).Take(Height)];

    public void Resize(int columns, int rows)
    {
        (Columns, Height) = (columns, rows);
        _top = Math.Max(0, CursorRow() - rows + 1);
    }

    public void Write(string text)
    {
        foreach (var character in text)
        {
            if (_pending.Length > 0) Continue(character);
            else Put(character);
        }
    }

    private void Put(char character)
    {
        switch (character)
        {
            case '\u001b':
                _pending.Append(character);
                break;
            case '\r':
                _cursor.Offset -= _cursor.Offset % Columns == 0 && _cursor.Offset > 0 && _cursor.Offset == _lines[_cursor.Line].Length ? Columns : _cursor.Offset % Columns;
                break;
            case '\n':
                _cursor = (_cursor.Line + 1, 0);
                if (_cursor.Line == _lines.Count) _lines.Add(new StringBuilder());
                break;
            case '\b':
                _cursor.Offset = Math.Max(0, _cursor.Offset - 1);
                break;
            case '\a':
                break;
            default:
                if (char.IsControl(character)) throw new InvalidOperationException($"the character {(int)character:x2} was written");
                var line = _lines[_cursor.Line];
                if (_cursor.Offset < line.Length) line[_cursor.Offset] = character;
                else line.Append(' ', _cursor.Offset - line.Length).Append(character);
                _cursor.Offset++;
                Longest = Math.Max(Longest, line.Length);
                break;
        }

        _top = Math.Max(_top, CursorRow() - Height + 1);
    }

    private void Continue(char character)
    {
        _pending.Append(character);
        if (_pending.Length == 2 ? character is '[' or '(' or ')' : !char.IsLetter(character) && character is not ('~' or '=' or '>')) return;
        var sequence = _pending.ToString();
        _pending.Clear();
        if (sequence is [_, '[', .. var number, 'A'])
        {
            var row = Math.Max(_top, CursorRow() - int.Parse(number, CultureInfo.InvariantCulture));
            var chunk = Chunks().ElementAt(row);
            _cursor = (chunk.Line, chunk.Start);
        }
        else if (sequence is "\u001b[J")
        {
            _lines[_cursor.Line].Length = _cursor.Offset;
            _lines.RemoveRange(_cursor.Line + 1, _lines.Count - _cursor.Line - 1);
        }
        else if (sequence is "\u001b[H\u001b[2J" or "\u001b[2J" or "\u001b[H")
        {
            throw new InvalidOperationException("the whole screen was cleared, with what others wrote on it");
        }
        else if (sequence is [_, '[', .., 'm'])
        {
            HasColours = true;
        }
        else if (!(sequence is "\u001b=" or "\u001b>" or "\u001b[?1h" or "\u001b[?1l" or "\u001b[6n" or "\u001b(B"))
        {
            throw new InvalidOperationException($"the sequence {sequence.Replace("\u001b", "ESC", StringComparison.Ordinal)} was written");
        }
    }

    private string Row((int Line, int Start) chunk)
    {
        var line = _lines[chunk.Line];
        return line.ToString(chunk.Start, Math.Min(Columns, line.Length - chunk.Start)).TrimEnd();
    }

    private IEnumerable<(int Line, int Start)> Chunks()
    {
        for (var line = 0; line < _lines.Count; line++)
        {
            yield return (line, 0);
            for (var start = Columns; start < _lines[line].Length; start += Columns) yield return (line, start);
        }
    }

    private int CursorRow()
    {
        var row = _lines.Take(_cursor.Line).Sum(line => Math.Max(1, (line.Length + Columns - 1) / Columns));
        return row + (_cursor.Offset > 0 && _cursor.Offset == _lines[_cursor.Line].Length ? (_cursor.Offset - 1) / Columns : _cursor.Offset / Columns);
    }
}
