using System.Globalization;
using System.Security.Cryptography;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Json;
using Srpo.Language.Tokenizers;

namespace Srpo.Language.Verification;

/// <summary>Holds a tokenizer against tokens that another program gave.</summary>
public static class TokenizerCheck
{
    private const string Example = "{\"tokenizers\": {\"NAME\": {\"cases\": [{\"text\": \"Hi\", \"ids\": [13347], \"decoded\": \"Hi\"}]}}}";

    /// <summary>Encodes and decodes all cases.</summary>
    /// <param name="folder">The model's folder, absolute.</param>
    /// <param name="file">The file of cases, absolute.</param>
    /// <param name="name">Which tokenizer of the file it is; null where file and folder say it.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="SrpoException">One of them is missing or cannot be read.</exception>
    public static TextReport Run(string folder, string file, string? name = null, CancellationToken cancellation = default)
    {
        var tokenizer = Tokenizer.Load(folder);
        var hash = Convert.ToHexStringLower(SHA256.HashData(UserFile.Read(Path.Combine(folder, "tokenizer.json"), "tokenizer")));
        return TextReport.Read(file, Example, root =>
        {
            // A file may be of one tokenizer alone.
            var known = root["tokenizers"] is JsonObjectValue several ? several.Members.ToDictionary(member => member.Name, member => member.Value) : new Dictionary<string, JsonValue> { [""] = root };
            var origins = known.ToDictionary(item => item.Key, item => Text(item.Value, "file") ?? "");
            var names = TextReport.NamesOf(origins, name, key => Text(known[key], "sha256") is { } sha && sha.Equals(hash, StringComparison.OrdinalIgnoreCase), folder, "tokenizer");
            var (differences, count) = (new List<TextDifference>(), 0);
            foreach (var part in names)
            {
                var field = part.Length == 0 ? "" : $"tokenizers.{part}.";
                var item = known[part] as JsonObjectValue ?? throw JsonFields.Wrong(field.TrimEnd('.'), $"must be an object");
                var cases = JsonFields.Elements(item["cases"] ?? throw JsonFields.Wrong(field.Length == 0 ? "cases" : field.TrimEnd('.'), $"has no cases: {Example}"), $"{field}cases");
                for (var i = 0; i < cases.Count; i++, count++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    Compare(tokenizer, cases[i], JsonFields.Indexed($"{field}cases", i), addSpecial: false, differences);
                }

                if (item["with_special_tokens"] is not { } special) continue;
                Compare(tokenizer, special, $"{field}with_special_tokens", addSpecial: true, differences);
                count++;
            }

            return new TextReport(folder, file, [.. names.Where(part => part.Length > 0)], count, differences);
        });
    }

    private static string? Text(JsonValue value, string field) => ((value as JsonObjectValue)?[field] as JsonStringValue)?.Text;

    private static void Compare(Tokenizer tokenizer, JsonValue value, string field, bool addSpecial, List<TextDifference> differences)
    {
        var text = Text(value, "text") ?? throw JsonFields.Wrong(field, $"has no text");
        var wanted = JsonFields.Elements(((JsonObjectValue)value)["ids"] ?? throw JsonFields.Wrong(field, $"has no ids"), $"{field}.ids")
            .Select((id, i) => JsonFields.Whole(id, JsonFields.Indexed($"{field}.ids", i), 0, int.MaxValue)).ToArray();
        var ids = tokenizer.Encode(text, addSpecial);
        if (!ids.AsSpan().SequenceEqual(wanted)) differences.Add(new TextDifference(field, "tokens", TextReport.Quoted(text), List(wanted), List(ids)));
        if (Text(value, "decoded") is { } decoded && tokenizer.Decode(wanted) is var back && back != decoded) differences.Add(new TextDifference(field, "decoded text", List(wanted), TextReport.Quoted(decoded), TextReport.Quoted(back)));
    }

    private static string List(int[] ids) => string.Join(' ', ids.Select(id => id.ToString(CultureInfo.InvariantCulture)));
}
