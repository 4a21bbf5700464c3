using System.Runtime.InteropServices;
using Srpo.Experiments.Runs;
using Srpo.Learning.Devices.Cpu;

namespace Srpo.Bench.Throughput;

/// <summary>What `srpo bench` measured; its JSON form has these names in camel case.</summary>
public sealed record BenchReport(
    MachineDescription Machine,
    string Date,
    string Runtime,
    IReadOnlyDictionary<string, TrainingRate> Train,
    EvaluationRate? Evaluate,
    IReadOnlyDictionary<string, EnvironmentRate> Environments,
    IReadOnlyList<KernelRate> Kernels);

/// <summary>The machine that was measured.</summary>
public sealed record MachineDescription(
    string Processor, int Cores, int Workers, string Kernels, double MemoryGigabytes, string OperatingSystem, string Dotnet)
{
    public static MachineDescription Read(int workers) => new(
        ProgramInfo.Processor(), Environment.ProcessorCount, workers, KernelSet.Default.Name,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9, 1),
        RuntimeInformation.OSDescription.Trim(), RuntimeInformation.FrameworkDescription);
}

/// <summary>
/// Training with a preset. Every environment step of every rollout counts, those of learning curves do not.
/// </summary>
/// <param name="EnvStepsPerSecond">Through the grains, checkpoints and learning curves included: what a run reaches.</param>
/// <param name="BareEnvStepsPerSecond">The same work in a plain loop of threads, without grains and checkpoints.</param>
/// <param name="GrainOverhead">1 - grains / bare: negative where the difference is noise.</param>
/// <param name="Teams">Teams trained at the same time.</param>
/// <param name="Rounds">Rounds of each.</param>
public sealed record TrainingRate(
    double EnvStepsPerSecond, double BareEnvStepsPerSecond, double GrainOverhead, int Teams, int Rounds);

/// <summary>Cross-play matches with two policies.</summary>
/// <param name="EnvStepsPerSecond">Through the tournament's grains.</param>
/// <param name="BareEnvStepsPerSecond">The same pairs in a plain loop of threads.</param>
/// <param name="NetworkEnvStepsPerSecond">Bare, with the networks evaluated at every step instead of looked up: what larger environments get.</param>
/// <param name="GrainOverhead">1 - grains / bare: negative where the difference is noise.</param>
/// <param name="Players">Runs in the matrix.</param>
/// <param name="Episodes">Episodes per pair.</param>
public sealed record EvaluationRate(
    double EnvStepsPerSecond, double BareEnvStepsPerSecond, double NetworkEnvStepsPerSecond, double GrainOverhead, int Players, int Episodes);

/// <summary>An environment on one core with random actions, no learning.</summary>
/// <param name="StepsPerSecond">Lane-steps per second.</param>
/// <param name="StepsPerSecondWithObservation">The same with the observations of all seats written at every step.</param>
public sealed record EnvironmentRate(double StepsPerSecond, double StepsPerSecondWithObservation);

/// <summary>One kernel at one size and width on one core.</summary>
/// <param name="Name">The kernel.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Width">"512-bit", "256-bit" or "portable".</param>
/// <param name="Microseconds">Median time of a call.</param>
/// <param name="GigaflopsPerSecond">Floating-point operations, a fused multiply-add counting two; 0 where counting makes no sense.</param>
/// <param name="NanosecondsPerElement">Time per output element.</param>
public sealed record KernelRate(
    string Name, string Shape, string Width, double Microseconds, double GigaflopsPerSecond, double NanosecondsPerElement);
