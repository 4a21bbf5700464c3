namespace Srpo.Experiments.Reading;

/// <summary>Where a value was written: a place in a file, or an option of the command line.</summary>
/// <param name="Source">File, or the option as typed.</param>
/// <param name="Line">Line, from 1; 0 for an option.</param>
/// <param name="Column">Column, from 1; 0 for an option.</param>
public readonly record struct Origin(string Source, int Line, int Column)
{
    /// <summary>"file:line:column", or the option.</summary>
    public override string ToString() =>
        Line == 0 ? Source : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Source}:{Line}:{Column}");
}

/// <summary>A JSON value that knows where it was written.</summary>
public abstract record JsonValue(Origin Origin)
{
    /// <summary>The kind of value, for messages: "a number", "the text 'abc'", ...</summary>
    public abstract string Describe();
}

/// <summary>An object; members in order.</summary>
public sealed record JsonObjectValue(Origin Origin, IReadOnlyList<JsonMember> Members) : JsonValue(Origin)
{
    /// <summary>The value of a member, or null.</summary>
    public JsonValue? this[string name] => Members.FirstOrDefault(member => member.Name == name)?.Value;

    /// <inheritdoc/>
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
public sealed record JsonMember(string Name, Origin Origin, JsonValue Value);

/// <summary>A list.</summary>
public sealed record JsonListValue(Origin Origin, IReadOnlyList<JsonValue> Items) : JsonValue(Origin)
{
    /// <inheritdoc/>
    public override string Describe() => "a list";
}

/// <summary>A text.</summary>
public sealed record JsonStringValue(Origin Origin, string Text) : JsonValue(Origin)
{
    /// <inheritdoc/>
    public override string Describe() => $"the text '{Text}'";
}

/// <summary>A number as written.</summary>
public sealed record JsonNumberValue(Origin Origin, string Text) : JsonValue(Origin)
{
    /// <inheritdoc/>
    public override string Describe() => $"the number {Text}";
}

/// <summary>true or false.</summary>
public sealed record JsonBooleanValue(Origin Origin, bool Value) : JsonValue(Origin)
{
    /// <inheritdoc/>
    public override string Describe() => Value ? "true" : "false";
}

/// <summary>null.</summary>
public sealed record JsonNullValue(Origin Origin) : JsonValue(Origin)
{
    /// <inheritdoc/>
    public override string Describe() => "null";
}
