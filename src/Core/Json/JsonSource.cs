using System.Text;
using System.Text.Json;
using Srpo.Core.Text;

namespace Srpo.Core.Json;

/// <summary>A text that is not JSON.</summary>
public sealed class JsonTextException : FormatException
{
    internal JsonTextException(Origin origin, string reason, Exception cause)
        : base(reason, cause) => (Origin, Reason) = (origin, reason);

    /// <summary>Where it ceases to be JSON.</summary>
    public Origin Origin { get; }

    /// <summary>What is wrong, without the place.</summary>
    public string Reason { get; }
}

/// <summary>Reads JSON with comments and trailing commas into values that know their place. A name may be in an object twice: whoever reads it says what that means.</summary>
public sealed class JsonSource
{
    private const int MaxDepth = 64;

    private readonly string _name;
    private readonly byte[] _text;
    private readonly List<int>? _lineStarts;

    private JsonSource(string name, byte[] text, bool hasLines)
    {
        _name = name;
        _text = text;
        if (!hasLines) return;
        _lineStarts = [0];
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n') _lineStarts.Add(i + 1);
        }
    }

    /// <summary>Reads a text.</summary>
    /// <param name="name">Name of the text for messages, for example its file.</param>
    /// <param name="text">UTF-8, with or without a byte order mark.</param>
    /// <exception cref="JsonTextException">The text is not JSON.</exception>
    public static JsonValue Parse(string name, byte[] text)
    {
        var start = text.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        var source = new JsonSource(name, start == 0 ? text : text[start..], hasLines: true);
        var reader = new Utf8JsonReader(source._text, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = MaxDepth });
        try
        {
            reader.Read();
            var value = source.Read(ref reader);
            while (reader.Read())
            {
            }

            return value;
        }
        catch (JsonException error)
        {
            var line = (int)(error.LineNumber ?? 0);
            var column = (int)(error.BytePositionInLine ?? 0);
            throw new JsonTextException(new Origin(name, line + 1, source.Column(line, column)), source.DecimalCommaAt(line, column) ?? JsonProblem.Reason(error), error);
        }
        catch (InvalidOperationException error)
        {
            // Half of a surrogate pair: valid JSON, but no text.
            throw new JsonTextException(source.At((int)reader.TokenStartIndex), "the text is not valid Unicode", error);
        }
    }

    /// <summary>A value typed on the command line: JSON where it is JSON, else a text.</summary>
    /// <param name="option">The option as typed.</param>
    /// <param name="text">The value.</param>
    public static JsonValue ParseOption(string option, string text)
    {
        try
        {
            var source = new JsonSource(option, Encoding.UTF8.GetBytes(text), hasLines: false);
            var reader = new Utf8JsonReader(source._text, new JsonReaderOptions { AllowTrailingCommas = true, MaxDepth = MaxDepth });
            reader.Read();
            var value = source.Read(ref reader);
            if (!reader.Read()) return value;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Not JSON: a bare word such as ippo, or a path.
        }

        return new JsonStringValue(new Origin(option, 0, 0), text);
    }

    /// <summary>The place of a byte.</summary>
    internal Origin At(int offset)
    {
        if (_lineStarts is null) return new Origin(_name, 0, 0);
        var line = _lineStarts.BinarySearch(offset);
        if (line < 0) line = ~line - 1;
        return new Origin(_name, line + 1, Column(line, offset - _lineStarts[line]));
    }

    /// <summary>A part of the text.</summary>
    internal string Slice(int start, int end) => Encoding.UTF8.GetString(_text, start, end - start);

    private JsonValue Read(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var members = new List<JsonMember>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = reader.GetString()!;
                    var place = At((int)reader.TokenStartIndex);
                    reader.Read();
                    members.Add(new JsonMember(name, place, Read(ref reader)));
                }

                return new JsonObjectValue(this, start, (int)reader.BytesConsumed, members);
            case JsonTokenType.StartArray:
                var items = new List<JsonValue>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(Read(ref reader));
                return new JsonListValue(this, start, (int)reader.BytesConsumed, items);
            case JsonTokenType.String:
                return new JsonStringValue(this, start, (int)reader.BytesConsumed, reader.GetString()!);
            case JsonTokenType.Number:
                return new JsonNumberValue(this, start, (int)reader.BytesConsumed);
            case JsonTokenType.True or JsonTokenType.False:
                return new JsonBooleanValue(this, start, (int)reader.BytesConsumed, reader.TokenType == JsonTokenType.True);
            default:
                return new JsonNullValue(this, start, (int)reader.BytesConsumed);
        }
    }

    /// <summary>Column in characters, from 1, of a byte within a line.</summary>
    private int Column(int line, int bytes)
    {
        if (_lineStarts is null || line >= _lineStarts.Count) return bytes + 1;
        var start = Math.Min(_lineStarts[line], _text.Length);
        return Encoding.UTF8.GetCharCount(_text, start, Math.Min(bytes, _text.Length - start)) + 1;
    }

    /// <summary>What to say where the comma before a place is meant as a decimal point, as in { "tau": 0,5 }; null elsewhere. In a list such a comma is none.</summary>
    private string? DecimalCommaAt(int line, int bytes)
    {
        if (_lineStarts is null || line >= _lineStarts.Count) return null;
        var place = _lineStarts[line] + bytes;
        if (place < 2 || place >= _text.Length || !char.IsAsciiDigit((char)_text[place]) || _text[place - 1] != ',' || !char.IsAsciiDigit((char)_text[place - 2])) return null;
        var (start, end) = (place - 2, place);
        while (start > 0 && (char.IsAsciiDigit((char)_text[start - 1]) || _text[start - 1] == '-')) start--;
        while (end < _text.Length && char.IsAsciiLetterOrDigit((char)_text[end])) end++;
        return DecimalComma.Corrected(Slice(start, end)) is { } number ? $"numbers have a decimal point: write {number}" : null;
    }
}
