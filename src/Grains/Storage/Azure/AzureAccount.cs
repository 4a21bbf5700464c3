using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs;

namespace Srpo.Grains.Storage;

/// <summary>
/// How to reach an account of Azure Storage, or its emulator, and how to speak of it without its key. Its clients repeat no request and
/// wait seconds for an answer: patience is ours, and what waits says so.
/// </summary>
public sealed class AzureAccount
{
    /// <summary>How long a request for rows may take: they are small.</summary>
    private static readonly TimeSpan TableRequest = TimeSpan.FromSeconds(5);

    private readonly string _text;

    private AzureAccount(string text) => _text = text;

    /// <summary>Reads a connection string, as the Azure portal or `deploy/dev/azurite.sh` shows it.</summary>
    /// <param name="text">The string.</param>
    /// <exception cref="ArgumentException">It is no such string. The message does not repeat any part of it, which may be a key.</exception>
    public static AzureAccount Parse(string text) => Try(() => new TableServiceClient(text)) is not null || Try(() => new BlobServiceClient(text)) is not null
        ? new AzureAccount(text)
        : throw new ArgumentException("it is not a connection string of the form 'DefaultEndpointsProtocol=https;AccountName=NAME;AccountKey=KEY;EndpointSuffix=...' (it is not repeated here because it may hold a key)", nameof(text));

    /// <summary>Its tables.</summary>
    /// <exception cref="ArgumentException">The connection string does not say where they are.</exception>
    public AzureTables Tables() => Try(() => new TableServiceClient(_text, Limited(new TableClientOptions(), TableRequest))) is { } client
        ? new AzureTables(client, $"tables at {Place(client.Uri)}")
        : throw Lacks("TableEndpoint");

    /// <summary>A container of its blobs, which need not exist.</summary>
    /// <param name="container">Name of the container.</param>
    /// <param name="request">How long one request may take, with all the data that it carries.</param>
    /// <exception cref="ArgumentException">The connection string does not say where they are.</exception>
    public AzureBlobs Blobs(string container, TimeSpan request) => Try(() => new BlobServiceClient(_text, Limited(new BlobClientOptions(), request))) is { } client
        ? new AzureBlobs(client, container, $"blobs at {Place(client.Uri)}")
        : throw Lacks("BlobEndpoint");

    private static T Limited<T>(T options, TimeSpan request)
        where T : ClientOptions
    {
        (options.Retry.MaxRetries, options.Retry.NetworkTimeout) = (0, request);
        return options;
    }

    private static string Place(Uri address) => address.GetLeftPart(UriPartial.Path).TrimEnd('/');

    private static ArgumentException Lacks(string keyword) => new($"the connection string of the storage account has no {keyword}");

    private static T? Try<T>(Func<T> parse)
        where T : class
    {
        try
        {
            return parse();
        }
        catch (Exception error) when (error is FormatException or ArgumentException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }
}

/// <summary>The tables of a storage account.</summary>
/// <param name="Client">Reaches them.</param>
/// <param name="Name">For messages.</param>
public sealed record AzureTables(TableServiceClient Client, string Name)
{
    /// <summary>Name of the table in which silos keep the list of themselves; Orleans' own.</summary>
    public const string SiloTable = "OrleansSiloInstances";

    /// <summary>Asks for a sign of life.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="Azure.RequestFailedException">They cannot be reached, or refuse.</exception>
    public Task ProbeAsync(CancellationToken cancellation) => Client.GetTableClient(SiloTable).GetEntityIfExistsAsync<TableEntity>("probe", "probe", cancellationToken: cancellation);
}

/// <summary>A container of blobs of a storage account.</summary>
/// <param name="Client">Reaches them.</param>
/// <param name="Container">Name of the container.</param>
/// <param name="Name">For messages.</param>
public sealed record AzureBlobs(BlobServiceClient Client, string Container, string Name)
{
    /// <summary>Asks for a sign of life.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="Azure.RequestFailedException">They cannot be reached, or refuse.</exception>
    public Task ProbeAsync(CancellationToken cancellation) => Client.GetBlobContainerClient(Container).ExistsAsync(cancellation);
}
