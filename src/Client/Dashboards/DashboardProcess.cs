using System.Diagnostics;
using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Live;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Experiments.Data;

namespace Srpo.Client.Dashboards;

/// <summary>`srpo dashboard` as a process of its own, which ends with this object.</summary>
internal sealed class DashboardProcess : IAsyncDisposable
{
    /// <summary>How long a process may take to end in order.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Uri _link;

    private DashboardProcess(Process process, Uri link) => (Process, _link) = (process, link);

    public Process Process { get; }

    /// <summary>Its address without the token.</summary>
    public Uri Address => new(_link.GetLeftPart(UriPartial.Authority));

    /// <summary>Starts it on a data directory, and waits until it serves.</summary>
    /// <exception cref="SrpoException">It does not start; the message is what it said.</exception>
    public static async Task<DashboardProcess> StartAsync(DataDirectory data, CancellationToken cancellation)
    {
        string[] arguments = [.. OwnProgram.Command.Skip(1), "dashboard", "--port", "0", GlobalOptions.Json.Name, GlobalOptions.Data.Name, data.Root];
        var start = new ProcessStartInfo(ProgramPath.Resolve(OwnProgram.Command[0]) ?? OwnProgram.Command[0], arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start) ?? throw new SrpoException(ErrorKind.Environment, $"{OwnProgram.Command[0]} cannot be started");
        try
        {
            var said = process.StandardError.ReadToEndAsync(CancellationToken.None);
            var printed = "";
            while (!printed.TrimEnd().EndsWith('}'))
            {
                if (await process.StandardOutput.ReadLineAsync(cancellation) is not { } line) throw new SrpoException(ErrorKind.Failed, $"`srpo dashboard` ended: {(await said).Trim()}");
                printed += line;
            }

            return new DashboardProcess(process, new Uri(JsonElement.Parse(printed).GetProperty("url").GetString()!));
        }
        catch
        {
            await EndAsync(process);
            process.Dispose();
            throw;
        }
    }

    /// <summary>The link to a page.</summary>
    /// <param name="path">Its path.</param>
    public string LinkTo(string path) => new Uri(Address, path + _link.Query).ToString();

    public async ValueTask DisposeAsync()
    {
        await EndAsync(Process);
        Process.Dispose();
    }

    /// <summary>Has a process of this program end in order, where the system can ask it to, so that it leaves nothing behind; else at once.</summary>
    /// <param name="process">One that this process may end.</param>
    public static async Task EndAsync(Process process)
    {
        using var limited = new CancellationTokenSource(Patience);
        try
        {
            if (!OperatingSystem.IsLinux()) process.Kill();
            else if (!process.HasExited) KnownProcess.Of(process.Id).Signal(UnixSignal.Terminate);
            await process.WaitForExitAsync(limited.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or SrpoException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}
