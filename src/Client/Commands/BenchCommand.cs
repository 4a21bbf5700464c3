using System.CommandLine;
using System.Globalization;
using System.Text;
using Srpo.Bench.Throughput;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Client.Sessions;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Text;
using Srpo.Experiments.Data;
using Srpo.Language.Torch;
using Srpo.Learning.Torch;

namespace Srpo.Client.Commands;

/// <summary>`srpo bench`: throughput of this machine as a share of what it can do at most, measured in a data directory of its own.</summary>
internal static class BenchCommand
{
    private static readonly Option<bool> Quick = new("--quick") { Description = "A tenth of the work, or little more, in half a minute: numbers are rougher." };

    private static readonly Option<string[]> Only = GroupOption();

    private static readonly Option<string?> OutFile = new("--out") { Description = "Also write the report to a file, as JSON.", HelpName = "FILE" };

    private static readonly Option<bool> Force = new("--force") { Description = "With --out: replace an existing file." };

    private static readonly Option<string?> Compare = new("--compare") { Description = "Compare with a report that --out or --json wrote.", HelpName = "FILE" };

    public static Command Create(Shell shell) =>
        new Command("bench", "Measure throughput: kernels, environments, updates, a small language model as shares of the machine's peak; training, evaluation. Takes two minutes and a half; leave the machine alone meanwhile.") { Quick, Only, OutFile, Force, Compare, BenchIdleCommand.Create(shell), BenchEnvironmentCommand.Create(shell), BenchDeviceCommand.Create(shell), BenchLanguageCommand.Create(shell), BenchPagesCommand.Create(shell) }
            .GoesWith(Force, OutFile)
            .OnThisMachine()
            .Without(GlobalOptions.Data, "it works in a temporary directory")
            .Handle(shell, RunAsync);

    private static Option<string[]> GroupOption()
    {
        var option = new Option<string[]>("--only")
        {
            Description = $"Measure this group, and the roofs: {string.Join(", ", BenchGroups.All)}. May be repeated.",
            HelpName = "GROUP",
            DefaultValueFactory = _ => [],
        };
        option.Validators.Add(result =>
        {
            foreach (var word in result.Tokens.Select(token => token.Value).Where(word => !BenchGroups.All.Contains(word)))
                result.AddError($"--only: {NearestName.Unknown("group", word, [.. BenchGroups.All])}");
        });
        return option;
    }

    private static async Task<int> RunAsync(CommandContext context)
    {
        var only = context.Get(Only) ?? [];
        var request = new BenchRequest(only.Length > 0 ? only : [.. BenchGroups.All], context.Get(Quick), context.Threads);
        if (context.Workers > 0 && !request.NeedsGrains)
            throw new SrpoException(ErrorKind.Usage, $"--workers: is for {string.Join(" and ", BenchGroups.WithWorkers)}, which --only leaves out; leave it out too");
        var file = context.Get(OutFile) is { } chosen ? context.Shell.Resolve(chosen) : null;
        if (file is not null) UserFile.CheckTarget(file, context.Get(Force));
        var earlier = context.Get(Compare) is { } given ? (File: given, Report: BenchReport.Read(UserFile.ReadText(context.Shell.Resolve(given), "report", given), given)) : default;

        // Whoever asks for language models by name is told that they cannot be had; whoever asks for nothing gets everything else.
        if (only.Contains(BenchGroups.Language)) LibTorch.Load();
        request = request.WithLanguageIf(LibTorch.WhyNot);
        foreach (var left in request.LeftOut) context.Error.WriteLine($"srpo: warning: the group {left.Group} is left out; {left.Reason}");
        var report = await MeasureAsync(context, request);
        if (file is not null) UserFile.Write(file, Encoding.UTF8.GetBytes(JsonText.Write(report) + Environment.NewLine), context.Get(Force));
        if (earlier.Report is not null) report = report with { Comparison = BenchComparison.Of(report, earlier.Report, earlier.File) };
        foreach (var difference in report.Comparison?.Differences ?? []) context.Error.WriteLine($"srpo: warning: {earlier.File} was measured otherwise; {difference}");
        if (context.Json) CommandContext.PrintJson(context.Beside(file), report);
        else if (context.Beside(file) == context.Out) Print(context.Shell, report);
        return (int)ExitCode.Ok;
    }

    private static async Task<BenchReport> MeasureAsync(CommandContext context, BenchRequest request)
    {
        var language = new TorchLanguage();
        var date = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture);
        if (!request.NeedsGrains) return await new BenchRunner(request, null, language, Progress).RunAsync(date, context.Cancellation);
        var directory = Directory.CreateTempSubdirectory("srpo-bench-");
        try
        {
            await using var session = await LocalSession.StartAsync(new DataDirectory(directory.FullName), request.Workers, context.Cancellation);
            return await new BenchRunner(request, session.Grains, language, Progress).RunAsync(date, context.Cancellation);
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        void Progress(string step) => context.Error.WriteLine(step);
    }

    private static void Print(Shell shell, BenchReport report)
    {
        var machine = report.Machine;
        Tables.PrintPairs(shell,
        [
            ("machine", $"{machine.Processor}, {machine.Cores} cores, {machine.Workers} workers, {machine.Kernels} kernels"),
            ("program", report.Version),
            ("grains", report.Runtime),
            .. report.LeftOut.Select(left => ("left out", (string?)$"{left.Group}: {left.Reason}")),
        ]);
        foreach (var group in report.Measures.GroupBy(measure => measure.Group))
        {
            Tables.Print(
                shell, [group.Key, "sizes", "best#", "median#", "unit", "share#", "of"],
                group.Select(measure => (IReadOnlyList<string>)[
                    measure.Name, measure.Detail, Number(measure.Best), Number(measure.Median), measure.Unit,
                    measure.Share is { } share ? share.ToString("P1", CultureInfo.InvariantCulture) : "", measure.Roof ?? ""]));
        }

        Tables.PrintPairs(shell, report.GrainCost.Select(pair => ($"grains cost {pair.Key}", (string?)pair.Value.ToString("P1", CultureInfo.InvariantCulture))));
        if (report.Comparison is { } comparison) Print(shell, comparison);
    }

    private static void Print(Shell shell, BenchComparison comparison)
    {
        Tables.PrintPairs(shell,
        [
            ("compared with", $"{comparison.File}, {comparison.Version}, {comparison.Date}"),
            ("peak, now to then", Ratio(comparison.PeakRatio)),
            ("memory, now to then", Ratio(comparison.MemoryRatio)),
        ]);
        Tables.Print(
            shell, ["measure", "then#", "now#", "unit", "now to then#", "at equal peak#"],
            comparison.Measures.Select(measure => (IReadOnlyList<string>)[
                measure.Name, Number(measure.Then), Number(measure.Now), measure.Unit, Ratio(measure.Ratio), Ratio(measure.OfPeak)]));
    }

    /// <summary>Four digits, whatever the size.</summary>
    private static string Number(double? value) => value is not { } number ? "" : number.ToString(
        number switch { >= 1000 => "0", >= 100 => "0.0", >= 10 => "0.00", >= 1 => "0.000", _ => "0.0000" }, CultureInfo.InvariantCulture);

    private static string Ratio(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "";
}
