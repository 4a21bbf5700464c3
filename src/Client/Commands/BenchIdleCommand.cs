using System.CommandLine;
using Srpo.Bench.Throughput;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Errors;

namespace Srpo.Client.Commands;

/// <summary>`srpo bench idle`: what many resting grains cost a cluster.</summary>
internal static class BenchIdleCommand
{
    private static readonly Option<int?> Populations = CommandExtensions.WholeOption("--populations", "Populations. Default: 1000.", 1, 10_000);

    private static readonly Option<int?> Teams = CommandExtensions.WholeOption("--teams", "Teams of each, with two agents each. Default: 50.", 1, 10_000);

    private static readonly Option<int?> Hidden = CommandExtensions.WholeOption("--hidden", "Width of the one hidden layer of their networks. Default: 1.", 1, 4096);

    private static readonly Option<bool> Wake = new("--wake") { Description = "Wake all agents of populations that an earlier call made, and time it." };

    public static Command Create(Shell shell) =>
        new Command("idle", "Make many small populations on a cluster, or wake their agents. For a cluster that holds nothing else.") { Populations, Teams, Hidden, Wake }.Handle(shell, RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        if (!context.UsesCluster) throw new SrpoException(ErrorKind.Usage, "bench idle measures a cluster; give --cluster");
        await using var session = await context.OpenAsync();
        var bench = new IdleBench(session.Grains, context.Get(Populations) ?? 1000, context.Get(Teams) ?? 50, context.Get(Hidden) ?? 1);
        if (!context.Get(Wake))
        {
            var seconds = await bench.RegisterAsync(
                done => { if (done % 100 == 0) context.Error.WriteLine($"{done} populations"); },
                context.Cancellation);
            if (context.Json) context.PrintJson(new { bench.Agents, Seconds = seconds });
            else context.Out.WriteLine($"{Texts.Count(bench.Agents)} agents made in {Texts.Duration(TimeSpan.FromSeconds(seconds))}");
            return (int)ExitCode.Ok;
        }

        var (latencies, elapsed) = await bench.WakeAsync(context.Cancellation);
        var report = new
        {
            bench.Agents,
            Seconds = elapsed,
            MeanMilliseconds = latencies.Average(),
            MedianMilliseconds = latencies[latencies.Length / 2],
            P99Milliseconds = latencies[(int)(latencies.Length * 0.99)],
        };
        if (context.Json)
        {
            context.PrintJson(report);
            return (int)ExitCode.Ok;
        }

        Tables.PrintPairs(context.Shell,
        [
            ("agents", Texts.Count(report.Agents)),
            ("woken in", Texts.Duration(TimeSpan.FromSeconds(report.Seconds))),
            ("milliseconds each", $"mean {report.MeanMilliseconds:0.00}, median {report.MedianMilliseconds:0.00}, 99th percentile {report.P99Milliseconds:0.00}"),
        ]);
        return (int)ExitCode.Ok;
    }
}
