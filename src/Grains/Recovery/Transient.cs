using System.Data.Common;
using System.Net.Sockets;
using Orleans.Storage;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>Tells failures of machines, networks and databases, which pass, from those that would happen again.</summary>
internal static class Transient
{
    /// <summary>
    /// Whether it may go well at another time or place: a silo or database is away or overloaded, a call took too long, or
    /// somebody else wrote a record meanwhile.
    /// </summary>
    public static bool Is(Exception? error) => error switch
    {
        null => false,
        StaleSessionException or TrainingDivergedException or CorruptStateException => false,
        SiloUnavailableException or OrleansMessageRejectionException or TimeoutException or OperationCanceledException => true,
        StorageUnavailableException or InconsistentStateException or SocketException or DbException or HttpRequestException or ObjectDisposedException => true,
        AggregateException many => many.InnerExceptions.All(Is),

        // A grain's refusal is meant, unless it only words what the storage under it said.
        SrpoGrainException => Is(error.InnerException),
        _ => IsOfRuntime(error) || Is(error.InnerException),
    };

    /// <summary>By name, since neither the stand-in nor this project has these types, and what cannot be read after a message keeps its name only.</summary>
    private static bool IsOfRuntime(Exception error)
    {
        var name = error.GetType().FullName ?? "";
        return name is "Orleans.Runtime.OrleansException" or "Orleans.Runtime.GrainExtensionNotInstalledException" or "Orleans.Runtime.ConnectionFailedException"
                or "Orleans.Networking.Shared.SocketConnectionException" or "Orleans.Runtime.GatewayTooBusyException" or "Orleans.Runtime.LimitExceededException"
            || name.StartsWith("Azure.RequestFailed", StringComparison.Ordinal);
    }
}
