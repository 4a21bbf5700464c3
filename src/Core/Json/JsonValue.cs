using System.Globalization;

namespace Srpo.Core.Json;

/// <summary>Where a value was written: a place in a file, or an option of the command line.</summary>
/// <param name="Source">File, or the option as typed.</param>
/// <param name="Line">Line, from 1; 0 for an option.</param>
/// <param name="Column">Column, from 1; 0 for an option.</param>
public readonly record struct Origin(string Source, int Line, int Column)
{
    /// <summary>"file:line:column", or the option.</summary>
    public override string ToString() => Line == 0 ? Source : string.Create(CultureInfo.InvariantCulture, $"{Source}:{Line}:{Column}");
}

/// <summary>A JSON value that knows where it was written.</summary>
public abstract class JsonValue
{
    private readonly Origin _origin;
    private readonly JsonSource? _source;
    private readonly int _start;
    private readonly int _end;

    private protected JsonValue(Origin origin) => _origin = origin;

    private protected JsonValue(JsonSource source, int start, int end) => (_source, _start, _end) = (source, start, end);

    /// <summary>Where it was written.</summary>
    public Origin Origin => _source?.At(_start) ?? _origin;

    /// <summary>The value as it was written; of one that was not read, its description.</summary>
    public string Written => _source?.Slice(_start, _end) ?? Describe();

    /// <summary>The kind of value, for messages: "a number", "the text 'abc'", ...</summary>
    public abstract string Describe();
}

/// <summary>An object; members in order.</summary>
public sealed class JsonObjectValue : JsonValue
{
    /// <summary>An object that was not read.</summary>
    /// <param name="origin">The place to blame.</param>
    /// <param name="members">Its members.</param>
    public JsonObjectValue(Origin origin, IReadOnlyList<JsonMember> members)
        : base(origin) => Members = members;

    internal JsonObjectValue(JsonSource source, int start, int end, IReadOnlyList<JsonMember> members)
        : base(source, start, end) => Members = members;

    /// <summary>The members, as written.</summary>
    public IReadOnlyList<JsonMember> Members { get; }

    /// <summary>The value of a member, or null.</summary>
    public JsonValue? this[string name] => Members.FirstOrDefault(member => member.Name == name)?.Value;

    /// <inheritdoc/>
    public override string Describe() => "an object";

    /// <summary>This object with a member set, at its place or at the end.</summary>
    /// <param name="name">Name of the member.</param>
    /// <param name="value">Its value.</param>
    /// <param name="origin">Where the member was written.</param>
    public JsonObjectValue With(string name, JsonValue value, Origin origin)
    {
        var member = new JsonMember(name, origin, value);
        return With(Members.Any(known => known.Name == name) ? [.. Members.Select(known => known.Name == name ? member : known)] : [.. Members, member]);
    }

    /// <summary>This object with other members.</summary>
    public JsonObjectValue With(IReadOnlyList<JsonMember> members) => new(Origin, members);

    /// <summary>This object without a member.</summary>
    public JsonObjectValue Without(string name) => With([.. Members.Where(known => known.Name != name)]);
}

/// <summary>A member of an object.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Origin">Where the name was written.</param>
/// <param name="Value">Its value.</param>
public sealed record JsonMember(string Name, Origin Origin, JsonValue Value);

/// <summary>A list.</summary>
public sealed class JsonListValue : JsonValue
{
    /// <summary>A list that was not read.</summary>
    /// <param name="origin">The place to blame.</param>
    /// <param name="items">Its items.</param>
    public JsonListValue(Origin origin, IReadOnlyList<JsonValue> items)
        : base(origin) => Items = items;

    internal JsonListValue(JsonSource source, int start, int end, IReadOnlyList<JsonValue> items)
        : base(source, start, end) => Items = items;

    /// <summary>The items.</summary>
    public IReadOnlyList<JsonValue> Items { get; }

    /// <inheritdoc/>
    public override string Describe() => "a list";
}

/// <summary>A text.</summary>
public sealed class JsonStringValue : JsonValue
{
    /// <summary>A text that was not read.</summary>
    /// <param name="origin">The place to blame.</param>
    /// <param name="text">The text.</param>
    public JsonStringValue(Origin origin, string text)
        : base(origin) => Text = text;

    internal JsonStringValue(JsonSource source, int start, int end, string text)
        : base(source, start, end) => Text = text;

    /// <summary>The text, without quotes.</summary>
    public string Text { get; }

    /// <inheritdoc/>
    public override string Describe() => $"the text '{Text}'";
}

/// <summary>A number.</summary>
public sealed class JsonNumberValue : JsonValue
{
    internal JsonNumberValue(JsonSource source, int start, int end)
        : base(source, start, end) { }

    /// <summary>The number as written.</summary>
    public string Text => Written;

    /// <inheritdoc/>
    public override string Describe() => $"the number {Text}";
}

/// <summary>true or false.</summary>
public sealed class JsonBooleanValue : JsonValue
{
    internal JsonBooleanValue(JsonSource source, int start, int end, bool value)
        : base(source, start, end) => Value = value;

    /// <summary>Which of them.</summary>
    public bool Value { get; }

    /// <inheritdoc/>
    public override string Describe() => Value ? "true" : "false";
}

/// <summary>null.</summary>
public sealed class JsonNullValue : JsonValue
{
    internal JsonNullValue(JsonSource source, int start, int end)
        : base(source, start, end) { }

    /// <inheritdoc/>
    public override string Describe() => "null";
}
