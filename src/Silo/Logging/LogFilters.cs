using Azure;
using Npgsql;
using Serilog.Core;
using Serilog.Events;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Silo;

/// <summary>
/// Leaves out what libraries say of a database or storage account that does not answer, with pages of stack for every attempt: our storages
/// and <see cref="WatchedMembershipTable"/> say it in a line, and when it is over. Who lowers the level of Orleans to debug reads everything.
/// </summary>
internal sealed class OutageFilter(LogLevels levels) : ILogEventFilter
{
    public bool IsEnabled(LogEvent logEvent) =>
        logEvent.Exception is not { } error || !IsOutage(error) || IsOurs(logEvent) || levels.Of("Orleans") <= LogEventLevel.Debug;

    private static bool IsOurs(LogEvent logEvent) =>
        logEvent.Properties.TryGetValue(Serilog.Core.Constants.SourceContextPropertyName, out var source)
        && source is ScalarValue { Value: string name } && name.StartsWith("Srpo", StringComparison.Ordinal);

    private static bool IsOutage(Exception? error) => error switch
    {
        null => false,
        StorageUnavailableException => true,
        RequestFailedException => AzureErrors.IsTransient(error),
        NpgsqlException => PostgresErrors.IsTransient(error),
        AggregateException many => many.InnerExceptions.All(IsOutage),

        // Thus the Azure libraries call a request that took too long.
        OperationCanceledException { InnerException: not null } canceled => canceled.StackTrace?.Contains("Azure.Core.Pipeline", StringComparison.Ordinal) ?? false,
        _ => IsOutage(error.InnerException),
    };
}

/// <summary>Leaves out warnings at a start that no operator can do anything about, and what is said elsewhere in words.</summary>
internal sealed class RuntimeNoiseFilter : ILogEventFilter
{
    public bool IsEnabled(LogEvent logEvent) => NameOf(logEvent) switch
    {
        // Said in a line by whoever started the silo.
        "HostedServiceStartupFaulted" => logEvent.Exception is not StartupException,

        // The workstation collector is chosen: few large arrays, and a heap for each core would only cost memory.
        "LogWarningSiloGcNotRunningWithServerGC" or "LogWarningSiloGcMultiCoreSystem" => false,

        // A client that ended, or was killed, without a word.
        "LogWarningExceptionProcessingMessagesFromRemote" => logEvent.Exception is not IOException,

        // The end of a silo that was declared dead is said by FatalEnd; these name every silo of the list.
        "LogErrorKillMyselfLocally" or "LogWarningFoundMyselfDeadInMembershipUpdate" => false,

        // A probe that another silo asked for: that silo says what came of it.
        "LogWarningRequestedProbeTimeoutExceeded" => false,

        // Its thread may look at a clock before that is set, and then sees the time since the machine was started.
        "LogWarningParticipantCheckThreadStalled" => !logEvent.Properties.Values.Any(value => value is ScalarValue { Value: TimeSpan stalled } && stalled > Age()),
        _ => true,
    };

    private static TimeSpan Age() => DateTime.Now - System.Diagnostics.Process.GetCurrentProcess().StartTime;

    private static string NameOf(LogEvent logEvent) =>
        logEvent.Properties.TryGetValue("EventId", out var id) && id is StructureValue parts
        && parts.Properties.FirstOrDefault(part => part.Name == "Name")?.Value is ScalarValue { Value: string name } ? name : "";
}
