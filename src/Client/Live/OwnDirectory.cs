using System.ComponentModel;
using System.Runtime.InteropServices;
using Srpo.Core.Files;
using Srpo.Grains.Security;

namespace Srpo.Client.Live;

/// <summary>Directories that nobody but this user can enter: made with mode 0700, and recognised by owner and mode.</summary>
internal static partial class OwnDirectory
{
    /// <summary>Read, write and enter, for the owner only.</summary>
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes a directory. Unlike <see cref="Directory.CreateDirectory(string)"/> it takes none that is there already, which somebody else may have made.</summary>
    /// <exception cref="IOException">It is there already, or cannot be made.</exception>
    public static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            if (Path.Exists(path)) throw new IOException($"'{path}' exists already");
            Directory.CreateDirectory(path);
        }
        else if (MakeDirectory(path, (uint)Mode) != 0)
        {
            throw new IOException($"'{path}': {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }
    }

    /// <summary>Whether a path is a directory of this user, no link to one, that nobody else can enter. On Windows the rights of the folder above decide.</summary>
    public static bool Is(string path)
    {
        if (OperatingSystem.IsWindows()) return Directory.Exists(path);
        if (FileStatus.Of(path, followLinks: false) is { Owner: { } owner } status) return status.Kind == FileKind.Directory && status.Mode == Mode && owner == UnixUser.Own;

        // Where the owner cannot be asked for: no other user could have entered a directory of this mode.
        return new DirectoryInfo(path) is { Exists: true, LinkTarget: null } && File.GetUnixFileMode(path) == Mode;
    }

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeDirectory(string path, uint mode);
}
