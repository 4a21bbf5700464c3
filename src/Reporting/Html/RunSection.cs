using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Srpo.Core.Results;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Html;

/// <summary>The end of the page: how to run it again, what took part, with which settings.</summary>
internal static class RunSection
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(Markup page, RunSummary summary)
    {
        var info = summary.Info;
        page.Open("section", ("id", "run")).Element("h2", "The run").Line();
        page.Open("dl", ("class", "facts")).Line();
        Fact(page, "Identifier", info.Id);
        Fact(page, "Started", info.Date.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));
        Fact(page, "Training seeds per method", Numbers.Integer(info.Seeds));
        Fact(page, "Environment steps", Numbers.Integer(info.EnvSteps));
        Fact(page, "Time of training", Numbers.Duration(info.TrainingSeconds));
        Fact(page, "Time in all", Numbers.Duration(info.WallSeconds));
        Fact(page, "Bootstrap", $"{Numbers.Integer(summary.Bootstrap.Resamples)} resamples of runs{(summary.AreDebates ? " and questions" : "")}, seed {summary.Bootstrap.Seed}");
        foreach (var (name, version) in info.Versions) Fact(page, name.Length > 0 ? char.ToUpperInvariant(name[0]) + name[1..] : name, version);
        page.Close().Close().Line();

        if (!string.IsNullOrWhiteSpace(info.CommandLine))
            page.Open("section", ("id", "reproduce")).Element("h2", "How to reproduce").Open("pre").Element("code", info.CommandLine).Close().Close().Line();
        if (info.Settings is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } settings)
        {
            page.Open("section", ("id", "settings")).Element("h2", "Settings")
                .Open("details", ("class", "settings")).Element("summary", "All settings, as JSON")
                .Open("pre").Element("code", ToText(settings)).Close().Close().Close().Line();
        }
    }

    /// <summary>Settings as people read them: what is JSON within a text, such as the definition of a layout, stands there as JSON.</summary>
    private static string ToText(JsonElement settings)
    {
        var whole = JsonSerializer.SerializeToNode(settings);
        return (Unfold(whole) ?? whole)?.ToJsonString(Readable) ?? "";
    }

    /// <returns>What takes the place of a node; null where it stays.</returns>
    private static JsonNode? Unfold(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToArray())
                {
                    if (Unfold(value) is { } unfolded) members[name] = unfolded;
                }

                return null;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    if (Unfold(items[i]) is { } unfolded) items[i] = unfolded;
                }

                return null;
            case JsonValue text when text.GetValueKind() == JsonValueKind.String && text.GetValue<string>().TrimStart().StartsWith('{'):
                try
                {
                    return JsonNode.Parse(text.GetValue<string>());
                }
                catch (JsonException)
                {
                    // It only looks like it.
                    return null;
                }

            default:
                return null;
        }
    }

    private static void Fact(Markup page, string name, string value) => page.Element("dt", name).Element("dd", value).Line();
}
