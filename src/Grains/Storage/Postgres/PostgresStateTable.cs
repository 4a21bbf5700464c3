using System.Data;
using Npgsql;
using NpgsqlTypes;

namespace Srpo.Grains.Storage;

/// <summary>The statements on the tables srpo_state and srpo_state_chunk.</summary>
/// <param name="service">Name of the service.</param>
/// <param name="storage">Name of the storage.</param>
/// <param name="chunkBytes">Bytes of data in a row at most.</param>
internal sealed class PostgresStateTable(string service, string storage, int chunkBytes)
{
    private const string Where = "s.service = @service AND s.storage = @storage AND s.grain = @grain AND s.name = @name";

    public string Storage => storage;

    /// <summary>How messages name a row.</summary>
    public string RowName(long id) => FormattableString.Invariant($"row {id} of the table srpo_state (storage '{storage}')");

    /// <summary>Reads a state; one statement, so that head and data are of the same version.</summary>
    public async Task<StoredRows?> ReadAsync(NpgsqlConnection connection, StateKey key)
    {
        await using var command = Command(
            connection, $"SELECT s.id, s.tag, s.head, c.number, c.data FROM srpo_state s LEFT JOIN srpo_state_chunk c ON c.state = s.id WHERE {Where} ORDER BY c.number", key);
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess);
        StoredRows? found = null;
        while (await reader.ReadAsync())
        {
            if (found is null)
            {
                var id = reader.GetInt64(0);
                found = new StoredRows(id, reader.GetGuid(1), await reader.GetFieldValueAsync<byte[]>(2));
            }

            if (!await reader.IsDBNullAsync(3)) found.Add(reader.GetInt32(3), await reader.GetFieldValueAsync<byte[]>(4));
        }

        return found;
    }

    /// <summary>Writes a state if its row has the expected tag, or does not exist and none is expected. May be repeated with the same tag.</summary>
    public async Task<WriteOutcome> WriteAsync(NpgsqlConnection connection, StateKey key, Guid? expected, Guid tag, byte[] head, ReadOnlyMemory<byte> payload)
    {
        await using var transaction = await PostgresConnection.BeginAsync(connection);
        var row = await LockAsync(connection, key);
        if (row?.Tag == tag) return WriteOutcome.Done;
        if (row?.Tag != expected) return new WriteOutcome(true, row?.Tag);
        long id;
        if (row is { } present)
        {
            id = present.Id;
            await using var update = new NpgsqlBatch(connection);
            Add(update, "UPDATE srpo_state SET tag = $2, head = $3, size = $4, written = now() WHERE id = $1", id, tag, head, (long)payload.Length);
            Add(update, "DELETE FROM srpo_state_chunk WHERE state = $1", id);
            await update.ExecuteNonQueryAsync();
        }
        else
        {
            await using var insert = Command(
                connection,
                "INSERT INTO srpo_state (service, storage, grain, name, tag, head, size) VALUES (@service, @storage, @grain, @name, @tag, @head, @size) ON CONFLICT DO NOTHING RETURNING id",
                key);
            insert.Parameters.AddWithValue("tag", tag);
            insert.Parameters.AddWithValue("head", head);
            insert.Parameters.AddWithValue("size", (long)payload.Length);

            // Nothing comes back if somebody else inserted the row in this moment.
            if (await insert.ExecuteScalarAsync() is not long inserted) return new WriteOutcome(true, (await LockAsync(connection, key))?.Tag);
            id = inserted;
        }

        for (var number = 0; (long)number * chunkBytes < payload.Length; number++)
        {
            var at = number * chunkBytes;
            await using var chunk = new NpgsqlCommand("INSERT INTO srpo_state_chunk (state, number, data) VALUES ($1, $2, $3)", connection);
            chunk.Parameters.Add(new NpgsqlParameter<long> { TypedValue = id });
            chunk.Parameters.Add(new NpgsqlParameter<int> { TypedValue = number });
            chunk.Parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>>
            {
                TypedValue = payload.Slice(at, Math.Min(chunkBytes, payload.Length - at)),
                NpgsqlDbType = NpgsqlDbType.Bytea,
            });
            await chunk.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
        return WriteOutcome.Done;
    }

    /// <summary>Removes a state if its row has the expected tag.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="key">The state.</param>
    /// <param name="expected">The tag that the row must have, null for no row.</param>
    /// <param name="repeated">Whether an earlier attempt may have removed it already.</param>
    public async Task<WriteOutcome> ClearAsync(NpgsqlConnection connection, StateKey key, Guid? expected, bool repeated)
    {
        await using var transaction = await PostgresConnection.BeginAsync(connection);
        var row = await LockAsync(connection, key);
        if (row is null && repeated) return WriteOutcome.Done;
        if (row?.Tag != expected) return new WriteOutcome(true, row?.Tag);
        if (row is null) return WriteOutcome.Done;
        await using var delete = new NpgsqlCommand("DELETE FROM srpo_state WHERE id = $1", connection);
        delete.Parameters.Add(new NpgsqlParameter<long> { TypedValue = row.Value.Id });
        await delete.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
        return WriteOutcome.Done;
    }

    private static void Add(NpgsqlBatch batch, string text, params object[] values)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        batch.BatchCommands.Add(command);
    }

    private async Task<(long Id, Guid Tag)?> LockAsync(NpgsqlConnection connection, StateKey key)
    {
        await using var command = Command(connection, $"SELECT s.id, s.tag FROM srpo_state s WHERE {Where} FOR UPDATE", key);
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? (reader.GetInt64(0), reader.GetGuid(1)) : null;
    }

    private NpgsqlCommand Command(NpgsqlConnection connection, string text, StateKey key)
    {
        var command = new NpgsqlCommand(text, connection);
        command.Parameters.AddWithValue("service", service);
        command.Parameters.AddWithValue("storage", storage);
        command.Parameters.AddWithValue("grain", key.Grain);
        command.Parameters.AddWithValue("name", key.Name);
        return command;
    }
}

/// <summary>The outcome of a conditional write.</summary>
/// <param name="Conflict">Whether the row had another tag than expected; nothing was done then.</param>
/// <param name="Tag">The tag that it had, null if there is no row.</param>
internal readonly record struct WriteOutcome(bool Conflict, Guid? Tag)
{
    public static WriteOutcome Done => default;
}

/// <summary>A <see cref="StoredState"/> as its rows give it.</summary>
/// <param name="Id">Number of the row in srpo_state.</param>
/// <param name="Tag">Its version tag.</param>
/// <param name="Head">What precedes the data.</param>
internal sealed record StoredRows(long Id, Guid Tag, byte[] Head)
{
    private readonly List<byte[]> _parts = [];

    /// <summary>What is missing, or null.</summary>
    public string? Gap { get; private set; }

    /// <summary>Takes the next part of the data.</summary>
    public void Add(int number, byte[] data)
    {
        if (number != _parts.Count) Gap ??= $"part {_parts.Count} of its data is missing";
        _parts.Add(data);
    }

    /// <summary>The data in one.</summary>
    public byte[] Data()
    {
        if (_parts.Count == 1) return _parts[0];
        var whole = new byte[_parts.Sum(part => part.Length)];
        var at = 0;
        foreach (var part in _parts)
        {
            part.CopyTo(whole, at);
            at += part.Length;
        }

        return whole;
    }
}
