using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Srpo.Experiments.Data;
using Srpo.Grains.Interfaces;

namespace Srpo.Experiments.Packs;

/// <summary>Writes a packed run, entry by entry: a zip file, which ordinary tools open. It needs to go back nowhere, so that it can be written into a pipe.</summary>
public sealed class PackWriter : IDisposable
{
    private readonly ZipArchive _archive;
    private readonly List<PackEntry> _entries = [];

    /// <summary>Begins one.</summary>
    /// <param name="target">Where it goes; it stays open.</param>
    /// <param name="header">What it begins with.</param>
    public PackWriter(Stream target, PackHeader header)
    {
        _archive = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true);
        Text(PackHeader.Path, JsonText.Write(header));
    }

    /// <summary>Adds a file of the run's directory.</summary>
    /// <param name="path">Its path there, with '/'.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task AddAsync(string path, Stream content, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(content);
        using var entry = Begin(PackManifest.Files + path);
        var part = new byte[1 << 16];

        // As long as it was at first: the pack itself may lie in the run's directory, and would grow while it is packed.
        for (var rest = content.Length; rest > 0;)
        {
            var read = await content.ReadAsync(part.AsMemory(0, (int)Math.Min(rest, part.Length)), cancellation);
            if (read == 0) break;
            entry.Write(part.AsSpan(0, read));
            rest -= read;
        }

        _entries.Add(entry.End());
    }

    /// <summary>Begins a state of a grain.</summary>
    /// <param name="work">The population or tournament that it is of.</param>
    /// <param name="state">The state.</param>
    /// <returns>Takes its bytes, and is then given to <see cref="End"/>.</returns>
    public OpenEntry Begin(string work, StateName state) => Begin($"{PackManifest.States}{state}.state", work, state);

    /// <summary>Ends a state.</summary>
    /// <param name="entry">What <see cref="Begin(string, StateName)"/> gave.</param>
    /// <returns>What the list of entries says of it.</returns>
    public PackEntry End(OpenEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        using (entry) _entries.Add(entry.End());
        return _entries[^1];
    }

    /// <summary>Writes the list of all entries, without which it is not whole.</summary>
    /// <param name="manifest">The list, but for the entries.</param>
    /// <returns>The list.</returns>
    public PackManifest Finish(PackManifest manifest)
    {
        var whole = manifest with { Entries = _entries };
        Text(PackManifest.Path, JsonText.Write(whole));
        _archive.Dispose();
        return whole;
    }

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    private OpenEntry Begin(string path, string? work = null, StateName? state = null) =>
        new(_archive.CreateEntry(path, CompressionLevel.Fastest).Open(), new PackEntry(path, 0, "") { Work = work, State = state });

    private void Text(string path, string text)
    {
        using var stream = _archive.CreateEntry(path, CompressionLevel.Fastest).Open();
        stream.Write(Encoding.UTF8.GetBytes(text + "\n"));
    }

    /// <summary>An entry that is being written.</summary>
    public sealed class OpenEntry : IDisposable
    {
        private readonly Stream _stream;
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private PackEntry _entry;

        internal OpenEntry(Stream stream, PackEntry entry) => (_stream, _entry) = (stream, entry);

        /// <summary>Appends bytes.</summary>
        public void Write(ReadOnlySpan<byte> bytes)
        {
            _stream.Write(bytes);
            _hash.AppendData(bytes);
            _entry = _entry with { Bytes = _entry.Bytes + bytes.Length };
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            _stream.Dispose();
            _hash.Dispose();
        }

        internal PackEntry End() => _entry with { Sha256 = Convert.ToHexStringLower(_hash.GetHashAndReset()) };
    }
}
