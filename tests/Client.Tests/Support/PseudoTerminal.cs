using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Srpo.Client.Tests.Support;

/// <summary>A test with a terminal; skipped, with the reason, where there are none to be had.</summary>
internal sealed class TerminalFactAttribute : FactAttribute
{
    public TerminalFactAttribute() => Skip = PseudoTerminal.Obstacle;
}

/// <summary>The same with data.</summary>
internal sealed class TerminalTheoryAttribute : TheoryAttribute
{
    public TerminalTheoryAttribute() => Skip = PseudoTerminal.Obstacle;
}

/// <summary>The program on a terminal of its own, whose window can be resized while it runs.</summary>
internal sealed partial class PseudoTerminal : IDisposable
{
    private const int ReadWriteNotOurs = 0x102; // O_RDWR | O_NOCTTY
    private const nuint SetWindowSize = 0x5414; // TIOCSWINSZ
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(240);

    private readonly FileStream _master;
    private readonly Process _process;
    private readonly Screen _screen;
    private readonly Task _reading;

    private PseudoTerminal(FileStream master, Process process, Screen screen)
    {
        (_master, _process, _screen) = (master, process, screen);
        _reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Why there are none here, or null.</summary>
    public static string? Obstacle { get; } = !OperatingSystem.IsLinux() ? "terminals are tried on Linux only" : !File.Exists("/usr/bin/setsid") ? "setsid of util-linux is missing" : null;

    /// <summary>Starts the program.</summary>
    /// <param name="directory">Where the command is typed.</param>
    /// <param name="columns">Width of the window.</param>
    /// <param name="rows">Its height.</param>
    /// <param name="arguments">The command line; words with '=' before the first other one are variables.</param>
    public static PseudoTerminal Start(string directory, int columns, int rows, params string[] arguments)
    {
        var descriptor = OpenMaster(ReadWriteNotOurs);
        Assert.True(descriptor >= 0 && Grant(descriptor) == 0 && Unlock(descriptor) == 0, "there is no pseudo-terminal to be had");
        var name = new byte[64];
        Assert.Equal(0, NameOf(descriptor, name, (nuint)name.Length));
        var slave = Encoding.ASCII.GetString(name, 0, Array.IndexOf(name, (byte)0));
        Resize(descriptor, columns, rows);

        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = directory };
        foreach (var word in new[] { "-c", "exec setsid --ctty --wait \"$@\" <\"$0\" >\"$0\" 2>&1", slave, "dotnet", Path.Combine(AppContext.BaseDirectory, "srpo.dll") }) start.ArgumentList.Add(word);
        foreach (var argument in arguments.SkipWhile(word => word.Contains('=', StringComparison.Ordinal))) start.ArgumentList.Add(argument);
        start.Environment["SRPO_EXPERIMENTS"] = Repository.Experiments;
        start.Environment["SRPO_GAMES"] = Repository.Games;
        start.Environment["TERM"] = "xterm-256color";
        foreach (var variable in new[] { "SRPO_DATA", "SRPO_COMMAND", "COLUMNS", "NO_COLOR" }) start.Environment.Remove(variable);
        foreach (var variable in arguments.TakeWhile(word => word.Contains('=', StringComparison.Ordinal)).Select(word => word.Split('=', 2))) start.Environment[variable[0]] = variable[1];
        var master = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.ReadWrite, bufferSize: 0);
        return new PseudoTerminal(master, Process.Start(start)!, new Screen(columns, rows));
    }

    /// <summary>Types keys; "\r" is Enter, "\u0003" Ctrl-C.</summary>
    public void Type(string keys) => _master.Write(Encoding.UTF8.GetBytes(keys));

    /// <summary>Resizes the window.</summary>
    public void Resize(int columns, int rows)
    {
        lock (_screen) _screen.Resize(columns, rows);
        Resize((int)_master.SafeFileHandle.DangerousGetHandle(), columns, rows);
    }

    /// <summary>Asks the screen something.</summary>
    public T Look<T>(Func<Screen, T> ask)
    {
        lock (_screen) return ask(_screen);
    }

    /// <summary>Waits until the screen shows something; fails with what it shows instead.</summary>
    public async Task UntilAsync(string what, Func<Screen, bool> condition)
    {
        for (var clock = Stopwatch.StartNew(); !Look(condition); await Task.Delay(20))
        {
            Assert.False(_reading.IsFaulted, _reading.Exception?.ToString());
            Assert.True(clock.Elapsed < Patience && !(_reading.IsCompleted && !Look(condition)), $"{(_reading.IsCompleted ? "the program ended before" : $"not within {Patience.TotalSeconds} s")}: {what}\n{Look(screen => string.Join('\n', screen.AllRows))}");
        }
    }

    /// <summary>Waits until the program has ended.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
        await _reading.WaitAsync(limit.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _master.Dispose();
    }

    private static void Resize(int descriptor, int columns, int rows)
    {
        var size = new WindowSize { Columns = (ushort)columns, Rows = (ushort)rows };
        Assert.Equal(0, Control(descriptor, SetWindowSize, ref size));
    }

    private void Read()
    {
        var (bytes, characters, decoder) = (new byte[4096], new char[4096], Encoding.UTF8.GetDecoder());
        while (true)
        {
            int count;
            try
            {
                count = _master.Read(bytes);
            }
            catch (Exception gone) when (gone is IOException or ObjectDisposedException)
            {
                return; // nobody has the terminal open any more
            }

            if (count == 0) return;
            var text = new string(characters, 0, decoder.GetChars(bytes, 0, count, characters, 0));
            lock (_screen) _screen.Write(text);
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_openpt")]
    private static partial int OpenMaster(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt")]
    private static partial int Grant(int descriptor);

    [LibraryImport("libc", EntryPoint = "unlockpt")]
    private static partial int Unlock(int descriptor);

    [LibraryImport("libc", EntryPoint = "ptsname_r")]
    private static partial int NameOf(int descriptor, byte[] name, nuint length);

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
