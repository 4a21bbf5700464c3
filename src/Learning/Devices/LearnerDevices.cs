using Srpo.Core.Settings;
using Srpo.Core.Text;
using Srpo.Learning.Devices.Cpu;
using Srpo.Learning.Devices.Plain;

namespace Srpo.Learning.Devices;

/// <summary>The devices that a learner can be given, by name.</summary>
public static class LearnerDevices
{
    private static readonly Dictionary<string, Func<ILearnerDevice>> Known = new(StringComparer.Ordinal)
    {
        [CpuDevice.DeviceName] = () => CpuDevice.Default,
        [PlainDevice.DeviceName] = () => new PlainDevice(),
    };

    /// <summary>Names of the devices; the first is the default.</summary>
    public static IReadOnlyList<string> Names { get; } = [CpuDevice.DeviceName, PlainDevice.DeviceName];

    /// <summary>The device of a name.</summary>
    /// <exception cref="SettingsException">There is none; the message names the known ones and the nearest.</exception>
    public static ILearnerDevice Get(string name) => Known.TryGetValue(name ?? "", out var create)
        ? create()
        : throw new SettingsException([Unknown(name)]);

    /// <summary>What is said of a name that no device has.</summary>
    internal static SettingsProblem Unknown(string? name) =>
        new("learner.device", NearestName.Unknown("device", name ?? "", [.. Names]), "use one of " + string.Join(", ", Names));
}
