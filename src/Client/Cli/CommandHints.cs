namespace Srpo.Client.Cli;

/// <summary>Commands to print for the user to type next, as they work where the present one was typed.</summary>
internal static class CommandHints
{
    /// <summary>The launcher passes on how it was called.</summary>
    private static readonly string Program = Environment.GetEnvironmentVariable("SRPO_COMMAND") is { Length: > 0 } typed ? typed : "srpo";

    /// <summary>A command line.</summary>
    /// <param name="shell">Where the present command was typed.</param>
    /// <param name="command">Command and arguments.</param>
    public static string For(Shell shell, string command)
    {
        var data = "";
        var arguments = shell.Arguments;
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] is "--data" or "--cluster" && i + 1 < arguments.Count) data += $" {arguments[i]} {Quote(arguments[i + 1])}";
            else if (arguments[i].StartsWith("--data=", StringComparison.Ordinal) || arguments[i].StartsWith("--cluster=", StringComparison.Ordinal)) data += " " + Quote(arguments[i]);
        }

        return $"{Program} {command}{data}";
    }

    /// <summary>The present command line as it was typed, and something behind it.</summary>
    /// <param name="shell">Where it was typed.</param>
    /// <param name="more">Arguments to add.</param>
    public static string Repeat(Shell shell, string more = "") => $"{Program} {Typed(shell)}{more}";

    /// <summary>The arguments of a command line as a shell reads them back.</summary>
    public static string Typed(Shell shell) => string.Join(' ', shell.Arguments.Select(Quote));

    /// <summary>An argument as a shell reads it back.</summary>
    public static string Quote(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=:,+@%".Contains(c, StringComparison.Ordinal))
            ? argument
            : "'" + argument.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
