using System.Text.Json;
using System.Text.Json.Serialization;

namespace Srpo.Core.Settings;

/// <summary>
/// The id of a method in stored state: a text. Earlier builds stored a number in the state of grains and its name in the files of runs; what they
/// mean never changes.
/// </summary>
public sealed class MethodIdConverter : JsonConverter<string>
{
    private static readonly string[] Numbered = ["ippo", "srpo", "pure-adversarial", "self-play", "fcp"];

    private static readonly string[] Named = ["ippo", "srpo", "pureAdversarial", "selfPlay", "fictitiousCoPlay"];

    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.Number)
            return reader.GetString() is { } text && Array.IndexOf(Named, text) is >= 0 and var name ? Numbered[name] : reader.GetString();
        return reader.TryGetInt32(out var number) && number >= 0 && number < Numbered.Length
            ? Numbered[number]
            : throw new JsonException("the number of the training method is not known to this build; use the build that stored it, or train anew");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
