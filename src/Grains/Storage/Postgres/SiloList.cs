using Npgsql;
using NpgsqlTypes;

namespace Srpo.Grains.Storage;

/// <summary>What the list says that a silo does; the numbers are Orleans'.</summary>
public enum ListedStatus
{
    /// <summary>It has only just begun to start.</summary>
    Created = 1,

    /// <summary>It waits for answers of the others before it takes part.</summary>
    Joining = 2,

    /// <summary>It takes part.</summary>
    Active = 3,

    /// <summary>It ends in good order.</summary>
    ShuttingDown = 4,

    /// <summary>It ends at once.</summary>
    Stopping = 5,

    /// <summary>It has ended, or the others have declared it dead.</summary>
    Dead = 6,
}

/// <summary>A silo as the list in a database has it.</summary>
/// <param name="Address">IP address of the silo.</param>
/// <param name="Port">Port for other silos.</param>
/// <param name="GatewayPort">Port for clients, or 0.</param>
/// <param name="Generation">Tells the silos apart that had this address one after the other; later ones have larger numbers.</param>
/// <param name="Status">What it is doing.</param>
/// <param name="Alive">Its last note "I am alive", by its own clock.</param>
/// <param name="Silence">Time since then, by the database's clock.</param>
public sealed record ListedSilo(string Address, int Port, int GatewayPort, int Generation, ListedStatus Status, DateTime Alive, TimeSpan Silence);

/// <summary>The list of silos that PostgreSQL keeps for Orleans, for operators; silos themselves read and write it through Orleans.</summary>
public static class SiloList
{
    /// <summary>The clusters that a database has a list of, sorted.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="NpgsqlException">The database cannot be reached, or refuses.</exception>
    public static async Task<IReadOnlyList<string>> ClustersAsync(PostgresConnection connection, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(connection);
        await using var open = await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand("SELECT cluster FROM srpo_cluster ORDER BY cluster", open);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var clusters = new List<string>();
        while (await reader.ReadAsync(cancellation)) clusters.Add(reader.GetString(0));
        return clusters;
    }

    /// <summary>All silos of a cluster, dead ones too, by address, port and generation.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="cluster">The cluster's id.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="NpgsqlException">The database cannot be reached, or refuses.</exception>
    public static async Task<IReadOnlyList<ListedSilo>> ReadAsync(PostgresConnection connection, string cluster, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(connection);
        await using var open = await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand(
            """
            SELECT address, port, gateway_port, generation, status, alive, extract(epoch FROM now() - greatest(alive, started))::float8
            FROM srpo_silo WHERE cluster = @cluster ORDER BY address, port, generation
            """, open);
        command.Parameters.AddWithValue("cluster", cluster);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var silos = new List<ListedSilo>();
        while (await reader.ReadAsync(cancellation))
        {
            silos.Add(new ListedSilo(
                reader.GetString(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(3), (ListedStatus)reader.GetInt32(4),
                reader.GetDateTime(5), TimeSpan.FromSeconds(reader.GetDouble(6))));
        }

        return silos;
    }

    /// <summary>Takes silos off the list, in one transaction. One that has written to its row since it was read stays.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="cluster">The cluster's id.</param>
    /// <param name="silos">Rows as <see cref="ReadAsync"/> gave them.</param>
    /// <param name="cancellation">Gives up; nothing has changed then.</param>
    /// <returns>Those that were taken off.</returns>
    /// <exception cref="NpgsqlException">The database cannot be reached, or refuses.</exception>
    public static async Task<IReadOnlyList<ListedSilo>> ForgetAsync(
        PostgresConnection connection, string cluster, IReadOnlyList<ListedSilo> silos, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(silos);
        await using var open = await connection.OpenAsync(cancellation);
        await using var transaction = await PostgresConnection.BeginAsync(open, cancellation);

        // Silos look at the rows only if the version is a new one. It is locked first, as by the silos' own statements.
        await using (var version = new NpgsqlCommand("UPDATE srpo_cluster SET version = version + 1, changed = now() WHERE cluster = @cluster", open, transaction))
        {
            version.Parameters.AddWithValue("cluster", cluster);
            await version.ExecuteNonQueryAsync(cancellation);
        }

        var forgotten = new List<ListedSilo>();
        foreach (var silo in silos)
        {
            await using var delete = new NpgsqlCommand(
                "DELETE FROM srpo_silo WHERE cluster = @cluster AND address = @address AND port = @port AND generation = @generation AND status = @status AND alive = @alive",
                open, transaction);
            delete.Parameters.AddWithValue("cluster", cluster);
            delete.Parameters.AddWithValue("address", silo.Address);
            delete.Parameters.AddWithValue("port", silo.Port);
            delete.Parameters.AddWithValue("generation", silo.Generation);
            delete.Parameters.AddWithValue("status", (int)silo.Status);
            delete.Parameters.AddWithValue("alive", NpgsqlDbType.TimestampTz, silo.Alive);
            if (await delete.ExecuteNonQueryAsync(cancellation) > 0) forgotten.Add(silo);
        }

        await transaction.CommitAsync(cancellation);
        return forgotten;
    }
}
