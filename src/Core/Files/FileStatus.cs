using System.Runtime.InteropServices;

namespace Srpo.Core.Files;

/// <summary>What a path names.</summary>
public enum FileKind
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>A file that keeps what is written to it.</summary>
    Regular,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A pipe, with or without a name; to open it may wait for whoever is at its other end.</summary>
    Pipe,

    /// <summary>A device that takes or gives one byte after another, as a terminal or /dev/null.</summary>
    CharacterDevice,

    /// <summary>A device of blocks, as a disk.</summary>
    BlockDevice,

    /// <summary>A socket.</summary>
    Socket,

    /// <summary>A symbolic link, where links are not followed; where they are, one that leads back to itself.</summary>
    Link,
}

/// <summary>What the system says of a path without opening it, which could wait for ever.</summary>
/// <param name="Kind">What it names.</param>
/// <param name="Mode">Who may do what; none where it names nothing.</param>
/// <param name="Owner">The number of the user whom it belongs to; null where the system does not tell.</param>
public readonly partial record struct FileStatus(FileKind Kind, UnixFileMode Mode, uint? Owner)
{
    // statx(2): its structure is the same for every processor.
    private const int CurrentDirectory = -100;
    private const int DoNotFollow = 0x100;
    private const uint TypeModeAndOwner = 0x1 | 0x2 | 0x8;
    private const int StructureLength = 256;
    private const int OwnerOffset = 20;
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000;
    private const int NoSuchFile = 2;
    private const int NotDirectory = 20;
    private const int LinksWithoutEnd = 40;

    /// <summary>Looks at a path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="followLinks">Whether a symbolic link stands for what it leads to; one that leads nowhere is then missing.</param>
    public static FileStatus Of(string path, bool followLinks = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return OperatingSystem.IsLinux() && Ask(path, followLinks) is { } status ? status : Guess(path, followLinks);
    }

    private static unsafe FileStatus? Ask(string path, bool followLinks)
    {
        var about = stackalloc byte[StructureLength];
        if (Stat(CurrentDirectory, path, followLinks ? 0 : DoNotFollow, TypeModeAndOwner, about) != 0)
        {
            return Marshal.GetLastPInvokeError() switch
            {
                NoSuchFile or NotDirectory => default(FileStatus),
                LinksWithoutEnd => new FileStatus(FileKind.Link, UnixFileMode.None, null),
                _ => null,
            };
        }

        var mode = *(ushort*)(about + ModeOffset);
        return new FileStatus(KindOf(mode & TypeMask), (UnixFileMode)(mode & ~TypeMask), *(uint*)(about + OwnerOffset));
    }

    private static FileKind KindOf(int type) => type switch
    {
        0x1000 => FileKind.Pipe,
        0x2000 => FileKind.CharacterDevice,
        0x4000 => FileKind.Directory,
        0x6000 => FileKind.BlockDevice,
        0xA000 => FileKind.Link,
        0xC000 => FileKind.Socket,
        _ => FileKind.Regular,
    };

    /// <summary>What .NET tells on every system: pipes and devices count as files.</summary>
    private static FileStatus Guess(string path, bool followLinks)
    {
        var mode = !OperatingSystem.IsWindows() && Path.Exists(path) ? File.GetUnixFileMode(path) : UnixFileMode.None;
        if (!followLinks && new FileInfo(path).LinkTarget is not null) return new FileStatus(FileKind.Link, mode, null);
        return new FileStatus(Directory.Exists(path) ? FileKind.Directory : File.Exists(path) ? FileKind.Regular : FileKind.Missing, mode, null);
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Stat(int directory, string path, int flags, uint mask, byte* about);
}
