using System.Diagnostics;
using System.Globalization;
using Srpo.Client.Cli;
using Srpo.Client.Live;
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
        File.Delete(log);
        string[] plugins = [.. LoadedPlugins.All.Where(plugin => File.Exists(plugin.File)).SelectMany(plugin => new[] { GlobalOptions.Plugin.Name, plugin.Argument })];
        using var process = DetachedProcess.Start([.. OwnProgram.Command, .. arguments, .. plugins, GlobalOptions.Data.Name, data.Root], log, directory);
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
