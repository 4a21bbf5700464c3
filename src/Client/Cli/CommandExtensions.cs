using System.CommandLine;
using Srpo.Core.Settings;
using Srpo.Experiments;
using Srpo.Learning;

namespace Srpo.Client.Cli;

/// <summary>Shorthands for building commands.</summary>
internal static class CommandExtensions
{
    /// <summary>For every command that uses policies; <see cref="CommandContext.Older"/> is what it means.</summary>
    public static readonly Option<bool> AllowOlder = new("--allow-older") { Description = "Where the newest checkpoint of an agent cannot be read, use the one before it, and say so." };

    /// <summary>Sets what the command does.</summary>
    public static Command Handle(this Command command, Shell shell, Func<CommandContext, Task<int>> handler)
    {
        command.SetAction((parse, cancellation) => handler(new CommandContext(shell, parse, cancellation)));
        return command;
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
