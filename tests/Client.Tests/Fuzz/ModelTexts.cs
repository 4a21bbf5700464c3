using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Srpo.Client.Tests.Support;

namespace Srpo.Client.Tests.Fuzz;

/// <summary>Folders and cases for `verify tokenizer` and `verify chat`: what is read of a model's texts, each as a user may have spoilt it.</summary>
internal static class ModelTexts
{
    private const string Model = "qwen2-tiny";

    /// <summary>Cases of each part that are kept, so that an input stays small and is read in no time.</summary>
    private const int Cases = 6;

    /// <summary>Asks for much that templates have: loops, macros, namespaces, filters, tests, tools, errors of their own.</summary>
    private const string Template = """
        {%- macro shown(item, depth=0) -%}{% if item is mapping %}{% for key, value in item | dictsort %}{{ key }}: {{ shown(value, depth + 1) }}{% endfor %}{% else %}{{ item | tojson(indent=2) }}{% endif %}{%- endmacro -%}
        {%- set ns = namespace(last='', count=0) -%}
        {% for message in messages if message.role != 'hidden' %}
          {%- if loop.first and message['role'] == 'assistant' %}{{ raise_exception('a chat begins with system or user, not ' ~ message.role) }}{% endif %}
          {%- set ns.last = message.role %}{% set ns.count = ns.count + loop.index0 * 2 ** 3 // 5 %}
          {{- '<|' + message.role + '|>' + (message.content | trim | replace('\n\n', '\n'))[:200] }}{{ ', '.join(message.content.split(',')[1:-1]) if ',' in message.content }}
          {%- for call in message.tool_calls or [] %}{{ shown(call.function) }}{% endfor %}
        {%- endfor %}
        {%- for number in range(1, 10, 3) %}{{ number | string if number is divisibleby 2 else -number | abs }}{% endfor %}
        {%- for tool in tools | default([], true) %}{{ tool | tojson }}{% endfor %}{# the end #}
        {%- if add_generation_prompt and ns.last is not none %}{{ bos_token is defined and bos_token or '' }}<|assistant|>{{ items | map(attribute='n') | list | length }}{% endif %}
        """;

    private static byte[] TokenizerCases { get; } = Written(Node("tokenizer-reference.json"), root =>
    {
        var tokenizers = root["tokenizers"]!.AsObject();
        foreach (var name in tokenizers.Select(part => part.Key).ToArray())
        {
            if (name is not (Model or "llama3-tiny")) tokenizers.Remove(name);
            else Shorten(tokenizers[name]!);
        }

        tokenizers[Model]!["sha256"] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Of(Model, "tokenizer.json"))));
        tokenizers[Model]!["with_special_tokens"] = new JsonObject { ["text"] = "a", ["ids"] = new JsonArray(64) };
    });

    private static byte[] ChatCases { get; } = Written(Node("jinja-reference.json"), root =>
    {
        var variables = root["variables"]!.AsObject();
        var messages = variables["messages"]!.DeepClone();
        variables.Remove("messages");
        foreach (var name in root.Select(part => part.Key).ToArray()) root.Remove(name);
        root["templates"] = new JsonObject { [Model] = new JsonObject { ["file"] = $"models/{Model}", ["variables"] = variables }, ["other"] = new JsonObject { ["file"] = "elsewhere" } };
        root["cases"] = new JsonArray(
            new JsonObject { ["template"] = Model, ["messages"] = messages, ["add_generation_prompt"] = true, ["text"] = "" },
            new JsonObject { ["template"] = Model, ["messages"] = new JsonArray(), ["text"] = "x" }, new JsonObject { ["template"] = "other", ["messages"] = new JsonArray(), ["text"] = "" });
    });

    /// <summary>Files of tokenizers, of their cases, and of special tokens.</summary>
    public static byte[][] Tokenizers { get; } =
    [
        TokenizerCases, Written(Node("tokenizer-reference.json")["tokenizers"]![Model]!, part => Shorten(part)), File.ReadAllBytes(Of(Model, "tokenizer.json")), File.ReadAllBytes(Of("llama3-tiny", "tokenizer.json")),
        Tiny(), File.ReadAllBytes(Of(Model, "tokenizer_config.json")),
    ];

    /// <summary>Chat templates, cases, and the configuration that may hold a template.</summary>
    public static byte[][] Chats { get; } =
    [
        ChatCases, Encoding.UTF8.GetBytes("""{"cases": [{"messages": [{"role": "user", "content": "Hi"}], "add_generation_prompt": true, "text": "<|user|>Hi<|assistant|>"}]}"""),
        Encoding.UTF8.GetBytes(Template), Encoding.UTF8.GetBytes(Template), .. Sources(), Encoding.UTF8.GetBytes(new JsonObject { ["chat_template"] = Template, ["eos_token"] = "<|im_end|>" }.ToJsonString()),
        Encoding.UTF8.GetBytes("""{"chat_template": [{"name": "tool_use", "template": "{{ tools }}"}, {"name": "default", "template": "{{ messages[0].content }}"}], "pad_token": {"content": "<|pad|>"}}"""),
    ];

    /// <summary>Writes a folder that is whole, and cases.</summary>
    public static void Prepare(TemporaryDirectory directory)
    {
        Copy(directory[$"user/{Model}"], "tokenizer.json", "tokenizer_config.json");
        directory.Write($"user/{Model}/chat_template.jinja", Template);
        File.WriteAllBytes(directory["user/tokens.json"], TokenizerCases);
        File.WriteAllBytes(directory["user/chats.json"], ChatCases);
    }

    /// <summary>Command lines that read an input: as fuzz.json with cases, and as each file of a folder "fuzz" that the check is of.</summary>
    /// <param name="check">tokenizer or chat.</param>
    public static IReadOnlyList<(string? File, string[] Arguments)> Readings(string check)
    {
        var (first, cases) = check == "tokenizer" ? ("tokenizer.json", "tokens.json") : ("chat_template.jinja", "chats.json");
        return [(null, ["verify", check, Model, "fuzz.json"]), (first, ["verify", check, "fuzz", cases, "--name", Model]), ("tokenizer_config.json", ["verify", check, "fuzz", cases, "--name", Model, "--json"])];
    }

    /// <summary>Writes the folder "fuzz": a model's tokenizer, with other bytes as one of its files.</summary>
    public static void WriteSpoilt(TemporaryDirectory directory, string file, byte[] bytes)
    {
        if (Directory.Exists(directory["user/fuzz"])) Directory.Delete(directory["user/fuzz"], recursive: true);
        Copy(directory["user/fuzz"], "tokenizer.json");
        File.WriteAllBytes(directory[$"user/fuzz/{file}"], bytes);
    }

    private static void Copy(string folder, params string[] files)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in files) File.Copy(Of(Model, file), Path.Combine(folder, file));
    }

    /// <summary>A tokenizer whose parts are none of the models': words cut by a text and by digits, added tokens with every option.</summary>
    private static byte[] Tiny() => Written(JsonNode.Parse(File.ReadAllBytes(Of(Model, "tokenizer.json")))!, root =>
    {
        root["pre_tokenizer"] = JsonNode.Parse("""
            {"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"String": ","}, "behavior": "Isolated", "invert": true}, {"type": "Digits", "individual_digits": true}, {"type": "ByteLevel", "add_prefix_space": true, "use_regex": true}]}
            """);
        root["normalizer"] = JsonNode.Parse("""{"type": "Sequence", "normalizers": [{"type": "NFC"}]}""");
        var number = 384;
        foreach (var option in new[] { "lstrip", "rstrip", "single_word", "normalized" })
            root["added_tokens"]!.AsArray().Add(new JsonObject { ["id"] = number++, ["content"] = $"q{option[0]}q", [option] = true });
    });

    private static IEnumerable<byte[]> Sources() => Node("jinja-reference.json")["cases"]!.AsArray().Select(item => item!["source"]!.GetValue<string>()).Chunk(10).Select(some => Encoding.UTF8.GetBytes(string.Join('\n', some)));

    private static void Shorten(JsonNode part)
    {
        var cases = part["cases"]!.AsArray();
        while (cases.Count > Cases) cases.RemoveAt(cases.Count - 1);
    }

    private static byte[] Written(JsonNode node, Action<JsonObject> change)
    {
        change(node.AsObject());
        return Encoding.UTF8.GetBytes(node.ToJsonString());
    }

    private static JsonNode Node(string file) => JsonNode.Parse(File.ReadAllBytes(Repository.PathOf("tests", "Language.Tests", "Reference", file)))!;

    private static string Of(string model, string file) => Repository.PathOf("tests", "Language.Tests", "Reference", "models", model, file);
}
