using Npgsql;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Storage;

/// <summary>
/// The schema of a database for clusters of this program: tables of grain states and of membership. Applied in one
/// transaction under an advisory lock, so that it may be done any number of times, by several processes at once.
/// </summary>
public static class PostgresSchema
{
    /// <summary>Key of the advisory lock: "srpo" in ASCII.</summary>
    private const long LockKey = 0x7372706F;

    /// <summary>The table that records which steps a database has.</summary>
    private const string VersionTable = """
        CREATE TABLE IF NOT EXISTS srpo_schema (
            component text NOT NULL,
            version integer NOT NULL,
            applied timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (component, version)
        );
        """;

    /// <summary>All steps in their order.</summary>
    public static IReadOnlyList<SchemaStep> Steps { get; } = [.. StorageSchema.Steps, .. MembershipSchema.Steps];

    /// <summary>The statements for a database that has nothing yet.</summary>
    public static string Script => string.Join(
        "\n\n",
        [
            "BEGIN;",
            $"SELECT pg_advisory_xact_lock({LockKey});",
            VersionTable,
            .. Steps.Select(step => $"-- {step.Component} {step.Version}: {step.Description}\n{step.Sql}\n{Note(step)}"),
            "COMMIT;",
        ]);

    /// <summary>Brings a database up to date.</summary>
    /// <param name="connection">The database, with a user that may create tables.</param>
    /// <param name="cancellation">Gives up; nothing has changed then.</param>
    /// <returns>What was done, one entry for each step.</returns>
    /// <exception cref="SrpoGrainException">The database belongs to a newer version of this program, or to another Orleans application.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached, or refuses; see <see cref="PostgresErrors.Explain"/>.</exception>
    public static async Task<IReadOnlyList<SchemaAction>> ApplyAsync(PostgresConnection connection, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(connection);
        await using var open = await connection.OpenAsync(cancellation);
        await using var transaction = await open.BeginTransactionAsync(cancellation);
        await ExecuteAsync(open, $"SELECT pg_advisory_xact_lock({LockKey})", cancellation);

        // Made before it is asked for: a session that once found it missing may go on believing so within a transaction, while
        // the one that it waited for has made it.
        await ExecuteAsync(open, VersionTable, cancellation);
        var present = await PresentAsync(open, cancellation);
        CheckNotNewer(present, connection);
        if (!present.Any(step => step.Component == MembershipSchema.Component)) await CheckNobodyElsesAsync(open, connection, cancellation);
        var actions = new List<SchemaAction>();
        foreach (var step in Steps)
        {
            var isNew = !present.Contains((step.Component, step.Version));
            if (isNew) await ExecuteAsync(open, $"{step.Sql}\n{Note(step)}", cancellation);
            actions.Add(new SchemaAction(step, isNew));
        }

        await transaction.CommitAsync(cancellation);
        return actions;
    }

    /// <summary>Looks whether a database has everything that this program needs.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What is missing, or null.</returns>
    /// <exception cref="NpgsqlException">The database cannot be reached, or refuses.</exception>
    /// <exception cref="SrpoGrainException">The database belongs to a newer version of this program.</exception>
    public static async Task<string?> MissingAsync(PostgresConnection connection, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(connection);
        await using var open = await connection.OpenAsync(cancellation);
        var present = await ExistsAsync(open, "srpo_schema", cancellation) ? await PresentAsync(open, cancellation) : [];
        CheckNotNewer(present, connection);
        var missing = Steps.Where(step => !present.Contains((step.Component, step.Version))).Select(step => $"{step.Component} {step.Version}").ToList();
        return missing.Count == 0 ? null : $"{connection.Name} is not prepared (missing: {string.Join(", ", missing)}); run `srpo admin init-db`";
    }

    private static string Note(SchemaStep step) => $"INSERT INTO srpo_schema (component, version) VALUES ('{step.Component}', {step.Version});";

    private static async Task<bool> ExistsAsync(NpgsqlConnection open, string table, CancellationToken cancellation)
    {
        await using var exists = new NpgsqlCommand($"SELECT to_regclass('{table}') IS NOT NULL", open);
        return await exists.ExecuteScalarAsync(cancellation) is true;
    }

    /// <summary>The steps that a database has.</summary>
    private static async Task<HashSet<(string Component, int Version)>> PresentAsync(NpgsqlConnection open, CancellationToken cancellation)
    {
        var present = new HashSet<(string, int)>();
        await using var command = new NpgsqlCommand("SELECT component, version FROM srpo_schema", open);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) present.Add((reader.GetString(0), reader.GetInt32(1)));
        return present;
    }

    private static void CheckNotNewer(HashSet<(string Component, int Version)> present, PostgresConnection connection)
    {
        var unknown = present.Where(step => !Steps.Any(known => (known.Component, known.Version) == step)).Order().ToList();
        if (unknown.Count > 0)
            throw new SrpoGrainException($"{connection.Name} was prepared by a newer version of this program (it has {unknown[0].Component} {unknown[0].Version}); use that version, or another database");
    }

    /// <summary>Two Orleans applications in one schema would read each other's statements.</summary>
    private static async Task CheckNobodyElsesAsync(NpgsqlConnection open, PostgresConnection connection, CancellationToken cancellation)
    {
        if (!await ExistsAsync(open, "orleansquery", cancellation)) return;
        await using var foreign = new NpgsqlCommand("SELECT QueryKey FROM OrleansQuery WHERE QueryKey = ANY(@keys) AND NOT starts_with(QueryText, @mark) ORDER BY 1 LIMIT 1", open);
        foreign.Parameters.AddWithValue("keys", MembershipSchema.Queries.Keys.ToArray());
        foreign.Parameters.AddWithValue("mark", MembershipSchema.Mark);
        if (await foreign.ExecuteScalarAsync(cancellation) is string key)
            throw new SrpoGrainException($"{connection.Name} has the Orleans tables of another application (OrleansQuery, {key}); use another database, or another schema (Search Path in the connection string)");
    }

    private static async Task ExecuteAsync(NpgsqlConnection open, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, open);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}

/// <summary>One step of the database's schema. Steps are never changed once released; a later one alters what they made.</summary>
/// <param name="Component">Which part of the schema it belongs to.</param>
/// <param name="Version">Number of the step within its part, from 1.</param>
/// <param name="Description">What it makes.</param>
/// <param name="Sql">The statements.</param>
public sealed record SchemaStep(string Component, int Version, string Description, string Sql);

/// <summary>What was done about a step.</summary>
/// <param name="Step">The step.</param>
/// <param name="Applied">Whether it was applied now; otherwise the database had it.</param>
public sealed record SchemaAction(SchemaStep Step, bool Applied);

/// <summary>The tables of <see cref="PostgresGrainStorage"/>.</summary>
internal static class StorageSchema
{
    public const string Component = "storage";

    /// <summary>
    /// Data is not compressed by the database (storage external): it is mostly floats, on which compression costs time and gains
    /// next to nothing.
    /// </summary>
    private const string Tables = """
        CREATE TABLE srpo_state (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            service text NOT NULL,
            storage text NOT NULL,
            grain text NOT NULL,
            name text NOT NULL,
            tag uuid NOT NULL,
            head bytea NOT NULL,
            size bigint NOT NULL,
            written timestamptz NOT NULL DEFAULT now(),
            UNIQUE (service, storage, grain, name)
        );
        COMMENT ON TABLE srpo_state IS 'Srpo: states of grains; the data is in srpo_state_chunk';
        CREATE TABLE srpo_state_chunk (
            state bigint NOT NULL REFERENCES srpo_state (id) ON DELETE CASCADE,
            number integer NOT NULL,
            data bytea NOT NULL,
            PRIMARY KEY (state, number)
        );
        ALTER TABLE srpo_state_chunk ALTER COLUMN data SET STORAGE EXTERNAL;
        COMMENT ON TABLE srpo_state_chunk IS 'Srpo: data of states, in parts of a bounded size';
        """;

    public static IReadOnlyList<SchemaStep> Steps { get; } =
        [new(Component, 1, "tables srpo_state and srpo_state_chunk: states of grains", Tables)];
}
