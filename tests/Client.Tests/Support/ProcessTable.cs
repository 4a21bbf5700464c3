using System.Diagnostics;
using Srpo.Grains.Tests;

namespace Srpo.Client.Tests.Support;

/// <summary>Processes of this machine that are nobody's children here, as /proc lists them.</summary>
internal static class ProcessTable
{
    /// <summary>Whether a process lives. One that has ended, and whose parent has not asked how, does not.</summary>
    public static bool Lives(int process) => FieldsOf(process) is [not ("Z" or "X"), ..];

    /// <summary>The session of a process, which is its own where no terminal ends it.</summary>
    public static int SessionOf(int process) => int.Parse(FieldsOf(process)[3]);

    /// <summary>kill -9, until it is gone.</summary>
    public static async Task KillAsync(int process)
    {
        using var kill = Process.Start("kill", ["-KILL", process.ToString()]);
        await kill.WaitForExitAsync();
        await Until.HoldsAsync($"process {process} is gone", () => !Lives(process));
    }

    /// <summary>State, parent, group, session and so on; nothing where there is no such process.</summary>
    private static string[] FieldsOf(int process)
    {
        try
        {
            var line = File.ReadAllText($"/proc/{process}/stat");
            return line[(line.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return [];
        }
    }
}
