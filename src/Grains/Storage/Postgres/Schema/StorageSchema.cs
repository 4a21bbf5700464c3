namespace Srpo.Grains.Storage;

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
