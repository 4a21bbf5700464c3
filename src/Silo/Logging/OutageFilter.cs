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
