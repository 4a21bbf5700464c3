using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Srpo.Core.Settings;

namespace Srpo.Experiments.Runs;

/// <summary>What this program is and what it runs on.</summary>
public static class ProgramInfo
{
    /// <summary>The commit that this program was built from, with "-changed" where the source tree held something else; null where the build could not tell.</summary>
    public static string? Commit { get; } = ReadCommit();

    /// <summary>Version of this program, with the commit where it is known: "0.1.0+4e81e22f3a".</summary>
    public static string Version { get; } =
        (typeof(ProgramInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown") + (Commit is null ? "" : "+" + Commit);

    /// <summary>Name and version of what grains run on.</summary>
    public static string GrainRuntime { get; } =
        "Microsoft Orleans " + (typeof(IGrain).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "");

    /// <summary>The widest vectors that the kernels use.</summary>
    public static string Vectors { get; } =
        Vector512.IsHardwareAccelerated ? "512 bit" : Vector256.IsHardwareAccelerated ? "256 bit" : Vector128.IsHardwareAccelerated ? "128 bit" : "none (portable kernels)";

    /// <summary>Whether the processor multiplies and adds in one step.</summary>
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

    /// <summary>Versions for reports of what was made with plug-ins.</summary>
    /// <param name="plugins">The plug-ins; one that is named twice counts once.</param>
    public static ImmutableSortedDictionary<string, string> Versions(IEnumerable<PluginReference> plugins) =>
        Versions().SetItems(plugins.Distinct().GroupBy(plugin => plugin.Name, StringComparer.Ordinal)
            .Select(builds => KeyValuePair.Create($"plug-in {builds.Key}", string.Join("; ", builds.Select(plugin => $"{plugin.Version}, sha256 {plugin.Hash}")))));

    private static string? ReadCommit()
    {
        using var resource = typeof(ProgramInfo).Assembly.GetManifestResourceStream("commit");
        if (resource is null) return null;
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd().Trim() is { Length: > 0 } commit ? commit : null;
    }
}
