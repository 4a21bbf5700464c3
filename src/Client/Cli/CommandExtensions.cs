using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Core.Text;
using Srpo.Environments;
using Srpo.Environments.Python;
using Srpo.Experiments;
using Srpo.Learning;
using Srpo.Learning.Devices.Cpu;

namespace Srpo.Client.Cli;

/// <summary>Shorthands for building commands.</summary>
internal static class CommandExtensions
{
    /// <summary>For every command that uses policies; <see cref="CommandContext.Older"/> is what it means.</summary>
    public static readonly Option<bool> AllowOlder = new("--allow-older") { Description = "Where the newest checkpoint of an agent cannot be read, use the one before it, and say so." };

    /// <summary>What does not end by itself after a signal, in this time, is left where it is.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>Sets what the command does.</summary>
    public static Command Handle(this Command command, Shell shell, Func<CommandContext, Task<int>> handler)
    {
        command.Validators.Add(result =>
        {
            if (IsGiven(result, GlobalOptions.Workers) && IsGiven(result, GlobalOptions.Cluster))
                result.AddError($"{GlobalOptions.Workers.Name} is for this machine; the silos of a cluster have the setting Srpo:Workers; leave it out");
        });
        command.SetAction((parse, cancellation) =>
        {
            // Refused before the command begins, whether it gets to the kernels or not.
            _ = KernelSet.Choose(shell.Variable(KernelSet.WidthVariable));
            return RunAsync(new CommandContext(shell, parse, cancellation), handler);
        });
        return command;
    }

    /// <summary>Refuses an option where nothing is given that it belongs to: it would change nothing, and nobody would know.</summary>
    /// <param name="command">The command.</param>
    /// <param name="option">The option.</param>
    /// <param name="others">One of these must be given with it.</param>
    public static Command GoesWith(this Command command, Option option, params Option[] others)
    {
        command.Validators.Add(result =>
        {
            if (IsGiven(result, option) && !others.Any(other => IsGiven(result, other)))
                result.AddError($"{option.Name} goes with {string.Join(" or ", others.Select(other => other.Name))}; give {(others.Length == 1 ? "that" : "one of them")} too, or leave {option.Name} out");
        });
        return command;
    }

    /// <summary>Refuses options together of which only one would be heeded.</summary>
    public static Command OneOf(this Command command, params Option[] options)
    {
        command.Validators.Add(result =>
        {
            string[] given = [.. options.Where(option => IsGiven(result, option)).Select(option => option.Name)];
            if (given.Length > 1) result.AddError($"{string.Join(" and ", given)} exclude each other; give one of them");
        });
        return command;
    }

    /// <summary>Refuses --cluster: what the command does has nothing to do with one.</summary>
    public static Command OnThisMachine(this Command command) => command.Without(GlobalOptions.Cluster, "it works on this machine");

    /// <summary>Refuses an option of every command that means nothing to this one.</summary>
    /// <param name="command">The command; what lies below it is not concerned.</param>
    /// <param name="option">The option.</param>
    /// <param name="reason">Why it means nothing, as the end of a sentence that begins with the command.</param>
    public static Command Without(this Command command, Option option, string reason)
    {
        command.Validators.Add(result =>
        {
            if (IsGiven(result, option)) result.AddError($"{option.Name} means nothing to `{command.Name}`: {reason}; leave it out");
        });
        return command;
    }

    /// <summary>Whether an option was typed; a switch that was typed as false was not.</summary>
    private static bool IsGiven(CommandResult result, Option option) =>
        result.GetResult(option) is { Implicit: false } given && !(option.ValueType == typeof(bool) && given.Tokens is [{ Value: var word }] && bool.TryParse(word, out var on) && !on);

    /// <summary>
    /// Runs a handler until it ends or, after a signal, until it had time to end: one that reads from a disk that does not answer, writes
    /// into a pipe that nobody reads, or solves a hard game, heeds no signal. What keeps work for later is waited for.
    /// </summary>
    private static async Task<int> RunAsync(CommandContext context, Func<CommandContext, Task<int>> handler)
    {
        var work = Task.Run(() => handler(context));
        await Task.WhenAny(work, Task.Delay(Timeout.Infinite, context.Cancellation));
        if (!work.IsCompleted && !context.EndsInOrder) await Task.WhenAny(work, Task.Delay(Grace, CancellationToken.None));
        return work.IsCompleted || context.EndsInOrder ? await work : throw new OperationCanceledException(context.Cancellation);
    }

    /// <summary>Names of environments, also those that people may call them by.</summary>
    public static IReadOnlyList<string> EnvironmentNames() =>
        [.. EnvironmentFactory.Registrations.SelectMany(environment => environment.OtherNames.Append(environment.Name)).Order(StringComparer.Ordinal)];

    /// <summary>The environment that people call by a name.</summary>
    /// <exception cref="SrpoException">There is none.</exception>
    public static EnvironmentRegistration FindEnvironment(string name) =>
        EnvironmentFactory.Registrations.FirstOrDefault(environment => environment.Name == PythonReference.Registered(name) || environment.OtherNames.Contains(name))
            ?? throw new SrpoException(ErrorKind.Usage, NearestName.Unknown("environment", name, [.. EnvironmentNames()]));

    /// <summary>An environment in one of its layouts, with what a file says.</summary>
    /// <param name="shell">Where it was typed.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="layout">A layout, or a file; null for the first that is built in.</param>
    /// <exception cref="SrpoException">There is no such layout, or the file is none.</exception>
    public static EnvironmentSettings SettingsOf(Shell shell, EnvironmentRegistration environment, string? layout)
    {
        try
        {
            return EnvironmentFactory.Resolve(new EnvironmentSettings(environment.Name, layout is null ? environment.Variants[0] : File.Exists(shell.Resolve(layout)) ? shell.Resolve(layout) : layout));
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            throw new SrpoException(ErrorKind.Usage, SrpoException.MessageOf(error), error);
        }
    }

    /// <summary>Adds an option that takes a number; its range is checked where it is used. The parser's own numbers have thousands apart by commas: it reads 0,5 as 5.</summary>
    public static Option<double?> NumberOption(string name, string description, string example, string helpName = "NUMBER")
    {
        var option = new Option<double?>(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result =>
            {
                var text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
                if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)) return value;
                result.AddError($"{name} {text} is not possible; {DecimalComma.Remedy(text, $"use a number, for example {example}")}");
                return null;
            },
        };
        return option;
    }

    /// <summary>An option that says how policies act.</summary>
    public static Option<string?> ActionsOption(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "WAY" };
        option.Validators.Add(CheckActions);
        return option;
    }

    /// <summary>An option that says how policies act, and may be repeated.</summary>
    public static Option<string[]> RepeatedActionsOption(string name, string description)
    {
        var option = new Option<string[]>(name) { Description = description, HelpName = "WAY", DefaultValueFactory = _ => [] };
        option.Validators.Add(CheckActions);
        return option;
    }

    private static void CheckActions(OptionResult result)
    {
        foreach (var token in result.Tokens)
        {
            if (!LayoutActions.Words.Contains(token.Value)) result.AddError($"{result.Option.Name}: {NearestName.Unknown("way", token.Value, [.. LayoutActions.Words])}");
        }
    }

    /// <summary>Adds an option with the range of a key of experiments.</summary>
    public static Option<int?> WholeOption(string name, string description, WholeKey key) => WholeOption(name, description, key.Low, key.High);

    /// <summary>Adds an option with the range of a training key.</summary>
    public static Option<int?> WholeOption(string name, string description, string trainingKey) =>
        AllSettings.Find(trainingKey) is WholeSetting setting ? WholeOption(name, description, setting.Low, setting.High) : throw new ArgumentException($"'{trainingKey}' is no whole number", nameof(trainingKey));

    /// <summary>Adds a whole-number option with a range.</summary>
    public static Option<int?> WholeOption(string name, string description, int low, int high)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "N" };
        option.Validators.Add(result =>
        {
            var text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
            if (!long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var value)
                || value < low || value > high)
                result.AddError($"{name} {text} is not possible; use a whole number from {low} to {high}");
        });
        return option;
    }
}
