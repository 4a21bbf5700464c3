using System.Globalization;
using System.Text.RegularExpressions;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Json;

namespace Srpo.Language.Tokenizers;

/// <summary>What a tokenizer is made of.</summary>
/// <param name="File">tokenizer.json, for messages.</param>
/// <param name="Vocabulary">Tokens in the alphabet of bytes, with their numbers.</param>
/// <param name="Merges">How a word becomes tokens.</param>
/// <param name="Added">Added tokens, by number.</param>
/// <param name="ComposesText">Whether texts are brought into normal form C.</param>
/// <param name="Cutters">What texts are cut into words by, one after the other; a cutter without a pattern only adds the space.</param>
/// <param name="Before">Tokens that belong before a text.</param>
/// <param name="After">Tokens that belong after it.</param>
/// <param name="SpecialTokens">Texts of special tokens by their names.</param>
/// <param name="ChatTemplate">The chat template, or null.</param>
internal sealed record TokenizerParts(
    string File,
    Dictionary<string, int> Vocabulary,
    PairMerges Merges,
    IReadOnlyList<AddedToken> Added,
    bool ComposesText,
    IReadOnlyList<(SplitPattern? Pattern, bool AddsSpace)> Cutters,
    IReadOnlyList<int> Before,
    IReadOnlyList<int> After,
    IReadOnlyDictionary<string, string> SpecialTokens,
    string? ChatTemplate);

/// <summary>Reads the files of a model's folder that make its tokenizer.</summary>
internal static class TokenizerFolder
{
    private const string MainFile = "tokenizer.json";
    private const string ConfigFile = "tokenizer_config.json";

    /// <summary>Steps of a pre-tokenizer; models have two or three. Each works within the one before it.</summary>
    private const int MostCutters = 32;

    /// <summary>Reads them.</summary>
    /// <param name="folder">The folder, absolute.</param>
    /// <exception cref="SrpoException">A file is missing, damaged, or asks for something that is not known.</exception>
    public static TokenizerParts Read(string folder)
    {
        if (FileStatus.Of(folder).Kind == FileKind.Missing) throw new SrpoException(ErrorKind.NotFound, $"there is no folder {folder}; name the folder of a model, with {MainFile} in it");
        var file = Path.Combine(folder, MainFile);
        if (FileStatus.Of(file).Kind == FileKind.Missing)
        {
            throw new SrpoException(ErrorKind.NotFound, File.Exists(Path.Combine(folder, "merges.txt"))
                ? $"there is no {file}: the folder has the older merges.txt only; save the tokenizer as {MainFile}, as newer copies of the model have it"
                : $"there is no {file}; copy it from where the weights are from");
        }

        var (json, vocabulary, rules) = TokenizerVocabulary.Read(file, UserFile.Read(file, "tokenizer"));
        var parts = Fields(file, "tokenizer", json, root => Main(file, root, vocabulary, rules));
        return WithConfiguration(folder, parts);
    }

    private static T Fields<T>(string file, string what, string json, Func<JsonObjectValue, T> read)
    {
        try
        {
            return JsonFields.Read(json, what, "{ ... }", read, file);
        }
        catch (FormatException error)
        {
            throw new SrpoException(ErrorKind.Usage, error.Message, error);
        }
    }

    private static TokenizerParts Main(string file, JsonObjectValue root, Dictionary<string, int> vocabulary, Dictionary<ulong, (int Rank, int Id)> rules)
    {
        var model = Object(JsonFields.Required(root, "model", "{ \"type\": \"BPE\", ... }"), "model");
        // Older files leave the type out; what they hold says it.
        if (model["type"] is { } type && JsonFields.Text(type, "model.type") is var name && name != "BPE")
            throw JsonFields.Wrong("model.type", $"'{name}' is not known; known is BPE, byte-level byte-pair encoding, as Qwen 2 and 3 and Llama 3 have it");
        foreach (var field in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (model[field] is JsonStringValue { Text.Length: > 0 } text) throw JsonFields.Wrong($"model.{field}", $"'{text.Text}' is not known; byte-level vocabularies have none");
        }

        if (model["dropout"] is JsonNumberValue { Text: not ("0" or "0.0") } dropout) throw JsonFields.Wrong("model.dropout", $"{dropout.Text} would make tokens random; remove it");
        if (model["vocab"] is not JsonObjectValue) throw JsonFields.Wrong("model.vocab", $"must be an object of tokens with their numbers");
        if (model["merges"] is not JsonListValue) throw JsonFields.Wrong("model.merges", $"{(model["merges"] is null ? "is missing" : "must be a list of pairs")}; without it words are single bytes: take the complete file");
        var byteIds = Enumerable.Range(0, 256).Select(value => vocabulary.GetValueOrDefault(ByteAlphabet.Char((byte)value).ToString(), -1)).ToArray();
        // Bytes that no UTF-8 has may be missing.
        if (Array.FindIndex(byteIds, id => id < 0) is >= 0 and not (0xC0 or 0xC1) and < 0xF5 and var lacking)
            throw JsonFields.Wrong("model.vocab", $"has no token for the byte 0x{lacking:X2}, written '{ByteAlphabet.Char((byte)lacking)}'; a byte-level vocabulary has one for each");
        var (before, after) = PostProcessor(root["post_processor"], "post_processor");
        RequireByteLevelDecoder(root["decoder"], "decoder");
        return new TokenizerParts(
            file,
            vocabulary,
            new PairMerges(rules, byteIds, JsonFields.Flag(model, "ignore_merges", "model.ignore_merges") ? vocabulary : null),
            Added(root["added_tokens"], vocabulary),
            Normalizer(root["normalizer"], "normalizer"),
            PreTokenizer(root["pre_tokenizer"]),
            before,
            after,
            new Dictionary<string, string>(),
            null);
    }

    private static List<AddedToken> Added(JsonValue? list, Dictionary<string, int> vocabulary)
    {
        if (list is null or JsonNullValue) return [];
        var tokens = new SortedDictionary<int, AddedToken>();
        var (items, contents) = (JsonFields.Elements(list, "added_tokens"), new HashSet<string>(StringComparer.Ordinal));
        for (var i = 0; i < items.Count; i++)
        {
            var field = JsonFields.Indexed("added_tokens", i);
            var item = Object(items[i], field);
            var id = JsonFields.Whole(Required(item, "id", field), $"{field}.id", 0, TokenizerVocabulary.MaxId);
            var token = AddedToken(item, id, field);
            if (!tokens.TryAdd(id, token)) throw JsonFields.Wrong($"{field}.id", $"{id} is '{tokens[id].Content}' already");
            if (!contents.Add(token.Content)) throw JsonFields.Wrong($"{field}.content", $"'{token.Content}' is there twice");
            if (vocabulary.TryGetValue(token.Content, out var known) && known != id) throw JsonFields.Wrong($"{field}.id", $"'{token.Content}' is {id} here and {known} in model.vocab");
        }

        return [.. tokens.Values];
    }

    private static AddedToken AddedToken(JsonObjectValue item, int id, string field)
    {
        var special = JsonFields.Flag(item, "special", $"{field}.special");
        if (Required(item, "content", field) is not JsonStringValue { Text: { Length: > 0 } content }) throw JsonFields.Wrong($"{field}.content", $"must be a text that is not empty");
        return new AddedToken(
            id,
            content,
            special,
            item["normalized"] is null ? !special : JsonFields.Flag(item, "normalized", $"{field}.normalized"),
            JsonFields.Flag(item, "single_word", $"{field}.single_word"),
            JsonFields.Flag(item, "lstrip", $"{field}.lstrip"),
            JsonFields.Flag(item, "rstrip", $"{field}.rstrip"));
    }

    /// <summary>Whether texts are composed.</summary>
    private static bool Normalizer(JsonValue? value, string field)
    {
        if (value is null or JsonNullValue) return false;
        var item = Object(value, field);
        return Type(item, field) switch
        {
            "NFC" => true,
            "Sequence" => Steps(item, field, "normalizers").Select(step => Normalizer(step.Value, step.Field)).ToArray().Contains(true),
            var other => throw JsonFields.Wrong($"{field}.type", $"'{other}' is not known; known are NFC and Sequence"),
        };
    }

    private static List<(SplitPattern? Pattern, bool AddsSpace)> PreTokenizer(JsonValue? value)
    {
        var cutters = new List<(SplitPattern?, bool)>();
        if (value is null or JsonNullValue || !AddCutters(Object(value, "pre_tokenizer"), "pre_tokenizer", cutters))
            throw JsonFields.Wrong("pre_tokenizer", $"has no ByteLevel; known are byte-level tokenizers, as of Qwen 2 and 3 and Llama 3");
        return cutters.Count <= MostCutters ? cutters : throw JsonFields.Wrong("pre_tokenizer", $"has {cutters.Count} steps; at most {MostCutters} are read");
    }

    /// <summary>Adds the cutters of a pre-tokenizer; returns whether it ends with bytes.</summary>
    private static bool AddCutters(JsonObjectValue item, string field, List<(SplitPattern? Pattern, bool AddsSpace)> cutters)
    {
        switch (Type(item, field))
        {
            case "ByteLevel":
                var addsSpace = item["add_prefix_space"] is null || JsonFields.Flag(item, "add_prefix_space", $"{field}.add_prefix_space");
                var cuts = item["use_regex"] is null || JsonFields.Flag(item, "use_regex", $"{field}.use_regex");
                if (addsSpace || cuts) cutters.Add((cuts ? SplitPattern.Create(SplitPattern.Gpt2) : null, addsSpace));
                return true;
            case "Split":
                cutters.Add((Split(item, field), false));
                return false;
            case "Digits":
                cutters.Add((SplitPattern.Create(JsonFields.Flag(item, "individual_digits", $"{field}.individual_digits") ? @"\p{N}" : @"\p{N}+"), false));
                return false;
            case "Sequence":
                var bytes = false;
                foreach (var (step, path) in Steps(item, field, "pretokenizers"))
                {
                    if (bytes) throw JsonFields.Wrong(path, $"follows ByteLevel, which must come last");
                    bytes = AddCutters(Object(step, path), path, cutters);
                }

                return bytes;
            case var other:
                throw JsonFields.Wrong($"{field}.type", $"'{other}' is not known; known are ByteLevel, Split, Digits and Sequence");
        }
    }

    private static SplitPattern Split(JsonObjectValue item, string field)
    {
        var pattern = Object(Required(item, "pattern", field), $"{field}.pattern");
        var written = pattern.Members is [{ Name: "Regex" or "String", Value: JsonStringValue text } member]
            ? (member.Name == "Regex" ? text.Text : Regex.Escape(text.Text))
            : throw JsonFields.Wrong($"{field}.pattern", $"must be {{\"Regex\": \"...\"}} or {{\"String\": \"...\"}}");
        var behavior = JsonFields.Text(Required(item, "behavior", field), $"{field}.behavior");
        if (behavior is not ("Isolated" or "Removed")) throw JsonFields.Wrong($"{field}.behavior", $"'{behavior}' is not known; known are Isolated and Removed");
        var inverted = JsonFields.Flag(item, "invert", $"{field}.invert");
        try
        {
            return SplitPattern.Create(written, keepsMatches: behavior == "Isolated" || inverted, keepsRest: behavior == "Isolated" || !inverted);
        }
        catch (FormatException error)
        {
            throw JsonFields.Wrong($"{field}.pattern", $"{error.Message}");
        }
    }

    private static (List<int> Before, List<int> After) PostProcessor(JsonValue? value, string field)
    {
        var (before, after) = (new List<int>(), new List<int>());
        if (value is null or JsonNullValue) return (before, after);
        var item = Object(value, field);
        switch (Type(item, field))
        {
            // Moves offsets, which nobody asks for here.
            case "ByteLevel":
                break;
            case "Sequence":
                foreach (var (step, path) in Steps(item, field, "processors"))
                {
                    var (more, last) = PostProcessor(step, path);
                    before.InsertRange(0, more);
                    after.AddRange(last);
                }

                break;
            case "TemplateProcessing":
                var known = Object(Required(item, "special_tokens", field), $"{field}.special_tokens");
                var isAfter = false;
                foreach (var (piece, path) in Steps(item, field, "single"))
                {
                    var part = Object(piece, path);
                    if (part["Sequence"] is not null)
                    {
                        isAfter = true;
                        continue;
                    }

                    var id = JsonFields.Text(Required(Object(Required(part, "SpecialToken", path), path), "id", $"{path}.SpecialToken"), $"{path}.SpecialToken.id");
                    var place = $"{field}.special_tokens.{id}";
                    var ids = JsonFields.Elements(Required(Object(known[id] ?? throw JsonFields.Wrong(path, $"'{id}' is not in special_tokens"), place), "ids", place), $"{place}.ids");
                    (isAfter ? after : before).AddRange(ids.Select((number, i) => JsonFields.Whole(number, JsonFields.Indexed($"{place}.ids", i), 0, TokenizerVocabulary.MaxId)));
                }

                break;
            case var other:
                throw JsonFields.Wrong($"{field}.type", $"'{other}' is not known; known are ByteLevel, TemplateProcessing and Sequence");
        }

        return (before, after);
    }

    private static void RequireByteLevelDecoder(JsonValue? value, string field)
    {
        var item = Object(value ?? throw JsonFields.Wrong(field, $"is missing; write {{\"type\": \"ByteLevel\"}}"), field);
        switch (Type(item, field))
        {
            case "ByteLevel":
                break;
            case "Sequence":
                foreach (var (step, path) in Steps(item, field, "decoders")) RequireByteLevelDecoder(step, path);
                break;
            case var other:
                throw JsonFields.Wrong($"{field}.type", $"'{other}' is not known; known is ByteLevel");
        }
    }

    /// <summary>Adds what the files beside tokenizer.json say: names of special tokens, more added tokens, the chat template.</summary>
    private static TokenizerParts WithConfiguration(string folder, TokenizerParts parts)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var added = new SortedDictionary<int, AddedToken>(parts.Added.ToDictionary(token => token.Id));
        string? template = null;
        if (Optional(folder, ConfigFile) is { } config)
        {
            Fields(config.Path, "tokenizer configuration", config.Text, root =>
            {
                AddFromConfiguration(root["added_tokens_decoder"], parts, added);
                AddNames(root, names);
                template = TemplateOf(root["chat_template"]);
                return 0;
            });
        }

        if (Optional(folder, "special_tokens_map.json") is { } map)
        {
            Fields(map.Path, "map of special tokens", map.Text, root =>
            {
                AddNames(root, names);
                return 0;
            });
        }

        if (Optional(folder, "chat_template.jinja") is { } jinja) template = jinja.Text;
        else if (template is null && Optional(folder, "chat_template.json") is { } json) template = Fields(json.Path, "chat template", json.Text, root => TemplateOf(root["chat_template"]));
        foreach (var (name, content) in names) MarkSpecial(folder, name, content, parts.Vocabulary, added);
        return parts with { Added = [.. added.Values], SpecialTokens = names, ChatTemplate = template };
    }

    private static (string Path, string Text)? Optional(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return FileStatus.Of(path).Kind == FileKind.Missing ? null : (path, UserFile.ReadText(path, name));
    }

    private static void AddFromConfiguration(JsonValue? value, TokenizerParts parts, SortedDictionary<int, AddedToken> added)
    {
        if (value is null or JsonNullValue) return;
        foreach (var member in Object(value, "added_tokens_decoder").Members)
        {
            var field = $"added_tokens_decoder.{member.Name}";
            if (!int.TryParse(member.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id > TokenizerVocabulary.MaxId) throw JsonFields.Wrong(field, $"must be the number of a token");
            var token = AddedToken(Object(member.Value, field), id, field);
            var there = added.TryGetValue(id, out var known) ? known.Content : parts.Vocabulary.FirstOrDefault(item => item.Value == id).Key;
            if (there is not null && there != token.Content) throw JsonFields.Wrong(field, $"is '{token.Content}', and '{there}' in {MainFile}; are both of one model?");
            if (added.Values.FirstOrDefault(item => item.Content == token.Content) is { } twin && twin.Id != id) throw JsonFields.Wrong(field, $"'{token.Content}' is {twin.Id} in {MainFile}; are both of one model?");
            added.TryAdd(id, token);
        }
    }

    private static void AddNames(JsonObjectValue root, Dictionary<string, string> names)
    {
        foreach (var member in root.Members.Where(member => member.Name.EndsWith("_token", StringComparison.Ordinal)))
        {
            var content = member.Value switch
            {
                JsonStringValue text => text.Text,
                JsonObjectValue token => JsonFields.Text(Required(token, "content", member.Name), $"{member.Name}.content"),
                _ => null,
            };
            if (content is { Length: > 0 }) names.TryAdd(member.Name, content);
        }
    }

    private static string? TemplateOf(JsonValue? value) => value switch
    {
        null or JsonNullValue => null,
        JsonStringValue text => text.Text,
        // Several under names, where the one without tools is the default.
        JsonListValue list => list.Items.OfType<JsonObjectValue>().OrderByDescending(item => item["name"] is JsonStringValue { Text: "default" }).Select(item => (item["template"] as JsonStringValue)?.Text).FirstOrDefault(),
        _ => throw JsonFields.Wrong("chat_template", $"must be a text, or a list of objects with name and template"),
    };

    /// <summary>A token with a name is special, whatever tokenizer.json says of it.</summary>
    private static void MarkSpecial(string folder, string name, string content, Dictionary<string, int> vocabulary, SortedDictionary<int, AddedToken> added)
    {
        if (added.Values.FirstOrDefault(token => token.Content == content) is { } known) added[known.Id] = known with { IsSpecial = true };
        else if (vocabulary.TryGetValue(content, out var id)) added[id] = new AddedToken(id, content, IsSpecial: true);
        else throw new SrpoException(ErrorKind.Usage, $"{Path.Combine(folder, ConfigFile)}: {name}: '{content}' is no token of {MainFile}; are both of one model?");
    }

    private static JsonObjectValue Object(JsonValue value, string field) => value as JsonObjectValue ?? throw JsonFields.Wrong(field, $"must be an object, not {JsonFields.Quote(value)}");

    private static JsonValue Required(JsonObjectValue item, string name, string field) => item[name] ?? throw JsonFields.Wrong(field, $"lacks {name}");

    private static string Type(JsonObjectValue item, string field) => JsonFields.Text(Required(item, "type", field), $"{field}.type");

    private static IEnumerable<(JsonValue Value, string Field)> Steps(JsonObjectValue item, string field, string list) =>
        JsonFields.Elements(Required(item, list, field), $"{field}.{list}").Select((step, i) => (step, JsonFields.Indexed($"{field}.{list}", i)));
}
