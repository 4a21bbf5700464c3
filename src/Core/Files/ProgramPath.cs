namespace Srpo.Core.Files;

/// <summary>
/// Programs that are named and not given by their file. They are looked for on PATH alone: .NET looks beside this program and in the current directory first, where a folder that somebody
/// else has made may have one of that name.
/// </summary>
public static class ProgramPath
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The folders of PATH, those that are absolute.</summary>
    /// <param name="path">PATH.</param>
    public static IEnumerable<string> Folders(string? path) => (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathRooted);

    /// <summary>A program by name, on PATH.</summary>
    /// <param name="path">PATH.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Its file, absolute; null where there is none.</returns>
    public static string? Find(string? path, string name) => Folders(path).SelectMany(folder => Files(Path.Combine(folder, name))).FirstOrDefault(IsProgram);

    /// <summary>The file of a program that a user or this program names.</summary>
    /// <param name="program">Its name, for PATH; or a path, which is its file, against the current directory where it is relative.</param>
    /// <returns>The file, absolute; null where nothing of that name is on PATH.</returns>
    public static string? Resolve(string program)
    {
        ArgumentException.ThrowIfNullOrEmpty(program);
        return Path.GetFileName(program) == program ? Find(Environment.GetEnvironmentVariable("PATH"), program) : Path.GetFullPath(program);
    }

    private static IEnumerable<string> Files(string file) => OperatingSystem.IsWindows() && Path.GetExtension(file).Length == 0 ? [file + ".exe", file] : [file];

    private static bool IsProgram(string file) => File.Exists(file) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & Executable) != 0);
}
