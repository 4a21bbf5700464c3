using System.Globalization;
using System.Text;

namespace Srpo.Language.Templates;

/// <summary>What a piece of a template is.</summary>
internal enum TokenKind
{
    /// <summary>Text between tags.</summary>
    Text,

    /// <summary>{%</summary>
    BlockStart,

    /// <summary>%}</summary>
    BlockEnd,

    /// <summary>{{</summary>
    PrintStart,

    /// <summary>}}</summary>
    PrintEnd,

    /// <summary>A word.</summary>
    Name,

    /// <summary>A text in quotes; without them, escapes read.</summary>
    String,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number with a point or an exponent.</summary>
    Float,

    /// <summary>An operator or a bracket.</summary>
    Operator,

    /// <summary>The end of the template.</summary>
    End,
}

/// <summary>A piece of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As read.</param>
/// <param name="Place">Where it begins.</param>
internal readonly record struct Token(TokenKind Kind, string Text, TemplatePlace Place);

/// <summary>
/// Cuts a template into tokens, with Jinja's rules of white space as chat templates are rendered: the line break behind a block goes (trim_blocks), as does
/// white space before a block that is first on its line (lstrip_blocks), as does all white space on the side of a minus; a plus keeps it.
/// </summary>
internal sealed class TemplateLexer
{
    /// <summary>Longest first.</summary>
    private static readonly string[] Operators = ["//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ","];

    private readonly string _source;
    private readonly List<int> _lineStarts = [0];
    private readonly List<Token> _tokens = [];
    private int _at;

    private TemplateLexer(string source)
    {
        _source = source;
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] == '\n') _lineStarts.Add(i + 1);
        }
    }

    /// <summary>All tokens of a template; the last is its end.</summary>
    /// <exception cref="TemplateException">Something is not closed, or no token.</exception>
    public static List<Token> Read(string source)
    {
        // Line breaks are one character, and the last one of a template is not part of it.
        source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        if (source.EndsWith('\n')) source = source[..^1];
        var lexer = new TemplateLexer(source);
        lexer.ReadAll();
        return lexer._tokens;
    }

    private TemplatePlace PlaceOf(int offset)
    {
        var line = _lineStarts.BinarySearch(offset);
        if (line < 0) line = ~line - 1;
        return new TemplatePlace(line + 1, offset - _lineStarts[line] + 1);
    }

    private TemplateException Wrong(int offset, string message) => new(message, PlaceOf(offset));

    private void ReadAll()
    {
        // Whether what comes next begins a line, as far as the tag before it says.
        var startsLine = true;
        while (_at < _source.Length)
        {
            var tag = NextTag(_at);
            var kind = tag < _source.Length ? _source[tag + 1] : '\0';
            var sign = tag + 2 < _source.Length ? _source[tag + 2] : '\0';
            var textEnd = tag;
            if (sign == '-' && kind != '\0') textEnd = _at + TemplateText.TrimEnd(_source.AsSpan(_at, tag - _at)).Length;
            else if (kind is '%' or '#' && sign != '+') textEnd = BeforeIndent(tag, startsLine);
            if (textEnd > _at) _tokens.Add(new Token(TokenKind.Text, _source[_at..textEnd], PlaceOf(_at)));
            _at = tag;
            if (kind == '\0') break;
            var start = tag + (sign is '-' or '+' ? 3 : 2);
            if (kind == '#') SkipComment(tag, start);
            else if (kind == '%' && IsWordAt(start, "raw", out var end)) ReadRaw(tag, end);
            else ReadTag(tag, start, kind == '%');
            startsLine = _source[_at - 1] == '\n';
        }

        _tokens.Add(new Token(TokenKind.End, "", PlaceOf(_source.Length)));
    }

    private int NextTag(int from)
    {
        for (var i = _source.IndexOf('{', from); i >= 0 && i + 1 < _source.Length; i = _source.IndexOf('{', i + 1))
        {
            if (_source[i + 1] is '%' or '{' or '#') return i;
        }

        return _source.Length;
    }

    /// <summary>Where text ends before a block: before its indentation where it is first on its line.</summary>
    private int BeforeIndent(int tag, bool startsLine)
    {
        var line = _at == tag ? _at : _source.LastIndexOf('\n', tag - 1, tag - _at) + 1;
        if (line <= _at)
        {
            line = _at;
            if (!startsLine) return tag;
        }

        return TemplateText.TrimEnd(_source.AsSpan(line, tag - line)).Length == 0 ? line : tag;
    }

    private void SkipComment(int tag, int start)
    {
        var end = _source.IndexOf("#}", start, StringComparison.Ordinal);
        if (end < 0) throw Wrong(tag, "the comment is not closed; close it with #}");
        _at = end + 2;
        AfterBlock(_source[end - 1]);
    }

    /// <summary>White space behind a block or a comment that ends here.</summary>
    private void AfterBlock(char sign)
    {
        if (sign == '-') SkipSpace();
        else if (sign != '+' && _at < _source.Length && _source[_at] == '\n') _at++;
    }

    private void SkipSpace()
    {
        while (_at < _source.Length && TemplateText.IsSpace(_source[_at])) _at++;
    }

    /// <summary>Whether a block is one word; where it ends, if so.</summary>
    private bool IsWordAt(int start, string word, out int end)
    {
        end = start;
        while (end < _source.Length && TemplateText.IsSpace(_source[end])) end++;
        if (string.CompareOrdinal(_source, end, word, 0, word.Length) != 0) return false;
        end += word.Length;
        while (end < _source.Length && TemplateText.IsSpace(_source[end])) end++;
        if (end < _source.Length && _source[end] is '-' or '+') end++;
        if (string.CompareOrdinal(_source, end, "%}", 0, 2) != 0) return false;
        end += 2;
        return true;
    }

    private void ReadRaw(int tag, int start)
    {
        _at = start;
        if (_source[start - 3] == '-') SkipSpace();
        for (var i = _source.IndexOf("{%", _at, StringComparison.Ordinal); i >= 0; i = _source.IndexOf("{%", i + 2, StringComparison.Ordinal))
        {
            var sign = i + 2 < _source.Length ? _source[i + 2] : '\0';
            if (!IsWordAt(i + (sign is '-' or '+' ? 3 : 2), "endraw", out var end)) continue;
            var textEnd = sign == '-' ? _at + TemplateText.TrimEnd(_source.AsSpan(_at, i - _at)).Length : sign == '+' ? i : BeforeIndent(i, startsLine: false);
            if (textEnd > _at) _tokens.Add(new Token(TokenKind.Text, _source[_at..textEnd], PlaceOf(_at)));
            _at = end;
            AfterBlock(_source[end - 3]);
            return;
        }

        throw Wrong(tag, "raw is not closed; close it with {% endraw %}");
    }

    private void ReadTag(int tag, int start, bool isBlock)
    {
        _tokens.Add(new Token(isBlock ? TokenKind.BlockStart : TokenKind.PrintStart, isBlock ? "{%" : "{{", PlaceOf(tag)));
        var close = isBlock ? "%}" : "}}";
        var open = new Stack<(char Close, int Place)>();
        for (_at = start; ;)
        {
            SkipSpace();
            if (_at >= _source.Length) throw Wrong(tag, $"the tag is not closed; close it with {close}");
            if (open.Count == 0 && EndsTag(close, isBlock)) return;
            var (place, first) = (_at, _source[_at]);
            if (char.IsLetter(first) || first == '_') ReadName();
            else if (char.IsAsciiDigit(first)) ReadNumber();
            else if (first is '\'' or '"') ReadString(first);
            else ReadOperator(open, place);
        }
    }

    private bool EndsTag(string close, bool isBlock)
    {
        var sign = _source[_at];
        var end = sign is '-' or '+' ? _at + 1 : _at;
        // A plus is of blocks alone.
        if (sign == '+' && !isBlock || string.CompareOrdinal(_source, end, close, 0, 2) != 0) return false;
        _tokens.Add(new Token(isBlock ? TokenKind.BlockEnd : TokenKind.PrintEnd, close, PlaceOf(_at)));
        _at = end + 2;
        if (isBlock) AfterBlock(sign);
        else if (sign == '-') SkipSpace();
        return true;
    }

    private void ReadName()
    {
        var start = _at;
        while (_at < _source.Length && (char.IsLetterOrDigit(_source[_at]) || _source[_at] == '_')) _at++;
        _tokens.Add(new Token(TokenKind.Name, _source[start.._at], PlaceOf(start)));
    }

    private void ReadNumber()
    {
        var (start, isFloat) = (_at, false);
        SkipDigits();
        // In x.1.1 are two items, and no number with a point.
        var isItem = start > 0 && _source[start - 1] == '.';
        if (!isItem && _at + 1 < _source.Length && _source[_at] == '.' && char.IsAsciiDigit(_source[_at + 1]))
        {
            isFloat = true;
            _at++;
            SkipDigits();
        }

        if (!isItem && _at < _source.Length && _source[_at] is 'e' or 'E')
        {
            var digits = _at + 1;
            if (digits < _source.Length && _source[digits] is '+' or '-') digits++;
            if (digits < _source.Length && char.IsAsciiDigit(_source[digits]))
            {
                isFloat = true;
                _at = digits;
                SkipDigits();
            }
        }

        if (_at < _source.Length && (char.IsLetter(_source[_at]) || _source[_at] == '_')) throw Wrong(start, $"'{_source[start..(_at + 1)]}...' is no number");
        _tokens.Add(new Token(isFloat ? TokenKind.Float : TokenKind.Integer, _source[start.._at].Replace("_", "", StringComparison.Ordinal), PlaceOf(start)));
    }

    private void SkipDigits()
    {
        while (_at < _source.Length && (char.IsAsciiDigit(_source[_at]) || _source[_at] == '_' && _at + 1 < _source.Length && char.IsAsciiDigit(_source[_at + 1]))) _at++;
    }

    private void ReadString(char quote)
    {
        var (start, text) = (_at++, new StringBuilder());
        while (true)
        {
            if (_at >= _source.Length) throw Wrong(start, $"the text is not closed; close it with {quote}");
            var next = _source[_at++];
            if (next == quote) break;
            if (next == '\\' && _at < _source.Length) ReadEscape(text);
            else text.Append(next);
        }

        _tokens.Add(new Token(TokenKind.String, text.ToString(), PlaceOf(start)));
    }

    /// <summary>An escape of Python's texts. A backslash before anything else is a backslash.</summary>
    private void ReadEscape(StringBuilder text)
    {
        var (start, kind) = (_at - 1, _source[_at++]);
        switch (kind)
        {
            case '\n':
                break;
            case 'x' or 'u' or 'U':
                var length = kind == 'x' ? 2 : kind == 'u' ? 4 : 8;
                if (_at + length > _source.Length || !int.TryParse(_source.AsSpan(_at, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var point) || point is < 0 or > 0x10FFFF)
                    throw Wrong(start, $"behind \\{kind} belong {length} hexadecimal digits of a character");
                text.Append(point < 0x10000 ? ((char)point).ToString() : char.ConvertFromUtf32(point));
                _at += length;
                break;
            case >= '0' and <= '7':
                var value = kind - '0';
                for (var i = 0; i < 2 && _at < _source.Length && _source[_at] is >= '0' and <= '7'; i++) value = value * 8 + _source[_at++] - '0';
                text.Append((char)value);
                break;
            case 'N':
                throw Wrong(start, "\\N with the name of a character is not known; write \\u with its number");
            default:
                var plain = "\\'\"abfnrtv".IndexOf(kind, StringComparison.Ordinal);
                if (plain < 0) text.Append('\\').Append(kind);
                else text.Append("\\'\"\a\b\f\n\r\t\v"[plain]);
                break;
        }
    }

    private void ReadOperator(Stack<(char Close, int Place)> open, int place)
    {
        var known = Array.Find(Operators, item => string.CompareOrdinal(_source, place, item, 0, item.Length) == 0)
            ?? throw Wrong(place, $"'{_source[place]}' has no meaning in a tag");
        // {{ {'a': {}} }} closes two objects before the tag.
        if (known is "(" or "[" or "{")
        {
            open.Push((known == "(" ? ')' : known == "[" ? ']' : '}', place));
        }
        else if (known is ")" or "]" or "}")
        {
            if (!open.TryPop(out var bracket)) throw Wrong(place, $"'{known}' closes nothing");
            if (bracket.Close != known[0]) throw Wrong(place, $"'{known}' closes nothing; what was opened is closed by '{bracket.Close}'");
        }

        _at = place + known.Length;
        _tokens.Add(new Token(TokenKind.Operator, known, PlaceOf(place)));
    }
}
