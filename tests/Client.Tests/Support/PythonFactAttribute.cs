using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace Srpo.Client.Tests.Support;

/// <summary>A test that needs a package of Python; skipped, with the reason, where there is none.</summary>
internal sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute(string package)
    {
        if (Python.With(package) is null) Skip = $"there is no python3 with {package} here";
    }
}

/// <summary>The Python of this machine.</summary>
internal static class Python
{
    /// <summary>The first on the path, and the system's, which packages of the distribution belong to.</summary>
    private static readonly string[] Programs = ["python3", "/usr/bin/python3"];

    private static readonly ConcurrentDictionary<string, string?> Found = new(StringComparer.Ordinal);

    /// <summary>A Python that has a package; null where none has.</summary>
    public static string? With(string package) =>
        Found.GetOrAdd(package, _ => Array.Find(Programs, program => Run(program, Path.GetTempPath(), "-c", $"import {package}") is { Code: 0 }));

    /// <summary>Runs a program in a directory; null where there is no such Python.</summary>
    public static Outcome? Run(string python, string directory, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return new Outcome(process.ExitCode, output, error.GetAwaiter().GetResult());
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
