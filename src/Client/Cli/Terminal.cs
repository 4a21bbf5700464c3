using System.Runtime.InteropServices;
using System.Text;
using Srpo.Core.Errors;

namespace Srpo.Client.Cli;

/// <summary>The process' own terminal: console streams and signals.</summary>
internal static class Terminal
{
    private const int DefaultWidth = 100;

    /// <summary>Runs the command line of this process.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        AppDomain.CurrentDomain.UnhandledException += OnUnhandled;
        using var cancellation = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => OnSignal(signal, cancellation));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => OnSignal(signal, cancellation));
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => OnSignal(signal, cancellation));

        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        await using var output = new StreamWriter(Console.OpenStandardOutput(), utf8) { AutoFlush = !Console.IsOutputRedirected };
        await using var error = new StreamWriter(Console.OpenStandardError(), utf8) { AutoFlush = true };
        using var input = new StreamReader(Console.OpenStandardInput(), utf8);
        var shell = new Shell(
            TextWriter.Synchronized(output), TextWriter.Synchronized(error), Directory.GetCurrentDirectory(), Width(),
            !Console.IsOutputRedirected, !Console.IsErrorRedirected)
        { Arguments = arguments, In = input, InIsTerminal = !Console.IsInputRedirected };
        try
        {
            var code = await CommandLine.RunAsync(arguments, shell, cancellation.Token);
            if (cancellation.IsCancellationRequested) await LeaveAsync(shell, code);
            await output.FlushAsync(CancellationToken.None);
            return code;
        }
        catch (IOException) when (Console.IsOutputRedirected)
        {
            // The reader of a pipe went away, as with `| head`.
            return (int)ExitCode.Ok;
        }
    }

    /// <summary>Ends the process although something that was left where it is may hold the output, or fill a pipe that nobody reads.</summary>
    private static async Task LeaveAsync(Shell shell, int code)
    {
        await Task.WhenAny(Task.Run(shell.Out.Flush), Task.Delay(TimeSpan.FromSeconds(1)));
        Environment.Exit(code);
    }

    /// <summary>An error of a thread that nobody waits for would end the process with a trace. Where memory is short, that is no fault of the program.</summary>
    private static void OnUnhandled(object sender, UnhandledExceptionEventArgs unhandled)
    {
        if (unhandled.ExceptionObject is not Exception error || !SrpoException.IsOutOfMemory(error)) return;
        Console.Error.WriteLine("srpo: " + SrpoException.MessageOf(error));
        Environment.Exit((int)ExitCode.Environment);
    }

    private static void OnSignal(PosixSignalContext signal, CancellationTokenSource cancellation)
    {
        signal.Cancel = true;
        if (cancellation.IsCancellationRequested) Environment.Exit((int)ExitCode.Interrupted);
        cancellation.Cancel();
    }

    private static int Width()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out var columns) && columns > 0) return columns;
        if (Console.IsOutputRedirected) return DefaultWidth;
        try
        {
            return Console.WindowWidth > 0 ? Console.WindowWidth : DefaultWidth;
        }
        catch (IOException)
        {
            return DefaultWidth;
        }
    }
}
