using System.Diagnostics;

namespace Srpo.Client.Tests.Support;

/// <summary>A test that acts as another user of the machine, nobody; skipped, with the reason, where that is not possible.</summary>
internal sealed class OtherUserFactAttribute : FactAttribute
{
    public OtherUserFactAttribute()
    {
        if (OtherUser.Obstacle.Value is { } obstacle) Skip = obstacle;
    }
}

/// <summary>Runs programs as the user nobody.</summary>
internal static class OtherUser
{
    /// <summary>Why that is not possible here, or null.</summary>
    public static Lazy<string?> Obstacle { get; } = new(() =>
    {
        if (!OperatingSystem.IsLinux()) return "acting as another user is tried on Linux only";
        if (!Environment.IsPrivilegedProcess) return "only root can act as another user";
        try
        {
            return RunAsync(Path.GetTempPath(), "dotnet", "--list-runtimes").GetAwaiter().GetResult().Code == 0 ? null : "the user nobody cannot run dotnet here";
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return "setpriv is missing: " + error.Message;
        }
    });

    /// <summary>Runs a program.</summary>
    public static async Task<Outcome> RunAsync(string directory, params string[] command)
    {
        var start = new ProcessStartInfo("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", .. command])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = "/nonexistent";
        start.Environment.Remove("SRPO_DATA");
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new Outcome(process.ExitCode, await output, await error);
    }

    /// <summary>A copy of a folder that everybody can read.</summary>
    public static void CopyForAll(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        OpenToAll(to);
    }

    /// <summary>Lets everybody enter a directory and read all that is in it.</summary>
    public static void OpenToAll(string directory) => Change("-R", "a+rX", directory);

    /// <summary>Lets everybody enter a directory; what is in it stays as it is.</summary>
    public static void LetEnter(string directory) => Change("a+rx", directory);

    private static void Change(params string[] arguments)
    {
        using var change = Process.Start("chmod", arguments);
        change.WaitForExit();
        Assert.Equal(0, change.ExitCode);
    }
}
