using System.Text;
using System.Text.Json;

namespace Srpo.Experiments.Reading;

/// <summary>Reads JSON with comments and trailing commas into values that know their place.</summary>
internal sealed class JsonSource
{
    private readonly string _source;
    private readonly byte[] _text;
    private readonly List<int> _lineStarts = [0];

    private JsonSource(string source, byte[] text)
    {
        _source = source;
        _text = text;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n') _lineStarts.Add(i + 1);
        }
    }

    /// <summary>Reads a text.</summary>
    /// <param name="source">Name for messages.</param>
    /// <param name="text">UTF-8, with or without a byte order mark.</param>
    /// <exception cref="ExperimentException">The text is not JSON; the message names line and column.</exception>
    public static JsonValue Parse(string source, byte[] text)
    {
        var start = text.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        var reading = new JsonSource(source, text[start..]);
        var options = new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 32 };
        var reader = new Utf8JsonReader(reading._text, options);
        try
        {
            reader.Read();
            var value = reading.Read(ref reader);
            while (reader.Read())
            {
            }

            return value;
        }
        catch (JsonException error)
        {
            var line = (int)(error.LineNumber ?? 0);
            var column = reading.Column(line, (int)(error.BytePositionInLine ?? 0));
            throw new ExperimentException(new ExperimentProblem(
                new Origin(source, line + 1, column), "", Reason(error), "the file must be JSON; comments and trailing commas are allowed"));
        }
    }

    /// <summary>A value typed on the command line: JSON where it is JSON, else a text.</summary>
    public static JsonValue ParseOption(string option, string text)
    {
        var origin = new Origin(option, 0, 0);
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { AllowTrailingCommas = true, MaxDepth = 32 });
            reader.Read();
            var value = new JsonSource(option, []).Read(ref reader);
            if (!reader.Read()) return Anchor(value, origin);
        }
        catch (JsonException)
        {
            // Not JSON: a bare word such as ippo, or a path.
        }

        return new JsonStringValue(origin, text);
    }

    private static JsonValue Anchor(JsonValue value, Origin origin) => value switch
    {
        JsonListValue list => new JsonListValue(origin, [.. list.Items.Select(item => Anchor(item, origin))]),
        JsonObjectValue members => new JsonObjectValue(
            origin, [.. members.Members.Select(member => new JsonMember(member.Name, origin, Anchor(member.Value, origin)))]),
        _ => value with { Origin = origin },
    };

    private JsonValue Read(ref Utf8JsonReader reader)
    {
        var origin = At(reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, origin);
            case JsonTokenType.StartArray:
                var items = new List<JsonValue>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(Read(ref reader));
                return new JsonListValue(origin, items);
            case JsonTokenType.String:
                return new JsonStringValue(origin, reader.GetString()!);
            case JsonTokenType.Number:
                return new JsonNumberValue(origin, Encoding.UTF8.GetString(reader.ValueSpan));
            case JsonTokenType.True or JsonTokenType.False:
                return new JsonBooleanValue(origin, reader.TokenType == JsonTokenType.True);
            default:
                return new JsonNullValue(origin);
        }
    }

    private JsonObjectValue ReadObject(ref Utf8JsonReader reader, Origin origin)
    {
        var members = new List<JsonMember>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            var nameOrigin = At(reader.TokenStartIndex);
            if (members.FirstOrDefault(member => member.Name == name) is { } first)
            {
                throw new ExperimentException(new ExperimentProblem(
                    nameOrigin, name, $"the key is here twice (first in line {first.Origin.Line})", "remove one of the two"));
            }

            reader.Read();
            members.Add(new JsonMember(name, nameOrigin, Read(ref reader)));
        }

        return new JsonObjectValue(origin, members);
    }

    private Origin At(long offset)
    {
        var line = _lineStarts.BinarySearch((int)offset);
        if (line < 0) line = ~line - 1;
        return new Origin(_source, line + 1, Column(line, (int)offset - _lineStarts[line]));
    }

    /// <summary>Column in characters, from 1, of a byte within a line.</summary>
    private int Column(int line, int bytes)
    {
        if (line >= _lineStarts.Count) return bytes + 1;
        var start = Math.Min(_lineStarts[line], _text.Length);
        return Encoding.UTF8.GetCharCount(_text, start, Math.Min(bytes, _text.Length - start)) + 1;
    }

    /// <summary>The reader's message without the position that it adds.</summary>
    private static string Reason(JsonException error)
    {
        var end = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (end < 0 ? error.Message : error.Message[..end]).TrimEnd('.', ' ');
    }
}
