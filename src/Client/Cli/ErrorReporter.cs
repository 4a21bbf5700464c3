using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Environments;

namespace Srpo.Client.Cli;

/// <summary>Turns exceptions into one clear message on stderr and an exit code.</summary>
internal static class ErrorReporter
{
    public static int Report(Exception error, TextWriter output, bool verbose)
    {
        // Of work on several threads, each of which may have met the same trouble.
        while (error is AggregateException aggregate && (aggregate.InnerExceptions.Count == 1 || aggregate.InnerExceptions.All(inner => Describe(inner).Code != ExitCode.Internal)))
            error = aggregate.InnerExceptions.FirstOrDefault(inner => inner is SrpoException) ?? aggregate.InnerExceptions[0];
        var (code, message) = Describe(error);
        output.WriteLine(message.StartsWith("srpo: ", StringComparison.Ordinal) ? message : "srpo: " + message);
        if (verbose)
        {
            output.WriteLine(error.ToString());
        }
        else if (code == ExitCode.Internal)
        {
            output.WriteLine("This is a fault of the program. Stored results are not touched; --verbose shows where it happened.");
        }

        return (int)code;
    }

    /// <summary>The exit code and message of an exception.</summary>
    public static (ExitCode Code, string Message) Describe(Exception error) => error switch
    {
        SrpoException known => (CodeOf(known.Kind), SrpoException.Plain(known.Message)),
        _ when SrpoException.IsOutOfMemory(error) => (ExitCode.Environment, SrpoException.MessageOf(error)),
        LayoutException layout => (ExitCode.Usage, layout.Message),
        OperationCanceledException => (ExitCode.Interrupted, "interrupted"),
        IOException io => (ExitCode.Environment, Explain(io)),
        UnauthorizedAccessException access => (ExitCode.Environment, access.Message + " Use another directory, or change its permissions."),
        JsonException json => (ExitCode.Damaged, SrpoException.MessageOf(json)),
        _ => (ExitCode.Internal, $"{error.GetType().Name}: {error.Message}"),
    };

    /// <summary>The exit code of a kind of error.</summary>
    public static ExitCode CodeOf(ErrorKind kind) => kind switch
    {
        ErrorKind.Failed => ExitCode.CheckFailed,
        ErrorKind.Usage => ExitCode.Usage,
        ErrorKind.NotFound => ExitCode.NotFound,
        ErrorKind.Damaged => ExitCode.Damaged,
        ErrorKind.Environment => ExitCode.Environment,
        ErrorKind.InUse => ExitCode.InUse,
        ErrorKind.Interrupted => ExitCode.Interrupted,
        _ => ExitCode.Internal,
    };

    private static string Explain(IOException error) => error switch
    {
        _ when UserFile.IsDiskFull(error) => error.Message + ". The disk is full: make room and repeat the command; what was stored before is intact.",
        FileNotFoundException or DirectoryNotFoundException => error.Message.TrimEnd('.') + ". See that the directory is there and that this user may read and write in it, or use another one.",
        _ => error.Message,
    };
}
