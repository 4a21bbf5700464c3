using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;
using Srpo.Core.Errors;
using Srpo.Core.Files;

namespace Srpo.Core.Checkpoints;

/// <summary>
/// A safetensors file of any size, mapped into memory: the header is read when it is opened, numbers when they are asked for, and the system keeps of the file what it
/// has room for. Any number of threads may read at the same time. The file must not be cut while it is open, which ends the process; replacing it by another of
/// its name is harmless.
/// </summary>
public sealed unsafe class SafetensorsReader : IDisposable
{
    private const int Part = 1 << 26;

    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Dictionary<string, SafetensorsEntry> _byName;
    private readonly long _bytes;
    private byte* _data;

    private SafetensorsReader(string path, SafetensorsHeader header, MemoryMappedFile map, MemoryMappedViewAccessor view, long begin, long bytes)
    {
        (Path, Tensors, Metadata, _map, _view, _bytes) = (path, header.Entries, header.Metadata, map, view, bytes);
        _byName = header.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _data = start + view.PointerOffset + begin;
    }

    /// <summary>The file, as messages name it.</summary>
    public string Path { get; }

    /// <summary>The tensors in the order of their data.</summary>
    public IReadOnlyList<SafetensorsEntry> Tensors { get; }

    /// <summary>The texts of the header.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file. Its hash, where it carries one, is checked by <see cref="VerifyHash"/> only.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="shown">The path as messages show it; null for the path itself.</param>
    /// <exception cref="SrpoException">It is missing, no file, or cannot be read.</exception>
    /// <exception cref="SafetensorsException">It is not valid.</exception>
    public static SafetensorsReader Open(string path, string? shown = null)
    {
        shown ??= path;
        UserFile.Require(path, "safetensors file", shown);
        FileStream? file = null;
        MemoryMappedFile? map = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            var size = file.Length;
            if (size < 8) throw SafetensorsHeader.Wrong(shown, "header length", $"the file has {size} bytes; 8 are needed: copy or download it again");
            var prefix = new byte[8];
            file.ReadExactly(prefix);
            var length = SafetensorsHeader.CheckLength(BinaryPrimitives.ReadUInt64LittleEndian(prefix), size, shown);
            var json = new byte[length];
            file.ReadExactly(json);
            var header = SafetensorsHeader.Parse(json, size - 8 - length, shown);
            map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            return new SafetensorsReader(shown, header, map, map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read), 8 + length, size - 8 - length);
        }
        catch (Exception error)
        {
            map?.Dispose();
            file?.Dispose();
            throw error switch
            {
                UnauthorizedAccessException => new SrpoException(ErrorKind.Environment, $"{shown} may not be read; give this user the right to read it", error),
                IOException => new SrpoException(ErrorKind.Environment, $"{shown} cannot be read: {error.Message.TrimEnd('.')}. It is mapped into memory: see that the limit of this process's address space, if there is one, has room for it.", error),
                _ => error,
            };
        }
    }

    /// <summary>The tensor of a name; null where there is none.</summary>
    public SafetensorsEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Copies numbers of a tensor as singles, see <see cref="TensorTypes.ToSingles"/>.</summary>
    /// <param name="entry">One of <see cref="Tensors"/>.</param>
    /// <param name="values">Receives as many numbers as it has room for.</param>
    /// <param name="first">Where they begin in the tensor.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tensor has not that many.</exception>
    /// <exception cref="SafetensorsException">The tensor is neither F32 nor F16 nor BF16.</exception>
    public void CopyTo(SafetensorsEntry entry, Span<float> values, long first = 0)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (!entry.Type.IsReadable()) throw Safetensors.NotReadable(Path, entry);
        var size = entry.Type.Size();
        for (var done = 0; done < values.Length;)
        {
            var count = Math.Min(values.Length - done, Part / sizeof(float));
            entry.Type.ToSingles(Bytes(entry, (first + done) * size, count * size), values.Slice(done, count));
            done += count;
        }
    }

    /// <summary>Bytes of a tensor as they are stored, valid until the file is closed.</summary>
    /// <param name="entry">One of <see cref="Tensors"/>.</param>
    /// <param name="offset">Where they begin in the tensor.</param>
    /// <param name="length">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tensor has not that many.</exception>
    public ReadOnlySpan<byte> Bytes(SafetensorsEntry entry, long offset, int length)
    {
        var start = (byte*)Pointer(entry);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, entry.Bytes - length);
        return new ReadOnlySpan<byte>(start + offset, length);
    }

    /// <summary>Where the bytes of a tensor are in memory, until the file is closed; they may not be written to, and need not be aligned.</summary>
    /// <param name="entry">One of <see cref="Tensors"/>.</param>
    public nint Pointer(SafetensorsEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ObjectDisposedException.ThrowIf(_data is null, this);
        return ReferenceEquals(Find(entry.Name), entry) ? (nint)(_data + entry.Begin) : throw new ArgumentException($"'{entry.Name}' is no tensor of {Path}", nameof(entry));
    }

    /// <summary>Reads all data and compares it with the hash that the header carries; does nothing where it carries none.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Whether there was a hash.</returns>
    /// <exception cref="SafetensorsException">Bits were altered.</exception>
    public bool VerifyHash(CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_data is null, this);
        if (!Metadata.TryGetValue(Safetensors.HashKey, out var recorded)) return false;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long done = 0; done < _bytes; done += Part)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(new ReadOnlySpan<byte>(_data + done, (int)Math.Min(Part, _bytes - done)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset()) == recorded ? true : throw Safetensors.Altered(Path);
    }

    /// <summary>Closes the file: pointers and spans of it must not be used any more.</summary>
    public void Dispose()
    {
        if (_data is null) return;
        _data = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }
}
