using System.CommandLine;
using Srpo.Core.Text;

namespace Srpo.Client.Cli;

/// <summary>Parses and runs one command line.</summary>
internal static class CommandLine
{
    /// <summary>EPIPE: the reader of a pipe went away, as with `| head`.</summary>
    private const int BrokenPipe = 32;

    /// <summary>Runs a command line in a shell; never throws for what a user can do wrong.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Shell shell, CancellationToken cancellation)
    {
        var verbose = arguments.Contains("--verbose", StringComparer.Ordinal);
        try
        {
            var parse = RootCommandBuilder.Build(shell).Parse(arguments);
            if (parse.Errors.Count > 0 && parse.Action is not System.CommandLine.Help.HelpAction) return ReportUsage(parse, shell);
            var configuration = new InvocationConfiguration
            {
                Output = shell.Out,
                Error = shell.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parse.InvokeAsync(configuration, cancellation);
        }
        catch (IOException error) when ((error.HResult & 0xFFFF) == BrokenPipe && !OperatingSystem.IsWindows())
        {
            return (int)ExitCode.Ok;
        }
#pragma warning disable CA1031 // the outermost handler: everything becomes a message and an exit code
        catch (Exception error)
#pragma warning restore CA1031
        {
            return ErrorReporter.Report(error, shell.Error, verbose);
        }
    }

    private static int ReportUsage(ParseResult parse, Shell shell)
    {
        var command = parse.CommandResult.Command;
        var path = PathOf(parse);
        // One message is enough, and one about what was typed says more than one about what is missing.
        var message = parse.Errors.Select(error => error.Message).OrderBy(text => !text.Contains('\'', StringComparison.Ordinal)).First();
        shell.Error.WriteLine($"srpo: {message}{Suggestion(message, command)}");
        shell.Error.WriteLine($"`{path} --help` shows what is possible.");
        return (int)ExitCode.Usage;
    }

    private static string PathOf(ParseResult parse)
    {
        var names = new List<string>();
        for (System.CommandLine.Parsing.SymbolResult? result = parse.CommandResult; result is not null; result = result.Parent)
        {
            if (result is System.CommandLine.Parsing.CommandResult command) names.Insert(0, command.Command is RootCommand ? "srpo" : command.Command.Name);
        }

        return string.Join(' ', names);
    }

    /// <summary>The nearest command or option, for messages that quote an unknown one.</summary>
    private static string Suggestion(string message, Command command)
    {
        var quote = message.IndexOf('\'', StringComparison.Ordinal);
        var end = quote < 0 ? -1 : message.IndexOf('\'', quote + 1);
        if (end < 0) return "";
        var typed = message[(quote + 1)..end];
        var known = typed.StartsWith('-')
            ? command.Options.Concat(RootCommandBuilder.RecursiveOptions).Select(option => option.Name)
            : command.Subcommands.Select(sub => sub.Name);
        var nearest = NearestName.Find(typed, known);
        return nearest is null || nearest == typed ? "" : $" Did you mean '{nearest}'?";
    }
}
