using System.CommandLine;
using System.Globalization;
using Srpo.Bench.Throughput;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Errors;

namespace Srpo.Client.Commands;

/// <summary>`srpo bench environment`: steps a second of one environment; of one in Python beside a plain loop in Python.</summary>
internal static class BenchEnvironmentCommand
{
    private static readonly int[] DefaultLanes = [1, 16, 256];

    private static readonly Option<int[]> Lanes = BenchDeviceCommand.Several("--lanes", "Lanes that are played together. Default: 1, 16 and 256. May be repeated.", DefaultLanes);

    private static readonly Option<int?> Repetitions = CommandExtensions.WholeOption("--repetitions", "Rounds, in each of which everything is measured once. Default: 5.", 1, 1000);

    public static Command Create(Shell shell)
    {
        var environment = new Argument<string>("ENVIRONMENT") { Description = "Name of an environment; python:MODULE.FACTORY for one in Python." };
        var variant = new Argument<string?>("LAYOUT") { Description = "One of its layouts, or a file. Default: the first that is built in.", Arity = ArgumentArity.ZeroOrOne };
        return new Command("environment", "Measure an environment on one core with random actions; one in Python beside the same in a plain loop of Python's own.") { environment, variant, Lanes, Repetitions }
            .OnThisMachine()
            .Handle(shell, context => Task.FromResult(Run(context, context.Get(environment), context.Find(variant))));
    }

    private static int Run(CommandContext context, string name, string? variant)
    {
        var known = CommandExtensions.FindEnvironment(name);
        if (!known.IsStepped) throw new SrpoException(ErrorKind.Usage, $"the environment '{known.Name}' is not played step by step; name another");
        var rates = EnvironmentRates.Run(CommandExtensions.SettingsOf(context.Shell, known, variant), context.Get(Lanes)!, context.Get(Repetitions) ?? 5, context.Cancellation);
        if (context.Json)
        {
            context.PrintJson(rates);
            return (int)ExitCode.Ok;
        }

        Tables.Print(context.Shell, ["played by", "lanes#", "best steps/s#", "median#", "to plain Python#"], rates.Select(rate => (IReadOnlyList<string>)
        [
            rate.Way == "python" ? "plain Python" : "srpo", rate.Lanes.ToString(CultureInfo.InvariantCulture), rate.Best.ToString("0", CultureInfo.InvariantCulture), rate.Median.ToString("0", CultureInfo.InvariantCulture),
            rate.OfPython?.ToString("0.00", CultureInfo.InvariantCulture) ?? "",
        ]));
        return (int)ExitCode.Ok;
    }
}
