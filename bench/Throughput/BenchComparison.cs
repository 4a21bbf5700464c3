namespace Srpo.Bench.Throughput;

/// <summary>The measures of a report beside those of an earlier one.</summary>
/// <param name="File">The file of the earlier report.</param>
/// <param name="Version">The version that it is of.</param>
/// <param name="Date">When it was measured.</param>
/// <param name="PeakRatio">The peak of arithmetic now to then: how far the machine itself has drifted, or is another.</param>
/// <param name="MemoryRatio">The same of the memory's speed.</param>
/// <param name="Differences">In what machine and measurement differ; empty where in nothing.</param>
/// <param name="Measures">Every measure of either report.</param>
public sealed record BenchComparison(
    string File, string Version, string Date, double PeakRatio, double? MemoryRatio, IReadOnlyList<string> Differences, IReadOnlyList<MeasureRatio> Measures)
{
    /// <summary>Compares two reports.</summary>
    /// <param name="now">The later one.</param>
    /// <param name="then">The earlier one.</param>
    /// <param name="file">The file of the earlier one.</param>
    public static BenchComparison Of(BenchReport now, BenchReport then, string file)
    {
        ArgumentNullException.ThrowIfNull(now);
        ArgumentNullException.ThrowIfNull(then);
        var before = then.Measures.ToDictionary(measure => (measure.Name, measure.Unit));
        var drift = Ratio(Roofline.Peak) ?? 1;
        var measures = now.Measures.Select(measure => before.Remove((measure.Name, measure.Unit), out var old)
            ? new MeasureRatio(measure.Group, measure.Name, measure.Unit, old.Best, measure.Best, Round(measure.Best / old.Best), Round(measure.Best / old.Best / drift))
            : new MeasureRatio(measure.Group, measure.Name, measure.Unit, null, measure.Best, null, null)).ToList();
        measures.AddRange(then.Measures.Where(measure => before.ContainsKey((measure.Name, measure.Unit)))
            .Select(measure => new MeasureRatio(measure.Group, measure.Name, measure.Unit, measure.Best, null, null, null)));
        return new BenchComparison(file, then.Version, then.Date, drift, Ratio("memory"), Differ(now, then), measures);

        double? Ratio(string roof) =>
            Rate(now, roof) is { } later && Rate(then, roof) is { } earlier ? Round(later / earlier) : null;
    }

    private static double? Rate(BenchReport report, string name) => report.Measures.FirstOrDefault(measure => measure.Name == name)?.Best;

    private static IReadOnlyList<string> Differ(BenchReport now, BenchReport then)
    {
        var differences = new List<string>();
        Add("the processor", now.Machine.Processor, then.Machine.Processor);
        Add("the number of cores", now.Machine.Cores, then.Machine.Cores);
        Add("the number of workers", now.Machine.Workers, then.Machine.Workers);
        Add("the kernels' width", now.Machine.Kernels, then.Machine.Kernels);
        Add("--quick", now.Quick ? "given" : "not given", then.Quick ? "given" : "not given");
        return differences;

        void Add<T>(string what, T later, T earlier)
        {
            if (!EqualityComparer<T>.Default.Equals(later, earlier)) differences.Add($"{what}: {earlier} then, {later} now");
        }
    }

    private static double Round(double value) => Math.Round(value, 4);
}

/// <summary>A rate then and now.</summary>
/// <param name="Group">One of <see cref="BenchGroups.All"/>.</param>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">Unit of both rates.</param>
/// <param name="Then">The earlier best; null where the earlier report lacks it.</param>
/// <param name="Now">The later best; null where it was not measured now.</param>
/// <param name="Ratio">Now to then, above 1 where it is faster now; null where one of them is missing.</param>
/// <param name="OfPeak">The same with the drift of the machine's peak divided out.</param>
public sealed record MeasureRatio(string Group, string Name, string Unit, double? Then, double? Now, double? Ratio, double? OfPeak);
