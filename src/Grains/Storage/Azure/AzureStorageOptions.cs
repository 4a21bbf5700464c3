namespace Srpo.Grains.Storage;

/// <summary>Where and how <see cref="AzureGrainStorage"/> keeps states.</summary>
public sealed class AzureStorageOptions
{
    /// <summary>The account.</summary>
    public AzureAccount? Account { get; set; }

    /// <summary>Name of the container; it is made by the first write.</summary>
    public string Container { get; set; } = "";

    /// <summary>How long an operation waits for an account that does not answer. <value>5 minutes by default.</value></summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long one request may take, with all the data that it carries. <value>10 s by default.</value></summary>
    public TimeSpan Request { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Operations at the same time, 1 to 64; others wait their turn. <value>6 by default.</value></summary>
    public int Concurrency { get; set; } = 6;

    /// <summary>Throws if an option cannot be used.</summary>
    /// <param name="name">Name of the storage, for the message.</param>
    /// <exception cref="ArgumentException">Names the option and its range.</exception>
    public void Validate(string name)
    {
        if (Account is null) throw Refuse(name, nameof(Account), "give an account");
        if (string.IsNullOrWhiteSpace(Container)) throw Refuse(name, nameof(Container), "give a name");
        if (Patience < TimeSpan.Zero || Patience > TimeSpan.FromDays(1)) throw Refuse(name, nameof(Patience), "use 0 s to 1 day");
        if (Request < TimeSpan.FromSeconds(1) || Request > TimeSpan.FromMinutes(10)) throw Refuse(name, nameof(Request), "use 1 s to 10 minutes");
        if (Concurrency is < 1 or > 64) throw Refuse(name, nameof(Concurrency), "use 1 to 64");
        _ = Blobs();
    }

    /// <summary>The container.</summary>
    /// <exception cref="ArgumentException">The account's connection string does not say where its blobs are.</exception>
    public AzureBlobs Blobs() => Account!.Blobs(Container, Request);

    private static ArgumentException Refuse(string name, string option, string remedy) =>
        new($"the Azure storage '{name}': {nameof(AzureStorageOptions)}.{option} cannot be used; {remedy}");
}
