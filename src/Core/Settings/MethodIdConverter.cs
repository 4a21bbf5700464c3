using System.Text.Json;
using System.Text.Json.Serialization;

namespace Srpo.Core.Settings;

/// <summary>The id of a method in stored state: a text; builds of 0.1 stored a number, whose meaning never changes.</summary>
public sealed class MethodIdConverter : JsonConverter<string>
{
    private static readonly string[] Numbered = ["ippo", "srpo", "pure-adversarial", "self-play", "fcp"];

    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.Number) return reader.GetString();
        return reader.TryGetInt32(out var number) && number >= 0 && number < Numbered.Length
            ? Numbered[number]
            : throw new JsonException("the number of the training method is not known to this build; use the build that stored it, or train anew");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
