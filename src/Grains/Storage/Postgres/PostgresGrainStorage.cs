using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Storage;
using Srpo.Core.Errors;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Storage;

/// <summary>
/// Grain states in a PostgreSQL database: one row for the head of a state and rows of a bounded size for its data, written in
/// one transaction, with checksums and a version tag. While the database does not answer, operations wait.
/// </summary>
public sealed class PostgresGrainStorage : IGrainStorage, IDisposable
{
    private readonly PostgresStorageOptions _options;
    private readonly PostgresConnection _connection;
    private readonly PostgresStateTable _table;
    private readonly StatePayload _payloads = new();
    private readonly StorageRetry _retry;
#pragma warning disable CA2213 // operations that are still under way give it back; without a wait handle it holds nothing
    private readonly SemaphoreSlim _turns;
#pragma warning restore CA2213

    /// <summary>A storage in a database.</summary>
    /// <param name="name">The name that it is registered under.</param>
    /// <param name="options">Where and how.</param>
    /// <param name="health">Is told when the database does not answer.</param>
    /// <param name="logger">Is told the same.</param>
    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    public PostgresGrainStorage(string name, PostgresStorageOptions options, StorageHealth health, ILogger<PostgresGrainStorage> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(name);
        _options = options;
        _connection = options.Connection!;
        _table = new PostgresStateTable(options.Service, name, options.ChunkBytes);
        _turns = new SemaphoreSlim(options.Concurrency, options.Concurrency);
        _retry = new StorageRetry(
            new RetryPolicy(name, options.Patience, PostgresErrors.IsTransient, error => PostgresErrors.Explain(error, _connection), _connection.ProbeAsync), health, logger);
    }

    /// <inheritdoc/>
    /// <exception cref="CorruptStateException">
    /// What is stored is damaged or foreign; the message names the row. The tag is set all the same, so that a grain that can
    /// do without the record may write over it.
    /// </exception>
    /// <exception cref="StorageUnavailableException">The database did not answer in time.</exception>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.Run(async () =>
    {
        grainState.State = StoredState.Empty<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
        var key = new StateKey(grainId.ToString(), stateName);
        var found = await WithConnectionAsync("read", (connection, _) => _table.ReadAsync(connection, key));
        if (found is null) return;
        grainState.ETag = Text(found.Tag);
        var place = $"the state '{key.Name}' of the grain '{key.Grain}' in {_table.RowName(found.Id)} of {_connection.Name}";
        using var head = new MemoryStream(found.Head, writable: false);
        using var data = new MemoryStream(found.Data(), writable: false);
        var stored = StoredState.Open(head, data);
        if (stored.Tag is { } tag && tag != grainState.ETag) throw StoredState.Corrupt(place, "its head belongs to another version than the row");
        if (found.Gap is not null) throw StoredState.Corrupt(place, found.Gap);
        grainState.State = stored.Read<T>(_payloads, key, place);
        grainState.RecordExists = true;
    });

    /// <inheritdoc/>
    /// <exception cref="InconsistentStateException">Somebody else wrote the state since it was read.</exception>
    /// <exception cref="StorageUnavailableException">The database did not answer in time.</exception>
    /// <exception cref="SrpoGrainException">The database refuses; the message says why and what to do.</exception>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // Made in the grain's turn, so that the grain may change the state while it is being written.
        var (payload, version) = (_payloads.Write(grainState.State), StoredState.VersionOf(grainState.State));
        return Task.Run(async () =>
        {
            var key = new StateKey(grainId.ToString(), stateName);
            var expected = Tag(grainState.ETag);

            // Chosen here and not by the database: after a lost connection it tells whether the write had been done.
            var tag = Guid.CreateVersion7();
            var head = StoredState.Head<T>(key, Text(tag), payload, version);
            var other = await WithConnectionAsync("written", (connection, _) => _table.WriteAsync(connection, key, expected, tag, head, payload));
            if (other.Conflict) throw Inconsistent(key, "written", other.Tag, grainState.ETag);
            grainState.ETag = Text(tag);
            grainState.RecordExists = true;
        });
    }

    /// <inheritdoc/>
    /// <exception cref="InconsistentStateException">Somebody else wrote the state since it was read.</exception>
    /// <exception cref="StorageUnavailableException">The database did not answer in time.</exception>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.Run(async () =>
    {
        var key = new StateKey(grainId.ToString(), stateName);
        var other = await WithConnectionAsync("removed", (connection, attempt) => _table.ClearAsync(connection, key, Tag(grainState.ETag), repeated: attempt > 0));
        if (other.Conflict) throw Inconsistent(key, "removed", other.Tag, grainState.ETag);
        grainState.State = StoredState.Empty<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    });

    /// <summary>Ends all waiting for the database.</summary>
    public void Dispose() => _retry.Dispose();

    private static string Text(Guid tag) => tag.ToString("N");

    /// <summary>A tag of another storage is none of ours, and no row has it.</summary>
    private static Guid? Tag(string? text) => text is null ? null : Guid.TryParse(text, out var tag) ? tag : Guid.Empty;

    private static InconsistentStateException Inconsistent(StateKey key, string what, Guid? found, string? expected) => new(
        $"the state '{key.Name}' of the grain '{key.Grain}' cannot be {what}: another activation wrote it meanwhile",
        found is { } tag ? Text(tag) : "none", expected ?? "none");

    private async Task<T> WithConnectionAsync<T>(string what, Func<NpgsqlConnection, int, Task<T>> act)
    {
        try
        {
            return await _retry.RunAsync(async attempt =>
            {
                await _turns.WaitAsync();
                try
                {
                    await using var connection = await _connection.OpenAsync();
                    return await act(connection, attempt);
                }
                finally
                {
                    _turns.Release();
                }
            });
        }
        catch (NpgsqlException error)
        {
            throw new SrpoGrainException(ErrorKind.Environment, $"a state of '{_table.Storage}' cannot be {what}: {PostgresErrors.Explain(error, _connection)}", error);
        }
    }
}

/// <summary>Where and how <see cref="PostgresGrainStorage"/> keeps states.</summary>
public sealed class PostgresStorageOptions
{
    /// <summary>The database.</summary>
    public PostgresConnection? Connection { get; set; }

    /// <summary>Name of the service whose states these are: several can share a database. <value>srpo by default.</value></summary>
    public string Service { get; set; } = "srpo";

    /// <summary>Largest row, bytes, 1 KiB to 256 MiB; larger states take several rows. <value>4 MiB by default.</value></summary>
    public int ChunkBytes { get; set; } = 4 << 20;

    /// <summary>How long an operation waits for a database that does not answer. <value>5 minutes by default.</value></summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Operations at the same time, 1 to 64; others wait their turn. <value>6 by default.</value></summary>
    public int Concurrency { get; set; } = 6;

    /// <summary>Throws if an option cannot be used.</summary>
    /// <param name="name">Name of the storage, for the message.</param>
    /// <exception cref="ArgumentException">Names the option and its range.</exception>
    public void Validate(string name)
    {
        if (Connection is null) throw Refuse(name, nameof(Connection), "give a database");
        if (string.IsNullOrWhiteSpace(Service)) throw Refuse(name, nameof(Service), "give a name");
        if (ChunkBytes is < 1 << 10 or > 256 << 20) throw Refuse(name, nameof(ChunkBytes), "use 1024 to 268435456");
        if (Patience < TimeSpan.Zero || Patience > TimeSpan.FromDays(1)) throw Refuse(name, nameof(Patience), "use 0 s to 1 day");
        if (Concurrency is < 1 or > 64) throw Refuse(name, nameof(Concurrency), "use 1 to 64");
    }

    private static ArgumentException Refuse(string name, string option, string remedy) =>
        new($"the PostgreSQL storage '{name}': {nameof(PostgresStorageOptions)}.{option} cannot be used; {remedy}");
}

/// <summary>Registers <see cref="PostgresGrainStorage"/>.</summary>
public static class PostgresGrainStorageExtensions
{
    /// <summary>Adds a storage in a PostgreSQL database under a name. The database must have been prepared by `srpo admin init-db`.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="name">Name of the storage.</param>
    /// <param name="configure">Sets at least the connection.</param>
    public static ISiloBuilder AddPostgresGrainStorage(this ISiloBuilder builder, string name, Action<PostgresStorageOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.TryAddSingleton<StorageHealth>();
        builder.Services.AddOptions<PostgresStorageOptions>(name).Configure(configure);
        builder.Services.AddKeyedSingleton<IGrainStorage>(name, (services, _) => new PostgresGrainStorage(
            name,
            services.GetRequiredService<IOptionsMonitor<PostgresStorageOptions>>().Get(name),
            services.GetRequiredService<StorageHealth>(),
            services.GetRequiredService<ILogger<PostgresGrainStorage>>()));
        return builder;
    }
}
