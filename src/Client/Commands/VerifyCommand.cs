using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Environments;
using Srpo.Environments.Recordings;

namespace Srpo.Client.Commands;

/// <summary>`srpo verify`: replay recorded episodes and compare; hold a device against the kernels.</summary>
internal static class VerifyCommand
{
    public static Command Create(Shell shell)
    {
        var verify = new Command("verify", "Replay recorded episodes through an environment's rules and report the first difference; compare a device with the processor's kernels, a language model, its tokenizer and its chat template with what another program computed.");
        foreach (var environment in EnvironmentFactory.Registrations.OrderBy(known => known.Name, StringComparer.Ordinal))
        {
            if (environment.Verify is not { } verifier) continue;
            var file = new Argument<string>("FILE") { Description = "Recorded episodes: .jsonl or .jsonl.gz." };
            verify.Add(new Command(environment.Name, $"Recordings of the {environment.Name}.") { file }.OnThisMachine().Handle(shell, context => Task.FromResult(Run(context, verifier, context.Get(file)))));
        }

        verify.Add(VerifyDeviceCommand.Create(shell));
        verify.Add(VerifyLanguageCommand.Create(shell));
        foreach (var command in VerifyTextCommands.Create(shell)) verify.Add(command);
        return verify;
    }

    private static int Run(CommandContext context, Func<string, RecordingReport> verifier, string file)
    {
        var path = context.Shell.Resolve(file);
        UserFile.Require(path, "recording");
        RecordingReport report;
        try
        {
            report = verifier(path);
        }
        catch (RecordingException error)
        {
            throw new SrpoException(ErrorKind.Damaged, error.Message, error);
        }

        if (context.Json) context.PrintJson(report with { File = file });
        else Print(context.Shell, report with { File = file });
        return (int)(report.Agrees ? ExitCode.Ok : ExitCode.CheckFailed);
    }

    private static void Print(Shell shell, RecordingReport report)
    {
        shell.Out.WriteLine(report.ToString());
        if (report.Deviations.Count == 0) return;
        Tables.Print(shell, ["check", "quantity", "largest deviation#", "tolerance#", "where"], report.Deviations.Select(Row));
    }

    private static string[] Row(RecordingDeviation deviation) =>
    [
        deviation.Check,
        deviation.Quantity,
        deviation.Largest.ToString(deviation.Largest == 0 ? "0" : "0.00e+0"),
        deviation.Tolerance.ToString("0e+0"),
        deviation.Place?.WithinFile() ?? "",
    ];
}
