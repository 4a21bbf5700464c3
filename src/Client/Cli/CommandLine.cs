using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Srpo.Core.Errors;
using Srpo.Core.Text;

namespace Srpo.Client.Cli;

/// <summary>Parses and runs one command line.</summary>
internal static partial class CommandLine
{
    /// <summary>Words that begin with @ are words, as in a note to somebody, and not files of more arguments.</summary>
    private static readonly ParserConfiguration AsTyped = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs a command line in a shell; never throws for what a user can do wrong.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Shell shell, CancellationToken cancellation)
    {
        var verbose = arguments.Contains("--verbose", StringComparer.Ordinal);
        try
        {
            // What they bring is part of the commands: of their help, of what they accept.
            RootCommandBuilder.RegisterRooms(shell);
            CommandPlugins.Load(arguments, shell);
            var parse = RootCommandBuilder.Build(shell).Parse(arguments, AsTyped);
            var help = parse.Action is System.CommandLine.Help.HelpAction;
            if (!help && Empty(parse) is { } empty) return ReportUsage(parse, shell, empty);
            if (parse.Errors.Count > 0 && !help) return ReportUsage(parse, shell);
            if (!help && Misplaced(parse) is { } misplaced) return ReportUsage(parse, shell, misplaced);
            var configuration = new InvocationConfiguration
            {
                Output = shell.Out,
                Error = shell.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parse.InvokeAsync(configuration, cancellation);
        }
        catch (IOException error) when (StandardStream.IsBrokenPipe(error))
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
        // One message is enough, and one about what was typed says more than one about what is missing.
        var message = parse.Errors.Select(error => InWords(error.Message)).OrderBy(text => !text.Contains('\'', StringComparison.Ordinal)).First();
        return ReportUsage(parse, shell, message + Suggestion(message, parse.CommandResult.Command));
    }

    private static int ReportUsage(ParseResult parse, Shell shell, string message)
    {
        shell.Error.WriteLine($"srpo: {message}");
        shell.Error.WriteLine($"`{PathOf(parse)} --help` shows what is possible.");
        return (int)ExitCode.Usage;
    }

    /// <summary>The parser names types of .NET where a value is of another kind.</summary>
    private static string InWords(string message) => Mistyped().Replace(
        message, match => $"{match.Groups[2].Value} {match.Groups[1].Value} is not possible; {DecimalComma.Remedy(match.Groups[1].Value, $"use {SrpoException.TypeWord(match.Groups[3].Value)}")}");

    [GeneratedRegex(@"^Cannot parse argument '(.*)' for (?:option|command) '(.*)' as expected type '(?:System\.Nullable`1\[)?([^'\]]*)\]?'\.$", RegexOptions.Singleline)]
    private static partial Regex Mistyped();

    /// <summary>
    /// What is wrong with an option or argument that is given as nothing, as by a variable that a script forgot to set. An empty path would
    /// otherwise be the directory where the command was typed.
    /// </summary>
    private static string? Empty(ParseResult parse)
    {
        for (SymbolResult? result = parse.CommandResult; result is CommandResult command; result = result.Parent)
        {
            foreach (var child in command.Children.Where(child => child.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value))))
            {
                switch (child)
                {
                    case OptionResult option:
                        return $"{option.Option.Name} is empty; write {option.Option.Name} {option.Option.HelpName ?? "VALUE"}, or leave it out";
                    case ArgumentResult argument:
                        return $"{argument.Argument.Name} is empty; say which one";
                }
            }
        }

        return null;
    }

    /// <summary>
    /// What is wrong with an option that stands before the name of a subcommand: only the command that it belongs to heeds it. Those that every
    /// command understands may stand anywhere.
    /// </summary>
    private static string? Misplaced(ParseResult parse)
    {
        for (var result = parse.CommandResult.Parent as CommandResult; result is not null; result = result.Parent as CommandResult)
        {
            if (result.Children.OfType<OptionResult>().FirstOrDefault(child => child is { Implicit: false, Option.Recursive: false }) is { } option)
                return $"{option.Option.Name} is an option of `{PathOf(result)}`, not of `{PathOf(parse)}`; leave it out";
        }

        return null;
    }

    private static string PathOf(ParseResult parse) => PathOf(parse.CommandResult);

    private static string PathOf(SymbolResult? from)
    {
        var names = new List<string>();
        for (var result = from; result is not null; result = result.Parent)
        {
            if (result is CommandResult command) names.Insert(0, command.Command is RootCommand ? "srpo" : command.Command.Name);
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
