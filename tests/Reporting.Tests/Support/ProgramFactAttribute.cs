namespace Srpo.Reporting.Tests.Support;

/// <summary>A test that needs programs on PATH and is skipped without them, saying which Debian package has them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProgramFactAttribute : FactAttribute
{
    public ProgramFactAttribute(string package, params string[] programs)
    {
        if (programs.FirstOrDefault(program => PathOf(program) is null) is { } missing) Skip = $"needs {missing} on PATH (Debian package {package})";
    }

    /// <summary>Path of a program; null where there is none.</summary>
    public static string? PathOf(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);
}
