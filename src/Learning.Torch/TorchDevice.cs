using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Learning.Devices;
using Srpo.Learning.Devices.Cpu;
using TorchSharp;

namespace Srpo.Learning.Torch;

/// <summary>
/// libtorch, on the processor or on GPUs: teams that wait for an update are updated together. libtorch is loaded when the first network is asked for.
/// On the processor equal input gives equal bits, also where other teams come along.
/// </summary>
/// <param name="name">Its name as written.</param>
/// <param name="parts">The same, taken apart.</param>
public sealed class TorchDevice(string name, DeviceName parts) : ILearnerDevice
{
    /// <summary>Numbers that a pass keeps at the same time: small enough for a processor's cache, and 2 GiB on a GPU.</summary>
    private const long FloatsOnProcessor = 1L << 23;
    private const long FloatsOnGpu = 1L << 29;

    private readonly Lock _gate = new();
    private int _next;
    private int _gpus = -1;
    private long _floats;

    /// <summary>Told what whoever runs the process should read; null for nobody. Set before anything runs.</summary>
    public static Action<string>? Warnings { get; set; }

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string Description => LibTorch.Loaded is { } loaded
        ? $"libtorch {loaded.Version ?? "of an unknown version"} on {(UsesGpus ? Gpus == 1 || parts.Index is not null ? "a GPU" : string.Create(CultureInfo.InvariantCulture, $"{Gpus} GPUs") : "the processor")}"
        : "libtorch, not loaded yet";

    /// <summary>Where this device's warnings go.</summary>
    internal Action<string>? Warn { get; set; }

    /// <summary>Numbers that a pass may keep at the same time.</summary>
    internal long FloatsPerPass
    {
        get
        {
            var known = Interlocked.Read(ref _floats);
            return known > 0 ? known : UsesGpus ? FloatsOnGpu : FloatsOnProcessor;
        }
        set => Interlocked.Exchange(ref _floats, value);
    }

    /// <inheritdoc/>
    public UpdateGathering Gathering => new(MostTeams, TimeSpan.FromMilliseconds(UsesGpusByName ? 20 : 5));

    /// <inheritdoc/>
    public int Capacity(int workers) => MostTeams;

    /// <inheritdoc/>
    public int Capacity(DeviceRoom room) => !room.HasTorch || (UsesGpusByName && room.Gpus <= (parts.Index ?? 0)) ? 0
        : room.Gpus > 0 && parts.Place != "cpu" ? MostTeams * (parts.Index is null ? room.Gpus : 1)
        : room.Workers;

    /// <inheritdoc/>
    public void Require()
    {
        var loaded = LibTorch.Load();
        if (!UsesGpusByName) return;
        if (!loaded.HasCuda)
            throw new SrpoException(ErrorKind.Environment, $"the device '{name}' needs a libtorch with CUDA, and that in {loaded.Folder} ({loaded.Source}) has none; name another folder in {LibTorch.Variable}, or use the device torch:cpu or cpu");
        if (Gpus <= (parts.Index ?? 0))
        {
            throw new SrpoException(ErrorKind.Environment, string.Create(
                CultureInfo.InvariantCulture,
                $"the device '{name}' cannot be had: CUDA shows {Gpus} GPUs here{(Gpus > 0 ? $", 0 to {Gpus - 1}" : "")}; `srpo devices` shows them; use another one, or the device cpu"));
        }
    }

    /// <inheritdoc/>
    public ITeamUpdater CreateUpdater(TrainingSettings settings, TeamPlan plan, ActorShape shape) => new TorchUpdater(settings, plan, shape, this, Place());

    /// <inheritdoc/>
    public IPolicyNetwork CreatePolicy(NetworkShape shape) => PlaysHere(shape) ? new TorchPolicy(shape, Place()) : CpuDevice.Default.CreatePolicy(shape);

    /// <inheritdoc/>
    public ICriticNetwork CreateCritic(ActorShape shape) => PlaysHere(shape.Policy) ? new TorchCritic(shape, Place()) : CpuDevice.Default.CreateCritic(shape);

    /// <summary>A place for tensors; of several GPUs the next one.</summary>
    internal TorchPlace Place()
    {
        Require();
        if (!UsesGpus) return new TorchPlace(torch.CPU, parts.Precision);
        if (parts.Precision == DevicePrecision.Tf32) torch.backends.cuda.matmul.allow_tf32 = true;
        return new TorchPlace(torch.device(DeviceType.CUDA, parts.Index ?? (int)((uint)(Interlocked.Increment(ref _next) - 1) % (uint)Gpus)), parts.Precision);
    }

    /// <summary>A pass was too large for the memory: the next ones keep half as much.</summary>
    /// <param name="cells">Rows of networks that it had.</param>
    /// <param name="floats">Numbers for each.</param>
    /// <param name="cause">The error.</param>
    internal void Halve(long cells, long floats, Exception cause)
    {
        lock (_gate)
        {
            var smaller = Math.Max(floats, cells * floats / 2);

            // Another thread may have found out before.
            if (smaller >= FloatsPerPass) smaller = Math.Max(floats, FloatsPerPass / 2);
            FloatsPerPass = smaller;
            (Warn ?? Warnings)?.Invoke(string.Create(
                CultureInfo.InvariantCulture,
                $"the device '{name}' ran out of memory ({cause.Message.Split('\n')[0].Trim()}); updates go on with {smaller / floats} rows at a time instead of {cells}"));
        }
    }

    /// <summary>Whether networks of a shape play on it: where they do not, the processor's kernels are faster.</summary>
    internal bool PlaysHere(NetworkShape shape) => shape.Body.Layers.Append(shape.Recurrence).Sum(layer => (long)layer.WeightCount) >= (UsesGpus ? DeviceRules.WeightsToPlayOnGpu : DeviceRules.WeightsToPlayOnProcessor);

    private const int MostTeams = 64;

    private bool UsesGpusByName => parts.Place == "cuda";

    private bool UsesGpus => UsesGpusByName || (parts.Place is null && Gpus > 0);

    private int Gpus
    {
        get
        {
            if (parts.Place == "cpu") return 0;
            if (Volatile.Read(ref _gpus) < 0) Volatile.Write(ref _gpus, TorchBackend.CudaDevices());
            return _gpus;
        }
    }
}

/// <summary>When which device is worth it, as measured; docs/devices.md has the figures.</summary>
internal static class DeviceRules
{
    /// <summary>Weights of a policy from which libtorch plays it on the processor in less time than the kernels.</summary>
    public const long WeightsToPlayOnProcessor = long.MaxValue;

    /// <summary>Weights of a policy from which it is played on a GPU; never measured.</summary>
    public const long WeightsToPlayOnGpu = 1 << 18;
}
