using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Srpo.Core.Settings;

namespace Srpo.Grains.Storage;

/// <summary>
/// How the records of grains become JSON and back, worked out when the program is built: the same bytes as by reflection, which takes time
/// in every process that reads a state. Settings go by reflection all the same: what is worked out here would give a property that can only
/// be initialised, and is not in the JSON, no default.
/// </summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ActorCheckpoint))]
[JsonSerializable(typeof(DirectoryRecord))]
[JsonSerializable(typeof(PopulationRecord))]
[JsonSerializable(typeof(TournamentRecord))]
internal sealed partial class StateJson : JsonSerializerContext
{
    private static readonly DefaultJsonTypeInfoResolver Reflection = new();

    /// <summary>Options for states: numbers exact to the bit, not-a-number and infinities allowed. Types that are not known here go by reflection.</summary>
    public static JsonSerializerOptions States() => new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        TypeInfoResolver = JsonTypeInfoResolver.Combine(new Settings(), Default, Reflection),
    };

    private sealed class Settings : IJsonTypeInfoResolver
    {
        public JsonTypeInfo? GetTypeInfo(Type type, JsonSerializerOptions options) =>
            type.Namespace == typeof(PopulationSpec).Namespace ? Reflection.GetTypeInfo(type, options) : null;
    }
}
