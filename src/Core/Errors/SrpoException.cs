using System.Text.Json;
using System.Text.RegularExpressions;
using Orleans;
using Srpo.Core.Json;

namespace Srpo.Core.Errors;

/// <summary>Why something could not be done. Exit codes and logs go by it. The numbers are part of messages and stored state.</summary>
public enum ErrorKind
{
    /// <summary>Work was done and ended with an error of its own, for example training that diverged.</summary>
    Failed = 0,

    /// <summary>What was asked for is not valid: a command line, a setting, a key, a file of the user's.</summary>
    Usage = 1,

    /// <summary>What was asked for does not exist.</summary>
    NotFound = 2,

    /// <summary>Stored data is damaged.</summary>
    Damaged = 3,

    /// <summary>Disk, permissions, storage, network or installation are in the way.</summary>
    Environment = 4,

    /// <summary>Somebody else uses it, or it would be overwritten.</summary>
    InUse = 5,

    /// <summary>Ended before the end by a signal, a pause or a stop; it can be resumed.</summary>
    Interrupted = 6,
}

/// <summary>An error that the user can understand and act on: its message names the culprit and the remedy.</summary>
[GenerateSerializer, Alias("srpo.SrpoException")]
public partial class SrpoException : Exception
{
    /// <summary>An error.</summary>
    /// <param name="kind">Why it could not be done.</param>
    /// <param name="message">For the user.</param>
    /// <param name="innerException">The cause, or null.</param>
    public SrpoException(ErrorKind kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    /// <summary>Why it could not be done.</summary>
    [Id(0)]
    public ErrorKind Kind { get; }

    /// <summary>A message without what .NET adds to it for programmers.</summary>
    /// <param name="message">Any message.</param>
    public static string Plain(string message) => Configured().Replace(Parameter().Replace(message, ""), match => $"{match.Groups[2].Value}: {(match.Groups[1].Length > 0 ? $"'{match.Groups[1].Value}'" : "the value")} is not {TypeWord(match.Groups[3].Value)}");

    /// <summary>A type of .NET as people call its values.</summary>
    /// <param name="type">Its full name.</param>
    public static string TypeWord(string type) => type switch
    {
        "System.Boolean" => "true or false",
        "System.UInt64" => "a whole number from 0 to 18446744073709551615",
        "System.Int16" or "System.Int32" or "System.Int64" or "System.UInt16" or "System.UInt32" => "a whole number",
        "System.Single" or "System.Double" or "System.Decimal" => "a number",
        "System.TimeSpan" => "a time of the form HH:MM:SS",
        _ => "what belongs there",
    };

    [GeneratedRegex(@" ?\(Parameter '[^']*'\)(\r?\nActual value was [^\n]*\.)?")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"Failed to convert configuration value (?:'(.*)' )?at '([^']*)' to type '([^']*)'\.?")]
    private static partial Regex Configured();

    /// <summary>Whether an error, or what caused it, is that there was no memory left.</summary>
    /// <param name="error">Any error.</param>
    public static bool IsOutOfMemory(Exception? error) => error switch
    {
        null => false,
        OutOfMemoryException => true,
        AggregateException several => several.InnerExceptions.Any(IsOutOfMemory),
        _ => IsOutOfMemory(error.InnerException),
    };

    /// <summary>What to tell a user of an error: its message, which is for users in errors of this program and in those of the system.</summary>
    /// <param name="error">Any error.</param>
    public static string MessageOf(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error is not SrpoException && IsOutOfMemory(error)
            ? "there is not enough memory: raise the limit of this process, or use fewer --workers, lanes or steps, or smaller networks; what was stored before is intact"
            : error is JsonException json ? JsonProblem.Of(json)
            : Plain(error.Message);
    }

    /// <summary>The kind of an error that ended work which had begun: what was in its way, else <see cref="ErrorKind.Failed"/>.</summary>
    /// <param name="error">Any error.</param>
    public static ErrorKind OfWork(Exception error) => error switch
    {
        SrpoException { Kind: ErrorKind.Damaged or ErrorKind.Environment or ErrorKind.InUse } known => known.Kind,
        IOException or UnauthorizedAccessException or OutOfMemoryException => ErrorKind.Environment,
        _ => error.InnerException is { } cause ? OfWork(cause) : ErrorKind.Failed,
    };

    /// <summary>The kind of a request that is refused because of an error: what was in its way, else <see cref="ErrorKind.Usage"/>.</summary>
    /// <param name="cause">The error, or null for none.</param>
    protected static ErrorKind OfRefusal(Exception? cause) => cause switch
    {
        SrpoException known => known.Kind,
        IOException or UnauthorizedAccessException or OutOfMemoryException => ErrorKind.Environment,
        _ => ErrorKind.Usage,
    };
}
