using System.Reflection;
using Azure;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Serialization;
using Orleans.Storage;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Grains.Tests;

/// <summary>Grain states in the blobs of Azurite.</summary>
[Collection(AzuriteTests.Name)]
public sealed class AzureGrainStorageTests(AzuriteServer server)
{
    private static readonly GrainId Grain = GrainId.Create("thing", "pop/0/1");

    private readonly StorageHealth _health = new();

    [AzuriteFact]
    public async Task Records_of_every_kind_come_back_to_the_bit()
    {
        await using var storage = await StorageAsync();
        Type[] records =
        [
            .. typeof(StorageNames).Assembly.GetTypes().Where(type => type.GetCustomAttributes<AliasAttribute>().Any() && type.GetCustomAttribute<GenerateSerializerAttribute>() is not null)
                .Where(type => type.GetConstructor(Type.EmptyTypes) is not null && (type.Name.EndsWith("Record", StringComparison.Ordinal) || type == typeof(ActorCheckpoint))),
        ];
        Assert.True(records.Length >= 6, $"only {records.Length} kinds of records were found");
        var check = GetType().GetMethod(nameof(CheckRecordAsync), BindingFlags.NonPublic | BindingFlags.Static)!;
        foreach (var record in records) await (Task)check.MakeGenericMethod(record).Invoke(null, [storage.Of])!;
    }

    [AzuriteFact]
    public async Task States_are_replaced_and_removed()
    {
        await using var storage = await StorageAsync();
        var nothing = await ReadAsync(storage.Of);
        Assert.Equal((false, null), (nothing.RecordExists, nothing.ETag));
        Assert.NotNull(nothing.State);

        var written = State("first");
        await storage.Of.WriteStateAsync("thing", Grain, written);
        var read = await ReadAsync(storage.Of);
        Assert.Equal((true, written.ETag, "first"), (read.RecordExists, read.ETag, read.State!.Text));
        read.State!.Text = "second";
        await storage.Of.WriteStateAsync("thing", Grain, read);
        var again = await ReadAsync(storage.Of);
        Assert.Equal("second", again.State!.Text);
        Assert.NotEqual(written.ETag, again.ETag);
        await storage.Of.ClearStateAsync("thing", Grain, again);
        Assert.Equal((false, null), (again.RecordExists, again.ETag));
        Assert.False((await ReadAsync(storage.Of)).RecordExists);
        await storage.Of.ClearStateAsync("thing", Grain, again);
    }

    [AzuriteFact]
    public async Task A_write_on_top_of_somebody_elses_is_refused_and_loses_nothing()
    {
        await using var storage = await StorageAsync();
        var (mine, theirs) = (State("mine"), State("theirs"));
        await storage.Of.WriteStateAsync("thing", Grain, theirs);

        var error = await Assert.ThrowsAsync<InconsistentStateException>(() => storage.Of.WriteStateAsync("thing", Grain, mine));
        Assert.Contains("pop/0/1", error.Message, StringComparison.Ordinal);
        var stale = await ReadAsync(storage.Of);
        theirs.State!.Text = "theirs, later";
        await storage.Of.WriteStateAsync("thing", Grain, theirs);
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.Of.WriteStateAsync("thing", Grain, stale));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.Of.ClearStateAsync("thing", Grain, stale));
        Assert.Equal("theirs, later", (await ReadAsync(storage.Of)).State!.Text);

        // Removed and written anew is not what was read before.
        stale = await ReadAsync(storage.Of);
        await storage.Of.ClearStateAsync("thing", Grain, theirs);
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.Of.WriteStateAsync("thing", Grain, stale));
    }

    [AzuriteFact]
    public async Task Of_many_who_write_at_once_one_succeeds()
    {
        await using var storage = await StorageAsync();
        var first = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => SucceedsAsync(storage.Of, State($"{i}"))));
        Assert.Equal(1, first.Count(done => done));
        var known = (await ReadAsync(storage.Of)).ETag;

        // Also where all write the same: a content that looks like mine is not mine.
        var second = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => SucceedsAsync(storage.Of, new GrainState<Thing>(new Thing()) { ETag = known })));
        Assert.Equal(1, second.Count(done => done));
    }

    [AzuriteFact]
    public async Task A_write_whose_answer_was_lost_is_not_a_conflict()
    {
        await using var storage = await StorageAsync(blobs => new Forgetful(blobs));
        var state = State("one");
        await storage.Of.WriteStateAsync("thing", Grain, state);
        state.State!.Text = "two";
        await storage.Of.WriteStateAsync("thing", Grain, state);
        var read = await ReadAsync(storage.Of);
        Assert.Equal(("two", state.ETag), (read.State!.Text, read.ETag));
        await storage.Of.ClearStateAsync("thing", Grain, read);
        Assert.False((await ReadAsync(storage.Of)).RecordExists);
    }

    [AzuriteFact]
    public async Task A_write_stores_what_the_state_was_when_it_was_asked_for()
    {
        await using var storage = await StorageAsync();
        await server.StopAsync();
        var state = State("asked");
        var writing = storage.Of.WriteStateAsync("thing", Grain, state);
        await Until.HoldsAsync("the outage is noticed", () => _health.Problem is not null);
        state.State!.Text = "changed meanwhile";
        await server.StartAsync();
        await writing;
        Assert.Equal("asked", (await ReadAsync(storage.Of)).State!.Text);
    }

    [AzuriteFact]
    public async Task Damage_is_found_named_and_can_be_written_over()
    {
        await using var storage = await StorageAsync();
        var state = State("precious");
        await storage.Of.WriteStateAsync("thing", Grain, state);
        var blob = Assert.Single(storage.Container.GetBlobs());
        var whole = (await storage.Container.GetBlobClient(blob.Name).DownloadContentAsync()).Value.Content.ToArray();
        Assert.True(whole.Length > 200);
        byte[][] damages = [whole[..^1], [.. whole, 1], whole[..30], [1, 2, 3], Flipped(whole, 60), Flipped(whole, whole.Length - 2)];
        foreach (var damage in damages)
        {
            await storage.Container.GetBlobClient(blob.Name).UploadAsync(new BinaryData(damage), overwrite: true);
            var read = new GrainState<Thing>();
            var error = await Assert.ThrowsAsync<CorruptStateException>(() => storage.Of.ReadStateAsync("thing", Grain, read));
            Assert.Matches("the blob of the state 'thing' of the grain 'thing/pop/0/1' in the container 'test[0-9]+' of blobs at http://127.0.0.1:[0-9]+/devstoreaccount1", error.Message);
            Assert.False(read.RecordExists);
            read.State = new Thing { Text = "new" };
            await storage.Of.WriteStateAsync("thing", Grain, read);
            Assert.Equal("new", (await ReadAsync(storage.Of)).State!.Text);
        }

        // A blob that was copied under another name belongs to somebody else.
        var foreign = GrainId.Create("thing", "pop/0/2");
        await storage.Container.GetBlobClient(blob.Name.Replace("pop/0/1", "pop/0/2", StringComparison.Ordinal)).UploadAsync(new BinaryData(whole));
        Assert.Contains("belongs to", (await Assert.ThrowsAsync<CorruptStateException>(() => storage.Of.ReadStateAsync("thing", foreign, new GrainState<Thing>()))).Message, StringComparison.Ordinal);
    }

    [AzuriteFact]
    public async Task Operations_wait_for_an_account_that_went_away_and_go_on()
    {
        await using var storage = await StorageAsync();
        var state = State("before");
        await storage.Of.WriteStateAsync("thing", Grain, state);
        await server.StopAsync();
        await WaitedForAsync(storage.Of, state, "nobody answers there (Connection refused)", server.StartAsync);
    }

    [AzuriteFact]
    public async Task Operations_wait_for_an_account_that_is_silent_and_go_on()
    {
        await using var storage = await StorageAsync();
        var state = State("before");
        await storage.Of.WriteStateAsync("thing", Grain, state);
        server.Freeze();
        await WaitedForAsync(storage.Of, state, "no answer in time", () =>
        {
            server.Thaw();
            return Task.CompletedTask;
        });
    }

    [AzuriteFact]
    public async Task A_key_that_is_refused_is_an_error_at_once_that_does_not_show_it()
    {
        const string wrong = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=";
        await using var storage = await StorageAsync(account: AzureAccount.Parse(server.Text(wrong)));
        var error = await Assert.ThrowsAsync<SrpoGrainException>(() => storage.Of.WriteStateAsync("thing", Grain, State("x")));
        Assert.True(error.Message.Contains("the account's key or signature is refused; correct it in the connection string", StringComparison.Ordinal), error.Message);
        Assert.DoesNotContain(wrong, error.ToString(), StringComparison.Ordinal);
        Assert.Null(_health.Problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("geheim")]
    [InlineData("AccountName=x;AccountKey=geheim!")]
    [InlineData("AccountName=x;AccountKey=Z2VoZWlt;geheim")]
    [InlineData("Host=db;Password=geheim")]
    public void What_is_no_connection_string_is_refused_without_being_repeated(string text)
    {
        var error = Assert.Throws<ArgumentException>(() => AzureAccount.Parse(text));
        Assert.Contains("AccountName=NAME", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_account_is_named_without_its_key_and_says_what_it_lacks()
    {
        var account = AzureAccount.Parse($"DefaultEndpointsProtocol=https;AccountName=mine;AccountKey={AzuriteServer.Key};EndpointSuffix=core.windows.net");
        Assert.Equal(("tables at https://mine.table.core.windows.net", "blobs at https://mine.blob.core.windows.net"), (account.Tables().Name, account.Blobs("c", TimeSpan.FromSeconds(1)).Name));
        var signed = AzureAccount.Parse("BlobEndpoint=https://mine.blob.core.windows.net;SharedAccessSignature=sv=2024&sig=geheim");
        Assert.Equal("blobs at https://mine.blob.core.windows.net", signed.Blobs("c", TimeSpan.FromSeconds(1)).Name);
        Assert.Contains("TableEndpoint", Assert.Throws<ArgumentException>(signed.Tables).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_that_pass_are_told_from_those_that_stay()
    {
        Assert.All<Exception>(
            [
                new RequestFailedException(0, "x"), new RequestFailedException(503, "x"), new RequestFailedException(500, "x", "OperationTimedOut", null), new IOException(), new HttpRequestException(),
                new TaskCanceledException(), new AggregateException(new RequestFailedException(0, "x"), new RequestFailedException(0, "y")),
            ],
            error => Assert.True(AzureErrors.IsTransient(error), error.ToString()));
        Assert.All<Exception>(
            [new RequestFailedException(403, "x"), new RequestFailedException(404, "x"), new RequestFailedException(412, "x"), new FormatException(), new InconsistentStateException("x")],
            error => Assert.False(AzureErrors.IsTransient(error), error.ToString()));
        Assert.Equal("there: access is refused (AuthorizationFailure); give the account's key or a signature with that right, and see that the account's firewall lets this machine in", AzureErrors.Explain(new RequestFailedException(403, "x", "AuthorizationFailure", null), "there"));
        Assert.Equal("there: first (BlobTypeNotSupported)", AzureErrors.Explain(new RequestFailedException(409, "first\nsecond", "BlobTypeNotSupported", null), "there"));
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        var copy = (byte[])bytes.Clone();
        copy[at] ^= 1;
        return copy;
    }

    private static GrainState<Thing> State(string text) => new(new Thing { Text = text });

    private static async Task<GrainState<Thing>> ReadAsync(IGrainStorage storage, GrainId? grain = null)
    {
        var state = new GrainState<Thing>();
        await storage.ReadStateAsync("thing", grain ?? Grain, state);
        return state;
    }

    private static async Task<bool> SucceedsAsync(IGrainStorage storage, GrainState<Thing> state)
    {
        try
        {
            await storage.WriteStateAsync("thing", Grain, state);
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }

    private static async Task CheckRecordAsync<T>(IGrainStorage storage)
        where T : new()
    {
        foreach (var filling in Enum.GetValues<Filling>())
        {
            var grain = GrainId.Create("record", $"{typeof(T).Name}/{filling}");
            var written = new GrainState<T>((T)new Samples(filling).Make(typeof(T))!);
            await storage.WriteStateAsync("record", grain, written);
            var read = new GrainState<T>();
            await storage.ReadStateAsync("record", grain, read);
            Assert.True(read.RecordExists);
            Assert.Equal(written.ETag, read.ETag);
            Assert.Null(SameValue.Difference(written.State, read.State, $"{typeof(T).Name} ({filling})"));
        }
    }

    private async Task WaitedForAsync(IGrainStorage storage, GrainState<Thing> state, string reason, Func<Task> comeBackAsync)
    {
        try
        {
            state.State!.Text = "after";
            var writing = storage.WriteStateAsync("thing", Grain, state);
            var reading = ReadAsync(storage, GrainId.Create("thing", "pop/9/9"));
            await Until.HoldsAsync("the outage is noticed", () => _health.Problem is not null);
            Assert.Contains("storage 'actors' has not answered for", _health.Problem, StringComparison.Ordinal);
            Assert.Contains(reason, _health.Problem, StringComparison.Ordinal);
            Assert.DoesNotContain(AzuriteServer.Key, _health.Problem, StringComparison.Ordinal);
            var available = _health.WhenAvailableAsync(CancellationToken.None);
            Assert.False(available.IsCompleted || writing.IsCompleted || reading.IsCompleted);
            await comeBackAsync();
            await Task.WhenAll(writing, reading, available);
        }
        finally
        {
            await server.StopAsync();
            await server.StartAsync();
        }

        Assert.Null(_health.Problem);
        Assert.Equal("after", (await ReadAsync(storage)).State!.Text);
    }

    /// <summary>A storage in a container of its own; the silo's own registration, without a silo.</summary>
    private async Task<TestStorage> StorageAsync(Func<IGrainStorage, IGrainStorage>? wrap = null, AzureAccount? account = null)
    {
        var options = new AzureStorageOptions { Account = account ?? server.Account, Container = server.NewName(), Patience = TimeSpan.FromMinutes(2), Request = TimeSpan.FromSeconds(2) };
        var services = new ServiceCollection().AddLogging().AddSerializer();
        services.AddSingleton(_health);
        var builder = new Builder(services);
        builder.AddAzureGrainStorage("actors", given => (given.Account, given.Container, given.Patience, given.Request) = (options.Account, options.Container, options.Patience, options.Request));
        var provider = services.BuildServiceProvider();
        foreach (var participant in provider.GetServices<ILifecycleParticipant<ISiloLifecycle>>()) participant.Participate(new Begun());
        if (provider.GetRequiredKeyedService<IGrainStorage>("actors-blobs") is ILifecycleParticipant<ISiloLifecycle> blobs) blobs.Participate(new Begun());
        await Task.CompletedTask;
        var storage = wrap is null
            ? provider.GetRequiredKeyedService<IGrainStorage>("actors")
            : new AzureGrainStorage(wrap(provider.GetRequiredKeyedService<IGrainStorage>("actors-blobs")), "actors", options, _health, NullLogger.Instance);
        return new TestStorage(provider, storage, new BlobContainerClient(server.ConnectionString, options.Container));
    }

    private sealed record TestStorage(ServiceProvider Services, IGrainStorage Of, BlobContainerClient Container) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Services.DisposeAsync();
    }

    private sealed class Builder(IServiceCollection services) : ISiloBuilder
    {
        public IServiceCollection Services => services;

        public IConfiguration Configuration { get; } = new ConfigurationBuilder().Build();
    }

    /// <summary>A silo's life that has come to every stage.</summary>
    private sealed class Begun : ISiloLifecycle
    {
        public int HighestCompletedStage => int.MaxValue;

        public int LowestStoppedStage => int.MaxValue;

        public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
        {
            observer.OnStart(CancellationToken.None).GetAwaiter().GetResult();
            return new MemoryStream();
        }
    }

    /// <summary>Does what it is asked, and the first time of each kind says that there was no answer.</summary>
    private sealed class Forgetful(IGrainStorage blobs) : IGrainStorage
    {
        private readonly HashSet<string> _done = [];

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => blobs.ReadStateAsync(stateName, grainId, grainState);

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var before = grainState.ETag;
            await blobs.WriteStateAsync(stateName, grainId, grainState);
            Lose($"write after {before is null}", () => grainState.ETag = before);
        }

        public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var before = grainState.ETag;
            await blobs.ClearStateAsync(stateName, grainId, grainState);
            Lose("clear", () => grainState.ETag = before);
        }

        private void Lose(string kind, Action undo)
        {
            if (!_done.Add(kind)) return;
            undo();
            throw new RequestFailedException(0, "the connection broke");
        }
    }

    private sealed class Thing
    {
        public string Text { get; set; } = "";

        public FloatBlock Block { get; set; } = FloatBlock.Empty;
    }
}
