using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Environments.Gridworld;
using Srpo.Environments.Recordings;

namespace Srpo.Client.Commands;

/// <summary>`srpo verify`: replay recorded episodes and compare.</summary>
internal static class VerifyCommand
{
    /// <summary>Environments whose recordings can be replayed.</summary>
    private static readonly IReadOnlyList<(string Name, Func<string, RecordingReport> Verify)> Verifiers =
        [(GridworldEnvironment.RegisteredName, GridworldVerifier.Verify)];

    public static Command Create(Shell shell)
    {
        var verify = new Command("verify", "Replay recorded episodes through an environment's rules and report the first difference.");
        foreach (var (name, verifier) in Verifiers)
        {
            var file = new Argument<string>("FILE") { Description = "Recorded episodes: .jsonl or .jsonl.gz." };
            verify.Add(new Command(name, $"Recordings of the {name}.") { file }.Handle(shell, context => Task.FromResult(Run(context, verifier, context.Get(file)))));
        }

        return verify;
    }

    private static int Run(CommandContext context, Func<string, RecordingReport> verifier, string file)
    {
        var path = context.Shell.Resolve(file);
        if (!File.Exists(path)) throw new CommandException(ExitCode.NotFound, $"there is no file {path}");
        RecordingReport report;
        try
        {
            report = verifier(path);
        }
        catch (RecordingException error)
        {
            throw new CommandException(ExitCode.Damaged, error.Message, error);
        }

        if (context.Json) context.PrintJson(report with { File = file });
        else context.Out.WriteLine((report with { File = file }).ToString());
        return (int)(report.Agrees ? ExitCode.Ok : ExitCode.CheckFailed);
    }
}
