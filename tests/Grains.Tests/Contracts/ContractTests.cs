using System.Net.Sockets;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.CodeGeneration;
using Orleans.Serialization;
using Srpo.Core.Settings;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Grains.Tests;

/// <summary>
/// Every message of every grain and observer, and every stored record: it may be shared, comes through Orleans' serializer as
/// it was, and keeps the numbers and names that other silos, clients and stored state know.
/// </summary>
public sealed class ContractTests
{
    private static readonly ServiceProvider Services = new ServiceCollection()
        .AddSerializer(builder => builder.AddAssembly(typeof(PopulationSpec).Assembly).AddAssembly(typeof(Srpo.Learning.Rollout).Assembly).AddAssembly(typeof(GrainKeys).Assembly).AddAssembly(typeof(PopulationRecord).Assembly))
        .AddErrorsOfLibraries().BuildServiceProvider();

    private static readonly Serializer Serializer = Services.GetRequiredService<Serializer>();

    /// <summary>What is sent and stored.</summary>
    public static TheoryData<string> Types =>
        [.. ContractTypes.All.Where(IsByItself).Select(type => type.Name)];

    public static TheoryData<string> StoredTypes => [.. ContractTypes.Stored.Where(IsByItself).Select(type => type.Name)];

    public static TheoryData<string> Errors => [.. ContractTypes.Errors.Select(type => type.Name)];

    [Fact]
    public void What_is_looked_at_is_all_there_is()
    {
        // A reflection that finds nothing would make every test here pass.
        Assert.Superset(
            new HashSet<Type> { typeof(IAgentGrain), typeof(IActorGrain), typeof(ICoordinatorGrain), typeof(IPopulationObserver), typeof(ITournamentObserver) },
            ContractTypes.Interfaces.ToHashSet());
        Assert.Superset(
            new HashSet<Type> { typeof(PopulationSpec), typeof(TrainingSettings), typeof(FloatBlock), typeof(Srpo.Learning.SeatSamples), typeof(MatchTile), typeof(Srpo.Core.Results.SceneCircle), typeof(PopulationPhase), typeof(Srpo.Core.Results.CurvePoint) },
            ContractTypes.Messages.ToHashSet());
        Assert.Superset(
            new HashSet<Type> { typeof(PopulationRecord), typeof(TeamRecord), typeof(TournamentRecord), typeof(ActorCheckpoint), typeof(DirectoryRecord) },
            ContractTypes.Records.ToHashSet());
        Assert.Superset(new HashSet<Type> { typeof(SrpoGrainException), typeof(UnknownGrainException) }, ContractTypes.Errors.ToHashSet());
    }

    [Fact]
    public void Everything_sent_may_be_shared()
    {
        Assert.Empty(ContractTypes.Methods.SelectMany(MessageRules.Sharing));
        Assert.Empty(ContractTypes.Messages.SelectMany(MessageRules.Setters));
    }

    [Fact]
    public void Every_member_has_a_number_and_every_type_a_name_of_its_own()
    {
        Assert.Empty(ContractTypes.All.Concat(ContractTypes.Errors).SelectMany(MessageRules.Numbers));
        Assert.All(ContractTypes.Interfaces, type => Assert.NotNull(type.GetCustomAttribute<AliasAttribute>(inherit: false)));
        Assert.All(ContractTypes.Interfaces.Where(type => type.IsAssignableTo(typeof(IGrain))), type => Assert.NotNull(type.GetCustomAttribute<VersionAttribute>(inherit: false)));
        Assert.All(ContractTypes.Methods, method => Assert.NotNull(method.GetCustomAttribute<AliasAttribute>(inherit: false)));
        Assert.All(ContractTypes.Interfaces, type => Assert.Distinct(type.GetMethods().Select(method => method.GetCustomAttribute<AliasAttribute>(inherit: false)!.Alias)));
        var aliases = ContractTypes.All.Concat(ContractTypes.Errors).Concat(ContractTypes.Interfaces)
            .Select(type => type.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias).OfType<string>().ToArray();
        Assert.Equal(aliases.Distinct().Count(), aliases.Length);
    }

    [Fact]
    public void Names_and_numbers_in_use_stay()
    {
        var (frozen, found) = (FrozenContracts.Frozen(), FrozenContracts.Found());
        if (!FrozenContracts.TryRecord(frozen, found) && FrozenContracts.Changes(frozen, found) is { } changes) Assert.Fail(changes);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_comes_through_as_it_was(string name)
    {
        var type = ContractTypes.All.Single(known => known.Name == name);
        foreach (var filling in Enum.GetValues<Filling>())
        {
            var sample = new Samples(filling).Make(type)!;
            if (filling == Filling.Full) AssertFull(sample, type);
            AssertSame(sample, type, filling.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(StoredTypes))]
    public void Every_type_comes_back_from_storage_as_it_was(string name)
    {
        var type = ContractTypes.All.Single(known => known.Name == name);
        foreach (var filling in Enum.GetValues<Filling>())
        {
            var sample = new Samples(filling).Make(type)!;
            Assert.Null(SameValue.Difference(sample, Generic(nameof(Stored), type, sample), $"{name} {filling}"));
        }
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public void An_error_arrives_as_what_it_is(string name)
    {
        var type = ContractTypes.Errors.Single(known => known.Name == name);
        var error = (Exception)Activator.CreateInstance(type, "what to do")!;
        var (typed, general) = ((Exception)Generic(nameof(Sent), type, error), Sent<Exception>(error));
        Assert.Equal((type, "what to do"), (typed.GetType(), typed.Message));
        Assert.Equal((type, "what to do"), (general.GetType(), general.Message));
    }

    [Fact]
    public void The_cause_of_an_error_does_not_keep_it_from_arriving()
    {
        Exception[] causes =
        [
            new SocketException((int)SocketError.ConnectionRefused), new IOException("disk"), new NpgsqlException("database", new TimeoutException()),
            new PostgresException("password", "FATAL", "FATAL", PostgresErrorCodes.InvalidPassword), new Azure.RequestFailedException(503, "busy"), new OrleansException("no silo"),
            new Orleans.Storage.InconsistentStateException("other", "1", "2"), new AggregateException(new IOException("disk"), new NpgsqlException("database")),
        ];
        foreach (var cause in causes)
        {
            // Between silos, and within one.
            var error = new StorageUnavailableException("storage is away", cause);
            foreach (var arrived in (Exception[])[Sent<Exception>(error), Services.GetRequiredService<DeepCopier>().Copy<Exception>(error)])
            {
                Assert.Equal((typeof(StorageUnavailableException), "storage is away"), (arrived.GetType(), arrived.Message));
                Assert.NotNull(arrived.InnerException);
                Assert.Equal((cause.GetType(), cause.Message), (arrived.InnerException.GetType(), arrived.InnerException.Message));
            }
        }
    }

    private static bool IsByItself(Type type) => !type.IsAbstract;

    private static void AssertSame(object message, Type type, string what)
    {
        Assert.Null(SameValue.Difference(message, Generic(nameof(Sent), type, message), $"{type.Name} {what}"));
        if (!type.IsEnum) Assert.Null(SameValue.Difference(message, Sent(message), $"{type.Name} {what} as an object"));
    }

    /// <summary>A member that a sample leaves at its default could be lost without being missed.</summary>
    private static void AssertFull(object sample, Type type)
    {
        foreach (var member in ContractTypes.Members(type))
        {
            var value = member.Field.GetValue(sample);
            var empty = value is null or false or Array { Length: 0 } || (value.GetType().IsPrimitive && Convert.ToDouble(value) == 0);
            Assert.False(empty, $"the sample of {type.Name} leaves {member.Name} at its default");
        }
    }

    private static object Generic(string method, Type type, object value) =>
        typeof(ContractTests).GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(type).Invoke(null, [value])!;

    private static T Sent<T>(T value) => Serializer.Deserialize<T>(Serializer.SerializeToArray(value))!;

    private static T Stored<T>(T value)
    {
        var payloads = new StatePayload();
        return payloads.Read<T>(payloads.Write(value));
    }
}
