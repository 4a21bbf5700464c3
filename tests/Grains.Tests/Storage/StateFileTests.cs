using Srpo.Core.Files;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Grains.Tests;

public sealed class StateFileTests
{
    [Fact]
    public void A_full_disk_leaves_the_old_file_and_nothing_else()
    {
        using var data = new TestDirectory();
        var path = data.File("a", "b.state");
        StateFile.Replace(path, "old"u8, [], File.Create);

        // 28 is ENOSPC.
        var error = Assert.Throws<SrpoGrainException>(() => StateFile.Replace(path, "new"u8, "er"u8, temporary => new FailingStream(File.Create(temporary), 28)));

        Assert.Contains("the disk is full", error.Message);
        Assert.Contains(path, error.Message);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([Path.Combine("a", "b.state")], data.Files());
    }

    [Fact]
    public void Other_failures_are_explained_as_well()
    {
        using var data = new TestDirectory();
        var path = data.File("b.state");
        var denied = Assert.Throws<SrpoGrainException>(() => StateFile.Replace(path, "new"u8, [], _ => throw new UnauthorizedAccessException("no")));
        Assert.Contains("give this user the right", denied.Message);
        var broken = Assert.Throws<SrpoGrainException>(() => StateFile.Replace(path, "new"u8, [], temporary => new FailingStream(File.Create(temporary), 5)));
        Assert.Contains(path, broken.Message);
        Assert.Throws<InvalidOperationException>(() => StateFile.Replace(path, "new"u8, [], _ => throw new InvalidOperationException()));
        Assert.Empty(data.Files());
    }

    [Fact]
    public void What_a_killed_process_left_is_overwritten()
    {
        using var data = new TestDirectory();
        var path = data.File("b.state");
        File.WriteAllText(path + ".tmp", "half a state, longer than the next one");
        StateFile.Replace(path, "new"u8, [], AtomicFile.Create);
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(["b.state"], data.Files());
    }

    [Theory]
    [InlineData("gridworld-1.srpo", "gridworld-1.srpo")]
    [InlineData("", "%")]
    [InlineData("..", "%2E%2E")]
    [InlineData(".hidden", "%2Ehidden")]
    [InlineData("end.", "end%2E")]
    [InlineData("a b%", "a%20b%25")]
    [InlineData("con", "%63on")]
    [InlineData("NUL.txt", "%4EUL.txt")]
    [InlineData("console", "console")]
    [InlineData("ä€😀", "%C3%A4%E2%82%AC%F0%9F%98%80")]
    [InlineData("a\\b:c\n", "a%5Cb%3Ac%0A")]
    public void Keys_become_safe_names(string part, string expected) => Assert.Equal(expected, StatePath.Escape(part));

    [Fact]
    public void Paths_stay_below_the_directory()
    {
        using var data = new TestDirectory();
        var path = StatePath.For(data.Path, "agent", "../../etc//passwd", "s");
        Assert.Equal(data.File("agent", "%2E%2E", "%2E%2E", "etc", "%", "passwd", "s.state"), path);
        Assert.Equal(path, Path.GetFullPath(path));
    }

    [Fact]
    public void Only_one_process_writes_and_this_one_may_share()
    {
        using var data = new TestDirectory();
        using (DirectoryLease.Take(data.Path))
        {
            using var shared = DirectoryLease.Take(data.File("."));

            // Another process opens the file of itself.
            Assert.Throws<IOException>(() => new FileStream(data.File(DirectoryLease.FileName), FileMode.Open, FileAccess.ReadWrite, FileShare.None));
        }

        using (var other = new FileStream(data.File(DirectoryLease.FileName), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            var error = Assert.Throws<SrpoGrainException>(() => DirectoryLease.Take(data.Path));
            Assert.Contains("another process", error.Message);
            Assert.Contains(data.Path, error.Message);
        }

        DirectoryLease.Take(data.Path).Dispose();
    }

    /// <summary>Takes the first bytes and then fails like the operating system.</summary>
    private sealed class FailingStream(FileStream inner, int code) : MemoryStream
    {
        private bool _begun;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (_begun) throw new IOException("as told", code);
            _begun = true;
            inner.Write(buffer);
            if (buffer.Length > 0) throw new IOException("as told", code);
        }

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
