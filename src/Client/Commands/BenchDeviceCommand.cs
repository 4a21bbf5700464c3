using System.CommandLine;
using System.Globalization;
using Srpo.Bench.Throughput;
using Srpo.Client.Cli;
using Srpo.Client.Output;

namespace Srpo.Client.Commands;

/// <summary>`srpo bench device`: what a device gains by updating teams together.</summary>
internal static class BenchDeviceCommand
{
    private static readonly Option<int?> Teams = CommandExtensions.WholeOption("--teams", "Teams, each of one network. Default: 30.", 1, 10_000);

    private static readonly Option<int[]> Rows = Several("--rows", "Observations of each. Default: 128 and 512. May be repeated.", [128, 512]);

    private static readonly Option<int[]> Widths = Several("--width", "Width of both hidden layers. Default: 64. May be repeated.", [64]);

    private static readonly Option<int?> Repetitions = CommandExtensions.WholeOption("--repetitions", "Repetitions, of which the best counts. Default: 5.", 1, 1000);

    public static Command Create(Shell shell)
    {
        var names = new Argument<string[]>("DEVICE") { Description = "Devices, as in learner.device.", Arity = ArgumentArity.OneOrMore };
        return new Command("device", "Measure updates on devices: many teams together and one after the other, on one thread.") { names, Teams, Rows, Widths, Repetitions }
            .OnThisMachine()
            .Handle(shell, context => Task.FromResult(Run(context, context.Get(names))));
    }

    /// <summary>An option that takes whole numbers and may be repeated.</summary>
    public static Option<int[]> Several(string name, string description, int[] otherwise)
    {
        var option = new Option<int[]>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (!int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65536)
                    result.AddError($"{name} {token.Value} is out of range; use a whole number from 1 to 65536");
            }
        });
        return option;
    }

    private static int Run(CommandContext context, string[] names)
    {
        var devices = names.Select(VerifyDeviceCommand.Find).ToArray();
        var rates = new List<UpdateRate>();
        foreach (var width in context.Get(Widths)!)
        {
            foreach (var rows in context.Get(Rows)!)
            {
                foreach (var device in devices)
                {
                    context.Error.WriteLine($"measuring: {device.Name}, {rows} rows, {width} wide");
                    rates.Add(DeviceBench.Run(device, context.Get(Teams) ?? 30, rows, width, context.Get(Repetitions) ?? 5, context.Cancellation));
                }
            }
        }

        if (context.Json)
        {
            context.PrintJson(rates);
            return (int)ExitCode.Ok;
        }

        Tables.Print(context.Shell, ["device", "teams#", "rows#", "width#", "M rows/s together#", "one after the other#", "gain#"], rates.Select(rate => (IReadOnlyList<string>)
        [
            rate.Device, rate.Teams.ToString(), rate.Rows.ToString(), rate.Width.ToString(), (rate.Together / 1e6).ToString("0.000"), (rate.Apart / 1e6).ToString("0.000"), rate.Gain.ToString("0.00"),
        ]));
        return (int)ExitCode.Ok;
    }
}
