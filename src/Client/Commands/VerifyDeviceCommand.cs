using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Learning.Devices;

namespace Srpo.Client.Commands;

/// <summary>`srpo verify device`: a device held against the processor's kernels.</summary>
internal static class VerifyDeviceCommand
{
    private static readonly Option<int?> Updates = CommandExtensions.WholeOption("--updates", $"Updates after which parameters are compared once more. Default: {DeviceCheck.Updates}.", 1, 100_000);

    public static Command Create(Shell shell)
    {
        var name = new Argument<string>("DEVICE") { Description = "The device, as in learner.device." };
        return new Command("device", "Compare gradients, parameters and policies of a device with those of the processor's kernels.") { name, Updates }
            .OnThisMachine()
            .Handle(shell, context => Task.FromResult(Run(context, Find(context.Get(name)))));
    }

    /// <summary>The device of a name, ready to be used.</summary>
    /// <exception cref="SrpoException">There is none of that name, or it cannot be had here.</exception>
    internal static ILearnerDevice Find(string name)
    {
        try
        {
            var device = LearnerDevices.Get(name);
            device.Require();
            return device;
        }
        catch (SettingsException unknown)
        {
            var problem = unknown.Problems[0];
            throw new SrpoException(ErrorKind.Usage, $"{problem.Reason}; {problem.Remedy}", unknown);
        }
    }

    private static int Run(CommandContext context, ILearnerDevice device)
    {
        var report = DeviceCheck.Run(device, context.Get(Updates) ?? DeviceCheck.Updates, name => context.Error.WriteLine($"comparing: {name}"), context.Cancellation);
        if (context.Json) context.PrintJson(report);
        else Print(context, report);
        return (int)(report.Agrees ? ExitCode.Ok : ExitCode.CheckFailed);
    }

    private static void Print(CommandContext context, DeviceReport report)
    {
        Tables.Print(context.Shell, ["case", "quantity", "largest deviation#", "tolerance#", "where"], report.Deviations.Select(deviation => (IReadOnlyList<string>)
        [
            deviation.Case, deviation.Quantity, deviation.Largest.ToString(deviation.Largest == 0 ? "0" : "0.00e+0"), deviation.Tolerance?.ToString("0e+0") ?? "none", deviation.Place,
        ]));
        var past = report.Deviations.Count(deviation => !deviation.IsWithin);
        context.Out.WriteLine($"{report.Device} ({report.Description}) against cpu ({LearnerDevices.Get("cpu").Description}): {(past == 0 ? "agrees" : $"{past} of {report.Deviations.Count} past their tolerance")}");
    }
}
