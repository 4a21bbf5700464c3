using System.Text.Json;
using System.Text.Json.Nodes;
using Srpo.Core.Settings;

namespace Srpo.Grains;

/// <summary>Says in which settings two specs differ.</summary>
internal static class SpecDifference
{
    private const int Shown = 80;

    /// <summary>Each difference as "path: stored value, not given value".</summary>
    public static string Describe(PopulationSpec stored, PopulationSpec given)
    {
        var differences = new List<string>();
        Compare("", JsonSerializer.SerializeToNode(stored), JsonSerializer.SerializeToNode(given), differences);
        return string.Join("; ", differences);
    }

    private static void Compare(string path, JsonNode? stored, JsonNode? given, List<string> differences)
    {
        if (stored is JsonObject one && given is JsonObject other)
        {
            foreach (var (name, value) in one)
            {
                var field = char.ToLowerInvariant(name[0]) + name[1..];
                Compare(path.Length == 0 ? field : $"{path}.{field}", value, other[name], differences);
            }

            return;
        }

        if (!JsonNode.DeepEquals(stored, given)) differences.Add($"{path}: {Show(stored)}, not {Show(given)}");
    }

    private static string Show(JsonNode? value)
    {
        var text = value?.ToJsonString() ?? "none";
        return text.Length <= Shown ? text : text[..Shown] + "...";
    }
}
