using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Srpo.Core.Errors;
using Srpo.Core.Files;

namespace Srpo.Environments.Python;

/// <summary>The Python that plays environments: the program that $SRPO_PYTHON names, else python3.</summary>
internal static class PythonInterpreter
{
    /// <summary>Names the interpreter.</summary>
    public const string Variable = "SRPO_PYTHON";

    /// <summary>Seconds that an answer may take.</summary>
    public const string PatienceVariable = "SRPO_PYTHON_TIMEOUT";

    private const int DefaultPatience = 60, LongestPatience = 86_400;

    private static readonly ConcurrentDictionary<string, string> Found = new(StringComparer.Ordinal);

    /// <summary>The program.</summary>
    public static string Program => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : OperatingSystem.IsWindows() ? "python" : "python3";

    /// <summary>How long an answer is waited for.</summary>
    /// <exception cref="PythonEnvironmentException">What the variable says is no such time.</exception>
    public static TimeSpan Patience
    {
        get
        {
            var text = Environment.GetEnvironmentVariable(PatienceVariable);
            if (string.IsNullOrEmpty(text)) return TimeSpan.FromSeconds(DefaultPatience);
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= LongestPatience
                ? TimeSpan.FromSeconds(seconds)
                : throw new PythonEnvironmentException(ErrorKind.Usage, $"${PatienceVariable} is '{text}'; use a number of seconds above 0, at most {LongestPatience}");
        }
    }

    /// <summary>Takes note of what <see cref="Program"/> has started: pyenv's python3 is a script that takes longer to find the interpreter than that takes to start.</summary>
    /// <param name="program">What was <see cref="Program"/> then.</param>
    /// <param name="executable">The interpreter, as it says itself; null or empty where it does not know.</param>
    public static void Remember(string program, string? executable)
    {
        if (!string.IsNullOrEmpty(executable)) Found.TryAdd(program, executable);
    }

    /// <summary>Starts a process.</summary>
    /// <param name="name">The environment, for messages.</param>
    /// <param name="script">Name of what it runs, a file of this folder.</param>
    /// <param name="arguments">What the script is given.</param>
    /// <exception cref="PythonEnvironmentException">There is no such program.</exception>
    public static Process Start(string name, string script, params string[] arguments)
    {
        var program = Found.TryGetValue(Program, out var found) && File.Exists(found) ? found : ProgramPath.Resolve(Program) ?? throw Missing("it is not on PATH");
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
            UseShellExecute = false,
            CreateNoWindow = true,
            ArgumentList = { "-c", Text(script) },
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);

        // Sets and dictionaries of texts must not have another order in every process, nor a module's bytes be left beside it.
        if (!start.Environment.ContainsKey("PYTHONHASHSEED")) start.Environment["PYTHONHASHSEED"] = "0";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["PYTHONIOENCODING"] = "utf-8:backslashreplace";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw Missing(error.Message, error);
        }

        PythonEnvironmentException Missing(string why, Exception? error = null) => new(
            ErrorKind.Environment, $"{name} needs Python, and '{Program}' cannot be started ({why}); install Python 3.8 or later, or name its program in ${Variable}", error);
    }

    private static string Text(string script)
    {
        using var text = typeof(PythonInterpreter).Assembly.GetManifestResourceStream($"python/{script}")!;
        using var reader = new StreamReader(text, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
