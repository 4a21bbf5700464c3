using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Srpo.Client.Runs;

/// <summary>What this program is and what it runs on.</summary>
internal static class ProgramInfo
{
    public static string Version { get; } =
        typeof(ProgramInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Whether grains run on real Orleans rather than on the single-process stand-in.</summary>
    public static bool UsesOrleans { get; } = !typeof(IGrain).Assembly.GetName().Name!.Contains("Embedded", StringComparison.Ordinal);

    public static string GrainRuntime { get; } = UsesOrleans
        ? "Microsoft Orleans " + (typeof(IGrain).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "")
        : "stand-in for one process (the build found no Orleans on the package feed)";

    /// <summary>"Orleans=false TorchSharp=false Azure=false", as this program was built.</summary>
    public static string Features { get; } =
        typeof(ProgramInfo).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(attribute => attribute.Key == "Features")?.Value ?? "";

    /// <summary>The widest vectors that the kernels use.</summary>
    public static string Vectors { get; } =
        Vector512.IsHardwareAccelerated ? "512 bit" : Vector256.IsHardwareAccelerated ? "256 bit" : Vector128.IsHardwareAccelerated ? "128 bit" : "none (portable kernels)";

    public static bool FusedMultiplyAdd { get; } = Fma.IsSupported || System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported;

    /// <summary>Model of the processor, where the system tells.</summary>
    public static string Processor()
    {
        try
        {
            foreach (var line in File.ReadLines("/proc/cpuinfo"))
            {
                if (line.StartsWith("model name", StringComparison.Ordinal)) return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Not a Linux machine.
        }

        return RuntimeInformation.ProcessArchitecture.ToString();
    }

    /// <summary>Versions for reports.</summary>
    public static ImmutableSortedDictionary<string, string> Versions() => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["srpo"] = Version,
        [".NET"] = Environment.Version.ToString(),
        ["grains"] = GrainRuntime,
        ["system"] = RuntimeInformation.OSDescription.Trim(),
        ["processor"] = Processor(),
        ["cores"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
        ["vectors"] = Vectors,
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);
}
