using System.Data.Common;
using System.Net.Sockets;
using Azure;
using Microsoft.AspNetCore.Connections;
using Npgsql;
using Orleans.Networking.Shared;
using Orleans.Runtime.Messaging;
using Orleans.Storage;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Grains;

/// <summary>Tells failures of machines, networks and databases, which pass, from those that would happen again.</summary>
public static class Transient
{
    /// <summary>
    /// Whether it may go well at another time or place: a silo or database is away or overloaded, a call took too long, or
    /// somebody else wrote a record meanwhile. What is not known here counts as an error that stays.
    /// </summary>
    /// <param name="error">The error; null is none.</param>
    public static bool Is(Exception? error) => error switch
    {
        null => false,
        StaleSessionException or TrainingDivergedException or CorruptStateException => false,
        StorageUnavailableException or InconsistentStateException => true,
        TimeoutException or OperationCanceledException or SocketException or HttpRequestException or ObjectDisposedException => true,
        AggregateException many => many.InnerExceptions.Count > 0 && many.InnerExceptions.All(Is),

        // A grain's refusal is meant, unless it only words what the storage under it said.
        SrpoGrainException => Is(error.InnerException),
        OrleansException => IsOfRuntime(error) || Is(error.InnerException),

        // A wrong password or a missing table stays.
        NpgsqlException => PostgresErrors.IsTransient(error),
        DbException database => database.IsTransient,
        RequestFailedException { Status: 0 or 408 or 429 or >= 500 } => true,

        // A connection ended under a call; one that was aborted is an OperationCanceledException.
        ConnectionResetException => true,
        _ => Is(error.InnerException),
    };

    /// <summary>Silos that go and come, and the connections between them. The base class itself is thrown while no silo takes a kind of grain.</summary>
    private static bool IsOfRuntime(Exception error) =>
        error is OrleansMessageRejectionException or ClientNotAvailableException or ConnectionFailedException or SocketConnectionException
            or InvalidMessageFrameException or GatewayTooBusyException or LimitExceededException or GrainExtensionNotInstalledException
        || error.GetType() == typeof(OrleansException);
}
