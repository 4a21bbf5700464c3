using Azure;
using Azure.Storage.Blobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Srpo.Core.Errors;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Storage;

/// <summary>
/// Grain states in blobs, by Orleans' storage, with what the other storages have: checksums, states that are fixed when a grain
/// asks for a write, writes that are known again after a lost connection, and patience while the account does not answer.
/// </summary>
public sealed class AzureGrainStorage : IGrainStorage, IDisposable
{
    private readonly IGrainStorage _blobs;
    private readonly string _name;
    private readonly string _place;
    private readonly StatePayload _payloads = new();
    private readonly StorageRetry _retry;
#pragma warning disable CA2213 // operations that are still under way give it back; without a wait handle it holds nothing
    private readonly SemaphoreSlim _turns;
#pragma warning restore CA2213

    /// <param name="blobs">Orleans' storage, with <see cref="BlobSerializer"/>.</param>
    /// <param name="name">The name that it is registered under.</param>
    /// <param name="options">Where and how.</param>
    /// <param name="health">Is told when the account does not answer.</param>
    /// <param name="logger">Is told the same.</param>
    internal AzureGrainStorage(IGrainStorage blobs, string name, AzureStorageOptions options, StorageHealth health, ILogger logger)
    {
        var container = options.Blobs();
        (_blobs, _name, _place) = (blobs, name, $"the container '{container.Container}' of {container.Name}");
        _turns = new SemaphoreSlim(options.Concurrency, options.Concurrency);
        _retry = new StorageRetry(
            new RetryPolicy(name, options.Patience, AzureErrors.IsTransient, error => AzureErrors.Explain(error, container.Name), container.ProbeAsync), health, logger);
    }

    /// <inheritdoc/>
    /// <exception cref="CorruptStateException">
    /// What is stored is damaged or foreign. The tag is set all the same, so that a grain that can do without the record may write over it.
    /// </exception>
    /// <exception cref="StorageUnavailableException">The account did not answer in time.</exception>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.Run(async () =>
    {
        var found = new GrainState<BlobContent>();
        await InTurnAsync("read", _ => _blobs.ReadStateAsync(stateName, grainId, found));
        grainState.State = StoredState.Empty<T>();
        grainState.RecordExists = false;
        grainState.ETag = found.ETag;
        if (!found.RecordExists) return;
        var key = new StateKey(grainId.ToString(), stateName);
        using var stream = new MemoryStream(found.State!.Content, writable: false);
        grainState.State = StoredState.Open(stream).Read<T>(_payloads, key, $"the blob of the state '{key.Name}' of the grain '{key.Grain}' in {_place}");
        grainState.RecordExists = true;
    });

    /// <inheritdoc/>
    /// <exception cref="InconsistentStateException">Somebody else wrote the state since it was read.</exception>
    /// <exception cref="StorageUnavailableException">The account did not answer in time.</exception>
    /// <exception cref="SrpoGrainException">The account refuses; the message says why and what to do.</exception>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // Made in the grain's turn, so that the grain may change the state while it is being written.
        var (payload, version) = (_payloads.Write(grainState.State), StoredState.VersionOf(grainState.State));
        return Task.Run(async () =>
        {
            var key = new StateKey(grainId.ToString(), stateName);

            // No two writes have the same tag: after a lost connection it tells whether a blob is what was to be written.
            var head = StoredState.Head<T>(key, Guid.CreateVersion7().ToString("N"), payload, version);
            var written = new GrainState<BlobContent>(new BlobContent { Content = [.. head, .. payload] }) { ETag = grainState.ETag };
            await InTurnAsync("written", _ => WriteOrFindAsync(key, grainId, written));
            grainState.ETag = written.ETag;
            grainState.RecordExists = true;
        });
    }

    /// <inheritdoc/>
    /// <exception cref="InconsistentStateException">Somebody else wrote the state since it was read.</exception>
    /// <exception cref="StorageUnavailableException">The account did not answer in time.</exception>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.Run(async () =>
    {
        var removed = new GrainState<BlobContent> { ETag = grainState.ETag };
        await InTurnAsync("removed", attempt => RemoveAsync(new StateKey(grainId.ToString(), stateName), grainId, removed, repeated: attempt > 0));
        grainState.State = StoredState.Empty<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    });

    /// <summary>Ends all waiting for the account.</summary>
    public void Dispose() => _retry.Dispose();

    private static InconsistentStateException Inconsistent(StateKey key, string what, InconsistentStateException cause) => new(
        $"the state '{key.Name}' of the grain '{key.Grain}' cannot be {what}: another activation wrote it meanwhile", cause.StoredEtag, cause.CurrentEtag, cause);

    /// <summary>Writes a blob. Where another is found instead it may be this one, written by an attempt whose answer was lost.</summary>
    private async Task WriteOrFindAsync(StateKey key, GrainId grain, GrainState<BlobContent> written)
    {
        try
        {
            await _blobs.WriteStateAsync(key.Name, grain, written);
        }
        catch (InconsistentStateException error)
        {
            var found = new GrainState<BlobContent>();
            await _blobs.ReadStateAsync(key.Name, grain, found);
            if (!found.RecordExists || !found.State!.Content.AsSpan().SequenceEqual(written.State!.Content)) throw Inconsistent(key, "written", error);
            written.ETag = found.ETag;
        }
    }

    /// <summary>Removes a blob. Where none is left, an earlier attempt whose answer was lost may have removed it.</summary>
    private async Task RemoveAsync(StateKey key, GrainId grain, GrainState<BlobContent> removed, bool repeated)
    {
        try
        {
            await _blobs.ClearStateAsync(key.Name, grain, removed);
        }
        catch (InconsistentStateException error)
        {
            var found = new GrainState<BlobContent>();
            if (repeated) await _blobs.ReadStateAsync(key.Name, grain, found);
            if (!repeated || found.RecordExists) throw Inconsistent(key, "removed", error);
        }
    }

    private async Task InTurnAsync(string what, Func<int, Task> act)
    {
        try
        {
            await _retry.RunAsync(async attempt =>
            {
                await _turns.WaitAsync();
                try
                {
                    await act(attempt);
                }
                finally
                {
                    _turns.Release();
                }
            });
        }
        catch (RequestFailedException error)
        {
            // Without its cause: that loses its status on the way to another silo, and would look there as if the account did not answer.
            throw new SrpoGrainException(ErrorKind.Environment, $"a state of '{_name}' cannot be {what}: {AzureErrors.Explain(error, _place)}");
        }
    }
}

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

/// <summary>Registers <see cref="AzureGrainStorage"/>.</summary>
public static class AzureGrainStorageExtensions
{
    /// <summary>Adds a storage in blobs under a name.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="name">Name of the storage.</param>
    /// <param name="configure">Sets at least the account and the container.</param>
    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    public static ISiloBuilder AddAzureGrainStorage(this ISiloBuilder builder, string name, Action<AzureStorageOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new AzureStorageOptions();
        configure(options);
        options.Validate(name);
        builder.Services.TryAddSingleton<StorageHealth>();
        var plain = name + "-blobs";
        builder.AddAzureBlobGrainStorage(plain, blobs =>
        {
            blobs.BlobServiceClient = options.Blobs().Client;
            blobs.ContainerName = options.Container;
            blobs.GrainStorageSerializer = new BlobSerializer();
            blobs.BuildContainerFactory = (_, _) => new LateContainer(options.Container);
        });
        builder.Services.AddKeyedSingleton<IGrainStorage>(name, (services, _) => new AzureGrainStorage(
            services.GetRequiredKeyedService<IGrainStorage>(plain),
            name,
            options,
            services.GetRequiredService<StorageHealth>(),
            services.GetRequiredService<ILogger<AzureGrainStorage>>()));
        return builder;
    }

    /// <summary>A container that is made by the first write: an account that goes away while a silo starts does not end the start.</summary>
    private sealed class LateContainer(string name) : IBlobContainerFactory
    {
        private BlobContainerClient? _container;

        public BlobContainerClient GetBlobContainerClient(GrainId grainId) => _container!;

        public Task InitializeAsync(BlobServiceClient client)
        {
            _container = client.GetBlobContainerClient(name);
            return Task.CompletedTask;
        }
    }
}

/// <summary>The whole content of a blob: a <see cref="StoredState"/>.</summary>
internal sealed class BlobContent
{
    /// <summary>The content.</summary>
    public byte[] Content { get; set; } = [];
}

/// <summary>Hands contents of blobs to Orleans' storage, and takes them from there, as they are.</summary>
internal sealed class BlobSerializer : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) => new(((BlobContent)(object)input!).Content);

    // A copy: the buffer behind it is used again.
    public T Deserialize<T>(BinaryData input) => (T)(object)new BlobContent { Content = input.ToArray() };
}
