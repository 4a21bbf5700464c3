using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Srpo.Language.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Srpo.Language.Torch;

/// <summary>Numbers between tensors and memory of this program, however many.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>The type of a model's numbers.</summary>
    public static ScalarType TypeOf(ModelPrecision precision) => precision == ModelPrecision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;

    /// <summary>The first byte of a contiguous tensor on the processor; of use while the tensor lives.</summary>
    public static byte* Pointer(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.view(-1).narrow(0, 0, 1).bytes));
    }

    /// <summary>Copies floats out of a tensor of any type and place.</summary>
    public static void Read(Tensor tensor, Span<float> target)
    {
        if (target.IsEmpty) return;
        using var scope = NewDisposeScope();
        var source = tensor.detach().to(ScalarType.Float32).cpu().contiguous();
        if (source.numel() != target.Length) throw new ArgumentException($"{source.numel()} numbers do not go into {target.Length}", nameof(target));
        new ReadOnlySpan<float>(Pointer(source), target.Length).CopyTo(target);
    }

    /// <summary>Copies floats into a contiguous tensor of any type and place.</summary>
    public static void Write(ReadOnlySpan<float> source, Tensor tensor)
    {
        if (source.IsEmpty) return;
        using var scope = NewDisposeScope();
        if (tensor.numel() != source.Length) throw new ArgumentException($"{source.Length} numbers do not go into {tensor.numel()}", nameof(source));
        if (tensor.dtype == ScalarType.Float32 && tensor.device_type == DeviceType.CPU)
        {
            source.CopyTo(new Span<float>(Pointer(tensor), source.Length));
            return;
        }

        var copy = empty(source.Length, ScalarType.Float32);
        source.CopyTo(new Span<float>(Pointer(copy), source.Length));
        tensor.view(-1).copy_(copy);
    }

    /// <summary>Whole numbers as a tensor at a place.</summary>
    public static Tensor Indices(IReadOnlyList<int> values, Device device)
    {
        var array = new long[values.Count];
        for (var i = 0; i < array.Length; i++) array[i] = values[i];
        return tensor(array, device: device);
    }
}
