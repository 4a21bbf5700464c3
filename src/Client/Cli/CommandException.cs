namespace Srpo.Client.Cli;

/// <summary>An error that the user can understand and act on: shown without a stack trace.</summary>
internal class CommandException : Exception
{
    public CommandException(ExitCode code, string message, Exception? innerException = null)
        : base(message, innerException) => Code = code;

    public ExitCode Code { get; }
}
