using System.Globalization;
using Srpo.Core.Checkpoints;
using Srpo.Core.Errors;
using Srpo.Language.Models;
using Srpo.Learning.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Srpo.Language.Torch;

/// <summary>Weights that models share. They go when the last of those who hold them does.</summary>
internal sealed class SharedTransformer
{
    /// <summary>Numbers that are converted at a time.</summary>
    private const int Chunk = 1 << 22;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<(string Hash, string Form), SharedTransformer> Known = [];

    /// <summary>What it is known by to those who want to share it; null where nobody is.</summary>
    private (string Hash, string Form)? _key;
    private int _holders = 1;

    /// <summary>Held by who makes it.</summary>
    /// <param name="config">The model's.</param>
    /// <param name="precision">How its numbers are rounded.</param>
    /// <param name="device">Where it is.</param>
    /// <param name="fill">Given each part and the vector to fill with it, of the precision's type and on the device.</param>
    internal SharedTransformer(ModelConfig config, ModelPrecision precision, Device device, Action<ParameterPart, Tensor> fill)
    {
        (Config, Precision, Device, Layout) = (config, precision, device, config.Layout());
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        Flat = Guard(
            string.Create(CultureInfo.InvariantCulture, $"the weights of a language model ({Layout.Length / 1e6:0.0} M numbers)"), () => empty(Layout.Length, TensorMemory.TypeOf(precision), device));
        if (device.type == DeviceType.CPU) AdviseFilling(Flat);
        foreach (var part in Layout.Parts)
        {
            using var partScope = NewDisposeScope();
            fill(part, Flat.narrow(0, part.Offset, part.Length));
        }

        Weights = new TransformerWeights(config, Layout, Flat, learns: false);
        scope.Detach([Flat, .. Weights.Tensors]);
    }

    public ModelConfig Config { get; }

    public ModelPrecision Precision { get; }

    public Device Device { get; }

    public ParameterLayout Layout { get; }

    /// <summary>All weights, in the layout's order.</summary>
    public Tensor Flat { get; }

    public TransformerWeights Weights { get; }

    /// <summary>A device by its name. Loads libtorch.</summary>
    /// <exception cref="SrpoException">libtorch cannot be loaded, or has no such device.</exception>
    public static Device Find(string name)
    {
        LibTorch.Load();
        if (name == "cpu") return CPU;
        var parts = name.Split(':');
        var index = 0;
        if (parts[0] != "cuda" || parts.Length > 2 || (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index)))
            throw new SrpoException(ErrorKind.Usage, $"there is no device '{name}' for language models; use cpu, cuda or cuda:N");
        var gpus = TorchBackend.CudaDevices();
        return index < gpus ? device(DeviceType.CUDA, index) : throw new SrpoException(
            ErrorKind.Environment, $"the device '{name}' cannot be had: libtorch in {LibTorch.Loaded!.Folder} {(gpus == 0 ? "shows no GPU" : $"shows GPUs 0 to {gpus - 1}")}; `srpo devices` shows what there is; use another one, or cpu");
    }

    /// <summary>The weights of a folder, in memory once for all who ask for the same. The caller holds them.</summary>
    public static SharedTransformer Open(ModelFolder folder, ModelPrecision precision, Device device, bool rounded)
    {
        var form = $"{Convert.ToHexString(ModelConfigFile.Write(folder.Config))} {precision} {device} {rounded}";

        // Those who ask at the same time wait for the first.
        lock (Gate)
        {
            // Where nobody has weights of this form, nobody can have these: they are copied while their hash is made.
            if (!Known.Keys.Any(known => known.Form == form))
            {
                var hash = Task.Run(() => folder.ContentHash);
                try
                {
                    var first = Load();
                    first._key = (hash.GetAwaiter().GetResult(), form);
                    return Known[first._key.Value] = first;
                }
                finally
                {
                    // It reads memory that goes with the folder.
                    Task.WaitAny(hash);
                }
            }

            var key = (folder.ContentHash, form);
            if (Known.TryGetValue(key, out var same))
            {
                same._holders++;
                return same;
            }

            same = Load();
            same._key = key;
            return Known[key] = same;
        }

        SharedTransformer Load() => new(folder.Config, precision, device, (part, target) => Fill(folder, part, target, rounded));
    }

    /// <summary>Random weights, which nobody else has. The caller holds them.</summary>
    public static SharedTransformer Create(ModelConfig config, ModelPrecision precision, Device device, ulong seed)
    {
        var (weights, numbers) = (new RandomWeights(config, seed), ModelTensors.Of(config).Select((tensor, i) => (tensor.Name, i)).ToDictionary(item => item.Name, item => item.i, StringComparer.Ordinal));
        var buffer = new float[Chunk];
        return new SharedTransformer(config, precision, device, (part, target) =>
        {
            for (var first = 0L; first < part.Length; first += buffer.Length)
            {
                using var scope = NewDisposeScope();
                var some = buffer.AsSpan(0, (int)Math.Min(buffer.Length, part.Length - first));
                weights.Fill(numbers[part.Name], first, some);
                TensorMemory.Write(some, target.narrow(0, first, some.Length));
            }
        });
    }

    public void Acquire()
    {
        lock (Gate) _holders++;
    }

    public void Release()
    {
        lock (Gate)
        {
            if (--_holders > 0) return;
            if (_key is { } key) Known.Remove(key);
        }

        foreach (var tensor in Weights.Tensors) tensor.Dispose();
        Flat.Dispose();
    }

    private static unsafe void AdviseFilling(Tensor tensor) => MemoryAdvice.FillsWhole(TensorMemory.Pointer(tensor), tensor.numel() * tensor.element_size());

    private static unsafe void Fill(ModelFolder folder, ParameterPart part, Tensor target, bool rounded)
    {
        var stored = folder.Raw(part.Name);
        MemoryAdvice.ReadsWhole((byte*)stored.Pointer, stored.Entry.Bytes);
        if (stored.Entry.Type == TensorType.BF16 && target.dtype == ScalarType.BFloat16 && target.device_type == DeviceType.CPU)
        {
            Buffer.MemoryCopy((void*)stored.Pointer, TensorMemory.Pointer(target), stored.Entry.Bytes, stored.Entry.Bytes);
            return;
        }

        var buffer = new float[Math.Min(Chunk, part.Length)];
        for (var first = 0L; first < part.Length; first += buffer.Length)
        {
            using var scope = NewDisposeScope();
            var some = buffer.AsSpan(0, (int)Math.Min(buffer.Length, part.Length - first));
            folder.CopyTo(part.Name, some, first);
            var place = target.narrow(0, first, some.Length);
            TensorMemory.Write(some, place);
            if (rounded && target.dtype == ScalarType.Float32) place.copy_(place.to(ScalarType.BFloat16));
        }
    }

    /// <summary>Runs work of libtorch; that memory ran out is told in words.</summary>
    public static T Guard<T>(string what, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception error) when (error is not SrpoException && TorchPlace.IsOutOfMemory(error))
        {
            throw new SrpoException(
                ErrorKind.Environment, $"not enough memory for {what}: {error.Message.Split('\n')[0].Trim()}; use fewer or shorter sequences at a time, a smaller model, or bf16 in place of float32", error);
        }
    }
}
