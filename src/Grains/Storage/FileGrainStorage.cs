using System.Globalization;
using System.Text.Json;
using Orleans.Storage;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Storage;

/// <summary>
/// Grain states as local files, one each: replaced atomically, with checksums and a version tag. Reading and writing happen
/// off the threads that run grains.
/// </summary>
public sealed class FileGrainStorage : IGrainStorage, IDisposable
{
    private readonly FileStorageOptions _options;
    private readonly Lock _leaseLock = new();
    private DirectoryLease? _lease;
    private bool _disposed;

    /// <summary>A storage over a directory.</summary>
    /// <param name="name">The name that it is registered under; used in messages.</param>
    /// <param name="options">Where and how.</param>
    /// <exception cref="ArgumentException">The options name no directory.</exception>
    public FileGrainStorage(string name, FileStorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrWhiteSpace(options.Directory))
            throw new ArgumentException($"the file storage '{name}' has no directory; set {nameof(FileStorageOptions)}.{nameof(FileStorageOptions.Directory)}", nameof(options));
        _options = options;
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
        grainState.State = StateType.Empty<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
        using var stream = OpenToRead(path);
        if (stream is null) return;

        var problem = StateEnvelope.TryReadHead(stream, out var head, out var hash);
        if (problem is not null) throw Corrupt(path, problem);
        grainState.ETag = head!.Tag;
        if (head.Grain != grainId.ToString() || head.State != stateName)
            throw Corrupt(path, $"it belongs to the state '{head.State}' of the grain '{head.Grain}', not to '{stateName}' of '{grainId}'");
        if (head.Type != StateType.Name<T>()) throw Corrupt(path, $"it holds a '{head.Type}', not a '{StateType.Name<T>()}'");
        problem = StateEnvelope.TryReadPayload(stream, stream.Length - stream.Position, head, hash, out var payload);
        if (problem is not null) throw Corrupt(path, problem);
        try
        {
            grainState.State = JsonSerializer.Deserialize<T>(payload, _options.Json) ?? throw new JsonException("the state is null");
            grainState.RecordExists = true;
        }
        catch (Exception error) when (error is JsonException or FormatException or NotSupportedException)
        {
            throw Corrupt(path, "its data cannot be understood: " + error.Message, error);
        }
    });

    /// <inheritdoc/>
    /// <exception cref="InconsistentStateException">Somebody else wrote the file since it was read.</exception>
    /// <exception cref="SrpoGrainException">The file cannot be written; the message names it and the remedy.</exception>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // Serialised in the grain's turn, so that the grain may change the state while the file is being written.
        var payload = JsonSerializer.SerializeToUtf8Bytes(grainState.State, _options.Json);
        return Task.Run(() =>
        {
            var path = PathOf(stateName, grainId);
            TakeLease();
            CheckTag(path, grainState.ETag, "written");
            var tag = NextTag(grainState.ETag);
            var head = new StateHead(StateType.Name<T>(), grainId.ToString(), stateName, tag, payload.Length);
            StateFile.Replace(path, StateEnvelope.WriteHead(head, payload), payload, StateFile.Create);
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
            if (Directory.Exists(Path.GetDirectoryName(path))) File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StateFile.Explain(error, path, "removed");
        }

        grainState.State = StateType.Empty<T>();
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

    private static FileStream? OpenToRead(string path)
    {
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

    /// <summary>The tag in the file must be the one that the grain knows. A file without a readable head has none and may be replaced.</summary>
    private static void CheckTag(string path, string? expected, string what)
    {
        using var stream = OpenToRead(path);
        StateHead? head = null;
        if (stream is not null && StateEnvelope.TryReadHead(stream, out head, out _) is not null) return;
        if (head?.Tag == expected) return;
        throw new InconsistentStateException(
            $"state file '{path}' cannot be {what}: another process wrote it meanwhile; let only one process train or play at a time in this data directory",
            head?.Tag ?? "none", expected ?? "none");
    }

    private static CorruptStateException Corrupt(string path, string problem, Exception? cause = null) =>
        new($"state file '{path}' cannot be used: {problem}", cause);

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
