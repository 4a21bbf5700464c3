using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Srpo.Core.Errors;
using Srpo.Core.Json;
using Srpo.Language.Templates;
using Srpo.Language.Tokenizers;
using Srpo.Language.Verification;

namespace Srpo.Language.Tests.Templates;

/// <summary>Chat templates are rendered as the library does that models are published for; what they ask for that is not known is named with its place.</summary>
public sealed class ChatTemplateTests
{
    /// <summary>The template of Qwen's and Llama's kind for all who have no packages: roles between marks, a refusal, tools, white space by every rule.</summary>
    private const string Own = """
        {%- if messages[0]['role'] == 'system' %}
            {%- set system = messages[0]['content'] | trim %}
            {%- set messages = messages[1:] %}
        {%- else %}
            {%- set system = 'You debate.' %}
        {%- endif %}
        {{- bos_token ~ '<|start|>system\n' ~ system ~ '<|end|>\n' }}
        {%- for message in messages %}
            {%- if (message.role == 'user') != (loop.index0 % 2 == 0) %}
                {{- raise_exception('Roles must alternate, message ' ~ loop.index ~ ' is of ' ~ message.role) }}
            {%- endif %}
            {{- '<|start|>' + message.role + '\n' + message['content'] + '<|end|>\n' }}
        {%- endfor %}
        {%- if add_generation_prompt %}
            {{- '<|start|>assistant\n' }}
        {%- endif %}
        """;

    private static readonly JsonElement Recorded = JsonDocument.Parse(File.ReadAllText(Reference.PathOf("jinja-reference.json"))).RootElement;

    /// <summary>Syntax, values, filters, tests and methods, one by one.</summary>
    [Fact]
    public void Everything_prints_and_fails_as_in_Jinja()
    {
        var variables = ((JsonObjectValue)JsonSource.Parse("variables", Encoding.UTF8.GetBytes(Recorded.GetProperty("variables").GetRawText()))).Members.ToDictionary(member => member.Name, object? (member) => member.Value);
        Assert.All(Recorded.GetProperty("cases").EnumerateArray(), item =>
        {
            var source = item.GetProperty("source").GetString()!;
            if (item.TryGetProperty("text", out var text)) Assert.Equal(text.GetString(), ChatTemplate.Parse(source, "t").Render(variables));
            else Assert.Throws<SrpoException>(() => ChatTemplate.Parse(source, "t").Render(variables));
        });
    }

    [OracleTheory]
    [InlineData("qwen3", "qwen3", 12)]
    [InlineData("qwen3", "qwen3-no-think", 12)]
    [InlineData("llama3_1", "llama3.1-package", 12)]
    public void Chats_of_real_templates_are_those_of_the_reference(string package, string name, int cases)
    {
        var report = ChatCheck.Run(Oracle.Folder(package), Reference.PathOf("chat-template-reference.json"), name);
        Assert.Empty(report.Differences);
        Assert.Equal(cases, report.Cases);
    }

    [OracleFact]
    public void A_check_knows_a_folder_by_its_path()
    {
        Assert.Equal(["qwen3", "qwen3-no-think"], ChatCheck.Run(Oracle.Folder("qwen3"), Reference.PathOf("chat-template-reference.json")).Names.Order());
        Assert.Equal(["llama3.1-package"], ChatCheck.Run(Oracle.Folder("llama3_1"), Reference.PathOf("chat-template-reference.json")).Names);
    }

    /// <summary>Chats of every kind through both real templates and one of our own, against another interpreter.</summary>
    [OracleFact]
    public void Chats_are_written_as_another_interpreter_writes_them()
    {
        var random = new Random(15);
        var templates = new[] { "qwen3", "llama3_1" }.Select(name => Tokenizer.Load(Oracle.Folder(name)).ChatTemplate!).Append(Own).ToArray();
        var cases = Enumerable.Range(0, 600).Select(i => (Template: templates[i % templates.Length], Variables: Chat(random))).ToArray();
        var wanted = Oracle.Render(cases);
        var parsed = templates.ToDictionary(template => template, template => ChatTemplate.Parse(template, "t"));
        var refused = 0;
        for (var i = 0; i < cases.Length; i++)
        {
            var variables = ((JsonObjectValue)JsonSource.Parse("chat", Encoding.UTF8.GetBytes(cases[i].Variables.ToJsonString()))).Members.ToDictionary(member => member.Name, object? (member) => member.Value);
            string? found = null;
            try
            {
                found = parsed[cases[i].Template].Render(variables);
            }
            catch (SrpoException)
            {
                refused++;
            }

            Assert.True(wanted[i].Text == found, $"{i}: {cases[i].Variables.ToJsonString()}\nwanted {wanted[i].Text ?? wanted[i].Error}\nfound {found}");
        }

        Assert.InRange(refused, 1, cases.Length / 2);
    }

    [Fact]
    public void A_chat_of_messages_is_written_and_refused_in_the_templates_words()
    {
        var template = ChatTemplate.Parse(Own, "chat_template.jinja", new Dictionary<string, string> { ["bos_token"] = "<s>" });
        Assert.Equal("<s><|start|>system\nBe brief.<|end|>\n<|start|>user\n 2+2? <|end|>\n<|start|>assistant\n", template.Render([new("system", " Be brief. "), new("user", " 2+2? ")], addGenerationPrompt: true));
        var error = Assert.Throws<SrpoException>(() => template.Render([new("user", "a"), new("user", "b")], addGenerationPrompt: false));
        Assert.Equal("chat_template.jinja refuses this chat: Roles must alternate, message 2 is of user", error.Message);
    }

    [Fact]
    public void The_date_is_the_one_that_is_given_or_none()
    {
        var template = ChatTemplate.Parse("{% if strftime_now is defined %}{{ strftime_now('%d %b %Y, %A %H:%M %j %-d %%') }}{% else %}26 Jul 2024{% endif %}", "t");
        Assert.Equal("26 Jul 2024", template.Render([], false));
        Assert.Equal("05 Mar 2026, Thursday 07:08 064 5 %", template.Render([], false, now: new DateTimeOffset(2026, 3, 5, 7, 8, 9, TimeSpan.Zero)));
        Assert.Contains("strftime_now does not know %Q (line 1, column", Assert.Throws<SrpoException>(() => ChatTemplate.Parse("{{ strftime_now('%Q') }}", "t").Render([], false, now: default(DateTimeOffset))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\n {% include 'x' %}", "t: the tag 'include' is not known; known are break, call, continue, filter, for, generation, if, macro, raw, set, with (line 2, column 5)")]
    [InlineData("{{ x | uper }}", "t: unknown filter 'uper'; did you mean 'upper'?")]
    [InlineData("{{ x is strng }}", "(line 1, column 9)")]
    [InlineData("{% for x in y recursive %}{% endfor %}", "t: recursive loops are not known (line 1, column 15)")]
    [InlineData("{{ f(*x) }}", "t: lists spread into arguments are not known; write the arguments out (line 1, column 6)")]
    [InlineData("x\n{% if a %}y", "t: what begins here is not closed; close it with {% endif %} (line 2, column")]
    [InlineData("{{ 'abc }}", "t: the text is not closed; close it with ' (line 1, column 4)")]
    [InlineData("{# abc", "t: the comment is not closed; close it with #} (line 1, column 1)")]
    [InlineData("{{ a", "t: the tag is not closed; close it with }} (line 1, column 1)")]
    [InlineData("{% endfor %}", "t: endfor belongs to nothing that is open here (line 1, column 4)")]
    [InlineData("{% break %}", "t: break belongs within a loop (line 1, column 4)")]
    [InlineData("{{ (1] }}", "']' closes nothing; what was opened is closed by ')' (line 1, column 6)")]
    [InlineData("{{ a $ b }}", "t: '$' has no meaning in a tag (line 1, column 6)")]
    public void Syntax_that_is_not_known_is_named_with_its_place(string source, string message) =>
        Assert.Contains(message, Assert.Throws<SrpoException>(() => ChatTemplate.Parse(source, "t")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("\n{{ mesages[0].role }}", "t cannot write this chat: 'mesages' is undefined, and has no item 0 (line 2, column 11)")]
    [InlineData("{{ 'a' + 1 }}", "a text + a whole number has no meaning; to join any values as text write ~ (line 1, column 8)")]
    [InlineData("{{ messages.append(1) }}", "append would change a list, which templates must not; write a new one, for example list + [item] (line 1, column 19)")]
    [InlineData("{{ 9223372036854775807 + 1 }}", "has more digits than numbers have here (line 1, column 24)")]
    [InlineData("{% set x.y = 1 %}", "'x' is no namespace, and only a namespace's attributes can be set; make one by namespace() (line 1, column 8)")]
    [InlineData("{{ 'x'.nope() }}", "'nope' of a text is undefined (line 1, column 12)")]
    [InlineData("{{ 'x'.split('') }}", "the separator is empty (line 1, column 13)")]
    [InlineData("{{ {} | tojson(width=3) }}", "tojson has no argument 'width'; it has ensure_ascii, indent, separators, sort_keys (line 1, column 9)")]
    public void What_cannot_be_rendered_is_named_with_its_place(string source, string message) =>
        Assert.Contains(message, Assert.Throws<SrpoException>(() => ChatTemplate.Parse(source, "t").Render([], false)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{% for i in range(100000) %}{% for j in range(100000) %}x{% endfor %}{% endfor %}")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")]
    [InlineData("{% set n = namespace(x='ab') %}{% for i in range(1000) %}{% set n.x = n.x + n.x %}{% endfor %}")]
    [InlineData("{% set n = namespace(x='ab') %}{% for i in range(1000) %}{% set n.x = n.x | replace('a', n.x) %}{% endfor %}")]
    [InlineData("{% set n = namespace(x=[1]) %}{% for i in range(1000) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }}")]
    [InlineData("{% set n = namespace(x=[1]) %}{% for i in range(1000) %}{% set n.x = n.x + n.x %}{% endfor %}")]
    [InlineData("{{ 'a' * 1000000000000 }}")]
    [InlineData("{{ [1] * 1000000000000 }}")]
    [InlineData("{{ 2 ** 1000000000 }}")]
    [InlineData("{{ range(1000000) }}")]
    public void A_template_that_never_ends_or_grows_without_end_is_refused(string source) =>
        Assert.Throws<SrpoException>(() => ChatTemplate.Parse(source, "t").Render([], false));

    [Theory]
    [InlineData("(")]
    [InlineData("not ")]
    [InlineData("[")]
    [InlineData("-")]
    [InlineData("1 + ")]
    public void Expressions_may_not_lie_in_each_other_without_end(string part) =>
        Assert.Throws<SrpoException>(() => ChatTemplate.Parse("{{ " + string.Concat(Enumerable.Repeat(part, 20_000)) + "1 }}", "t").Render([], false));

    private static JsonObject Chat(Random random)
    {
        string[] contents = ["", "What is 2+2?", "  spaced \n", "\u4E2D\u6587 \U0001F600 \u00E9", "<think>\nlet me see\n</think>\n\n#### 4", "</think>x", "{{ not a tag }} {% nor this %}", "\"quoted\" \\ back", "<tool_response>\n3\n</tool_response>", "line\r\nline"];
        string[] roles = ["user", "assistant", "user", "assistant", "user", "tool", "system", "other"];
        string Content() => contents[random.Next(contents.Length)];
        var messages = new JsonArray();
        if (random.Next(2) == 0) messages.Add(new JsonObject { ["role"] = "system", ["content"] = Content() });
        var orderly = random.Next(2) == 0;
        for (int i = 0, count = random.Next(8) == 0 ? 60 : random.Next(1, 7); i < count; i++)
        {
            var message = new JsonObject { ["role"] = orderly ? roles[i % 2] : roles[random.Next(roles.Length)], ["content"] = Content() };
            if (message["role"]!.GetValue<string>() == "assistant")
            {
                // The other interpreter takes all white space away where Python takes only the characters that are named.
                message["content"] = Content().Trim();
                if (random.Next(3) == 0) message["reasoning_content"] = Content().Trim();
            }

            if (message["role"]!.GetValue<string>() == "assistant" && random.Next(4) == 0)
                message["tool_calls"] = new JsonArray(new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = "add", ["arguments"] = random.Next(2) == 0 ? "{\"a\": 1}" : new JsonObject { ["a"] = 1, ["b"] = new JsonArray("\u00DF", null, true), ["c"] = "<\"\\\n" } } });
            messages.Add(message);
        }

        var variables = new JsonObject { ["messages"] = messages, ["add_generation_prompt"] = random.Next(2) == 0, ["bos_token"] = "<s>" };
        if (random.Next(3) == 0) variables["enable_thinking"] = random.Next(2) == 0;
        if (random.Next(4) == 0) variables["tools"] = new JsonArray(new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = "add", ["description"] = "Gr\u00F6\u00DFe <b> & 'x'", ["parameters"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject() } } });
        return variables;
    }
}
