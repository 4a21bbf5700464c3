namespace Srpo.Client.Experiments;

/// <summary>Where a value was written: a place in a file, or an option of the command line.</summary>
/// <param name="Source">File, or the option as typed.</param>
/// <param name="Line">Line, from 1; 0 for an option.</param>
/// <param name="Column">Column, from 1; 0 for an option.</param>
internal readonly record struct Origin(string Source, int Line, int Column)
{
    /// <summary>"file:line:column", or the option.</summary>
    public override string ToString() =>
        Line == 0 ? Source : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Source}:{Line}:{Column}");
}

/// <summary>A JSON value that knows where it was written.</summary>
internal abstract record JsonValue(Origin Origin)
{
    /// <summary>The kind of value, for messages: "a number", "the text 'abc'", ...</summary>
    public abstract string Describe();
}

/// <summary>An object; members in order.</summary>
internal sealed record JsonObjectValue(Origin Origin, IReadOnlyList<JsonMember> Members) : JsonValue(Origin)
{
    public JsonValue? this[string name] => Members.FirstOrDefault(member => member.Name == name)?.Value;

    public override string Describe() => "an object";

    /// <summary>This object with a member set, at its place or at the end.</summary>
    public JsonObjectValue With(string name, JsonValue value, Origin origin)
    {
        var member = new JsonMember(name, origin, value);
        return Members.Any(known => known.Name == name)
            ? this with { Members = [.. Members.Select(known => known.Name == name ? member : known)] }
            : this with { Members = [.. Members, member] };
    }

    /// <summary>This object without a member.</summary>
    public JsonObjectValue Without(string name) => this with { Members = [.. Members.Where(known => known.Name != name)] };
}

/// <summary>A member of an object.</summary>
internal sealed record JsonMember(string Name, Origin Origin, JsonValue Value);

/// <summary>A list.</summary>
internal sealed record JsonListValue(Origin Origin, IReadOnlyList<JsonValue> Items) : JsonValue(Origin)
{
    public override string Describe() => "a list";
}

/// <summary>A text.</summary>
internal sealed record JsonStringValue(Origin Origin, string Text) : JsonValue(Origin)
{
    public override string Describe() => $"the text '{Text}'";
}

/// <summary>A number as written.</summary>
internal sealed record JsonNumberValue(Origin Origin, string Text) : JsonValue(Origin)
{
    public override string Describe() => $"the number {Text}";
}

/// <summary>true or false.</summary>
internal sealed record JsonBooleanValue(Origin Origin, bool Value) : JsonValue(Origin)
{
    public override string Describe() => Value ? "true" : "false";
}

/// <summary>null.</summary>
internal sealed record JsonNullValue(Origin Origin) : JsonValue(Origin)
{
    public override string Describe() => "null";
}
