using Srpo.Core.Errors;

namespace Srpo.Experiments.Runs;

/// <summary>Errors that are known by their text only.</summary>
public static class ErrorTexts
{
    /// <summary>The kind of an error that is known by its text only, such as the error of a failed population.</summary>
    public static ErrorKind KindOf(string message)
    {
        if (message.Contains("No space left", StringComparison.OrdinalIgnoreCase)
            || message.Contains("not enough space", StringComparison.OrdinalIgnoreCase)
            || message.Contains("disk is full", StringComparison.OrdinalIgnoreCase)
            || message.Contains("Read-only file system", StringComparison.OrdinalIgnoreCase)
            || message.Contains("denied", StringComparison.OrdinalIgnoreCase))
            return ErrorKind.Environment;
        return message.Contains("damaged", StringComparison.OrdinalIgnoreCase) || message.Contains("corrupt", StringComparison.OrdinalIgnoreCase)
            ? ErrorKind.Damaged
            : ErrorKind.Failed;
    }
}
