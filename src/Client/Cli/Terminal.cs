using System.Runtime.InteropServices;
using System.Text;
using Srpo.Client.Output;
using Srpo.Core.Errors;

namespace Srpo.Client.Cli;

/// <summary>The process' own terminal: console streams and signals.</summary>
internal static class Terminal
{
    private const int DefaultWidth = 100;

    /// <summary>Signals that follow the first one within this time are the same wish: `timeout` sends its signal to the process and to its group, a launcher may pass one on.</summary>
    private const long SameWishMilliseconds = 500;

    /// <summary>Runs the command line of this process.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        AppDomain.CurrentDomain.UnhandledException += OnUnhandled;
        using var cancellation = new CancellationTokenSource();
        Shell? shell = null;
        var first = 0L;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal);

        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var results = new StandardStream(Console.OpenStandardOutput(), required: true);
        await using var output = new StreamWriter(results, utf8) { AutoFlush = !Console.IsOutputRedirected };
        await using var error = new StreamWriter(new StandardStream(Console.OpenStandardError(), required: false), utf8) { AutoFlush = true };
        using var input = new StreamReader(Console.OpenStandardInput(), utf8);
        var obeys = OperatingSystem.IsWindows() || Environment.GetEnvironmentVariable("TERM") is not ("dumb" or "" or null);
        shell = new Shell(
            Console.IsOutputRedirected ? TextWriter.Synchronized(output) : new LiveWriter(output, Size), Console.IsErrorRedirected ? TextWriter.Synchronized(error) : new LiveWriter(error, Size),
            Directory.GetCurrentDirectory(), DefaultWidth, !Console.IsOutputRedirected, !Console.IsErrorRedirected)
        {
            Arguments = arguments,
            In = input,
            OutBytes = results,
            InBytes = Console.OpenStandardInput,
            InIsTerminal = !Console.IsInputRedirected,
            Measure = Measure,
            MovesCursor = obeys,
            ReadKey = obeys && !Console.IsInputRedirected && !Console.IsOutputRedirected ? () => Console.ReadKey(intercept: true) : null,
        };
        try
        {
            var code = await CommandLine.RunAsync(arguments, shell, cancellation.Token);
            if (cancellation.IsCancellationRequested) await LeaveAsync(shell, code);
            await output.FlushAsync(CancellationToken.None);
            return code == (int)ExitCode.Ok && results.Lost is { } lost ? ErrorReporter.Report(lost, shell.Error, verbose: false) : code;
        }
        catch (IOException gone) when (StandardStream.IsBrokenPipe(gone))
        {
            return (int)ExitCode.Ok;
        }
        catch (SrpoException lost)
        {
            return ErrorReporter.Report(lost, shell.Error, verbose: false);
        }

        static TerminalSize Size() => Measure() ?? TerminalSize.Default;

        void OnSignal(PosixSignalContext signal)
        {
            signal.Cancel = true;
            var now = Math.Max(1, Environment.TickCount64);
            var before = Interlocked.CompareExchange(ref first, now, 0);
            if (before == 0)
            {
                cancellation.Cancel();
            }
            else if (now - before >= SameWishMilliseconds)
            {
                if (shell?.GoOn.Command is { } command) shell.Error.WriteLine($"srpo: ended at once; what was stored is not lost. To go on:\n  {command}");
                Environment.Exit((int)ExitCode.Interrupted);
            }
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

    /// <summary>The terminal as it is now; who sets COLUMNS means that width, as with other programs.</summary>
    private static TerminalSize? Measure()
    {
        var size = TerminalSize.Measure(!Console.IsOutputRedirected, !Console.IsErrorRedirected);
        return int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out var columns) && columns > 0 ? (size ?? TerminalSize.Default) with { Columns = columns } : size;
    }
}
