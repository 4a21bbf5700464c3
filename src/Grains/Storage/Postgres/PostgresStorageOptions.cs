namespace Srpo.Grains.Storage;

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
