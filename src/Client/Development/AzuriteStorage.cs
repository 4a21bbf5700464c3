using Srpo.Client.Live;
using Srpo.Core.Errors;
using Srpo.Core.Files;

namespace Srpo.Client.Development;

/// <summary>Azurite, the emulator of Azure Storage from npm, with its data in the cluster's folder.</summary>
/// <param name="folder">The cluster's folder.</param>
/// <param name="program">What starts it, see <see cref="Find"/>.</param>
internal sealed class AzuriteStorage(DevFolder folder, IReadOnlyList<string> program) : IDevStorage
{
    /// <summary>Account and key are the emulator's published ones, the same everywhere; they protect nothing.</summary>
    private const string Account = "devstoreaccount1";

    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private const string Installed = "artifacts/azurite/node_modules/azurite/dist/src/azurite.js";

    public string SiloKind => "azure";

    public IReadOnlyList<int> FirstPorts => [10000, 10001, 10002];

    public TimeSpan Patience => TimeSpan.FromSeconds(90);

    private string Data => folder.PathOf(DevStorageKind.Azurite.Name());

    /// <inheritdoc/>
    public Task PrepareAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(Data);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Command(IReadOnlyList<int> ports) =>
    [
        // The Azure client libraries may be newer than the emulator; it then need not know their version of the protocol.
        .. program, "--silent", "--skipApiVersionCheck", "--disableTelemetry", "--location", Data, "--blobHost", "127.0.0.1", "--blobPort", $"{ports[0]}",
        "--queueHost", "127.0.0.1", "--queuePort", $"{ports[1]}", "--tableHost", "127.0.0.1", "--tablePort", $"{ports[2]}",
    ];

    /// <inheritdoc/>
    public string ConnectionString(IReadOnlyList<int> ports) =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{ports[0]}/{Account};QueueEndpoint=http://127.0.0.1:{ports[1]}/{Account};TableEndpoint=http://127.0.0.1:{ports[2]}/{Account};";

    /// <inheritdoc/>
    public async Task<bool> AnswersAsync(IReadOnlyList<int> ports, CancellationToken cancellation) =>
        await Ports.AnswersAsync("127.0.0.1", ports[0], cancellation) && await Ports.AnswersAsync("127.0.0.1", ports[2], cancellation);

    /// <inheritdoc/>
    public Task CompleteAsync(IReadOnlyList<int> ports, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Finds what tests have installed in the source tree, else the one on PATH.</summary>
    /// <param name="path">PATH, where node and azurite may be.</param>
    /// <param name="tree">The source tree; null where there is none.</param>
    /// <exception cref="SrpoException">There is none.</exception>
    public static IReadOnlyList<string> Find(string? path, string? tree)
    {
        var node = ProgramPath.Find(path, "node");
        if (node is not null && tree is not null && Path.Combine(tree, Installed) is var script && File.Exists(script)) return [node, script];
        if (node is not null && ProgramPath.Find(path, "azurite") is { } found) return [found];
        throw new SrpoException(
            ErrorKind.Environment,
            node is null
                ? "Azurite needs Node.js, and node is not on PATH; install it (Debian and Ubuntu: apt-get install nodejs npm), then Azurite: npm install --global azurite; or use PostgreSQL with --storage postgres"
                : "azurite is not on PATH; install it (npm install --global azurite), or use PostgreSQL with --storage postgres");
    }
}
