using System.Diagnostics;
using System.Runtime.InteropServices;
using Srpo.Core.Random;
using Srpo.Language.Models;
using Srpo.Language.Training;

namespace Srpo.Bench.Throughput;

/// <summary>What a language model does in a second of processor time, and in one of the clock.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Tokens">Tokens of one repetition.</param>
/// <param name="PerCpuSecond">Tokens per second of processor time of the whole process, best of the repetitions.</param>
/// <param name="PerSecond">Tokens per second of the clock, best of the repetitions.</param>
/// <param name="PeakMebibytes">Most memory of the process so far, MiB.</param>
public sealed record LanguageRate(string Name, int Tokens, double PerCpuSecond, double PerSecond, long PeakMebibytes);

/// <summary>Measures a language model: reading a prompt, generating for several sequences at a time, training a low-rank adapter with PPO.</summary>
public static class LanguageBench
{
    /// <summary>Tokens of the prompt, and of each sequence that is trained with.</summary>
    public const int PromptTokens = 256;

    /// <summary>Sequences of generation.</summary>
    public const int GenerationRows = 16;

    /// <summary>Sequences of training.</summary>
    public const int TrainingRows = 4;

    private const int GenerationSteps = 16;

    private const int GenerationPrompt = 32;

    private const int Rank = 32;

    /// <summary>Measures.</summary>
    /// <param name="model">The model, whose weights do not learn.</param>
    /// <param name="repetitions">Of each measure, of which the best counts; at least 1. One more goes before, and does not count.</param>
    /// <param name="progress">Told what comes next.</param>
    /// <param name="cancellation">Ends it between repetitions.</param>
    public static IReadOnlyList<LanguageRate> Run(ICausalModel model, int repetitions, Action<string>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var logits = new float[GenerationRows * model.Config.VocabSize];
        var rates = new List<LanguageRate> { Prompt(), Generation() };
        rates.Add(Training());
        return rates;

        LanguageRate Prompt()
        {
            using var cache = model.CreateCache(1, PromptTokens);
            var tokens = Tokens(model, PromptTokens, 0);
            return Measure($"prompt, 1 x {PromptTokens}", PromptTokens, () =>
            {
                cache.Truncate(0, 0);
                model.Prefill(cache, [0], [tokens], logits.AsSpan(0, model.Config.VocabSize));
            });
        }

        LanguageRate Generation()
        {
            using var cache = model.CreateCache(GenerationRows, GenerationPrompt + GenerationSteps);
            int[] rows = [.. Enumerable.Range(0, GenerationRows)];
            model.Prefill(cache, rows, [.. rows.Select(row => Tokens(model, GenerationPrompt, row))], logits);
            return Measure($"generation, {GenerationRows} at a time", GenerationRows * GenerationSteps, () =>
            {
                for (var row = 0; row < GenerationRows; row++) cache.Truncate(row, GenerationPrompt);
                for (var step = 0; step < GenerationSteps; step++) model.Step(cache, rows, Tokens(model, GenerationRows, step), logits);
            });
        }

        LanguageRate Training()
        {
            using var learner = model.WithAdapter(new LoraConfig { Rank = Rank, Alpha = Rank }, values: false, seed: 1);
            var batch = TokenBatch.Of([.. Enumerable.Range(0, TrainingRows).Select(row => Tokens(model, PromptTokens, row))]);
            var predictions = batch.All();
            var (old, advantages) = (new float[predictions.Count], new float[predictions.Count]);
            learner.LogProbabilities(batch, predictions, 1, old, []);
            advantages.AsSpan().Fill(1);
            return Measure($"LoRA training, {TrainingRows} x {PromptTokens}, rank {Rank}", batch.Count, () =>
            {
                learner.Backward(batch, predictions, 1, new PpoTokenLoss(new PpoTokenSettings(EntropyWeight: 0.001), old, advantages, null, predictions.Count));
                learner.Step(new AdamWSettings(1e-6));
            });
        }

        LanguageRate Measure(string name, int tokens, Action work)
        {
            progress?.Invoke(name);
            work();
            double cpu = 0, clock = 0;
            for (var i = 0; i < repetitions; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var (before, watch) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
                work();
                cpu = Math.Max(cpu, tokens / (Environment.CpuUsage.TotalTime - before).TotalSeconds);
                clock = Math.Max(clock, tokens / watch.Elapsed.TotalSeconds);
            }

            using var process = Process.GetCurrentProcess();
            return new LanguageRate(name, tokens, cpu, clock, process.PeakWorkingSet64 >> 20);
        }
    }

    /// <summary>Instructions of this processor that products in bfloat16 gain from; "none known" where it has none of them, or does not say.</summary>
    public static string Instructions()
    {
        string[] known = ["amx_bf16", "avx512_bf16", "avx_ne_convert", "bf16"];
        try
        {
            var flags = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal) || line.StartsWith("Features", StringComparison.Ordinal))?.Split(' ') ?? [];
            var found = known.Where(flags.Contains).ToArray();
            return found.Length == 0 ? "none known" : string.Join(", ", found);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"not known on {RuntimeInformation.OSDescription}";
        }
    }

    private static int[] Tokens(ICausalModel model, int count, int lane)
    {
        var random = new StreamId(1, 0, 0, StreamPurpose.Tooling).Lane(lane);
        var tokens = new int[count];
        for (var i = 0; i < count; i++) tokens[i] = random.NextInt32(model.Config.VocabSize);
        return tokens;
    }
}
