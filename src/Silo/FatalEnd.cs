using Serilog;

namespace Srpo.Silo;

/// <summary>
/// Ends the process when Orleans finds that it must not go on: mostly because the other silos declared it dead while it did not answer, and have
/// taken over what it did. Says so in a line and with an exit code on which whoever supervises it starts it again; Orleans' own way is a crash.
/// </summary>
internal sealed class FatalEnd(ILogger<FatalEnd> logger) : IFatalErrorHandler
{
    /// <summary>Orleans tells it in words only. A test freezes silos and holds it to them; with others the exit code would be the one for faults.</summary>
    private const string Dead = "told I am dead";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public bool IsUnexpected(Exception exception) => true;

    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null)
    {
        // It must end, whatever holds up the end in good order.
        using var last = new Timer(_ => System.Environment.FailFast(context, exception), null, Limit, Timeout.InfiniteTimeSpan);
        var dead = exception is null && context?.Contains(Dead, StringComparison.Ordinal) == true;
        if (dead)
            logger.LogCritical("The other silos declared this one dead while it did not answer them, and have taken over its work. It ends; start it again.");
        else
            logger.LogCritical(exception, "This silo cannot go on and ends: {Context}", context);
        Log.CloseAndFlush();
        System.Environment.Exit(dead ? ExitCodes.Environment : ExitCodes.Internal);
    }
}
