using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Orleans.Storage;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Grains.Tests;

[Collection(PostgresTests.Name)]
public sealed class PostgresGrainStorageTests(PostgresServer server)
{
    private static readonly GrainId Grain = GrainId.Create("thing", "pop/0/1");

    private readonly StorageHealth _health = new();

    [PostgresFact]
    public async Task States_come_back_to_the_bit_and_are_replaced_and_removed()
    {
        var database = await server.PreparedAsync();
        using var storage = Storage(database);
        var nothing = await ReadAsync(storage);
        Assert.Equal((false, null), (nothing.RecordExists, nothing.ETag));
        Assert.NotNull(nothing.State);

        var written = new GrainState<Thing>(new Thing { Text = "ä\n", Number = 0.1 + 0.2, Block = new FloatBlock([1f / 3, float.NaN, -0f, float.Epsilon]), Odd = double.NegativeInfinity });
        await storage.WriteStateAsync("thing", Grain, written);
        var read = await ReadAsync(storage);
        Assert.Equal((true, written.ETag), (read.RecordExists, read.ETag));
        Assert.Equal((written.State!.Text, written.State!.Number, written.State!.Odd), (read.State!.Text, read.State!.Number, read.State!.Odd));
        Assert.Equal(Bits(written.State!.Block), Bits(read.State!.Block));

        read.State!.Text = "second";
        read.State!.Other = new FloatBlock([5, 6]);
        await storage.WriteStateAsync("thing", Grain, read);
        var again = await ReadAsync(storage);
        Assert.Equal(("second", 6f), (again.State!.Text, again.State!.Other.Values[1]));
        Assert.NotEqual(written.ETag, again.ETag);

        await storage.ClearStateAsync("thing", Grain, again);
        Assert.Equal((false, null), (again.RecordExists, again.ETag));
        Assert.False((await ReadAsync(storage)).RecordExists);
        Assert.Equal(0L, await ScalarAsync(database, "SELECT count(*) FROM srpo_state_chunk"));
        await storage.ClearStateAsync("thing", Grain, again);
    }

    [PostgresFact]
    public async Task A_write_on_top_of_somebody_elses_is_refused()
    {
        var database = await server.PreparedAsync();
        using var storage = Storage(database);
        var (mine, theirs) = (State("mine"), State("theirs"));
        await storage.WriteStateAsync("thing", Grain, theirs);

        var error = await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("thing", Grain, mine));
        Assert.Contains("pop/0/1", error.Message);
        mine.ETag = Guid.NewGuid().ToString("N");
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("thing", Grain, mine));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync("thing", Grain, mine));
        Assert.Equal("theirs", (await ReadAsync(storage)).State!.Text);

        // A state that was removed and written anew is not the one that was read before.
        var stale = await ReadAsync(storage);
        await storage.ClearStateAsync("thing", Grain, theirs);
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("thing", Grain, stale));
        await storage.WriteStateAsync("thing", Grain, theirs);
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("thing", Grain, stale));
    }

    [PostgresFact]
    public async Task Of_many_who_write_at_once_one_succeeds()
    {
        var database = await server.PreparedAsync();
        using var storage = Storage(database);
        var first = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Succeeds(storage, State($"{i}"))));
        Assert.Equal(1, first.Count(done => done));
        var known = (await ReadAsync(storage)).ETag;
        var second = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Succeeds(storage, new GrainState<Thing>(new Thing()) { ETag = known })));
        Assert.Equal(1, second.Count(done => done));
    }

    [PostgresFact]
    public async Task Large_states_take_many_rows_of_bounded_size()
    {
        var database = await server.PreparedAsync();
        using var storage = Storage(database);
        var tensor = new float[10 << 20];
        for (var i = 0; i < tensor.Length; i++) tensor[i] = BitConverter.Int32BitsToSingle(i * 2654435);
        var state = new GrainState<Thing>(new Thing { Text = "40 MB", Block = new FloatBlock(tensor) });
        await storage.WriteStateAsync("thing", Grain, state);

        Assert.Equal(11L, await ScalarAsync(database, "SELECT count(*) FROM srpo_state_chunk"));
        Assert.Equal(4L << 20, await ScalarAsync(database, "SELECT max(length(data))::bigint FROM srpo_state_chunk"));
        var read = await ReadAsync(storage);
        Assert.Equal("40 MB", read.State!.Text);
        Assert.True(tensor.AsSpan().SequenceEqual(read.State!.Block.Span) || Bits(new FloatBlock(tensor)).SequenceEqual(Bits(read.State!.Block)));

        // A smaller one leaves nothing of it behind.
        read.State = new Thing { Text = "small" };
        await storage.WriteStateAsync("thing", Grain, read);
        Assert.Equal(1L, await ScalarAsync(database, "SELECT count(*) FROM srpo_state_chunk"));
        Assert.Equal("small", (await ReadAsync(storage)).State!.Text);
    }

    [PostgresFact]
    public async Task Damage_of_every_kind_is_found_named_and_can_be_written_over()
    {
        var database = await server.PreparedAsync();
        using var storage = Storage(database, chunk: 1024);
        var damages = new (string Sql, string Message)[]
        {
            ("UPDATE srpo_state_chunk SET data = set_byte(data, 700, get_byte(data, 700) # 1) WHERE number = 2", "checksum of its data"),
            ("UPDATE srpo_state_chunk SET data = substr(data, 1, 1000) WHERE number = 1", "bytes of data instead of"),
            ("DELETE FROM srpo_state_chunk WHERE number = 1", "part 1 of its data is missing"),
            ("DELETE FROM srpo_state_chunk", "0 bytes of data instead of"),
            ("UPDATE srpo_state SET head = set_byte(head, 60, get_byte(head, 60) # 4)", "checksum of its head"),
            ("UPDATE srpo_state SET head = substr(head, 1, 30)", "within its head"),
            ("UPDATE srpo_state SET head = ''", "it is empty"),
            ("UPDATE srpo_state SET tag = gen_random_uuid()", "another version"),
        };
        var state = new GrainState<Thing>(new Thing());
        foreach (var (sql, message) in damages)
        {
            state.State = new Thing { Text = "precious", Block = new FloatBlock(new float[1000]) };
            await storage.WriteStateAsync("thing", Grain, state);
            Assert.Equal("precious", (await ReadAsync(storage)).State!.Text);
            await ScalarAsync(database, sql);

            state = new GrainState<Thing>();
            var error = await Assert.ThrowsAsync<CorruptStateException>(() => storage.ReadStateAsync("thing", Grain, state));
            Assert.Contains(message, error.Message);
            Assert.Matches("row [0-9]+ of the table srpo_state \\(storage 'actors'\\) of database 't[0-9]+' at 127.0.0.1", error.Message);
            Assert.DoesNotContain(PostgresServer.Password, error.Message);
            Assert.False(state.RecordExists);
        }

        state.State = new Thing { Text = "new" };
        await storage.WriteStateAsync("thing", Grain, state);
        Assert.Equal("new", (await ReadAsync(storage)).State!.Text);
        var type = await Assert.ThrowsAsync<CorruptStateException>(() => storage.ReadStateAsync("thing", Grain, new GrainState<OtherThing>()));
        Assert.Contains("not a ", type.Message);
        await ScalarAsync(database, "UPDATE srpo_state SET grain = 'thing/pop/0/2'");
        var foreign = await Assert.ThrowsAsync<CorruptStateException>(() => storage.ReadStateAsync("thing", GrainId.Create("thing", "pop/0/2"), new GrainState<Thing>()));
        Assert.Contains("belongs to", foreign.Message);
    }

    [PostgresFact]
    public async Task Storages_and_services_do_not_see_each_others_states()
    {
        var database = await server.PreparedAsync();
        using var storage = Storage(database);
        await storage.WriteStateAsync("thing", Grain, State("mine"));
        using var other = Storage(database, service: "other");
        using var tournaments = Storage(database, name: "tournaments");
        Assert.False((await ReadAsync(other)).RecordExists);
        Assert.False((await ReadAsync(tournaments)).RecordExists);
        Assert.True((await ReadAsync(storage)).RecordExists);
    }

    [PostgresFact]
    public async Task Operations_wait_for_a_database_that_went_away_and_go_on()
    {
        var database = await server.PreparedAsync();
        using var storage = Storage(database);
        var state = State("before");
        await storage.WriteStateAsync("thing", Grain, state);
        await server.StopAsync();
        try
        {
            state.State!.Text = "after";
            var writing = storage.WriteStateAsync("thing", Grain, state);
            var reading = ReadAsync(storage, GrainId.Create("thing", "pop/9/9"));
            await Until.HoldsAsync("the outage is noticed", () => _health.Problem is not null);
            Assert.Contains("storage 'actors' has not answered", _health.Problem);
            Assert.Contains("127.0.0.1", _health.Problem);
            Assert.DoesNotContain(PostgresServer.Password, _health.Problem);
            var available = _health.WhenAvailableAsync(CancellationToken.None);
            Assert.False(available.IsCompleted || writing.IsCompleted || reading.IsCompleted);

            await server.StartAsync();
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

    [PostgresFact]
    public async Task Operations_wait_for_a_database_that_is_silent_and_go_on()
    {
        var database = PostgresConnection.Parse((await server.PreparedAsync()).ConnectionString + ";Timeout=2;Command Timeout=2");
        using var storage = Storage(database);
        var state = State("before");
        await storage.WriteStateAsync("thing", Grain, state);
        server.Freeze();
        try
        {
            state.State!.Text = "after";
            var writing = storage.WriteStateAsync("thing", Grain, state);
            await Until.HoldsAsync("the outage is noticed", () => _health.Problem is not null);
            Assert.Matches("has not answered for [1-9][0-9]* s", _health.Problem);
            Assert.Contains("no answer in time", _health.Problem);
            Assert.False(writing.IsCompleted);
            server.Thaw();
            await writing;
        }
        finally
        {
            server.Thaw();
        }

        Assert.Equal("after", (await ReadAsync(storage)).State!.Text);
    }

    [PostgresFact]
    public async Task A_writer_that_falls_silent_with_its_lock_is_not_waited_for()
    {
        var database = await server.PreparedAsync();
        using var storage = Storage(database, patience: TimeSpan.FromMinutes(1));
        var state = State("before");
        await storage.WriteStateAsync("thing", Grain, state);

        // What a silo leaves that is frozen while it writes: the connection, and the lock of the row.
        await using var silent = await database.OpenAsync();
        await using var transaction = await PostgresConnection.BeginAsync(silent);
        await using var held = new NpgsqlCommand("SELECT id FROM srpo_state FOR UPDATE", silent);
        Assert.NotNull(await held.ExecuteScalarAsync());

        state.State!.Text = "after";
        await storage.WriteStateAsync("thing", Grain, state);
        Assert.Equal("after", (await ReadAsync(storage)).State!.Text);
        var late = await Assert.ThrowsAnyAsync<NpgsqlException>(() => held.ExecuteScalarAsync());
        Assert.True(PostgresErrors.IsTransient(late), late.Message);
    }

    [PostgresFact]
    public async Task Patience_has_an_end()
    {
        using var storage = Storage(PostgresConnection.Parse($"Host=127.0.0.1;Port=1;Username=x;Password={PostgresServer.Password}"), patience: TimeSpan.FromMilliseconds(300));
        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => ReadAsync(storage));
        Assert.Contains("nobody answers", error.Message);
        Assert.DoesNotContain(PostgresServer.Password, error.ToString());
        Assert.NotNull(_health.Problem);
    }

    [PostgresFact]
    public async Task A_write_that_was_done_when_the_connection_broke_is_not_a_conflict()
    {
        var database = await server.PreparedAsync();
        var table = new PostgresStateTable("srpo", "actors", 1024);
        var (key, tag) = (new StateKey("thing/1", "thing"), Guid.NewGuid());
        await using var connection = await database.OpenAsync();
        Assert.False((await table.WriteAsync(connection, key, null, tag, [1], new byte[10])).Conflict);
        Assert.False((await table.WriteAsync(connection, key, null, tag, [1], new byte[10])).Conflict);
        Assert.True((await table.WriteAsync(connection, key, null, Guid.NewGuid(), [1], new byte[10])).Conflict);
        Assert.False((await table.ClearAsync(connection, key, tag, repeated: false)).Conflict);
        Assert.False((await table.ClearAsync(connection, key, tag, repeated: true)).Conflict);
        Assert.True((await table.ClearAsync(connection, key, tag, repeated: false)).Conflict);
    }

    [PostgresFact]
    public async Task A_database_that_was_not_prepared_says_what_to_do()
    {
        using var storage = Storage(PostgresConnection.Parse(await server.CreateAsync()));
        var error = await Assert.ThrowsAsync<SrpoGrainException>(() => ReadAsync(storage));
        Assert.Contains("srpo admin init-db", error.Message);
    }

    private static IEnumerable<int> Bits(FloatBlock block) => block.Values.Select(BitConverter.SingleToInt32Bits);

    private static GrainState<Thing> State(string text) => new(new Thing { Text = text });

    private static Task<GrainState<Thing>> ReadAsync(PostgresGrainStorage storage) => ReadAsync(storage, Grain);

    private static async Task<GrainState<Thing>> ReadAsync(PostgresGrainStorage storage, GrainId grain)
    {
        var state = new GrainState<Thing>();
        await storage.ReadStateAsync("thing", grain, state);
        return state;
    }

    private static async Task<bool> Succeeds(PostgresGrainStorage storage, GrainState<Thing> state)
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

    private static async Task<object?> ScalarAsync(PostgresConnection database, string sql)
    {
        await using var connection = await database.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private PostgresGrainStorage Storage(PostgresConnection database, string name = "actors", string service = "srpo", int chunk = 4 << 20, TimeSpan? patience = null) => new(
        name,
        new PostgresStorageOptions { Connection = database, Service = service, ChunkBytes = chunk, Patience = patience ?? TimeSpan.FromMinutes(2) },
        _health,
        NullLogger<PostgresGrainStorage>.Instance);

    private sealed class Thing
    {
        public string Text { get; set; } = "";

        public double Number { get; set; }

        public double Odd { get; set; }

        public FloatBlock Block { get; set; } = FloatBlock.Empty;

        public FloatBlock Other { get; set; } = FloatBlock.Empty;
    }

    private sealed class OtherThing
    {
        public string Text { get; set; } = "";
    }
}
