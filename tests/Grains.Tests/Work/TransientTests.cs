using System.Globalization;
using System.Net.Sockets;
using System.Reflection;
using Azure;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Networking.Shared;
using Orleans.Runtime.Messaging;
using Orleans.Serialization;
using Orleans.Storage;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>Which errors pass and which stay, with instances as the runtime, the network and the storages make them.</summary>
public sealed class TransientTests
{
    private static readonly Exception[] Passing =
    [
        new SiloUnavailableException("gone"), Made<OrleansMessageRejectionException>("refused"), new OrleansException("No active nodes are compatible with grain x"),
        Made<ClientNotAvailableException>("gone"), new ConnectionFailedException("no connection"), new SocketConnectionException("refused"), new InvalidMessageFrameException("cut"),
        new GatewayTooBusyException("busy"), new LimitExceededException("queue", 1, 1, ""), new GrainExtensionNotInstalledException("moved"),
        new InconsistentStateException("other", "1", "2"), new StorageUnavailableException("away"),
        new TimeoutException(), new OperationCanceledException(), new TaskCanceledException(), new SocketException((int)SocketError.ConnectionReset), new HttpRequestException(), new ObjectDisposedException("pool"),
        new ConnectionAbortedException(), new ConnectionResetException("reset"),
        new NpgsqlException("no answer", new SocketException((int)SocketError.ConnectionRefused)), new NpgsqlException("no answer", new TimeoutException()),
        Postgres(PostgresErrorCodes.AdminShutdown), Postgres(PostgresErrorCodes.CannotConnectNow), Postgres(PostgresErrorCodes.TooManyConnections), Postgres(PostgresErrorCodes.SerializationFailure),
        new RequestFailedException("no answer"), new RequestFailedException(408, "late"), new RequestFailedException(429, "busy"), new RequestFailedException(503, "busy"),
        new AggregateException(new TimeoutException(), new SiloUnavailableException("gone")),
        new SrpoGrainException("a state cannot be read", new NpgsqlException("no answer", new TimeoutException())), new InvalidOperationException("read", new TimeoutException()),
    ];

    private static readonly Exception[] Staying =
    [
        new SrpoGrainException("settings are wrong"), new UnknownGrainException("no such agent"), new GrainKeyException("not a key"), new TeamOutOfStepException("round"),
        new StaleSessionException("old"), new TrainingDivergedException("nan"), new CorruptStateException("torn", new TimeoutException()),
        new OrleansConfigurationException("no such storage"), new BadProviderConfigException("no such storage"), Made<GrainReferenceNotBoundException>("not bound"),
        new CodecNotFoundException("no codec"), new SerializerException("cut"), new IllegalTypeException("Object"),
        new IOException("disk full"), new UnauthorizedAccessException(), new InvalidOperationException(), new ArgumentException("bad"), new FormatException(),
        Postgres(PostgresErrorCodes.InvalidPassword), Postgres(PostgresErrorCodes.UndefinedTable), Postgres(PostgresErrorCodes.InvalidCatalogName),
        new RequestFailedException(403, "key"), new RequestFailedException(404, "no container"),
        new AggregateException(), new AggregateException(new TimeoutException(), new ArgumentException("bad")),
        new SrpoGrainException("a state cannot be read", Postgres(PostgresErrorCodes.InvalidPassword)),
    ];

    /// <summary>Errors of Orleans that are known and stay, some of which cannot be named from outside.</summary>
    private static readonly HashSet<string> StayingOfRuntime =
    [
        nameof(BadProviderConfigException), nameof(GrainReferenceNotBoundException), "WrappedException", "OrleansLifecycleCanceledException", "InvalidSchedulingContextException", "ProviderInitializationException",
        "ProviderStateException", "OrleansClusterConnectivityCheckFailedException", "OrleansMissingMembershipEntryException", "TableStorageUpdateConditionNotSatisfiedException", "ReminderException",
    ];

    public static TheoryData<int> PassingCases => [.. Enumerable.Range(0, Passing.Length)];

    public static TheoryData<int> StayingCases => [.. Enumerable.Range(0, Staying.Length)];

    [Theory]
    [MemberData(nameof(PassingCases))]
    public void What_passes_is_tried_again(int number) => Assert.True(Transient.Is(Passing[number]), Passing[number].ToString());

    [Theory]
    [MemberData(nameof(StayingCases))]
    public void What_stays_is_told(int number) => Assert.False(Transient.Is(Staying[number]), Staying[number].ToString());

    /// <summary>The state of an error of PostgreSQL does not travel; storage words such errors before they do.</summary>
    [Fact]
    public void What_passes_passes_at_another_silo_too()
    {
        using var services = new ServiceCollection().AddSerializer(builder => builder.AddAssembly(typeof(GrainKeys).Assembly)).AddErrorsOfLibraries().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        foreach (var error in Passing.Where(error => error is not PostgresException))
            Assert.True(Transient.Is(serializer.Deserialize<Exception>(serializer.SerializeToArray(error))), error.ToString());
    }

    [Fact]
    public void Nothing_is_no_error() => Assert.False(Transient.Is(null));

    [Fact]
    public void Every_error_of_Orleans_has_been_thought_about()
    {
        // Core, abstractions, runtime and storage: what grains and clients call into.
        var all = new[] { typeof(OrleansException), typeof(IClusterClient), typeof(Silo), typeof(InconsistentStateException) }
            .Select(type => type.Assembly).Distinct()
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.IsAssignableTo(typeof(OrleansException)))
            .Distinct().ToArray();
        Assert.True(all.Length > 15, $"only {all.Length} were found");
        Assert.Empty(all.Where(type => !Array.Exists(Passing, error => type.IsInstanceOfType(error)) && !StayingOfRuntime.Contains(type.Name)).Select(type => type.FullName));
    }

    /// <summary>An error that only the runtime itself makes.</summary>
    private static T Made<T>(string message)
        where T : Exception =>
        (T)Activator.CreateInstance(typeof(T), BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, [message], CultureInfo.InvariantCulture)!;

    private static PostgresException Postgres(string state) => new("message", "FATAL", "FATAL", state);
}
