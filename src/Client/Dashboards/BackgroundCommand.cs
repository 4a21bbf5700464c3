using System.Diagnostics;
using System.Globalization;
using Srpo.Client.Cli;
using Srpo.Core.Errors;
using Srpo.Experiments.Data;
using Srpo.Learning.Plugins;

namespace Srpo.Client.Dashboards;

/// <summary>
/// A command of this program in a process of its own, which goes on when this one ends or is interrupted. What it says goes to <c>.live/NAME.log</c> of the data directory.
/// </summary>
internal static class BackgroundCommand
{
    /// <summary>How long a command may take to begin; after that it is taken for well.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>Its own session, where the system can make one, so that Ctrl-C in a terminal does not reach it; its output in a file, since a pipe would break when this process ends.</summary>
    private const string Script = "exec </dev/null >\"$0\" 2>&1; if command -v setsid >/dev/null 2>&1; then exec setsid \"$@\"; else exec \"$@\"; fi";

    /// <summary>Starts a command, and waits until it has begun.</summary>
    /// <param name="data">The data directory that it works on.</param>
    /// <param name="name">Name of its log.</param>
    /// <param name="directory">Where it is typed.</param>
    /// <param name="arguments">The command line, without the data directory.</param>
    /// <param name="hasBegun">Whether it has begun.</param>
    /// <param name="cancellation">Gives up waiting; the command goes on.</param>
    /// <exception cref="SrpoException">It ended before it had begun; the message is what it said.</exception>
    public static async Task RunAsync(DataDirectory data, string name, string directory, IReadOnlyList<string> arguments, Func<Task<bool>> hasBegun, CancellationToken cancellation)
    {
        data.EnsureWritable();
        var log = Path.Combine(data.Live, name + ".log");
        var start = OperatingSystem.IsWindows() ? new ProcessStartInfo { CreateNoWindow = true } : new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", Script, log } };
        start.WorkingDirectory = directory;
        var own = Own();
        if (start.FileName.Length == 0) start.FileName = own[0];
        else start.ArgumentList.Add(own[0]);
        string[] plugins = [.. LoadedPlugins.All.Where(plugin => File.Exists(plugin.File)).SelectMany(plugin => new[] { GlobalOptions.Plugin.Name, plugin.File })];
        foreach (var argument in own.Skip(1).Concat(arguments).Concat(plugins).Append("--data").Append(data.Root)) start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new SrpoException(ErrorKind.Environment, $"`srpo {string.Join(' ', arguments)}` could not be started");
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < Patience)
        {
            if (process.HasExited)
            {
                if (process.ExitCode == (int)ExitCode.Ok) return;
                throw new SrpoException(ErrorKind.Failed, $"`srpo {string.Join(' ', arguments)}` ended with {process.ExitCode.ToString(CultureInfo.InvariantCulture)}: {Said(log)}");
            }

            if (await BegunAsync(hasBegun)) return;
            await Task.Delay(Poll, cancellation);
        }
    }

    /// <summary>This program as a command: the host and the program, or the program alone where it is one file.</summary>
    private static string[] Own()
    {
        var host = Environment.ProcessPath ?? "dotnet";
        var program = Path.Combine(AppContext.BaseDirectory, "srpo.dll");
        return File.Exists(program) ? [Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", program] : [host];
    }

    private static async Task<bool> BegunAsync(Func<Task<bool>> hasBegun)
    {
        try
        {
            return await hasBegun();
        }
        catch (SrpoException)
        {
            // Nobody knows of it yet.
            return false;
        }
    }

    private static string Said(string log)
    {
        try
        {
            return string.Join('\n', File.ReadLines(log).TakeLast(8)).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "its log cannot be read: " + error.Message;
        }
    }
}
