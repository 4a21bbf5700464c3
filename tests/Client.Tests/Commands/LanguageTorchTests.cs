using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Learning.Torch;

namespace Srpo.Client.Tests.Commands;

/// <summary>Commands that compute with language models: what they do where libtorch can be loaded, and what they say where it cannot.</summary>
public sealed class LanguageTorchTests : IDisposable
{
    private static readonly string Models = Repository.PathOf("tests/Language.Tests/Reference/models");

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private Task<Outcome> RunAsync(params string[] arguments) => InProcess.RunAsync(_directory.Root, arguments);

    [Theory]
    [InlineData("verify", "language", "nowhere")]
    [InlineData("bench", "language", "nowhere")]
    [InlineData("language", "generate", "nowhere", "text")]
    [InlineData("language", "chat", "nowhere")]
    public async Task What_is_in_the_way_is_said_first(params string[] arguments)
    {
        if (LibTorch.WhyNot() is { } reason)
        {
            var refused = (await RunAsync(arguments)).Expect(ExitCode.Environment);
            Assert.Contains(reason, refused.Error, StringComparison.Ordinal);
            return;
        }

        Assert.Contains("there is no folder", (await RunAsync(arguments)).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_is_held_against_its_reference_and_goes_on_with_a_text()
    {
        if (LibTorch.WhyNot() is not null) return;
        var model = Path.Combine(Models, "qwen2-tiny");
        var text = (await RunAsync("verify", "language", model)).Expect(ExitCode.Ok);
        Assert.Contains("agrees", text.Out, StringComparison.Ordinal);
        using var report = JsonDocument.Parse((await RunAsync("verify", "language", Path.Combine(Models, "qwen2-tiny-bf16"), "--json")).Expect(ExitCode.Ok).Out);
        Assert.Contains(report.RootElement.GetProperty("deviations").EnumerateArray(), deviation => deviation.GetProperty("case").GetString() == "bf16_weights");
        string[] generate = ["language", "generate", model, "one two", "--max-tokens", "5", "--seed", "4", "--precision", "float32", "--json"];
        var first = (await RunAsync(generate)).Expect(ExitCode.Ok);
        using var made = JsonDocument.Parse(first.Out);
        Assert.InRange(made.RootElement.GetProperty("tokens").GetArrayLength(), 0, 5);
        using var again = JsonDocument.Parse((await RunAsync(generate)).Out);
        Assert.Equal(made.RootElement.GetProperty("text").GetString(), again.RootElement.GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_model_is_trained_once_and_then_talks()
    {
        if (LibTorch.WhyNot() is not null) return;
        _directory.Write("minute.json", """
            {"name": "minute", "model": {"family": "llama", "hiddenSize": 16, "intermediateSize": 24, "layers": 1, "heads": 2},
             "tokenizer": {"vocabulary": 300, "kind": "pairs"}, "questions": [{"level": 1}], "texts": {}, "training": {"steps": 25, "batchTokens": 200, "learningRate": 0.01, "warmUp": 2}}
            """);
        string[] train = ["language", "train", "minute.json", "--questions", "4", "--data", "here"];
        var first = (await RunAsync(train)).Expect(ExitCode.Ok);
        Assert.Contains("step 25 of 25: loss ", first.Error, StringComparison.Ordinal);
        Assert.Contains("4 questions of level 1 that it was not trained on:", first.Out, StringComparison.Ordinal);
        Assert.Contains("own wrong, peer right", first.Out, StringComparison.Ordinal);
        using var again = JsonDocument.Parse((await RunAsync([.. train, "--json"])).Expect(ExitCode.Ok).Out);
        Assert.False(again.RootElement.GetProperty("trained").GetBoolean());
        var folder = again.RootElement.GetProperty("folder").GetString()!;
        Assert.StartsWith(_directory["here/.models/minute-"], folder, StringComparison.Ordinal);
        Assert.Contains("LlamaForCausalLM", (await RunAsync("language", "info", folder)).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        (await RunAsync("language", "generate", folder, "Ana has", "--max-tokens", "3")).Expect(ExitCode.Ok);
        (await RunAsync("language", "train", "minute.json", "--out", "own", "--questions", "0")).Expect(ExitCode.Ok);
        Assert.Equal(File.ReadAllBytes(Path.Combine(folder, "model.safetensors")), File.ReadAllBytes(_directory["own/model.safetensors"]));
        Assert.Contains("exists, it is a directory", (await RunAsync("language", "train", "minute.json", "--out", "own")).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--precision", "half", "precision")]
    [InlineData("--temperature", "warm", "temperature")]
    public async Task An_option_that_is_wrong_is_named(string option, string value, string part) =>
        Assert.Contains(part, (await RunAsync("language", "generate", "nowhere", "text", option, value)).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
}
