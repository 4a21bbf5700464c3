using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Srpo.Core.Json;

/// <summary>What is wrong with a JSON text, in the words of whoever writes such texts and not in those of the reader.</summary>
public static partial class JsonProblem
{
    /// <summary>What the reader says, by a part of its message, and what it means; {0} is what it quotes first.</summary>
    private static readonly (string Part, string Meaning)[] Words =
    [
        ("does not contain any JSON tokens", "there is nothing in it"),
        ("Expected depth to be zero", "it ends before everything that was opened is closed"),
        ("reached end of data", "it ends too early"),
        ("maximum configured depth", "lists and objects lie more than 64 deep in each other"),
        ("invalid start of a property name", "{0} cannot begin the name of a key; names stand in double quotes"),
        ("invalid after a property name", "{0} follows the name of a key, where ':' belongs"),
        ("invalid after a single JSON value", "{0} follows after the end"),
        ("invalid after a value", "{0} follows a value, where a comma or the closing bracket belongs"),
        ("invalid without a matching open", "{0} closes something else than what was opened"),
        ("invalid escapable character", "a backslash with {0} stands for nothing; write \\\\ for a backslash"),
        ("invalid within a JSON string", "{0} cannot stand in a text as it is; write \\n, \\t or \\u0000 with its number"),
        ("invalid JSON literal", "{0} is no value; texts stand in double quotes"),
        ("invalid start of a value", "{0} cannot begin a value; texts stand in double quotes"),
        ("Invalid leading zero", "a number begins with a 0 too many"),
        ("within a number", "{0} cannot stand in a number"),
        ("end of a number", "{0} cannot follow a number"),
        ("Required digit", "a digit is missing in a number"),
        ("Invalid first character", "{0} cannot begin a value"),
        ("transcode", "it is not valid UTF-8"),
        ("UTF-8", "it is not valid UTF-8"),
        ("UTF-16", "it is not valid Unicode"),
    ];

    /// <summary>What is wrong, with line and column where they are known.</summary>
    /// <param name="error">The reader's error, or one of this program, whose message is left as it is.</param>
    public static string Of(JsonException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error is { LineNumber: { } line, BytePositionInLine: { } place }
            ? string.Create(CultureInfo.InvariantCulture, $"{Reason(error)} (line {line + 1}, column {place + 1})")
            : Reason(error);
    }

    /// <summary>What is wrong, without the place.</summary>
    internal static string Reason(JsonException error)
    {
        var message = Place().Replace(error.Message, "").TrimEnd('.', ' ');
        if (message.Contains("could not be converted to", StringComparison.Ordinal))
            return (error.Path?.TrimStart('$', '.') is { Length: > 0 } key ? $"the value of '{key}'" : "what it holds") + " is not of the kind that belongs there";
        if (Missing().Match(message) is { Success: true } missing) return $"it lacks {missing.Groups[1].Value.Replace("'", "", StringComparison.Ordinal)}";
        var quoted = Quoted().Match(message) is { Success: true } quote ? quote.Value : "something";
        return Array.Find(Words, word => message.Contains(word.Part, StringComparison.Ordinal)).Meaning is { } meaning
            ? string.Format(CultureInfo.InvariantCulture, meaning, quoted)
            : message;
    }

    [GeneratedRegex(@" ?(Path: .*? \| )?LineNumber: \d+ \| BytePositionInLine: \d+\.?")]
    private static partial Regex Place();

    [GeneratedRegex(@"missing required properties including: (.*)$")]
    private static partial Regex Missing();

    [GeneratedRegex(@"^'.*?'(?= )", RegexOptions.Singleline)]
    private static partial Regex Quoted();
}
