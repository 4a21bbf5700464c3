using System.CommandLine;
using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Core.Text;
using Srpo.Environments;
using Srpo.Experiments;
using Srpo.Learning;

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
        command.SetAction((parse, cancellation) => RunAsync(new CommandContext(shell, parse, cancellation), handler));
        return command;
    }

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
        EnvironmentFactory.Registrations.FirstOrDefault(environment => environment.Name == name || environment.OtherNames.Contains(name))
            ?? throw new SrpoException(ErrorKind.Usage, NearestName.Unknown("environment", name, [.. EnvironmentNames()]));

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
