namespace Srpo.Client.Tests.Support;

/// <summary>A test that looks at a process through /proc; skipped where there is none.</summary>
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "/proc is there on Linux only";
    }
}
