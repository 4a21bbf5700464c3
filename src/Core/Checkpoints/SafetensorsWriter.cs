using System.Security.Cryptography;
using Srpo.Core.Files;

namespace Srpo.Core.Checkpoints;

/// <summary>
/// Writes a safetensors file of any size, number after number: the tensors are said first, then their numbers in order. The file is there, under its name, when it is
/// complete. It carries the hash <see cref="Safetensors.HashKey"/> of its data.
/// </summary>
public sealed class SafetensorsWriter : IDisposable
{
    private const int Part = 1 << 20;

    /// <summary>As long as a hash, and none.</summary>
    private static readonly string NoHash = new('0', 64);

    private readonly IReadOnlyDictionary<string, string> _metadata;
    private readonly string _path;
    private readonly string _temporary;
    private readonly bool _replace;
    private readonly FileStream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _part = new byte[Part];
    private int _tensor;
    private long _written;
    private bool _complete;

    private SafetensorsWriter(string path, IReadOnlyList<SafetensorsEntry> tensors, IReadOnlyDictionary<string, string> metadata, bool replace)
    {
        (_path, Tensors, _metadata, _replace) = (path, tensors, metadata, replace);
        _temporary = $"{path}.{Guid.NewGuid():N}.part";
        _file = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
    }

    /// <summary>The tensors, in the order of their data.</summary>
    public IReadOnlyList<SafetensorsEntry> Tensors { get; }

    /// <summary>Begins a file.</summary>
    /// <param name="path">The file, absolute; its folder is there.</param>
    /// <param name="tensors">The tensors, in the order of their data. Other programs need each to begin at a multiple of its numbers' size: wider types come first.</param>
    /// <param name="metadata">Texts for the header.</param>
    /// <param name="replace">Whether a file that exists is replaced, when the new one is complete; else completing it is an <see cref="IOException"/>.</param>
    /// <exception cref="ArgumentException">A name occurs twice or is reserved, a dimension is negative, or a tensor would not be aligned.</exception>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static SafetensorsWriter Create(string path, IReadOnlyList<SafetensorsEntry> tensors, IReadOnlyDictionary<string, string> metadata, bool replace = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(metadata);
        Safetensors.CheckNames(tensors.Select(tensor => tensor.Name));
        long begin = 0;
        foreach (var tensor in tensors)
        {
            if (tensor.Shape.Any(dimension => dimension < 0)) throw new ArgumentException($"the shape {SafetensorsEntry.Shown(tensor.Shape)} of '{tensor.Name}' is none", nameof(tensors));
            if (begin % tensor.Type.Size() != 0) throw new ArgumentException($"'{tensor.Name}' would not be aligned: put tensors of wider types first", nameof(tensors));
            begin += tensor.Bytes;
        }

        var writer = new SafetensorsWriter(path, tensors, metadata, replace);
        try
        {
            writer._file.Write(Safetensors.Header(tensors, metadata, NoHash));
            writer.SkipFull();
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>Writes numbers: the next of the tensor that is being written, or of it and those after it, each in the type of its tensor.</summary>
    /// <param name="values">Any number of them, up to what is still missing.</param>
    /// <exception cref="ArgumentException">They are more than are missing.</exception>
    /// <exception cref="InvalidOperationException">A tensor that is neither F32 nor F16 nor BF16 comes next; its bytes are given to <see cref="WriteBytes"/>.</exception>
    public void Write(ReadOnlySpan<float> values)
    {
        while (values.Length > 0)
        {
            var tensor = Next();
            if (!tensor.Type.IsReadable()) throw new InvalidOperationException($"'{tensor.Name}' is {tensor.Type}: it is written as bytes");
            var size = tensor.Type.Size();
            var count = (int)Math.Min(Math.Min(values.Length, Part / size), (tensor.Bytes - _written) / size);
            tensor.Type.FromSingles(values[..count], _part.AsSpan(0, count * size));
            Append(_part.AsSpan(0, count * size));
            values = values[count..];
        }
    }

    /// <summary>Writes bytes of the tensors as they will be stored, as <see cref="Write"/> does with numbers.</summary>
    /// <param name="bytes">Any number of them, up to what is still missing; numbers are not cut.</param>
    /// <exception cref="ArgumentException">They are more than are missing.</exception>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var count = (int)Math.Min(bytes.Length, Next().Bytes - _written);
            Append(bytes[..count]);
            bytes = bytes[count..];
        }
    }

    /// <summary>Writes the hash, flushes the file to disk and gives it its name.</summary>
    /// <exception cref="InvalidOperationException">Numbers are missing.</exception>
    /// <exception cref="IOException">It cannot be written, or exists and may not be replaced.</exception>
    public void Complete()
    {
        if (_tensor < Tensors.Count) throw new InvalidOperationException($"numbers of '{Tensors[_tensor].Name}' are missing");
        _file.Position = 0;
        _file.Write(Safetensors.Header(Tensors, _metadata, Convert.ToHexStringLower(_hash.GetHashAndReset())));
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        File.Move(_temporary, _path, _replace);
        _complete = true;
    }

    /// <summary>Leaves nothing behind of a file that was not completed.</summary>
    public void Dispose()
    {
        _file.Dispose();
        _hash.Dispose();
        if (_complete) return;
        _complete = true;
        AtomicFile.Discard(_temporary);
    }

    private SafetensorsEntry Next() => _tensor < Tensors.Count ? Tensors[_tensor] : throw new ArgumentException("all tensors are written");

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _file.Write(bytes);
        _hash.AppendData(bytes);
        _written += bytes.Length;
        SkipFull();
    }

    private void SkipFull()
    {
        while (_tensor < Tensors.Count && _written == Tensors[_tensor].Bytes) (_tensor, _written) = (_tensor + 1, 0);
    }
}
