using System.Globalization;
using System.Text;

namespace Srpo.Reporting.Text;

/// <summary>
/// Writes well-formed markup that is HTML and XML at once: everything is escaped, every element is closed. Attribute values
/// that are null leave the attribute out.
/// </summary>
internal sealed class Markup
{
    private readonly StringBuilder _text = new();
    private readonly Stack<string> _open = new();

    /// <summary>Opens an element; <see cref="Close"/> ends it.</summary>
    public Markup Open(string element, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(element, attributes);
        _text.Append('>');
        _open.Push(element);
        return this;
    }

    /// <summary>Ends the element that was opened last.</summary>
    public Markup Close()
    {
        _text.Append("</").Append(_open.Pop()).Append('>');
        return this;
    }

    /// <summary>An element without content.</summary>
    public Markup Empty(string element, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(element, attributes);
        _text.Append("/>");
        return this;
    }

    /// <summary>An element with text.</summary>
    public Markup Element(string element, string text, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(element, attributes);
        _text.Append('>');
        Text(text);
        _text.Append("</").Append(element).Append('>');
        return this;
    }

    /// <summary>Text.</summary>
    public Markup Text(string text)
    {
        AppendEscaped(text, quotes: false);
        return this;
    }

    /// <summary>Markup that is already well-formed.</summary>
    public Markup Raw(string markup)
    {
        _text.Append(markup);
        return this;
    }

    /// <summary>A line break in the source, for those who read it.</summary>
    public Markup Line()
    {
        _text.Append('\n');
        return this;
    }

    /// <summary>A coordinate: at most two decimals, invariant.</summary>
    public static string Num(double value)
    {
        var rounded = Math.Round(value, 2);
        return (rounded == 0 ? 0 : rounded).ToString("0.##", CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        _open.Count == 0 ? _text.ToString() : throw new InvalidOperationException($"<{_open.Peek()}> is not closed.");

    private void Start(string element, ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        _text.Append('<').Append(element);
        foreach (var (name, value) in attributes)
        {
            if (value is null) continue;
            _text.Append(' ').Append(name).Append("=\"");
            AppendEscaped(value, quotes: true);
            _text.Append('"');
        }
    }

    private void AppendEscaped(string text, bool quotes)
    {
        for (var index = 0; index < text.Length; index++)
        {
            var c = text[index];
            switch (c)
            {
                case '<': _text.Append("&lt;"); break;
                case '>': _text.Append("&gt;"); break;
                case '&': _text.Append("&amp;"); break;
                case '"' when quotes: _text.Append("&quot;"); break;
                case '\n' when quotes: _text.Append("&#10;"); break;
                case '\n' or '\t' or '\r': _text.Append(c); break;
                case < ' ' or '\ufffe' or '\uffff': _text.Append('\ufffd'); break;
                case var _ when char.IsHighSurrogate(c) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]):
                    _text.Append(c).Append(text[++index]);
                    break;
                case var _ when char.IsSurrogate(c): _text.Append('\ufffd'); break;
                default: _text.Append(c); break;
            }
        }
    }
}
