using System.Text.Json;
using System.Text.Json.Nodes;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;

namespace Srpo.Client.Tests.Commands;

/// <summary>How a model reads and writes texts, held against recorded cases from the command line.</summary>
public sealed class VerifyTextTests : IDisposable
{
    private const string Template = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";

    private readonly TemporaryDirectory _directory = new();

    public VerifyTextTests()
    {
        // Tokens are single bytes, a space that of its number; "ab" is one more.
        var vocabulary = new JsonObject();
        for (int value = 0, next = 256; value < 256; value++)
            vocabulary[((char)(value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? value : next++)).ToString()] = value;
        vocabulary["ab"] = 256;
        var bytes = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["use_regex"] = true };
        _directory.Write("model/tokenizer.json", new JsonObject
        {
            ["added_tokens"] = new JsonArray(new JsonObject { ["id"] = 257, ["content"] = "<end>", ["special"] = true }),
            ["pre_tokenizer"] = bytes,
            ["decoder"] = bytes.DeepClone(),
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = new JsonArray("a b") },
        }.ToJsonString());
        _directory.Write("model/tokenizer_config.json", new JsonObject { ["eos_token"] = "<end>", ["chat_template"] = Template }.ToJsonString());
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Tokens_that_agree_and_tokens_that_differ_are_told()
    {
        _directory.Write("good.json", """{"cases": [{"text": "ab<end> c", "ids": [256, 257, 32, 99], "decoded": "ab<end> c"}, {"text": "", "ids": []}]}""");
        Assert.Contains("model against good.json: 2 cases, agree", (await RunAsync("tokenizer", "model", "good.json")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);

        _directory.Write("bad.json", """{"tokenizers": {"x": {"cases": [{"text": "ab", "ids": [97, 98]}, {"text": "b", "ids": [98]}]}}}""");
        var outcome = (await RunAsync("tokenizer", "model", "bad.json")).Expect(ExitCode.CheckFailed);
        Assert.Contains("tokenizers.x.cases[0]: tokens differ\n  of      \"ab\"\n  wanted  97 98\n  found   256\n", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("2 cases of x, 1 differ", outcome.Out, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await RunAsync("tokenizer", "model", "bad.json", "--json")).Expect(ExitCode.CheckFailed).Out);
        Assert.Equal("tokenizers.x.cases[0]", json.RootElement.GetProperty("differences")[0].GetProperty("case").GetString());
    }

    [Fact]
    public async Task Chats_that_agree_and_chats_that_differ_are_told()
    {
        _directory.Write("chats.json", """
            {"templates": {"mine": {"file": "of the model", "variables": {"add_generation_prompt": true}}, "other": {"file": "another"}},
             "cases": [{"template": "mine", "messages": [{"role": "user", "content": "2+2?"}], "text": "<user>2+2?<assistant>"},
                       {"template": "mine", "messages": [], "add_generation_prompt": false, "text": "?"}, {"template": "other", "messages": [], "text": "!"}]}
            """);
        var outcome = (await RunAsync("chat", "model", "chats.json", "--name", "mine")).Expect(ExitCode.CheckFailed);
        Assert.Contains("cases[1]: text differs", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("2 cases of mine, 1 differ", outcome.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("cases[0]", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_compared_is_named()
    {
        _directory.Write("cases.json", """{"cases": [{"text": "a"}]}""");
        Assert.Contains("cases[0]: has no ids (line 1, column 12)", (await RunAsync("tokenizer", "model", "cases.json")).Expect(ExitCode.Damaged).Error, StringComparison.Ordinal);
        _directory.Write("cases.json", "{");
        Assert.Contains("is not valid JSON", (await RunAsync("tokenizer", "model", "cases.json")).Expect(ExitCode.Damaged).Error, StringComparison.Ordinal);
        Assert.Contains("there is no folder", (await RunAsync("tokenizer", "nothing", "cases.json")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
        Assert.Contains("there is no file of cases", (await RunAsync("chat", "model", "nothing.json")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
        _directory.Write("model/chat_template.jinja", "a\n{% include 'b' %}");
        Assert.Contains("the tag 'include' is not known", (await RunAsync("chat", "model", "cases.json")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        File.Delete(_directory["model/chat_template.jinja"]);
        _directory.Write("model/tokenizer_config.json", "{}");
        Assert.Contains("has no chat template", (await RunAsync("chat", "model", "cases.json")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
    }

    private Task<Outcome> RunAsync(params string[] arguments) => InProcess.RunAsync(_directory.Root, ["verify", .. arguments]);
}
