using System.Runtime.InteropServices;
using Srpo.Core.Errors;
using Srpo.Learning.Devices;
using TorchSharp;
using static TorchSharp.torch;

namespace Srpo.Learning.Torch;

/// <summary>Where tensors are, and how factors of products are rounded.</summary>
/// <param name="Device">Processor or GPU.</param>
/// <param name="Precision">How factors are rounded.</param>
public sealed record TorchPlace(Device Device, DevicePrecision Precision)
{
    /// <summary>Whether it is a GPU.</summary>
    public bool IsCuda => Device.type == DeviceType.CUDA;

    /// <summary>Batched product [P, a, b] x [P, b, c].</summary>
    public Tensor Multiply(Tensor left, Tensor right) => Precision == DevicePrecision.Bf16
        ? bmm(left.to(ScalarType.BFloat16), right.to(ScalarType.BFloat16)).to(ScalarType.Float32)
        : bmm(left, right);

    /// <summary>Whether an error is that memory ran out: a smaller batch may do.</summary>
    public static bool IsOutOfMemory(Exception error) =>
        SrpoException.IsOutOfMemory(error)
        || (error is ExternalException && (error.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase) || error.Message.Contains("can't allocate memory", StringComparison.OrdinalIgnoreCase)));
}

/// <summary>
/// Memory of the host through which numbers come to tensors. It grows and is kept, and is page-locked where a GPU reads it. Not thread-safe.
/// </summary>
internal sealed unsafe class Staging(TorchPlace place) : IDisposable
{
    private Tensor? _buffer;
    private long _capacity;

    /// <summary>The first number.</summary>
    public float* Pointer { get; private set; }

    /// <summary>Room for so many numbers, of any content.</summary>
    public float* Ensure(long count)
    {
        if (_capacity >= count) return Pointer;
        Dispose();
        var buffer = empty(count, ScalarType.Float32);
        _buffer = (place.IsCuda ? buffer.pin_memory() : buffer).DetachFromDisposeScope();
        if (place.IsCuda) buffer.Dispose();
        using var first = _buffer.narrow(0, 0, 1);
        Pointer = (float*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
        _capacity = count;
        return Pointer;
    }

    /// <summary>A part of it as a tensor at the place: the memory itself on the processor, a copy on a GPU.</summary>
    /// <param name="offset">Index of its first number.</param>
    /// <param name="shape">Its shape.</param>
    public Tensor Take(long offset, params long[] shape)
    {
        var count = 1L;
        foreach (var length in shape) count *= length;
        var part = _buffer!.narrow(0, offset, count).view(shape);
        return place.IsCuda ? part.to(place.Device) : part;
    }

    /// <summary>Brings numbers back from where <see cref="Take"/> has led them.</summary>
    /// <param name="from">What it returned, of the same offset.</param>
    /// <param name="count">How many, from the beginning.</param>
    public void Fetch(Tensor from, long count)
    {
        if (!place.IsCuda) return;
        using var target = _buffer!.narrow(0, 0, count);
        using var flat = from.view(-1);
        target.copy_(flat);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffer?.Dispose();
        (_buffer, _capacity) = (null, 0);
        Pointer = null;
    }
}
