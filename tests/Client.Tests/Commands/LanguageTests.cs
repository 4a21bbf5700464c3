using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Language.Bases;
using Srpo.Language.Models;

namespace Srpo.Client.Tests.Commands;

/// <summary>Folders of language models: made, shown, and what is wrong with them said.</summary>
public sealed class LanguageTests : IDisposable
{
    private const string Tiny = """
        {"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "vocab_size": 384, "hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 2,
         "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 32, "rope_theta": 1000000, "tie_word_embeddings": true, "eos_token_id": [370, 371]}
        """;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_model_is_made_and_shown()
    {
        _directory.Write("config.json", Tiny);
        var made = (await RunAsync("make", "model", "--config", "config.json", "--seed", "7")).Expect(ExitCode.Ok);
        Assert.Contains("parameters, 271 kB in BF16", made.Error, StringComparison.Ordinal);
        Assert.Contains("Qwen3ForCausalLM with random weights, seed 7, made in ", made.Out, StringComparison.Ordinal);

        var shown = (await RunAsync("info", "model")).Expect(ExitCode.Ok).Out;
        foreach (var line in new[]
        {
            "parameters     135,616", "layers         2 of width 64, perceptrons of 160", "attention      4 heads of 32, keys and values of 2, queries and keys normalised",
            "tokens         384, the head tied to the embedding", "in model.safetensors, as their hash says", "keys and values of a token 512 B in bf16",
            "tokenizer      missing: there is no tokenizer.json", "chat template  missing", "sampling       the most likely token", "ends with      token 370, 371",
        })
            Assert.Contains(line, shown, StringComparison.Ordinal);
        Assert.DoesNotContain("hash  ", shown, StringComparison.Ordinal);

        _directory.Write("model/tokenizer.json", "{}");
        _directory.Write("model/tokenizer_config.json", """{"chat_template": "{{ messages }}"}""");
        using var json = JsonDocument.Parse((await RunAsync("info", "model", "--json", "--hash")).Expect(ExitCode.Ok).Out);
        var root = json.RootElement;
        Assert.Equal((135616, "tokenizer.json", "tokenizer_config.json"), (root.GetProperty("parameters").GetInt64(), root.GetProperty("tokenizer").GetString(), root.GetProperty("chatTemplate").GetString()));
        Assert.Equal(135616, root.GetProperty("types").GetProperty("BF16").GetInt64());
        Assert.False(root.TryGetProperty("problem", out var problem) && problem.ValueKind != JsonValueKind.Null);
        using (var folder = ModelFolder.Open(_directory["model"])) Assert.Equal(folder.ContentHash, root.GetProperty("contentHash").GetString());

        // The same seed gives the same weights, another one others; a folder is not made twice.
        (await RunAsync("make", "again", "--config", "config.json", "--seed", "7")).Expect(ExitCode.Ok);
        (await RunAsync("make", "other", "--config", "config.json", "--dtype", "f32")).Expect(ExitCode.Ok);
        Assert.Equal(File.ReadAllBytes(_directory["model/model.safetensors"]), File.ReadAllBytes(_directory["again/model.safetensors"]));
        using (var folder = ModelFolder.Open(_directory["other"])) Assert.NotEqual(folder.ContentHash, root.GetProperty("contentHash").GetString());
        Assert.Contains("exists, it is a directory", (await RunAsync("make", "model", "--config", "config.json")).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("make x", 2, "say which shape: --like with one of qwen2.5-0.5b")]
    [InlineData("make x --like qwen2.5-0.5", 2, "did you mean 'qwen2.5-0.5b'")]
    [InlineData("make x --like qwen2.5-0.5b --config config.json", 2, "--like and --config exclude each other")]
    [InlineData("make x --like qwen2.5-0.5b --dtype int8", 2, "--dtype: ")]
    [InlineData("make x --config nothing.json", 3, "nothing.json")]
    [InlineData("make no/where --like qwen2.5-0.5b", 2, "is no directory; make it first")]
    [InlineData("info nothing", 3, "there is no folder")]
    [InlineData("info Qwen/Qwen2.5-0.5B-Instruct", 3, "nothing is downloaded")]
    [InlineData("info . --cluster localhost", 2, "it works on this machine")]
    [InlineData("train", 2, "say which recipe: llama-small, qwen2-large")]
    [InlineData("train qwen2-larg", 2, "did you mean 'qwen2-large'")]
    [InlineData("train no/recipe.json", 3, "recipe.json")]
    [InlineData("train qwen2-large --list", 2, "leave RECIPE out")]
    [InlineData("train --list --out x", 2, "--list and --out exclude each other")]
    [InlineData("train qwen2-large --level 99", 2, "--level")]
    public async Task What_cannot_be_done_is_refused_and_nothing_made(string line, int code, string problem)
    {
        var outcome = (await RunAsync(line.Split(' '))).Expect((ExitCode)code);
        Assert.Contains(problem, outcome.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory.Root));
    }

    [Fact]
    public async Task What_is_wrong_with_a_folder_is_said_after_what_can_be_shown()
    {
        _directory.Write("config.json", Tiny);
        (await RunAsync("make", "model", "--config", "config.json")).Expect(ExitCode.Ok);
        var weights = _directory["model/model.safetensors"];
        var bytes = File.ReadAllBytes(weights);

        bytes[^5] ^= 1;
        File.WriteAllBytes(weights, bytes);
        await Wrong(ExitCode.Damaged, weights, "__metadata__.sha256: it does not fit the data");
        File.WriteAllBytes(weights, bytes[..^5]);
        await Wrong(ExitCode.Damaged, weights, "the file was cut short");
        File.Delete(weights);
        await Wrong(ExitCode.NotFound, weights, "there is neither");

        _directory.Write("model/config.json", Tiny.Replace("qwen3", "mamba", StringComparison.Ordinal));
        var outcome = (await RunAsync("info", "model")).Expect(ExitCode.Usage);
        Assert.Contains($"{_directory["model/config.json"]}: model_type: 'mamba' is not known; known are qwen2, qwen3, llama (line 1, column 55)", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Out);

        async Task Wrong(ExitCode code, string file, string problem)
        {
            var text = (await RunAsync("info", "model")).Expect(code);
            Assert.Contains("parameters     135,616", text.Out, StringComparison.Ordinal);
            Assert.Contains(file, text.Error, StringComparison.Ordinal);
            Assert.Contains(problem, text.Error, StringComparison.Ordinal);
            using var json = JsonDocument.Parse((await RunAsync("info", "model", "--json")).Expect(code).Out);
            Assert.Contains(problem, json.RootElement.GetProperty("problem").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Recipes_are_listed()
    {
        Assert.Matches("qwen2-large +qwen2 +", (await RunAsync("train", "--list")).Expect(ExitCode.Ok).Out);
        using var json = JsonDocument.Parse((await RunAsync("train", "--list", "--json")).Expect(ExitCode.Ok).Out);
        Assert.Equal(BaseModelRecipe.Names, json.RootElement.EnumerateArray().Select(recipe => recipe.GetProperty("name").GetString()));
        Assert.All(json.RootElement.EnumerateArray(), recipe => Assert.Equal(JsonValueKind.Null, recipe.GetProperty("folder").ValueKind));
    }

    private Task<Outcome> RunAsync(params string[] arguments) => InProcess.RunAsync(_directory.Root, ["language", .. arguments]);
}
