using Srpo.Environments.Python;
using Srpo.Experiments.Data;

namespace Srpo.Client.Cli;

/// <summary>
/// Loads plug-ins before a command line is parsed: those that it names, then those with which something was begun in its data directory. Names of
/// environments and methods are part of what the parser knows.
/// </summary>
internal static class CommandPlugins
{
    /// <summary>Loads them.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="shell">Where it was typed.</param>
    /// <exception cref="Core.Errors.SrpoException">One that it names cannot be loaded.</exception>
    public static void Load(IReadOnlyList<string> arguments, Shell shell)
    {
        // What is empty or another option is for the parser to refuse.
        foreach (var file in Values(arguments, GlobalOptions.Plugin.Name).Concat(Values(arguments, "--environment").Where(PythonReference.Is)).Concat(arguments.Select(Python).OfType<string>()).Distinct(StringComparer.Ordinal))
        {
            if (!string.IsNullOrWhiteSpace(file)) TrustedPlugins.LoadNamed(file, shell.Directory);
        }

        var typed = Values(arguments, GlobalOptions.Data.Name).LastOrDefault(value => !string.IsNullOrWhiteSpace(value));
        KnownPlugins.Load(new DataDirectory(GlobalOptions.DataDirectory(typed, shell)));
    }

    /// <summary>An environment in Python that an argument names, by itself or as the value of an option or key; null where there is none.</summary>
    private static string? Python(string argument)
    {
        var name = argument[(argument.IndexOf($"={PythonReference.Prefix}", StringComparison.Ordinal) + 1)..];
        return PythonReference.TryParse(name, out _) ? name : null;
    }

    /// <summary>What follows an option wherever it stands, as the parser reads it: --option VALUE, --option=VALUE, --option:VALUE.</summary>
    private static IEnumerable<string> Values(IReadOnlyList<string> arguments, string option)
    {
        for (var i = 0; i < arguments.Count && arguments[i] != "--"; i++)
        {
            if (arguments[i] == option && i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal)) yield return arguments[++i];
            else if (arguments[i].StartsWith(option, StringComparison.Ordinal) && arguments[i].Length > option.Length && arguments[i][option.Length] is ('=' or ':')) yield return arguments[i][(option.Length + 1)..];
        }
    }
}
