using Srpo.Language.Bases;
using Srpo.Language.Models;
using Srpo.Language.Questions;
using Srpo.Language.Templates;
using Srpo.Language.Tokenizers;

namespace Srpo.Language.Torch.Tests;

public class BaseModelTests
{
    private static readonly TorchLanguage Models = new();

    private static readonly BaseModelRecipe Minute = BaseModelRecipe.Parse("""
        {"name": "minute",
         "model": {"family": "qwen3", "hiddenSize": 16, "intermediateSize": 24, "layers": 1, "heads": 2, "keyValueHeads": 1, "headDim": 8},
         "tokenizer": {"vocabulary": 320},
         "questions": [{"level": 1}],
         "texts": {"sums": 1},
         "training": {"steps": 50, "batchTokens": 300, "learningRate": 0.01, "warmUp": 5}}
        """, "minute.json");

    [TorchFact]
    public void A_model_that_is_trained_is_a_folder_with_the_same_bits_every_time()
    {
        using var temporary = new TemporaryFolder();
        var (losses, path, again) = (new List<double>(), Path.Combine(temporary.Path, "one"), Path.Combine(temporary.Path, "two"));
        BaseModelTraining.Run(Minute, path, Models, progress => losses.Add(progress.Loss));
        Assert.Equal(2, losses.Count);
        Assert.True(losses[1] < losses[0] - 0.5, string.Join(" ", losses));
        BaseModelTraining.Run(Minute, again, Models);
        Assert.Equal(["config.json", "generation_config.json", "model.safetensors", "recipe.json", "tokenizer.json", "tokenizer_config.json"], Directory.GetFiles(path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (var file in Directory.GetFiles(path)) Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(again, Path.GetFileName(file))));
        Assert.Equal(Minute.Hash, BaseModelRecipe.Find(Path.Combine(path, "recipe.json")).Hash);

        using var folder = ModelFolder.Open(path);
        Assert.Equal(1, folder.Verify());
        var tokenizer = Tokenizer.Load(path);
        tokenizer.RequireFits(folder.Config.VocabSize, folder.Config.EosTokenIds.Select(id => ("eos_token_id", id)));
        Assert.Equal("<|user|>2 + 2<|assistant|>", ChatTemplate.Of(path, tokenizer).Render([new("user", "2 + 2")], addGenerationPrompt: true));
        using var model = Models.Open(folder, ModelPrecision.Float32, "cpu");
        var (lines, rate) = BaseModelAccuracy.Measure(Minute, folder, model, 1, QuestionSplit.Validation, 8);
        Assert.Equal(6, lines.Count);
        Assert.True(rate > 0);
        Assert.All(lines, line => Assert.True(line.Right <= line.Answered && line.ResponseTokens >= 1 && line.LongestTokens > line.PromptTokens));
    }

    [TorchFact]
    public void A_training_that_is_cancelled_leaves_nothing_and_what_a_killed_one_left_goes()
    {
        using var temporary = new TemporaryFolder();
        using var cancellation = new CancellationTokenSource();
        var store = new BaseModelStore(Path.Combine(temporary.Path, "models"), Models);
        Assert.Throws<OperationCanceledException>(() => store.Get(Minute, _ => cancellation.Cancel(), cancellation: cancellation.Token));
        Assert.Equal([store.PathOf(Minute) + ".lock"], Directory.GetFileSystemEntries(Path.Combine(temporary.Path, "models")));
        Assert.False(store.Has(Minute));

        // A folder that was begun and never named counts for nothing.
        var left = Directory.CreateDirectory(store.PathOf(Minute) + ".0123.part").FullName;
        File.WriteAllText(Path.Combine(left, "config.json"), "{}");
        Assert.False(store.Has(Minute));
        var quick = Minute with { Steps = 1 };
        Assert.NotEqual(store.PathOf(Minute), store.Get(quick));
        Assert.True(Directory.Exists(left));
        Directory.Move(left, store.PathOf(quick = Minute with { Steps = 2 }) + ".0123.part");
        store.Get(quick);
        Assert.Empty(Directory.GetDirectories(Path.Combine(temporary.Path, "models"), "*.part"));
    }

    [TorchFact]
    public async Task A_model_is_trained_once_for_all_who_ask()
    {
        using var temporary = new TemporaryFolder();
        var (trainings, waited) = (0, 0);
        var quick = Minute with { Steps = 25 };
        var others = new List<Task<string>>();
        using var begun = new ManualResetEventSlim();
        string Get(Action<BaseModelProgress> progress) => new BaseModelStore(Path.Combine(temporary.Path, "models"), Models).Get(quick, progress, () =>
        {
            Interlocked.Increment(ref waited);
            begun.Set();
        });

        // The first goes on when the second has found it at work.
        var first = Task.Run(() => Get(_ =>
        {
            Interlocked.Increment(ref trainings);
            var other = Task.Run(() => Get(_ => Interlocked.Increment(ref trainings)));
            begun.Wait();
            others.Add(other);
        }));
        var path = await first;
        Assert.Equal(path, Assert.Single(await Task.WhenAll(others)));
        Assert.Equal(path, Get(_ => trainings++));
        Assert.Equal((1, 1), (trainings, waited));
    }

    [TorchTheory]
    [InlineData(ModelPrecision.Float32, 1e-5)]
    [InlineData(ModelPrecision.BFloat16, 0.05)]
    public void Short_sequences_together_are_what_each_is_alone(ModelPrecision precision, double tolerance)
    {
        using var temporary = new TemporaryFolder();
        using var folder = ModelFolder.Open(TestModels.Write(temporary.Path, TestModels.Small()));
        using var model = TorchCausalModel.Open(folder, precision);
        int[] lengths = [3, 17, 16, 1, 40, 17, 150, 2, 39, 15];
        int[][] sequences = [.. lengths.Select((length, i) => TestModels.Tokens(length, 50, (ulong)i + 1))];
        var together = new float[lengths.Sum() * 50];
        model.Logits(TokenBatch.Of(sequences), together);
        using var cache = model.CreateCache(sequences.Length, 150);
        var last = new float[sequences.Length * 50];
        model.Prefill(cache, [.. Enumerable.Range(0, sequences.Length)], sequences, last);
        var from = 0;
        for (var i = 0; i < sequences.Length; i++)
        {
            var alone = new float[lengths[i] * 50];
            model.Logits(TokenBatch.Of(sequences[i]), alone);
            for (var j = 0; j < alone.Length; j++) Assert.Equal(alone[j], together[from + j], tolerance * (1 + Math.Abs(alone[j])));
            for (var j = 0; j < 50; j++) Assert.Equal(alone[^(50 - j)], last[(i * 50) + j], tolerance * (1 + Math.Abs(alone[^(50 - j)])));
            from += alone.Length;
        }
    }
}
