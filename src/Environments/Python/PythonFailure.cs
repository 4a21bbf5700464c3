using System.Globalization;
using System.Text.Json;
using Srpo.Core.Errors;

namespace Srpo.Environments.Python;

/// <summary>An exception of Python's.</summary>
/// <param name="Type">Its type, for example "ValueError".</param>
/// <param name="Name">What was not found, of import and attribute errors.</param>
/// <param name="Text">The end of the traceback, its last line the exception.</param>
/// <param name="Lane">The lane that was played; null where none was.</param>
/// <param name="Step">The step of the lane's episode, from 1; 0 for a reset.</param>
internal sealed record PythonFailure(string Type, string? Name, string Text, int? Lane, int? Step)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Reads the message of an error.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static PythonFailure Parse(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<PythonFailure>(json, Options) is { Type: not null, Text: not null } failure ? failure : throw new JsonException("it lacks type or text");

    /// <summary>The error for users.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="doing">What was asked for.</param>
    /// <param name="firstLane">Number of lane 0.</param>
    public PythonEnvironmentException ToException(string environment, string doing, int firstLane)
    {
        var place = Lane is not { } lane ? doing
            : Step is > 0 ? string.Create(CultureInfo.InvariantCulture, $"lane {firstLane + lane}, step {Step} of its episode")
            : string.Create(CultureInfo.InvariantCulture, $"lane {firstLane + lane}, the reset");

        // Without a line of its own the environment has not failed, but what it gave could not be used.
        var hint = Text.Contains("  File ", StringComparison.Ordinal) || (Lane is null && Type != "AttributeError") ? "" : "\nAn environment must be as PettingZoo's parallel API has it; docs/python-environments.md lists what is used of it";
        return new PythonEnvironmentException(ErrorKind.Failed, $"{environment}: {place} failed in Python:\n{Text.TrimEnd().ReplaceLineEndings("\n")}{hint}") { Failure = this };
    }
}
