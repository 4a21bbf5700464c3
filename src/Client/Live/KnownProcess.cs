using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Srpo.Core.Errors;
using Srpo.Core.Files;

namespace Srpo.Client.Live;

/// <summary>Signals, as Linux numbers them.</summary>
internal enum UnixSignal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
}

/// <summary>
/// A process as a file remembers it, so that another one that was given its number later is never taken for it: it must have been started at the same tick of the same boot of the machine.
/// Linux only.
/// </summary>
/// <param name="Id">Its number.</param>
/// <param name="Boot">Which boot of the machine it was started in.</param>
/// <param name="Ticks">When, in the kernel's ticks after that.</param>
/// <param name="Started">When, for people.</param>
/// <param name="Asked">Whether somebody has asked it to end.</param>
internal sealed partial record KnownProcess(int Id, string Boot, long Ticks, DateTimeOffset Started, bool Asked = false)
{
    private const int NoSuchProcess = 3;
    private const string AskedWord = "asked";

    /// <summary>Where the fields of /proc/ID/stat begin that are counted from its third one, and which of these is the time of the start.</summary>
    private const int StartField = 22 - 3;

    /// <summary>Whether it lives. One that has ended, and whose parent has not asked how, does not.</summary>
    public bool IsAlive => Boot == CurrentBoot() && StartOf(Id) == Ticks;

    /// <summary>A process that has just been started.</summary>
    /// <param name="id">Its number.</param>
    /// <exception cref="SrpoException">It has ended.</exception>
    public static KnownProcess Of(int id) =>
        new(id, CurrentBoot(), StartOf(id) ?? throw new SrpoException(ErrorKind.Environment, $"process {id} has ended as soon as it was started"), DateTimeOffset.UtcNow);

    /// <summary>What a file says; null where there is none, or it says something else.</summary>
    public static KnownProcess? Read(string path)
    {
        try
        {
            return File.ReadAllLines(path) is [var id, var boot, var ticks, var started, .. var more]
                && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var tick)
                && DateTimeOffset.TryParse(started, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time)
                ? new KnownProcess(number, boot, tick, time, more is [AskedWord])
                : null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Writes it to a file, its number on the first line.</summary>
    public void Write(string path) => AtomicFile.Write(path, FormattableString.Invariant($"{Id}\n{Boot}\n{Ticks}\n{Started:O}\n{(Asked ? AskedWord + "\n" : "")}"));

    /// <summary>Sends it a signal, if it lives.</summary>
    /// <exception cref="SrpoException">It belongs to another user.</exception>
    public void Signal(UnixSignal signal)
    {
        if (!IsAlive || Kill(Id, (int)signal) == 0 || Marshal.GetLastPInvokeError() == NoSuchProcess) return;
        throw new SrpoException(ErrorKind.Environment, $"process {Id} cannot be ended: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}; end it as the user who started it");
    }

    private static string CurrentBoot() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>When a process was started; null where there is none of that number that has not ended.</summary>
    private static long? StartOf(int id)
    {
        try
        {
            // Number, name in parentheses, which may hold anything, state, and so on.
            var line = File.ReadAllText($"/proc/{id}/stat");
            var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" or "x" ? null : long.Parse(fields[StartField], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
