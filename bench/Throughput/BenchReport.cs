using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Srpo.Core.Errors;
using Srpo.Experiments.Data;
using Srpo.Experiments.Runs;
using Srpo.Learning.Devices.Cpu;

namespace Srpo.Bench.Throughput;

/// <summary>What `srpo bench` measured; its JSON form has these names in camel case.</summary>
public sealed record BenchReport
{
    /// <summary>The form that this program writes and reads.</summary>
    public const string ThisSchema = "srpo-bench-1";

    /// <summary>Names and meaning of everything here: <see cref="ThisSchema"/>.</summary>
    public string Schema { get; init; } = ThisSchema;

    /// <summary>Version of the program, with the commit where it is known.</summary>
    public required string Version { get; init; }

    /// <summary>The commit that it was built from; null where the build could not tell.</summary>
    public string? Commit { get; init; }

    /// <summary>When it was measured, UTC, ISO 8601.</summary>
    public required string Date { get; init; }

    /// <summary>Name and version of what grains run on.</summary>
    public required string Runtime { get; init; }

    /// <summary>Whether a tenth of the work was done.</summary>
    public bool Quick { get; init; }

    /// <summary>The machine.</summary>
    public required MachineDescription Machine { get; init; }

    /// <summary>Everything that was measured, roofs first.</summary>
    public required IReadOnlyList<Measure> Measures { get; init; }

    /// <summary>Groups that nobody left out, and that could not be measured.</summary>
    public IReadOnlyList<GroupLeftOut> LeftOut { get; init; } = [];

    /// <summary>What the grains cost of the rate of plain loops, 0.1 for a tenth, by the name of what goes through grains; negative where it is noise.</summary>
    public required IReadOnlyDictionary<string, double> GrainCost { get; init; }

    /// <summary>The measures beside those of an earlier report; left out where none was given.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BenchComparison? Comparison { get; init; }

    /// <summary>Reads a report that this program wrote.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="file">The file, for messages.</param>
    /// <exception cref="SrpoException">It is damaged, or of another schema.</exception>
    public static BenchReport Read(string text, string file)
    {
        try
        {
            using (var document = JsonDocument.Parse(text))
            {
                var root = document.RootElement;
                var schema = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("schema", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
                if (schema != ThisSchema)
                    throw new SrpoException(ErrorKind.Usage, $"{file} {(schema is null ? "says no schema" : $"has the schema '{schema}'")}, and only reports of `srpo bench` with the schema '{ThisSchema}' can be compared; make one with `srpo bench --out FILE`");
            }

            var report = JsonText.Read<BenchReport>(text)!;
            return report.FirstProblem() is { } problem ? throw Damaged(problem, null) : report;
        }
        catch (JsonException error)
        {
            // The reader names the whole where a part is missing.
            var place = $"line {error.LineNumber + 1}, column {error.BytePositionInLine + 1}";
            throw Damaged(error.Path switch
            {
                null => $"{place} is not what belongs there",
                "$" => "a part of a report is missing",
                var path => $"{path.TrimStart('$', '.')}, {place}, is not what belongs there",
            }, error);
        }

        SrpoException Damaged(string why, Exception? error) =>
            new(ErrorKind.Damaged, $"{file} is damaged: {why}; make a new one with `srpo bench --out FILE`", error);
    }

    /// <summary>What keeps a report from being compared; null for nothing.</summary>
    private string? FirstProblem()
    {
        if (Version is null || Date is null || Machine is not { Processor: not null, Kernels: not null }) return "version, date or machine is missing";
        if (Measures is null or []) return "it has no measures";
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Measures.Count; i++)
        {
            if (Measures[i] is not { Group: not null, Name: not null, Unit: not null } measure) return $"measures[{i}] lacks its group, name or unit";
            if (!(measure.Best > 0 && double.IsFinite(measure.Best))) return $"measures[{i}].best of '{measure.Name}' is no rate";
            if (!names.Add(measure.Name)) return $"measures[{i}] is the second with the name '{measure.Name}'";
        }

        return names.Contains(Roofline.Peak) ? null : $"there is no measure '{Roofline.Peak}'";
    }
}

/// <summary>A group that could not be measured.</summary>
/// <param name="Group">One of <see cref="BenchGroups.All"/>.</param>
/// <param name="Reason">Why, and what helps.</param>
public sealed record GroupLeftOut(string Group, string Reason);

/// <summary>The machine that was measured.</summary>
/// <param name="Processor">Model of its processor, where the system tells.</param>
/// <param name="Cores">Cores that the process may use.</param>
/// <param name="Workers">Threads of training and evaluation.</param>
/// <param name="Kernels">Width of the kernels' vectors: "512-bit", "256-bit" or "portable".</param>
/// <param name="MemoryGigabytes">Memory that the process may use.</param>
/// <param name="OperatingSystem">Its system.</param>
/// <param name="Dotnet">The runtime that the program runs on.</param>
public sealed record MachineDescription(
    string Processor, int Cores, int Workers, string Kernels, double MemoryGigabytes, string OperatingSystem, string Dotnet)
{
    /// <summary>The machine that this process runs on.</summary>
    /// <param name="workers">Threads of training and evaluation.</param>
    public static MachineDescription Read(int workers) => new(
        ProgramInfo.Processor(), Environment.ProcessorCount, workers, KernelSet.Default.Name,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9, 1),
        RuntimeInformation.OSDescription.Trim(), RuntimeInformation.FrameworkDescription);
}

/// <summary>One rate; more is better.</summary>
/// <param name="Group">One of <see cref="BenchGroups.All"/>.</param>
/// <param name="Name">What was measured.</param>
/// <param name="Detail">Its sizes.</param>
/// <param name="Unit">Unit of <paramref name="Best"/> and <paramref name="Median"/>.</param>
/// <param name="Best">The best of all repeats: what the machine does when nothing disturbs it.</param>
/// <param name="Median">Their median: far below the best where the machine was disturbed, or drifted.</param>
/// <param name="Repeats">How often it was measured.</param>
/// <param name="Roof">Name of the measure that limits it; null where neither operations nor bytes are counted.</param>
/// <param name="Share">Its best as a share of what that roof's best allows, 1 for all of it; null without a roof.</param>
/// <param name="FlopsPerItem">Floating-point operations for one of what the unit counts, a fused multiply-add counting two; 0 where they are not counted.</param>
/// <param name="BytesPerItem">Bytes read and written for one of what the unit counts; 0 where they are not counted.</param>
public sealed record Measure(
    string Group, string Name, string Detail, string Unit, double Best, double Median, int Repeats, string? Roof, double? Share, double FlopsPerItem, double BytesPerItem)
{
    /// <summary>Measures with their shares.</summary>
    /// <param name="probes">What was measured, the roofs among it.</param>
    /// <param name="rates">Items per second of every probe in every repeat.</param>
    internal static IReadOnlyList<Measure> Of(IReadOnlyList<Probe> probes, double[][] rates)
    {
        var roofs = probes.Zip(rates).Where(pair => pair.First.Group == BenchGroups.Roofs)
            .ToDictionary(pair => pair.First.Name, pair => pair.Second.Max(), StringComparer.Ordinal);
        return
        [
            .. probes.Zip(rates, (probe, all) =>
            {
                var roof = probe.Group == BenchGroups.Roofs ? null : Roofline.Of(probe.Work, roofs);
                var (best, work) = (all.Max(), probe.Work);
                return new Measure(
                    probe.Group, probe.Name, probe.Detail, probe.Unit, Digits(best / probe.UnitItems), Digits(MedianOf(all) / probe.UnitItems), all.Length,
                    roof?.Name, roof is { } limit ? Digits(best / limit.ItemsPerSecond) : null,
                    work.Items > 0 ? Digits(work.Flops / work.Items) : 0, work.Items > 0 ? Digits(work.Bytes / work.Items) : 0);
            }),
        ];
    }

    internal static double MedianOf(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Six digits: more than any measurement has.</summary>
    private static double Digits(double value) => value == 0 ? 0 : double.Parse(value.ToString("G6", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
}
