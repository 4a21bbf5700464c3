using System.Runtime.InteropServices;

namespace Srpo.Learning.Devices.Cpu;

/// <summary>Scratch floats outside the managed heap, 64-byte aligned, grown on demand. Contents are undefined after growth.</summary>
public sealed unsafe class NativeBuffer : IDisposable
{
    private float* _pointer;
    private int _capacity;

    /// <summary>Frees what was not disposed.</summary>
    ~NativeBuffer() => Free();

    /// <summary>The floats; null before the first <see cref="Ensure"/> and after <see cref="Dispose"/>.</summary>
    public float* Pointer => _pointer;

    /// <summary>At least this many floats; zeroed when newly allocated.</summary>
    /// <param name="count">Number of floats; padded to a whole vector.</param>
    public float* Ensure(int count)
    {
        if (count <= _capacity) return _pointer;
        Free();
        var bytes = (nuint)Padding.Pad(count) * sizeof(float);
        _pointer = (float*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(_pointer, bytes);
        _capacity = Padding.Pad(count);
        return _pointer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
        _capacity = 0;
    }
}
