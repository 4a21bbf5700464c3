using System.Runtime.InteropServices;

namespace Srpo.Client.Cli;

/// <summary>Size of a terminal.</summary>
/// <param name="Columns">Characters of a line, at least 1.</param>
/// <param name="Rows">Lines, at least 1.</param>
internal readonly partial record struct TerminalSize(int Columns, int Rows)
{
    /// <summary>Of a terminal that does not tell its own.</summary>
    public static readonly TerminalSize Default = new(80, 24);

    /// <summary>TIOCGWINSZ of Linux.</summary>
    private const nuint GetWindowSize = 0x5413;

    /// <summary>The size of the process' terminal as it is now; null where no stream is one.</summary>
    /// <param name="outIsTerminal">Whether stdout is one.</param>
    /// <param name="errorIsTerminal">Whether stderr is one.</param>
    /// <remarks>The console of .NET asks stdout only, and writes to the terminal what puts its keypad into another mode.</remarks>
    public static TerminalSize? Measure(bool outIsTerminal, bool errorIsTerminal)
    {
        if (!outIsTerminal && !errorIsTerminal) return null;
        if (OperatingSystem.IsLinux())
        {
            var size = default(WindowSize);
            return Control(outIsTerminal ? 1 : 2, GetWindowSize, ref size) == 0 && size is { Columns: > 0, Rows: > 0 } ? new TerminalSize(size.Columns, size.Rows) : Default;
        }

        try
        {
            return Console.WindowWidth > 0 && Console.WindowHeight > 0 ? new TerminalSize(Console.WindowWidth, Console.WindowHeight) : Default;
        }
        catch (Exception error) when (error is IOException or PlatformNotSupportedException)
        {
            return Default;
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int descriptor, nuint request, ref WindowSize size);

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort PixelWidth;
        public ushort PixelHeight;
    }
}
