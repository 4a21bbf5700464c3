using System.Diagnostics;

namespace Srpo.Client.Tests.Support;

/// <summary>A test that needs to mount a small file system; skipped, with the reason, where that is not permitted.</summary>
internal sealed class MountFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> Possible = new(() =>
    {
        using var directory = new TemporaryDirectory();
        using var mount = SmallDisk.TryMount(directory.Root, "64k");
        return mount is not null;
    });

    public MountFactAttribute()
    {
        if (!Possible.Value) Skip = "mounting a tmpfs is not permitted here";
    }
}

/// <summary>A tmpfs of a given size on a directory.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _directory;

    private SmallDisk(string directory) => _directory = directory;

    public static SmallDisk? TryMount(string directory, string size) =>
        OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", directory) ? new SmallDisk(directory) : null;

    /// <summary>Changes options, for example "size=64m" or "ro".</summary>
    public void Remount(string options) => Assert.True(Run("mount", "-o", $"remount,{options}", _directory));

    public void Dispose() => Run("umount", "-l", _directory);

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
