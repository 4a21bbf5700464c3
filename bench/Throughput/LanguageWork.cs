using System.Diagnostics;
using Srpo.Core.Random;
using Srpo.Language.Models;
using Srpo.Language.Training;

namespace Srpo.Bench.Throughput;

/// <summary>How much is computed at a time.</summary>
/// <param name="Length">Tokens of the prompt, and of each sequence that is trained with; at least 8.</param>
/// <param name="GenerationRows">Sequences of generation, at least 1.</param>
/// <param name="TrainingRows">Sequences of training, at least 1.</param>
public sealed record LanguageLoad(int Length = 256, int GenerationRows = 16, int TrainingRows = 4);

/// <summary>One thing that a language model is measured at, ready to be done again and again.</summary>
internal sealed class LanguageWork : IDisposable
{
    private const int GenerationSteps = 16;

    private const int GenerationPrompt = 32;

    private const int Rank = 32;

    private readonly Action _do;
    private readonly IDisposable _held;

    private LanguageWork(string name, string sizes, int tokens, double flops, Action work, IDisposable held) =>
        (Name, Sizes, Tokens, Flops, _do, _held) = (name, sizes, tokens, flops, work, held);

    /// <summary>Makes everything that is measured, in order: reading a prompt, generating for several sequences at a time, training a low-rank adapter with PPO.</summary>
    public static IReadOnlyList<Func<ICausalModel, LanguageLoad, LanguageWork>> All { get; } = [Prompt, Generation, Training];

    /// <summary>What it is.</summary>
    public string Name { get; }

    /// <summary>How much is computed at a time.</summary>
    public string Sizes { get; }

    /// <summary>Tokens of doing it once.</summary>
    public int Tokens { get; }

    /// <summary>Operations of the products with weights in doing it once, a fused multiply-add counting two.</summary>
    public double Flops { get; }

    /// <summary>Does it once, unmeasured.</summary>
    public void Do() => _do();

    /// <summary>Does it at least once, and for some seconds.</summary>
    /// <param name="seconds">Of the clock.</param>
    /// <returns>Tokens per second of processor time of the whole process, and per second of the clock.</returns>
    public (double PerCpuSecond, double PerSecond) Measure(double seconds)
    {
        var (tokens, begin, watch) = (0L, Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        TimeSpan used;
        do
        {
            _do();
            tokens += Tokens;
            used = Environment.CpuUsage.TotalTime - begin;
        }
        while (watch.Elapsed.TotalSeconds < seconds || used <= TimeSpan.Zero);
        return (tokens / used.TotalSeconds, tokens / watch.Elapsed.TotalSeconds);
    }

    /// <summary>Releases what it works on, and leaves the model.</summary>
    public void Dispose() => _held.Dispose();

    private static LanguageWork Prompt(ICausalModel model, LanguageLoad load)
    {
        var (cache, tokens, logits) = (model.CreateCache(1, load.Length), Draw(model, load.Length, 0), new float[model.Config.VocabSize]);
        var flops = (load.Length * Layers(model.Config)) + Head(model.Config);
        return new LanguageWork("prompt", $"1 x {load.Length}", load.Length, flops, () =>
        {
            cache.Truncate(0, 0);
            model.Prefill(cache, [0], [tokens], logits);
        }, cache);
    }

    private static LanguageWork Generation(ICausalModel model, LanguageLoad load)
    {
        var count = load.GenerationRows;
        var (cache, logits) = (model.CreateCache(count, GenerationPrompt + GenerationSteps), new float[count * model.Config.VocabSize]);
        int[] rows = [.. Enumerable.Range(0, count)];
        model.Prefill(cache, rows, [.. rows.Select(row => Draw(model, GenerationPrompt, row))], logits);
        var tokens = count * GenerationSteps;
        return new LanguageWork("generation", $"{count} at a time", tokens, tokens * (Layers(model.Config) + Head(model.Config)), () =>
        {
            for (var row = 0; row < count; row++) cache.Truncate(row, GenerationPrompt);
            for (var step = 0; step < GenerationSteps; step++) model.Step(cache, rows, Draw(model, count, step), logits);
        }, cache);
    }

    private static LanguageWork Training(ICausalModel model, LanguageLoad load)
    {
        var adapter = new LoraConfig { Rank = Rank, Alpha = Rank };
        var learner = model.WithAdapter(adapter, values: false, seed: 1);
        var batch = TokenBatch.Of([.. Enumerable.Range(0, load.TrainingRows).Select(row => Draw(model, load.Length, row))]);
        var predictions = batch.All();
        var (old, advantages) = (new float[predictions.Count], new float[predictions.Count]);
        learner.LogProbabilities(batch, predictions, 1, old, []);
        advantages.AsSpan().Fill(1);

        // Weights pass on the derivative by what went in; those that learn have one of their own besides.
        var flops = (2 * ((batch.Count * Layers(model.Config)) + (predictions.Count * Head(model.Config)))) + (3.0 * 2 * batch.Count * learner.Learned.Length);
        return new LanguageWork("LoRA training", $"{load.TrainingRows} x {load.Length}, rank {Rank}", batch.Count, flops, () =>
        {
            learner.Backward(batch, predictions, 1, new PpoTokenLoss(new PpoTokenSettings(EntropyWeight: 0.001), old, advantages, null, predictions.Count));
            learner.Step(new AdamWSettings(1e-6));
        }, learner);
    }

    /// <summary>Operations of a token on its way through the layers.</summary>
    private static double Layers(ModelConfig config) => ModelTensors.Linears(config).Sum(linear => 2.0 * linear.Inputs * linear.Outputs);

    /// <summary>Operations of a token's logits.</summary>
    private static double Head(ModelConfig config) => 2.0 * config.HiddenSize * config.VocabSize;

    private static int[] Draw(ICausalModel model, int count, int lane)
    {
        var random = new StreamId(1, 0, 0, StreamPurpose.Tooling).Lane(lane);
        var tokens = new int[count];
        for (var i = 0; i < count; i++) tokens[i] = random.NextInt32(model.Config.VocabSize);
        return tokens;
    }
}
