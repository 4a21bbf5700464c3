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

/// <summary>How much is computed at a time.</summary>
/// <param name="Length">Tokens of the prompt, and of each sequence that is trained with; at least 8.</param>
/// <param name="GenerationRows">Sequences of generation, at least 1.</param>
/// <param name="TrainingRows">Sequences of training, at least 1.</param>
public sealed record LanguageLoad(int Length = 256, int GenerationRows = 16, int TrainingRows = 4);

/// <summary>Measures a language model: reading a prompt, generating for several sequences at a time, training a low-rank adapter with PPO.</summary>
public static class LanguageBench
{
    private const int GenerationSteps = 16;

    private const int GenerationPrompt = 32;

    private const int Rank = 32;

    /// <summary>Measures.</summary>
    /// <param name="model">The model, whose weights do not learn.</param>
    /// <param name="load">How much is computed at a time.</param>
    /// <param name="repetitions">Of each measure, of which the best counts; at least 1. One more goes before, and does not count.</param>
    /// <param name="progress">Told what comes next.</param>
    /// <param name="cancellation">Ends it between repetitions.</param>
    public static IReadOnlyList<LanguageRate> Run(ICausalModel model, LanguageLoad load, int repetitions, Action<string>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(load);
        var (length, generationRows, trainingRows) = load;
        var logits = new float[generationRows * model.Config.VocabSize];
        var rates = new List<LanguageRate> { Prompt(), Generation() };
        rates.Add(Training());
        return rates;

        LanguageRate Prompt()
        {
            using var cache = model.CreateCache(1, length);
            var tokens = Tokens(model, length, 0);
            return Measure($"prompt, 1 x {length}", length, () =>
            {
                cache.Truncate(0, 0);
                model.Prefill(cache, [0], [tokens], logits.AsSpan(0, model.Config.VocabSize));
            });
        }

        LanguageRate Generation()
        {
            using var cache = model.CreateCache(generationRows, GenerationPrompt + GenerationSteps);
            int[] rows = [.. Enumerable.Range(0, generationRows)];
            model.Prefill(cache, rows, [.. rows.Select(row => Tokens(model, GenerationPrompt, row))], logits);
            return Measure($"generation, {generationRows} at a time", generationRows * GenerationSteps, () =>
            {
                for (var row = 0; row < generationRows; row++) cache.Truncate(row, GenerationPrompt);
                for (var step = 0; step < GenerationSteps; step++) model.Step(cache, rows, Tokens(model, generationRows, step), logits);
            });
        }

        LanguageRate Training()
        {
            using var learner = model.WithAdapter(new LoraConfig { Rank = Rank, Alpha = Rank }, values: false, seed: 1);
            var batch = TokenBatch.Of([.. Enumerable.Range(0, trainingRows).Select(row => Tokens(model, length, row))]);
            var predictions = batch.All();
            var (old, advantages) = (new float[predictions.Count], new float[predictions.Count]);
            learner.LogProbabilities(batch, predictions, 1, old, []);
            advantages.AsSpan().Fill(1);
            return Measure($"LoRA training, {trainingRows} x {length}, rank {Rank}", batch.Count, () =>
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
