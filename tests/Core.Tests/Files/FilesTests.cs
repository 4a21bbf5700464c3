using Srpo.Core.Errors;
using Srpo.Core.Files;

namespace Srpo.Core.Tests.Files;

/// <summary>Files that appear whole or not at all, and locks.</summary>
public sealed class FilesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("srpo-files-").FullName;

    [Fact]
    public void A_file_is_replaced_as_a_whole_and_nothing_else_is_left()
    {
        AtomicFile.Write(At("a"), "old and long");
        AtomicFile.Write(At("a"), "new");
        Assert.Equal("new", File.ReadAllText(At("a")));
        Assert.Equal([At("a")], Directory.GetFiles(_directory));
    }

    [Fact]
    public void What_cannot_be_written_leaves_the_old_file_and_what_others_write()
    {
        AtomicFile.Write(At("a"), "old");
        Assert.Throws<IOException>(() => AtomicFile.Replace(At("a"), At("part"), path => new Full(path), "new"u8, []));
        Assert.Equal([At("a")], Directory.GetFiles(_directory));

        // A temporary file that somebody else has open is his.
        File.WriteAllText(At("part"), "of another");
        Assert.Throws<IOException>(() => AtomicFile.Replace(At("a"), At("part"), path => new FileStream(path, FileMode.CreateNew), "new"u8, []));
        Assert.Equal("of another", File.ReadAllText(At("part")));
        Assert.Equal("old", File.ReadAllText(At("a")));
    }

    [Fact]
    public void What_exists_is_kept_unless_it_is_to_be_replaced_and_keeps_its_rights()
    {
        if (OperatingSystem.IsWindows()) return;
        File.WriteAllText(At("a"), "old");
        File.SetUnixFileMode(At("a"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Throws<IOException>(() => AtomicFile.Write(At("a"), "new"u8, replace: false));
        Assert.Equal(ErrorKind.InUse, Assert.Throws<SrpoException>(() => UserFile.Write(At("a"), "new"u8, force: false)).Kind);
        Assert.Equal("old", File.ReadAllText(At("a")));
        UserFile.Write(At("a"), "new"u8, force: true);
        Assert.Equal("new", File.ReadAllText(At("a")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(At("a")));
        Assert.Equal([At("a")], Directory.GetFiles(_directory));
    }

    [Fact]
    public void A_file_that_nobody_can_have_written_by_hand_is_not_read()
    {
        using (var file = File.Create(At("long"))) file.SetLength(UserFile.MostBytes + 1L);
        var error = Assert.Throws<SrpoException>(() => UserFile.Read(At("long"), "map"));
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.Contains("longer than 64 MiB", error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<SrpoException>(() => UserFile.Read(At("none"), "map")).Kind);
        Assert.Contains("is a directory, not a file", Assert.Throws<SrpoException>(() => UserFile.Read(_directory, "map")).Message, StringComparison.Ordinal);
        File.WriteAllBytes(At("text"), [0xEF, 0xBB, 0xBF, (byte)'a']);
        Assert.Equal("a", UserFile.ReadText(At("text"), "map"));
        Assert.Equal(4, UserFile.Read(At("text"), "map").Length);
    }

    [Fact]
    public void A_private_file_is_for_its_user_alone()
    {
        AtomicFile.WritePrivate(At("a"), "secret");
        Assert.Equal("secret", File.ReadAllText(At("a")));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(At("a")));
    }

    [Fact]
    public async Task Of_many_writers_of_one_file_every_one_comes_through()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => AtomicFile.Write(At("a"), new string((char)('a' + i), 10_000)))));
        Assert.Single(File.ReadAllText(At("a")).Distinct());
        Assert.Equal([At("a")], Directory.GetFiles(_directory));
    }

    [Fact]
    public void A_lock_is_held_by_one_until_it_is_freed()
    {
        Assert.False(FileLock.IsHeld(At("l")));
        using (var held = FileLock.TryTake(At("l")))
        {
            held!.Sign("who"u8);
            Assert.Null(FileLock.TryTake(At("l")));
            Assert.True(FileLock.IsHeld(At("l")));
        }

        Assert.False(FileLock.IsHeld(At("l")));
        Assert.Equal("who", File.ReadAllText(At("l")));
        using var next = FileLock.TryTake(At("l"));
        Assert.NotNull(next);
    }

    [Fact]
    public void Trouble_that_is_no_holder_is_not_taken_for_one()
    {
        Assert.Throws<DirectoryNotFoundException>(() => FileLock.TryTake(Path.Combine(_directory, "none", "l")));
        Directory.CreateDirectory(At("d"));
        Assert.ThrowsAny<UnauthorizedAccessException>(() => FileLock.TryTake(At("d")));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string At(string name) => Path.Combine(_directory, name);

    /// <summary>A disk without room.</summary>
    private sealed class Full(string path) : FileStream(path, FileMode.Create)
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("no room", 28);
    }
}
