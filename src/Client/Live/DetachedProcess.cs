using System.ComponentModel;
using System.Diagnostics;
using Srpo.Core.Errors;
using Srpo.Core.Files;

namespace Srpo.Client.Live;

/// <summary>Starts programs in a session of their own, where the system can make one: they go on when this process ends or is interrupted, and Ctrl-C in its terminal does not reach them.</summary>
internal static class DetachedProcess
{
    /// <summary>
    /// Waits for a word before it becomes the program, so that no program begins of which nobody has noted that it is there. Its output goes into a file, since a pipe would break when this
    /// process ends. The process keeps its number all the way.
    /// </summary>
    private const string Script = "read -r go || exit 1; exec </dev/null >>\"$0\" 2>&1; if command -v setsid >/dev/null 2>&1; then exec setsid \"$@\"; else exec \"$@\"; fi";

    /// <summary>Starts a program.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="log">Where what it says goes, at the end of what is there; only this user can read it.</param>
    /// <param name="directory">Its working directory.</param>
    /// <param name="environment">Variables to change; null takes one away.</param>
    /// <param name="noted">Called with the process before the program begins; where it throws, the program never does.</param>
    /// <exception cref="SrpoException">It cannot be started.</exception>
    public static Process Start(IReadOnlyList<string> command, string log, string directory, IReadOnlyDictionary<string, string?>? environment = null, Action<Process>? noted = null)
    {
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(ProgramPath.Resolve(command[0]) ?? throw Unstarted(command[0], null), command.Skip(1)) { CreateNoWindow = true }
            : new ProcessStartInfo("/bin/sh", ["-c", Script, log, .. command]) { RedirectStandardInput = true };
        start.WorkingDirectory = directory;
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        }

        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        new FileStream(log, options).Dispose();
        Process process;
        try
        {
            process = Process.Start(start) ?? throw Unstarted(command[0], null);
        }
        catch (Win32Exception error)
        {
            throw Unstarted(command[0], error);
        }

        try
        {
            noted?.Invoke(process);
        }
        catch
        {
            if (start.RedirectStandardInput) Close(process.StandardInput);
            process.Dispose();
            throw;
        }

        if (start.RedirectStandardInput)
        {
            TryTo(process.StandardInput.WriteLine);
            Close(process.StandardInput);
        }

        return process;
    }

    private static SrpoException Unstarted(string program, Exception? error) => new(ErrorKind.Environment, $"{program} could not be started{(error is null ? "" : $": {error.Message}")}", error);

    /// <summary>Without the word, the program never begins.</summary>
    private static void Close(StreamWriter input) => TryTo(input.Close);

    /// <summary>A process that has ended meanwhile is found by whoever waits for what it does.</summary>
    private static void TryTo(Action act)
    {
        try
        {
            act();
        }
        catch (IOException)
        {
            // Nobody reads at the other end.
        }
    }
}
