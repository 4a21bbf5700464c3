using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Learning.Devices;
using TorchSharp;

namespace Srpo.Learning.Torch;

/// <summary>libtorch as a backend of learners' devices.</summary>
public sealed class TorchBackend : IDeviceBackend
{
    private const int MostGpus = 100;

    private readonly Lazy<(bool Found, int Gpus)> _look = new(Look);

    /// <summary>Makes the devices of libtorch known to <see cref="LearnerDevices"/>; loads nothing.</summary>
    public static void Register() => LearnerDevices.UseTorch(new TorchBackend());

    /// <inheritdoc/>
    public bool IsThere => _look.Value.Found;

    /// <inheritdoc/>
    public int Gpus => _look.Value.Gpus;

    /// <inheritdoc/>
    public ILearnerDevice Create(string name, DeviceName parts) => new TorchDevice(name, parts);

    /// <summary>GPUs that CUDA offers. Loads libtorch.</summary>
    /// <exception cref="SrpoException">libtorch cannot be loaded.</exception>
    public static int CudaDevices()
    {
        if (!LibTorch.Load().HasCuda) return 0;
        return torch.TryInitializeDeviceType(DeviceType.CUDA) && torch.cuda.is_available() ? torch.cuda.device_count() : 0;
    }

    private static (bool, int) Look()
    {
        try
        {
            return LibTorch.Find() is { } found ? (true, found.HasCuda ? CountGpus(Environment.GetEnvironmentVariable, File.Exists) : 0) : (false, 0);
        }
        catch (SrpoException)
        {
            // A folder that is named wrongly is told where a device is asked for.
            return (false, 0);
        }
    }

    /// <summary>GPUs that the driver shows and CUDA_VISIBLE_DEVICES leaves.</summary>
    /// <param name="variable">Values of environment variables.</param>
    /// <param name="exists">Whether a device file exists.</param>
    internal static int CountGpus(Func<string, string?> variable, Func<string, bool> exists)
    {
        var present = Enumerable.Range(0, MostGpus).TakeWhile(i => exists(string.Create(CultureInfo.InvariantCulture, $"/dev/nvidia{i}"))).Count();
        if (variable("CUDA_VISIBLE_DEVICES") is not { } visible) return present;

        // As CUDA reads it: what follows an entry that is none does not count.
        var entries = visible.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return Math.Min(present, entries.TakeWhile(entry => !entry.StartsWith('-') && !entry.Equals("NoDevFiles", StringComparison.OrdinalIgnoreCase)).Count());
    }
}
