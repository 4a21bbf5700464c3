using Srpo.Experiments.Runs;
using Srpo.Language.Models;
using Srpo.Learning.Devices.Cpu;

namespace Srpo.Bench.Throughput;

/// <summary>How much is measured.</summary>
/// <param name="Groups">Of <see cref="BenchGroups.All"/>; the roofs are always measured.</param>
/// <param name="Quick">A tenth of the work.</param>
/// <param name="Workers">Threads of training and evaluation.</param>
public sealed record BenchRequest(IReadOnlyCollection<string> Groups, bool Quick, int Workers)
{
    /// <summary>Whether anything works on all workers, and needs grains.</summary>
    public bool NeedsGrains => Groups.Any(BenchGroups.WithWorkers.Contains);

    /// <summary>Groups that would be measured, and cannot be here.</summary>
    public IReadOnlyList<GroupLeftOut> LeftOut { get; init; } = [];

    /// <summary>The same without language models, where they are among the groups and cannot be measured here.</summary>
    /// <param name="whyNot">Why they cannot be, and what helps; null where they can. Asked only if it matters.</param>
    public BenchRequest WithLanguageIf(Func<string?> whyNot)
    {
        ArgumentNullException.ThrowIfNull(whyNot);
        return Groups.Contains(BenchGroups.Language) && whyNot() is { } reason
            ? this with { Groups = [.. Groups.Where(group => group != BenchGroups.Language)], LeftOut = [.. LeftOut, new GroupLeftOut(BenchGroups.Language, reason)] }
            : this;
    }
}

/// <summary>
/// Measures what a request asks for, one thing after another and that in rounds, since machines drift: what disturbs one round disturbs all
/// measures of it, and the best of each over the rounds is compared with the best of the roofs.
/// </summary>
/// <param name="request">What to measure.</param>
/// <param name="grains">Where grains live; null where the request needs none.</param>
/// <param name="language">What language models are computed with; asked for nothing where the request has none.</param>
/// <param name="progress">Told what is done next.</param>
public sealed class BenchRunner(BenchRequest request, IGrainFactory? grains, ICausalModelBackend language, Action<string> progress)
{
    /// <summary>Measures; about two minutes and a half for everything.</summary>
    /// <param name="date">Date and time for the report.</param>
    /// <param name="cancellation">Ends it without a report.</param>
    public async Task<BenchReport> RunAsync(string date, CancellationToken cancellation)
    {
        var (rounds, seconds, repeats, scale) = request.Quick ? (3, 0.004, 2, 0.1) : (9, 0.025, 3, 1.0);
        using var roofline = new Roofline(KernelSet.Default);
        using var kernels = new KernelBench(KernelSet.Default);
        using var updates = new UpdateBench();
        using var models = new LanguageProbes();
        var training = grains is null ? null : new TrainingBench(grains, request.Workers, scale);
        var probes = new List<Probe>(roofline.Probes);
        if (Wants(BenchGroups.Kernels)) probes.AddRange(kernels.Probes());
        if (Wants(BenchGroups.Environments)) probes.AddRange(EnvironmentBench.Probes());
        if (Wants(BenchGroups.Updates)) probes.AddRange(await updates.ProbesAsync(Math.Max(2, (int)(20 * scale)), cancellation));
        if (Wants(BenchGroups.Training)) probes.AddRange(await training!.TrainingAsync(repeats, cancellation));
        if (Wants(BenchGroups.Evaluation)) probes.AddRange(await training!.EvaluationAsync(repeats, cancellation));
        if (Wants(BenchGroups.Language)) probes.AddRange(models.Prepare(language));
        var rates = await MeasureAsync(probes, rounds, seconds, cancellation);
        var measures = Measure.Of(probes, rates);
        return new BenchReport
        {
            Version = ProgramInfo.Version,
            Commit = ProgramInfo.Commit,
            Date = date,
            Runtime = ProgramInfo.GrainRuntime,
            Quick = request.Quick,
            Machine = MachineDescription.Read(request.Workers),
            Measures = measures,
            LeftOut = request.LeftOut,
            GrainCost = TrainingBench.GrainCost(measures),
        };
    }

    private bool Wants(string group)
    {
        if (!request.Groups.Contains(group)) return false;
        progress($"preparing: {group}");
        return true;
    }

    /// <summary>Rates of every probe, in items per second, in the order of the rounds.</summary>
    private async Task<double[][]> MeasureAsync(List<Probe> probes, int rounds, double seconds, CancellationToken cancellation)
    {
        // What runs for the first time is compiled, and a moment later compiled again, and better.
        progress("warming up");
        foreach (var probe in probes.Where(probe => probe.Repeats is null)) await probe.Rate(seconds, cancellation);
        await Task.Delay(TimeSpan.FromSeconds(Math.Min(0.3, 10 * seconds)), cancellation);
        var rates = probes.Select(probe => new double[Math.Min(rounds, probe.Repeats ?? rounds)]).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            progress($"measuring: round {round + 1} of {rounds}");
            for (var i = 0; i < probes.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                if (round < rates[i].Length) rates[i][round] = await probes[i].Rate(seconds, cancellation);
            }
        }

        return rates;
    }
}
