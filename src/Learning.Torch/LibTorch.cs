using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Srpo.Core.Errors;
using TorchSharp;

namespace Srpo.Learning.Torch;

/// <summary>A folder with libtorch's libraries.</summary>
/// <param name="Folder">Absolute path.</param>
/// <param name="Source">What led to it, in words.</param>
/// <param name="Version">Its version, for example "2.10.0+cpu"; null where nothing says it.</param>
/// <param name="HasCuda">Whether it has what GPUs need.</param>
public sealed record LibTorchFolder(string Folder, string Source, string? Version, bool HasCuda);

/// <summary>
/// libtorch, which is not part of the program: where it is looked for, whether it fits, and how it is loaded. Nothing is loaded before
/// <see cref="Load"/>, and once loaded it stays.
/// </summary>
public static partial class LibTorch
{
    /// <summary>The version that the bindings are made for; its third number may differ.</summary>
    public const string WantedVersion = "2.10";

    /// <summary>The environment variable that names its folder.</summary>
    public const string Variable = "SRPO_LIBTORCH";

    private static readonly Lock Gate = new();
    private static LibTorchFolder? _loaded;
    private static SrpoException? _failure;

    /// <summary>The folder that a host's settings name; null for none. Set before anything is loaded.</summary>
    public static string? ConfiguredFolder { get; set; }

    /// <summary>The folder that is loaded; null before.</summary>
    public static LibTorchFolder? Loaded
    {
        get
        {
            lock (Gate) return _loaded;
        }
    }

    /// <summary>
    /// Finds libtorch without loading it: in the folder that settings name, then in that of <see cref="Variable"/>, and where neither is given beside the
    /// program, among the NuGet packages, and in a Python's torch. One of another version is passed over unless it was named.
    /// </summary>
    /// <returns>The folder; null where there is none.</returns>
    /// <exception cref="SrpoException">A folder was named that has no libtorch, or one of another version.</exception>
    public static LibTorchFolder? Find() => Find(Environment.GetEnvironmentVariable, ConfiguredFolder);

    /// <summary>The same with other surroundings.</summary>
    /// <param name="variable">Values of environment variables.</param>
    /// <param name="configured">The folder that settings name, or null.</param>
    internal static LibTorchFolder? Find(Func<string, string?> variable, string? configured)
    {
        if (!string.IsNullOrEmpty(configured)) return Named(configured, "the setting LibTorch");
        if (variable(Variable) is { Length: > 0 } named) return Named(named, Variable);
        return Candidates(variable).Select(candidate => Look(candidate.Folder, candidate.Source)).FirstOrDefault(found => found is not null && Fits(found.Version));
    }

    /// <summary>Loads libtorch and the bindings. Later calls return at once, or fail as the first did.</summary>
    /// <exception cref="SrpoException">It is not there, of another version, or does not load; the message says what helps.</exception>
    public static LibTorchFolder Load()
    {
        lock (Gate)
        {
            if (_loaded is not null) return _loaded;
            if (_failure is not null) throw new SrpoException(_failure.Kind, _failure.Message, _failure);
            try
            {
                return _loaded = LoadNow();
            }
            catch (SrpoException error)
            {
                _failure = error;
                throw;
            }
        }
    }

    /// <summary>Why it cannot be loaded here, in a sentence; null where it can. Loads it.</summary>
    public static string? WhyNot()
    {
        try
        {
            Load();
            return null;
        }
        catch (SrpoException error)
        {
            return error.Message;
        }
    }

    /// <summary>Whether a version is one that the bindings can use; one that nothing says is tried.</summary>
    internal static bool Fits(string? version) => version is null || version == WantedVersion || version.StartsWith(WantedVersion + ".", StringComparison.Ordinal);

    private static LibTorchFolder Named(string folder, string source)
    {
        var path = Path.GetFullPath(folder);
        var found = Look(path, source) ?? Look(Path.Combine(path, "lib"), source) ?? throw Problem(
            $"{source} names {path}, which has no {CoreLibrary}; name the folder that holds it");
        return Fits(found.Version) ? found : throw Problem(
            $"{source} names libtorch {found.Version} in {found.Folder}; the bindings are made for {WantedVersion}: name a folder of that version");
    }

    private static LibTorchFolder? Look(string folder, string source)
    {
        if (!File.Exists(Path.Combine(folder, CoreLibrary))) return null;
        return new LibTorchFolder(folder, source, VersionOf(folder), File.Exists(Path.Combine(folder, FileName("torch_cuda"))));
    }

    private static string? VersionOf(string folder)
    {
        // A downloaded libtorch says it beside lib/, a Python's torch in version.py, a NuGet package in its path.
        var parent = Path.GetDirectoryName(folder)!;
        if (ReadText(Path.Combine(parent, "build-version")) is { } built) return built.Trim();
        if (ReadText(Path.Combine(parent, "version.py")) is { } python && PythonVersion().Match(python) is { Success: true } stated) return stated.Groups[1].Value;
        return PackageVersion().Match(folder.Replace('\\', '/')) is { Success: true } package ? package.Groups[1].Value : null;
    }

    private static string? ReadText(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllText(file) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<(string Folder, string Source)> Candidates(Func<string, string?> variable)
    {
        yield return (AppContext.BaseDirectory, "beside the program");
        var home = variable("HOME") is { Length: > 0 } given ? given : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var packages = variable("NUGET_PACKAGES") is { Length: > 0 } chosen ? chosen : Path.Combine(home, ".nuget", "packages");
        foreach (var package in Entries(packages, "libtorch-c*"))
        {
            foreach (var version in Entries(package, "*"))
            {
                foreach (var runtime in Entries(Path.Combine(version, "runtimes"), Platform)) yield return (Path.Combine(runtime, "native"), "a NuGet package");
            }
        }

        string?[] roots = [variable("VIRTUAL_ENV"), variable("CONDA_PREFIX"), Path.Combine(home, ".local"), .. OnPath(variable), "/usr/local", "/usr"];
        foreach (var root in roots.Where(root => !string.IsNullOrEmpty(root)).Distinct())
        {
            foreach (var python in Entries(Path.Combine(root!, "lib"), "python3*"))
            {
                foreach (var packagesFolder in new[] { "site-packages", "dist-packages" }) yield return (Path.Combine(python, packagesFolder, "torch", "lib"), "a Python's torch");
            }

            yield return (Path.Combine(root!, "Lib", "site-packages", "torch", "lib"), "a Python's torch");
        }
    }

    /// <summary>Where the Pythons in PATH have their libraries.</summary>
    private static IEnumerable<string> OnPath(Func<string, string?> variable)
    {
        foreach (var folder in (variable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            if (File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? "python.exe" : "python3")) && Path.GetDirectoryName(folder) is { } root) yield return root;
        }
    }

    private static string[] Entries(string folder, string pattern)
    {
        try
        {
            return Directory.Exists(folder) ? [.. Directory.GetDirectories(folder, pattern).OrderDescending(StringComparer.Ordinal)] : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static LibTorchFolder LoadNow()
    {
        if (!Environment.Is64BitProcess) throw Problem("libtorch needs a process of 64 bits");
        var found = Find() ?? throw Problem($"no libtorch {WantedVersion} was found; {HowToGet}");
        SetForEqualBits();
        KeepFreedMemory();
        var missing = (string?)null;

        // In this order every library finds those that it needs in place, wherever the folder is.
        foreach (var (name, required) in new[] { ("c10", true), ("torch_cpu", true), ("c10_cuda", false), ("torch_cuda", false), ("torch", true) })
        {
            var file = Path.Combine(found.Folder, FileName(name));
            if (!File.Exists(file))
            {
                if (required) throw Problem($"{file} is missing, and libtorch is of no use without it; {HowToGet}");
                continue;
            }

            try
            {
                NativeLibrary.Load(file);
            }
            catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
            {
                if (required) throw Problem(file, error);

                // Its GPU half may need a driver that is not here; the rest works without.
                missing = error.Message;
            }
        }

        LoadBindings(found);
        return missing is null ? found : found with { HasCuda = false };
    }

    /// <summary>
    /// Without it the products of a network depend on where in memory its numbers happen to be. The library looks when it first computes, at the
    /// environment that the process has in C: setting a variable in .NET does not reach it.
    /// </summary>
    private static void SetForEqualBits()
    {
        if (!OperatingSystem.IsLinux()) return;
        _ = SetVariable("MKL_CBWR", "AUTO,STRICT", overwrite: 0);
    }

    /// <summary>
    /// Tensors of a pass come and go by the megabyte. The C library would give their pages back to the system each time and fetch them anew, which takes
    /// several times as long as what is computed in them: it is told to keep what is freed.
    /// </summary>
    private static void KeepFreedMemory()
    {
        const int TrimThreshold = -1, TopPad = -2, MapThreshold = -3, Mebibyte = 1 << 20;
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = SetAllocator(MapThreshold, 32 * Mebibyte);
            _ = SetAllocator(TrimThreshold, 1024 * Mebibyte);
            _ = SetAllocator(TopPad, 64 * Mebibyte);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than GNU's: slower, and no other harm.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetAllocator(int parameter, int value);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);

    private static void LoadBindings(LibTorchFolder found)
    {
        try
        {
            // The bindings' own library is found here; what it needs of libtorch is loaded already.
            var own = OwnLibrary();
            if (own is not null) NativeLibrary.Load(own);
            if (!torch.TryInitializeDeviceType(DeviceType.CPU)) throw Problem($"libtorch in {found.Folder} did not start; {HowToGet}");
            torch.set_num_threads(1);
            using var one = torch.ones(1);
            if (one.item<float>() != 1) throw Problem($"libtorch in {found.Folder} does not compute");
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException or TypeInitializationException or EntryPointNotFoundException or NotSupportedException)
        {
            var cause = error;
            while (cause is TypeInitializationException or TargetInvocationException && cause.InnerException is { } inner) cause = inner;
            throw Problem($"the bindings to libtorch in {found.Folder}", cause);
        }
    }

    private static string? OwnLibrary()
    {
        var assembly = Path.GetDirectoryName(typeof(torch).Assembly.Location) is { Length: > 0 } beside ? beside : AppContext.BaseDirectory;
        var file = OperatingSystem.IsWindows() ? "LibTorchSharp.dll" : OperatingSystem.IsMacOS() ? "libLibTorchSharp.dylib" : "libLibTorchSharp.so";
        return new[] { Path.Combine(assembly, "runtimes", Platform, "native", file), Path.Combine(assembly, file) }.FirstOrDefault(File.Exists);
    }

    /// <summary>Why a library does not load, with the remedy where the reason is known.</summary>
    private static SrpoException Problem(string what, Exception error)
    {
        var reason = error.Message.Split('\n').FirstOrDefault(line => line.Contains("GLIBC", StringComparison.Ordinal) || line.Contains("cannot open shared object", StringComparison.Ordinal)) ?? error.Message.Split('\n')[0];
        var remedy = reason.Contains("GLIBC", StringComparison.Ordinal)
            ? "this system's C++ library is too old for it: run the program through scripts/with-torch.sh, or on Debian 13, Ubuntu 24.04 or newer"
            : HowToGet;
        return Problem($"{what} cannot be loaded: {reason.Trim()}; {remedy}", cause: error);
    }

    private static SrpoException Problem(string message, Exception? cause = null, bool _ = false) => new(ErrorKind.Environment, "torch: " + message, cause);

    private static string CoreLibrary => FileName("torch_cpu");

    /// <summary>How people come by it.</summary>
    private static string HowToGet => $"`scripts/with-torch.sh --fetch` gets it, or name its folder in {Variable} (docs/devices.md)";

    private static string FileName(string name) => OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";

    private static string Platform
    {
        get
        {
            var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
            return string.Create(CultureInfo.InvariantCulture, $"{system}-{(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64")}");
        }
    }

    [GeneratedRegex(@"__version__\s*=\s*['""]([^'""]+)['""]")]
    private static partial Regex PythonVersion();

    [GeneratedRegex(@"/libtorch-[^/]+/(\d+\.\d+\.\d+)[^/]*/runtimes/")]
    private static partial Regex PackageVersion();
}
