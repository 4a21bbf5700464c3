using System.Diagnostics;
using System.Runtime.InteropServices;
using Srpo.Language.Models;

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
        var rates = new List<LanguageRate>();
        foreach (var make in LanguageWork.All)
        {
            using var work = make(model, load);
            var name = $"{work.Name}, {work.Sizes}";
            progress?.Invoke(name);
            work.Do();
            double cpu = 0, clock = 0;
            for (var i = 0; i < repetitions; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var (perCpuSecond, perSecond) = work.Measure(0);
                (cpu, clock) = (Math.Max(cpu, perCpuSecond), Math.Max(clock, perSecond));
            }

            using var process = Process.GetCurrentProcess();
            rates.Add(new LanguageRate(name, work.Tokens, cpu, clock, process.PeakWorkingSet64 >> 20));
        }

        return rates;
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
}
