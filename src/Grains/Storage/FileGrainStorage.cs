using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using Srpo.Core.Files;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Storage;

/// <summary>
/// Grain states as local files, one each: replaced atomically, with checksums and a version tag. Reading and writing happen
/// off the threads that run grains.
/// </summary>
public sealed class FileGrainStorage : IGrainStorage, IDisposable
{
    private readonly FileStorageOptions _options;
    private readonly StatePayload _payloads;
    private readonly Lock _leaseLock = new();
    private DirectoryLease? _lease;
    private bool _disposed;

    /// <summary>A storage over a directory.</summary>
    /// <param name="name">The name that it is registered under; used in messages.</param>
    /// <param name="options">Where and how.</param>
    /// <exception cref="ArgumentException">The options name no directory.</exception>
    public FileGrainStorage(string name, FileStorageOptions options)
        : this(name, options, new StatePayload())
    {
    }

    /// <summary>The same with a reader of states of one's own.</summary>
    internal FileGrainStorage(string name, FileStorageOptions options, StatePayload payloads)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrWhiteSpace(options.Directory))
            throw new ArgumentException($"the file storage '{name}' has no directory; set {nameof(FileStorageOptions)}.{nameof(FileStorageOptions.Directory)}", nameof(options));
        (_options, _payloads) = (options, payloads);
    }

    /// <summary>The file of a state.</summary>
    public string PathOf(string stateName, GrainId grainId) =>
        StatePath.For(_options.Directory, grainId.Type.ToString()!, grainId.Key.ToString()!, stateName);

    /// <inheritdoc/>
    /// <exception cref="CorruptStateException">
    /// The file is damaged or foreign. The tag is set all the same when it can be read, so that a grain that can do without
    /// the record may write over it.
    /// </exception>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.Run(() =>
    {
        var path = PathOf(stateName, grainId);
        grainState.State = StoredState.Empty<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
        using var stream = OpenToRead(path);
        if (stream is null) return;
        var stored = StoredState.Open(stream);
        grainState.ETag = stored.Tag;
        grainState.State = stored.Read<T>(_payloads, new StateKey(grainId.ToString(), stateName), Place(path));
        grainState.RecordExists = true;
    });

    /// <inheritdoc/>
    /// <exception cref="InconsistentStateException">Somebody else wrote the file since it was read.</exception>
    /// <exception cref="SrpoGrainException">The file cannot be written; the message names it and the remedy.</exception>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // Serialised in the grain's turn, so that the grain may change the state while the file is being written.
        var (payload, version) = (_payloads.Write(grainState.State), StoredState.VersionOf(grainState.State));
        return Task.Run(() =>
        {
            var path = PathOf(stateName, grainId);
            TakeLease();
            CheckTag(path, grainState.ETag, "written");
            var tag = NextTag(grainState.ETag);
            StateFile.Replace(path, StoredState.Head<T>(new StateKey(grainId.ToString(), stateName), tag, payload, version), payload, AtomicFile.Create);
            grainState.ETag = tag;
            grainState.RecordExists = true;
        });
    }

    /// <inheritdoc/>
    /// <exception cref="InconsistentStateException">Somebody else wrote the file since it was read.</exception>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.Run(() =>
    {
        var path = PathOf(stateName, grainId);
        TakeLease();
        CheckTag(path, grainState.ETag, "removed");
        try
        {
            if (Directory.Exists(Path.GetDirectoryName(path)))
            {
                File.Delete(path);
                File.Delete(path + StateFile.TemporarySuffix);
                StatePath.RemoveEmpty(Path.GetDirectoryName(path)!, Path.GetFullPath(_options.Directory));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StateFile.Explain(error, path, "removed");
        }

        grainState.State = StoredState.Empty<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    });

    /// <summary>Gives up the right to write, if this storage took it.</summary>
    public void Dispose()
    {
        lock (_leaseLock)
        {
            _disposed = true;
            _lease?.Dispose();
            _lease = null;
        }
    }

    private static string NextTag(string? tag) =>
        long.TryParse(tag, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (number + 1).ToString(CultureInfo.InvariantCulture)
            : "1";

    private static string Place(string path) => $"state file '{path}'";

    /// <summary>What is in the place of a state's file and is none; null where there is a file, or nothing.</summary>
    private static FileKind? Foreign(string path) => FileStatus.Of(path).Kind is var kind and not (FileKind.Regular or FileKind.Missing) ? kind : null;

    private static FileStream? OpenToRead(string path)
    {
        // To open a pipe would wait for whoever is at its other end.
        if (Foreign(path) is { } kind) throw StoredState.Corrupt(Place(path), $"it is {UserFile.Word(kind)}, not a file");
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StateFile.Explain(error, path, "read");
        }
    }

    /// <summary>
    /// The tag in the file must be the one that the grain knows. A file without a readable head has none and may be replaced, as may a pipe or the like;
    /// a directory may not, since it may hold what somebody needs.
    /// </summary>
    private static void CheckTag(string path, string? expected, string what)
    {
        if (Foreign(path) is { } kind)
        {
            if (kind != FileKind.Directory) return;
            throw new CorruptStateException($"{Place(path)} cannot be {what}: a directory is in its place; move that away and repeat the command. What was stored before is untouched.");
        }

        using var stream = OpenToRead(path);
        var stored = stream is null ? null : StoredState.Open(stream);
        if (stored?.Problem is not null || stored?.Tag == expected) return;
        throw new InconsistentStateException(
            $"state file '{path}' cannot be {what}: another process wrote it meanwhile; let only one process train or play at a time in this data directory",
            stored?.Tag ?? "none", expected ?? "none");
    }

    private void TakeLease()
    {
        if (_options.ExclusiveRoot is not { } root) return;
        lock (_leaseLock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _lease ??= DirectoryLease.Take(root);
        }
    }
}

/// <summary>Where and how <see cref="FileGrainStorage"/> keeps its files.</summary>
public sealed class FileStorageOptions
{
    /// <summary>The directory of this storage's files; it is made when the first state is written.</summary>
    public string Directory { get; set; } = "";

    /// <summary>
    /// A directory that only one process may write under, or null. The first write takes a lock there and the process keeps
    /// it; another process is refused with a clear message. Reading needs no lock. <value>null by default.</value>
    /// </summary>
    public string? ExclusiveRoot { get; set; }
}

/// <summary>Registers <see cref="FileGrainStorage"/>.</summary>
public static class FileGrainStorageExtensions
{
    /// <summary>Adds a storage of local files under a name.</summary>
    public static ISiloBuilder AddFileGrainStorage(this ISiloBuilder builder, string name, Action<FileStorageOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.AddOptions<FileStorageOptions>(name).Configure(configure);
        builder.Services.AddKeyedSingleton<IGrainStorage>(
            name, (services, _) => new FileGrainStorage(name, services.GetRequiredService<IOptionsMonitor<FileStorageOptions>>().Get(name)));
        return builder;
    }
}
