using Srpo.Core.Errors;
using Srpo.Core.Json;
using Srpo.Language.Templates;
using Srpo.Language.Tokenizers;

namespace Srpo.Language.Verification;

/// <summary>Holds a chat template against texts that another program rendered from it.</summary>
public static class ChatCheck
{
    private const string Example = "{\"templates\": {\"NAME\": {\"variables\": {}}}, \"cases\": [{\"template\": \"NAME\", \"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"add_generation_prompt\": true, \"text\": \"...\"}]}";

    /// <summary>Renders all cases.</summary>
    /// <param name="folder">The model's folder, absolute.</param>
    /// <param name="file">The file of cases, absolute.</param>
    /// <param name="name">Which template of the file it is; null where file and folder say it.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="SrpoException">One of them is missing or cannot be read.</exception>
    public static TextReport Run(string folder, string file, string? name = null, CancellationToken cancellation = default)
    {
        var template = ChatTemplate.Of(folder, Tokenizer.Load(folder));
        return TextReport.Read(file, Example, root =>
        {
            // A file may be of one template alone, and its cases then need not name it.
            var templates = (root["templates"] as JsonObjectValue)?.Members.ToDictionary(member => member.Name, member => member.Value as JsonObjectValue) ?? [];
            var origins = templates.ToDictionary(item => item.Key, item => (item.Value?["file"] as JsonStringValue)?.Text ?? "");
            var names = templates.Count == 0 ? [] : TextReport.NamesOf(origins, name, _ => false, folder, "template");
            var cases = JsonFields.Elements(JsonFields.Required(root, "cases", Example), "cases");
            var (differences, count) = (new List<TextDifference>(), 0);
            for (var i = 0; i < cases.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var field = JsonFields.Indexed("cases", i);
                var item = cases[i] as JsonObjectValue ?? throw JsonFields.Wrong(field, $"must be an object");
                var of = (item["template"] as JsonStringValue)?.Text;
                if (names.Count > 0 && (of is null || !names.Contains(of))) continue;
                Compare(template, item, field, of is null ? null : templates.GetValueOrDefault(of), differences);
                count++;
            }

            return new TextReport(folder, file, names, count, differences);
        });
    }

    /// <summary>A case is what the template is given, beside its text. Variables of its own come before those of all cases.</summary>
    private static void Compare(ChatTemplate template, JsonObjectValue item, string field, JsonObjectValue? of, List<TextDifference> differences)
    {
        var wanted = (item["text"] as JsonStringValue)?.Text ?? throw JsonFields.Wrong(field, $"has no text");
        if (item["messages"] is not JsonListValue messages) throw JsonFields.Wrong(field, $"has no list of messages");
        var variables = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var member in (of?["variables"] as JsonObjectValue)?.Members ?? []) variables[member.Name] = member.Value;
        foreach (var member in item.Members.Where(member => member.Name is not ("template" or "text"))) variables[member.Name] = member.Value;
        string found;
        try
        {
            found = template.Render(variables);
        }
        catch (SrpoException error)
        {
            found = error.Message;
        }

        if (found != wanted) differences.Add(new TextDifference(field, "text", messages.Written, TextReport.Quoted(wanted), TextReport.Quoted(found)));
    }
}
