using Srpo.Core.Errors;

namespace Srpo.Environments.Python;

/// <summary>A Python environment cannot be had, or has failed. The message names it and what happened, with the end of Python's traceback.</summary>
/// <param name="kind">Why.</param>
/// <param name="message">For the user.</param>
/// <param name="inner">The cause, or null.</param>
public sealed class PythonEnvironmentException(ErrorKind kind, string message, Exception? inner = null) : SrpoException(kind, message, inner)
{
    /// <summary>The exception of Python's that it stands for; null where there is none.</summary>
    internal PythonFailure? Failure { get; init; }
}
