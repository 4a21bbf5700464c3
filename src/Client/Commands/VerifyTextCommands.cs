using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Language.Verification;

namespace Srpo.Client.Commands;

/// <summary>`srpo verify tokenizer` and `srpo verify chat`: how a model reads and writes texts, held against another program.</summary>
internal static class VerifyTextCommands
{
    /// <summary>Most differences that are shown one by one.</summary>
    private const int MostShown = 10;

    private const int LongestShown = 400;

    private static readonly Option<string?> Name = new("--name") { Description = "Which part of the file is of this folder. Default: the one whose hash or name the folder has.", HelpName = "NAME" };

    public static IEnumerable<Command> Create(Shell shell) =>
    [
        Create(shell, "tokenizer", "Compare a model's tokenizer with tokens that another program gave.", "The model's folder, with tokenizer.json.", TokenizerCheck.Run),
        Create(shell, "chat", "Compare a model's chat template with texts that another program rendered.", "The model's folder, with tokenizer.json and a chat template.", ChatCheck.Run),
    ];

    private static Command Create(Shell shell, string name, string description, string ofFolder, Func<string, string, string?, CancellationToken, TextReport> check)
    {
        var folder = new Argument<string>("FOLDER") { Description = ofFolder };
        var file = new Argument<string>("FILE") { Description = "The cases: JSON." };
        return new Command(name, description) { folder, file, Name }.OnThisMachine().Handle(shell, context => Task.FromResult(Run(context, context.Get(folder), context.Get(file), check)));
    }

    private static int Run(CommandContext context, string folder, string file, Func<string, string, string?, CancellationToken, TextReport> check)
    {
        var report = check(context.Shell.Resolve(folder), context.Shell.Resolve(file), context.Get(Name), context.Cancellation);
        if (context.Json) context.PrintJson(report);
        else Print(context, report, folder, file);
        return (int)(report.Agrees ? ExitCode.Ok : ExitCode.CheckFailed);
    }

    private static void Print(CommandContext context, TextReport report, string folder, string file)
    {
        foreach (var difference in report.Differences.Take(MostShown))
        {
            context.Out.WriteLine($"{difference.Case}: {difference.Quantity} {(difference.Quantity == "tokens" ? "differ" : "differs")}");
            context.Out.WriteLine($"  of      {Cut(difference.Input)}");
            context.Out.WriteLine($"  wanted  {Cut(difference.Wanted)}");
            context.Out.WriteLine($"  found   {Cut(difference.Found)}");
        }

        if (report.Differences.Count > MostShown) context.Out.WriteLine($"and {report.Differences.Count - MostShown} more; --json has all");
        var of = report.Names.Count == 0 ? "" : $" of {string.Join(", ", report.Names)}";
        var outcome = report.Agrees ? "agree" : report.Cases == 0 ? "nothing could be compared" : $"{report.Differences.Select(difference => difference.Case).Distinct().Count()} differ";
        context.Out.WriteLine($"{folder} against {file}: {report.Cases} cases{of}, {outcome}");
    }

    private static string Cut(string text) => text.Length <= LongestShown ? text : text[..LongestShown] + "...";
}
