using System.CommandLine;
using System.Text;
using Srpo.Bench.Throughput;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Client.Sessions;
using Srpo.Core.Files;
using Srpo.Experiments.Data;
using Srpo.Experiments.Runs;

namespace Srpo.Client.Commands;

/// <summary>`srpo bench`: throughput of this machine, measured in a data directory of its own.</summary>
internal static class BenchCommand
{
    private static readonly Option<bool> Quick = new("--quick") { Description = "A tenth of the work: numbers are rougher." };

    private static readonly Option<string?> OutFile = new("--out") { Description = "Also write the JSON to a file.", HelpName = "FILE" };

    private static readonly Option<bool> Force = new("--force") { Description = "With --out: replace an existing file." };

    public static Command Create(Shell shell) =>
        new Command("bench", "Measure throughput: training, evaluation, environments, kernels. Takes a minute and a half; leave the machine alone meanwhile.") { Quick, OutFile, Force, BenchIdleCommand.Create(shell), BenchDeviceCommand.Create(shell) }.GoesWith(Force, OutFile)
            .OnThisMachine()
            .Handle(shell, RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        var file = context.Get(OutFile) is { } chosen ? context.Shell.Resolve(chosen) : null;
        if (file is not null) UserFile.CheckTarget(file, context.Get(Force));
        var workers = context.Workers > 0 ? context.Workers : Environment.ProcessorCount;
        var directory = Directory.CreateTempSubdirectory("srpo-bench-");
        try
        {
            await using var session = await LocalSession.StartAsync(new DataDirectory(directory.FullName), workers, context.Cancellation);
            var runner = new BenchRunner(
                session.Grains, workers, context.Get(Quick) ? 0.1 : 1, step => context.Error.WriteLine($"measuring: {step}"));
            var date = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ssK");
            var report = await runner.RunAsync(ProgramInfo.GrainRuntime, date, context.Cancellation);
            if (file is not null) UserFile.Write(file, Encoding.UTF8.GetBytes(JsonText.Write(report) + Environment.NewLine), context.Get(Force));
            if (context.Json) CommandContext.PrintJson(context.Beside(file), report);
            else if (context.Beside(file) == context.Out) Print(context, report);
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        return (int)ExitCode.Ok;
    }

    private static void Print(CommandContext context, BenchReport report)
    {
        var machine = report.Machine;
        Tables.PrintPairs(context.Shell,
        [
            ("machine", $"{machine.Processor}, {machine.Cores} cores, {machine.Workers} workers, {machine.Kernels} kernels"),
            ("grains", report.Runtime),
        ]);
        var rates = report.Train.Select(train => Row($"train {train.Key}", train.Value.EnvStepsPerSecond, train.Value.BareEnvStepsPerSecond, train.Value.GrainOverhead)).ToList();
        if (report.Evaluate is { } evaluate)
        {
            rates.Add(Row("evaluate", evaluate.EnvStepsPerSecond, evaluate.BareEnvStepsPerSecond, evaluate.GrainOverhead));
            rates.Add(["evaluate, networks not looked up", "", Millions(evaluate.NetworkEnvStepsPerSecond), ""]);
        }

        Tables.Print(context.Shell, ["work", "M env-steps/s through the grains#", "without grains#", "cost of the grains#"], rates);
        Tables.Print(
            context.Shell, ["environment, one core", "M steps/s#", "with observations#"],
            report.Environments.Select(e => (IReadOnlyList<string>)[e.Key, Millions(e.Value.StepsPerSecond), Millions(e.Value.StepsPerSecondWithObservation)]));
        Tables.Print(
            context.Shell, ["kernel, one core", "size", "width", "microseconds#", "Gflop/s#", "ns per element#"],
            report.Kernels.Select(k => (IReadOnlyList<string>)[
                k.Name, k.Shape, k.Width, Number(k.Microseconds, "0.00"), k.GigaflopsPerSecond > 0 ? Number(k.GigaflopsPerSecond, "0.0") : "",
                Number(k.NanosecondsPerElement, "0.000")]));
    }

    private static IReadOnlyList<string> Row(string name, double through, double bare, double overhead) =>
        [name, Millions(through), Millions(bare), overhead.ToString("P1")];

    private static string Millions(double value) => Number(value / 1e6, "0.00");

    private static string Number(double value, string format) => value.ToString(format);
}
