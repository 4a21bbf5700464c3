using Srpo.Core.Settings;
using Srpo.Learning.Devices;
using Srpo.Learning.Methods;

namespace Srpo.Learning;

/// <summary>Every setting of training: the method, those of <see cref="SettingsTable"/>, the device, and those that single methods have.</summary>
public static class AllSettings
{
    private static volatile Known? _known;

    /// <summary>The settings, in the order in which people see them.</summary>
    public static IReadOnlyList<Setting> All => Now().All;

    /// <summary>Paths of all settings.</summary>
    public static IReadOnlyList<string> Paths => Now().Paths;

    /// <summary>The setting of a path, or null.</summary>
    public static Setting? Find(string path) => All.FirstOrDefault(setting => setting.Path == path);

    /// <summary>Names that can follow a prefix: "" gives "method", "network", ...; "network." gives "hidden", ...</summary>
    public static IReadOnlyList<string> NamesUnder(string prefix) =>
        [.. Paths.Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).Select(path => path[prefix.Length..].Split('.')[0]).Distinct()];

    /// <summary>Methods may come with settings of their own, and may come later.</summary>
    private static Known Now()
    {
        var methods = MethodRegistry.All;
        return _known is { } known && ReferenceEquals(known.Methods, methods) ? known : _known = new(methods);
    }

    private sealed class Known(IReadOnlyList<Method> methods)
    {
        public IReadOnlyList<Method> Methods => methods;

        public Setting[] All { get; } =
        [
            new WordSetting("method", "How teams are trained; `srpo experiments --methods` says what each does.", [.. methods.Select(method => method.Id)], s => s.Method, (s, v) => s with { Method = v }),
            .. SettingsTable.All,
            new WordSetting("learner.device", $"Where networks run: the processor's vector kernels, plain doubles to check them with, slowly, or libtorch: {DeviceName.TorchForms}.", LearnerDevices.Names,
                s => s.Device, (s, v) => s with { Device = v }) { AlsoAccepts = DeviceName.IsTorch },
            .. methods.SelectMany(method => method.OwnSettings.Select(setting => new NumberSetting(
                setting.Path, FormattableString.Invariant($"{method.Title}: {setting.Description}"), new NumberRange(setting.Low, setting.High),
                s => method.Own(s, setting), (s, v) => s with { Own = OwnSettings.With(s.Own, setting.Path, v == setting.Default ? null : v) }))),
        ];

        public string[] Paths => field ??= [.. All.Select(setting => setting.Path)];
    }
}
