using System.ComponentModel;
using System.Diagnostics;
using Srpo.Core.Errors;
using Srpo.Core.Files;

namespace Srpo.Client.Development;

/// <summary>Programs that are run to their end.</summary>
internal static class ProgramRun
{
    /// <summary>Runs a program.</summary>
    /// <param name="command">The program, by its file or by its name on PATH, and its arguments.</param>
    /// <param name="directory">Its working directory.</param>
    /// <param name="said">Called with each line of what it says, errors or not, one at a time.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <returns>Its exit code.</returns>
    /// <exception cref="SrpoException">It cannot be started.</exception>
    public static async Task<int> RunAsync(IReadOnlyList<string> command, string directory, Action<string> said, CancellationToken cancellation)
    {
        var program = ProgramPath.Resolve(command[0]) ?? throw new SrpoException(ErrorKind.Environment, $"{command[0]} is not on PATH; install it");
        var start = new ProcessStartInfo(program, command.Skip(1)) { WorkingDirectory = directory, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = new Process { StartInfo = start };
        var one = new Lock();
        process.OutputDataReceived += (_, line) => Say(line.Data);
        process.ErrorDataReceived += (_, line) => Say(line.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception error)
        {
            throw new SrpoException(ErrorKind.Environment, $"{command[0]} could not be started: {error.Message}", error);
        }

        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode;

        void Say(string? line)
        {
            if (line is null) return;
            lock (one) said(line);
        }
    }

    /// <summary>Runs a program, and fails with what it said where it does.</summary>
    /// <inheritdoc cref="RunAsync"/>
    /// <exception cref="SrpoException">It ended with another code than 0, or cannot be started.</exception>
    public static async Task RequireAsync(IReadOnlyList<string> command, string directory, CancellationToken cancellation)
    {
        var lines = new List<string>();
        if (await RunAsync(command, directory, lines.Add, cancellation) is var code and not 0)
            throw new SrpoException(ErrorKind.Environment, $"{Path.GetFileName(command[0])} ended with {code}:\n{string.Join('\n', lines.TakeLast(12).Select(line => "  " + line))}");
    }
}
