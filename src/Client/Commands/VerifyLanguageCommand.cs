using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Language.Torch;
using Srpo.Language.Verification;
using Srpo.Learning.Torch;

namespace Srpo.Client.Commands;

/// <summary>`srpo verify language`: a language model held against numbers of another program.</summary>
internal static class VerifyLanguageCommand
{
    private static readonly Option<string?> Reference = new("--reference")
    {
        Description = $"The file with the numbers. Default: {LanguageCheck.FileName} in the folder, or, for a folder NAME-bf16 without one, in NAME beside it.",
        HelpName = "FILE",
    };

    public static Command Create(Shell shell)
    {
        var folder = new Argument<string>("FOLDER") { Description = $"The model's folder: config.json, safetensors, {LanguageCheck.FileName} and the files that it names." };
        return new Command("language", "Replay a language model's reference: logits, generation, sampling, losses, gradients, steps of AdamW, an adapter.") { folder, Reference }
            .OnThisMachine()
            .Handle(shell, context => Task.FromResult(Run(context, context.Get(folder))));
    }

    private static int Run(CommandContext context, string folder)
    {
        LibTorch.Load();
        var report = LanguageCheck.Run(
            context.Shell.Resolve(folder), context.Get(Reference) is { } file ? context.Shell.Resolve(file) : null,
            (opened, precision, rounded) => rounded ? TorchCausalModel.OpenRounded(opened, precision) : TorchCausalModel.Open(opened, precision),
            part => context.Error.WriteLine($"comparing: {part}"), context.Cancellation);
        if (context.Json) context.PrintJson(report);
        else Print(context, report, folder);
        return (int)(report.Agrees ? ExitCode.Ok : ExitCode.CheckFailed);
    }

    private static void Print(CommandContext context, LanguageReport report, string folder)
    {
        Tables.Print(context.Shell, ["part", "quantity", "largest deviation#", "tolerance#", "where"], report.Deviations.Select(deviation => (IReadOnlyList<string>)
        [
            deviation.Case, deviation.Quantity, deviation.Largest.ToString(deviation.Largest == Math.Floor(deviation.Largest) ? "0" : "0.00e+0"), deviation.Tolerance.ToString(deviation.Tolerance is 0 or >= 0.01 ? "0.##" : "0e+0"), deviation.Place,
        ]));
        if (report.Absent.Count > 0) context.Out.WriteLine($"not compared: {string.Join(", ", report.Absent)} (not in the reference, or not of weights as this folder stores them)");
        var past = report.Deviations.Count(deviation => !deviation.IsWithin);
        context.Out.WriteLine($"{folder} against {report.Reference}: {(report.Agrees ? "agrees" : past == 0 ? "nothing could be compared" : $"{past} of {report.Deviations.Count} past their tolerance")}");
    }
}
