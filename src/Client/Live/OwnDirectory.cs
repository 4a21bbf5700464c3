using System.ComponentModel;
using System.Runtime.InteropServices;
using Srpo.Grains.Security;

namespace Srpo.Client.Live;

/// <summary>Directories that nobody but this user can enter: made with mode 0700, and recognised by owner and mode.</summary>
internal static partial class OwnDirectory
{
    /// <summary>Read, write and enter, for the owner only.</summary>
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // statx(2): its structure is the same for every processor.
    private const int CurrentDirectory = -100;
    private const int DoNotFollow = 0x100;
    private const uint TypeModeAndOwner = 0x1 | 0x2 | 0x8;
    private const int StructureLength = 256;
    private const int OwnerOffset = 20;
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000;
    private const int DirectoryType = 0x4000;

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
        if (OperatingSystem.IsLinux()) return IsOwnDirectory(path);

        // Where the owner cannot be asked for: no other user could have entered a directory of this mode.
        return new DirectoryInfo(path) is { Exists: true, LinkTarget: null } && File.GetUnixFileMode(path) == Mode;
    }

    private static unsafe bool IsOwnDirectory(string path)
    {
        var about = stackalloc byte[StructureLength];
        if (Stat(CurrentDirectory, path, DoNotFollow, TypeModeAndOwner, about) != 0) return false;
        var mode = *(ushort*)(about + ModeOffset);
        return (mode & TypeMask) == DirectoryType && (mode & ~TypeMask) == (int)Mode && *(uint*)(about + OwnerOffset) == UnixUser.Own;
    }

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeDirectory(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Stat(int directory, string path, int flags, uint mask, byte* about);
}
