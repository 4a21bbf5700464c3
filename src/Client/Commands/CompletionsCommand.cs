using System.CommandLine;
using System.Text;
using Srpo.Client.Cli;
using Srpo.Client.Commands.Dev;
using Srpo.Core.Errors;
using Srpo.Core.Text;
using Srpo.Environments;
using Srpo.Experiments;
using Srpo.Experiments.Equilibria;
using Srpo.Language.Models;
using Srpo.Learning.Methods;
using Srpo.Reporting.Figures;

namespace Srpo.Client.Commands;

/// <summary>
/// `srpo completions`: scripts with which shells complete commands, options and values that do not change. They are made of the command table,
/// and ask the program nothing while somebody types.
/// </summary>
internal static class CompletionsCommand
{
    private static readonly Dictionary<string, Func<IReadOnlyList<Node>, string>> Shells = new(StringComparer.Ordinal) { ["bash"] = Bash, ["zsh"] = Zsh, ["fish"] = Fish };

    private static readonly Argument<string> Name = new("SHELL") { Description = $"{string.Join(", ", Shells.Keys)}." };

    /// <summary>What completes a value besides words.</summary>
    private enum Files
    {
        None,
        Any,
        Directories,
    }

    public static Command Create(Shell shell) => new Command("completions", "Print a script with which a shell completes commands, options and values.") { Name }.OnThisMachine().Without(GlobalOptions.Json, "a script is no JSON").Handle(shell, context =>
    {
        var name = context.Get(Name);
        if (!Shells.TryGetValue(name, out var write)) throw new SrpoException(ErrorKind.Usage, NearestName.Unknown("shell", name, [.. Shells.Keys]));
        context.Out.Write(write([.. Nodes(RootCommandBuilder.Build(shell), "")]));
        return Task.FromResult((int)ExitCode.Ok);
    });

    /// <summary>The command itself and all below it.</summary>
    private static IEnumerable<Node> Nodes(Command command, string path)
    {
        var options = command.Options.Concat(path.Length == 0 ? [] : RootCommandBuilder.RecursiveOptions)
            .Where(option => option.Name.StartsWith("--", StringComparison.Ordinal))
            .Select(option => new OptionNode(option.Name, FirstSentence(option.Description), option.ValueType != typeof(bool) && option is not VersionOption and not System.CommandLine.Help.HelpOption, OfOption(option)));
        var arguments = command.Arguments.Select(argument => OfArgument(argument.Name, path)).ToArray();
        yield return new Node(
            path,
            [.. command.Subcommands.Where(sub => !sub.Hidden).Select(sub => (sub.Name, FirstSentence(sub.Description)))],
            [.. options],
            new Values([.. arguments.SelectMany(values => values.Words)], arguments.Select(values => values.Files).DefaultIfEmpty(Files.None).Max()));
        foreach (var node in command.Subcommands.Where(sub => !sub.Hidden).SelectMany(sub => Nodes(sub, $"{path}/{sub.Name}"))) yield return node;
    }

    private static Values OfOption(Option option) => (option.Name, option.HelpName) switch
    {
        ("--preset", _) => new([.. Presets.All.Select(preset => preset.Name)], Files.None),
        ("--storage", _) => new([.. DevOptions.Storages], Files.None),
        ("--environment", _) => new([.. CommandExtensions.EnvironmentNames()], Files.None),
        ("--encoding", _) => new([.. ShowCommand.Encodings], Files.None),
        (_, "FORMAT") => new([.. FigureFiles.Formats], Files.None),
        (_, "METHOD") => new([.. MethodRegistry.All.Select(method => method.Id)], Files.None),
        (_, "LAYOUT") => new([.. EnvironmentFactory.Registrations.SelectMany(environment => environment.Variants).Distinct()], Files.Any),
        (_, "KEY=VALUE") => new([.. Learning.AllSettings.Paths.Select(path => path + "=")], Files.None),
        (_, "SHAPE") => new([.. ModelShapes.Names], Files.None),
        (_, "DIR") => new([], Files.Directories),
        (_, "FILE") => new([], Files.Any),
        _ => new([], Files.None),
    };

    private static Values OfArgument(string name, string path) => (name, path) switch
    {
        ("EXPERIMENT", _) => new([.. Known(() => ExperimentFiles.Known().Select(file => file.Name))], Files.Any),
        ("ENVIRONMENT", _) or ("GAME", "/play") => new([.. CommandExtensions.EnvironmentNames()], Files.None),
        ("GAME", _) => new([.. Known(ShippedGames.Known), .. path == "/rqe/markov" ? CommandExtensions.EnvironmentNames() : []], Files.Any),
        ("SHELL", _) => new([.. Shells.Keys], Files.None),
        ("MODEL" or "FOLDER", _) => new([], Files.Directories),
        ("FILE", _) => new([], Files.Any),
        _ => new([], Files.None),
    };

    /// <summary>A directory of the user's that is not there costs its names and not the script.</summary>
    private static IEnumerable<string> Known(Func<IEnumerable<string>> names)
    {
        try
        {
            return names();
        }
        catch (SrpoException)
        {
            return [];
        }
    }

    private static string Bash(IReadOnlyList<Node> nodes)
    {
        var text = new StringBuilder("""
            # Completion of srpo for bash: source <(srpo completions bash)
            _srpo() {
              local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} path='' words='' options='' files='' value='' i
              for ((i = 1; i < COMP_CWORD; i++)); do
                case "$path/${COMP_WORDS[i]}" in

            """);
        text.Append($"      {string.Join(" | ", nodes.Skip(1).Select(node => Quote(node.Path)))}) path=$path/${{COMP_WORDS[i]}} ;;\n");
        text.Append("    esac\n  done\n  case \"$path $prev\" in\n");
        foreach (var node in nodes)
        {
            foreach (var option in node.Options.Where(option => option.TakesValue))
                text.Append($"    {Quote($"{node.Path} {option.Name}")}) value=1 words={Quote(string.Join(' ', option.Values.Words))} files={FilesWord(option.Values.Files)} ;;\n");
        }

        text.Append("  esac\n  if [[ -z $value ]]; then\n    case $path in\n");
        foreach (var node in nodes)
        {
            text.Append($"      {(node.Path.Length == 0 ? "''" : Quote(node.Path))})\n        options={Quote(string.Join(' ', node.Options.Select(option => option.Name)))}\n");
            text.Append($"        words={Quote(string.Join(' ', node.Commands.Select(command => command.Name).Concat(node.Values.Words)))} files={FilesWord(node.Values.Files)} ;;\n");
        }

        return text.Append("""
                esac
                if [[ $cur == -* ]]; then words=$options files=''; fi
              fi
              mapfile -t COMPREPLY < <(
                compgen -W "$words" -- "$cur"
                case $files in
                  any) compgen -f -- "$cur" ;;
                  directories) compgen -d -- "$cur" ;;
                esac
              )
              [[ -z $files ]] || compopt -o filenames 2>/dev/null
              [[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace 2>/dev/null
            }
            complete -F _srpo srpo

            """).ToString();

        static string FilesWord(Files files) => files switch { Files.Any => "any", Files.Directories => "directories", _ => "''" };
    }

    private static string Zsh(IReadOnlyList<Node> nodes)
    {
        var text = new StringBuilder("""
            #compdef srpo
            # Completion of srpo for zsh: save as _srpo in a directory of $fpath, or source <(srpo completions zsh) after compinit
            _srpo() {
              local at='' i
              local -a commands options values
              for ((i = 2; i < CURRENT; i++)); do
                case "$at/${words[i]}" in

            """);
        text.Append($"      ({string.Join("|", nodes.Skip(1).Select(node => node.Path))}) at=$at/${{words[i]}} ;;\n");
        text.Append("    esac\n  done\n  case \"$at ${words[CURRENT-1]}\" in\n");
        foreach (var node in nodes)
        {
            foreach (var option in node.Options.Where(option => option.TakesValue))
                text.Append($"    ({Quote($"{node.Path} {option.Name}")}) {Offer(option.Values)}return ;;\n");
        }

        text.Append("  esac\n  case $at in\n");
        foreach (var node in nodes)
        {
            text.Append($"    ({(node.Path.Length == 0 ? "''" : node.Path)})\n");
            text.Append($"      commands=({string.Join(' ', node.Commands.Select(command => Described(command.Name, command.Description)))})\n");
            text.Append($"      options=({string.Join(' ', node.Options.Select(option => Described(option.Name, option.Description)))})\n");
            text.Append($"      if [[ $PREFIX == -* ]]; then _describe -o option options; else _describe command commands; {Offer(node.Values)}fi ;;\n");
        }

        return text.Append("  esac\n}\nif [[ $funcstack[1] == _srpo ]]; then _srpo \"$@\"; else compdef _srpo srpo; fi\n").ToString();

        static string Offer(Values values) =>
            (values.Words.Count > 0 ? $"compadd -- {string.Join(' ', values.Words.Select(Quote))}; " : "")
            + values.Files switch { Files.Any => "_files; ", Files.Directories => "_files -/; ", _ => "" };

        static string Described(string name, string description) => Quote($"{name}:{description.Replace(":", "\\:", StringComparison.Ordinal)}");
    }

    private static string Fish(IReadOnlyList<Node> nodes)
    {
        var text = new StringBuilder("""
            # Completion of srpo for fish: srpo completions fish > ~/.config/fish/completions/srpo.fish
            function __srpo_at
              set -l at ''
              for word in (commandline -opc)[2..-1]
                switch "$at/$word"

            """);
        text.Append($"      case {string.Join(' ', nodes.Skip(1).Select(node => node.Path))}\n        set at \"$at/$word\"\n    end\n  end\n  test \"$at\" = \"$argv[1]\"\nend\n");
        text.Append("complete -c srpo -f\n");
        foreach (var node in nodes)
        {
            var start = $"complete -c srpo -n {FishQuote($"__srpo_at '{node.Path}'")}";
            foreach (var (name, description) in node.Commands) text.Append($"{start} -a {name} -d {FishQuote(description)}\n");
            if (node.Values.Words.Count > 0) text.Append($"{start} -a {FishQuote(string.Join(' ', node.Values.Words))}\n");
            if (node.Values.Files != Files.None) text.Append($"{start} -F\n");
            foreach (var option in node.Options)
            {
                var values = option.Values.Words.Count > 0 ? $" -a {FishQuote(string.Join(' ', option.Values.Words))}" : "";
                var kind = !option.TakesValue ? "" : option.Values.Files switch { Files.Any => " -r -F", Files.Directories => " -x -a '(__fish_complete_directories)'", _ => " -x" };
                text.Append($"{start} -l {option.Name[2..]}{kind}{values} -d {FishQuote(option.Description)}\n");
            }
        }

        return text.ToString();

        // In fish a backslash escapes also within single quotes.
        static string FishQuote(string value) => "'" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'";
    }

    private static string Quote(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private static string FirstSentence(string? description)
    {
        var text = description ?? "";
        var end = text.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? text : text[..end]).TrimEnd('.');
    }

    /// <summary>What can stand for an argument or an option's value.</summary>
    private sealed record Values(IReadOnlyList<string> Words, Files Files);

    private sealed record OptionNode(string Name, string Description, bool TakesValue, Values Values);

    /// <summary>A command: its path, as "/population/start", empty for the program itself, and what may follow.</summary>
    private sealed record Node(string Path, IReadOnlyList<(string Name, string Description)> Commands, IReadOnlyList<OptionNode> Options, Values Values);
}
