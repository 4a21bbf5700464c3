using System.Collections.Concurrent;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Core.Text;
using Srpo.Learning.Devices.Cpu;
using Srpo.Learning.Devices.Plain;

namespace Srpo.Learning.Devices;

/// <summary>The devices that a learner can be given, by name.</summary>
public static class LearnerDevices
{
    private static readonly Dictionary<string, Func<ILearnerDevice>> BuiltIn = new(StringComparer.Ordinal)
    {
        [CpuDevice.DeviceName] = () => CpuDevice.Default,
        [PlainDevice.DeviceName] = () => new PlainDevice(),
    };

    private static readonly ConcurrentDictionary<string, ILearnerDevice> Made = new(StringComparer.Ordinal);
    private static IDeviceBackend? _torch;

    /// <summary>Names of the devices; the first is the default. Those of libtorch have further forms, see <see cref="DeviceName"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = [CpuDevice.DeviceName, PlainDevice.DeviceName, DeviceName.Torch];

    /// <summary>libtorch, where the program brings the bindings.</summary>
    public static IDeviceBackend? Torch => _torch;

    /// <summary>Takes the bindings of libtorch. Loads nothing. The first that is given counts.</summary>
    public static void UseTorch(IDeviceBackend backend) => Interlocked.CompareExchange(ref _torch, backend, null);

    /// <summary>What this process has for devices, judged without loading anything.</summary>
    /// <param name="workers">Its threads.</param>
    public static DeviceRoom Room(int workers) => new(workers, _torch?.Gpus ?? 0, _torch?.IsThere ?? false);

    /// <summary>Whether a device can have this name; not whether it can be had here.</summary>
    public static bool IsName(string? name) => name is not null && (BuiltIn.ContainsKey(name) || DeviceName.IsTorch(name));

    /// <summary>The device of a name. Loads nothing: whether a device can be had here, <see cref="ILearnerDevice.Require"/> says.</summary>
    /// <exception cref="SettingsException">There is none; the message names the known ones and the nearest.</exception>
    /// <exception cref="SrpoException">The program was built without its bindings.</exception>
    public static ILearnerDevice Get(string name)
    {
        if (BuiltIn.TryGetValue(name ?? "", out var create)) return create();
        if (DeviceName.TryParseTorch(name) is not { } torch) throw new SettingsException([Unknown(name)]);
        return _torch is { } backend
            ? Made.GetOrAdd(name!, _ => backend.Create(name!, torch))
            : throw new SrpoException(ErrorKind.Environment, $"the device '{name}' cannot be had: this program brings no bindings of libtorch; use the device cpu");
    }

    /// <summary>What is said of a name that no device has.</summary>
    internal static SettingsProblem Unknown(string? name) =>
        new("learner.device", NearestName.Unknown("device", name ?? "", [.. Names]), $"use one of {string.Join(", ", Names)}; libtorch is {DeviceName.TorchForms}");
}

/// <summary>A library that devices stand on, which is not part of the program. Thread-safe.</summary>
public interface IDeviceBackend
{
    /// <summary>GPUs that learners could use here, judged without loading anything; 0 where the library is missing or has none.</summary>
    int Gpus { get; }

    /// <summary>Whether the library is here, judged without loading it.</summary>
    bool IsThere { get; }

    /// <summary>A device on it. Loads nothing.</summary>
    /// <param name="name">Its name as written.</param>
    /// <param name="parts">The same, taken apart.</param>
    ILearnerDevice Create(string name, DeviceName parts);
}
