using Orleans.Storage;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Grains.Tests;

public sealed class FileGrainStorageTests
{
    private static readonly GrainId Grain = GrainId.Create("thing", "pop/0/1");

    [Fact]
    public async Task States_come_back_to_the_bit()
    {
        using var data = new TestDirectory();
        using var storage = Storage(data);
        var written = new GrainState<Thing>(new Thing { Text = "ä\n", Number = 0.1 + 0.2, Block = new FloatBlock([1f / 3, float.NaN, -0f, float.Epsilon]), Odd = double.PositiveInfinity });
        await storage.WriteStateAsync("thing", Grain, written);

        var read = await ReadAsync(storage);

        Assert.True(read.RecordExists);
        Assert.Equal(written.ETag, read.ETag);
        Assert.Equal((written.State!.Text, written.State!.Number, written.State!.Odd), (read.State!.Text, read.State!.Number, read.State!.Odd));
        Assert.Equal(written.State!.Block.Values.Select(BitConverter.SingleToInt32Bits), read.State!.Block.Values.Select(BitConverter.SingleToInt32Bits));
        Assert.Equal([Path.Combine("thing", "pop", "0", "1", "thing.state")], data.Files());
    }

    [Fact]
    public async Task Nothing_is_made_before_the_first_write()
    {
        using var data = new TestDirectory();
        using var storage = Storage(data, "below");
        var read = await ReadAsync(storage);
        Assert.False(read.RecordExists);
        Assert.NotNull(read.State);
        Assert.Null(read.ETag);
        await storage.ClearStateAsync("thing", Grain, read);
        Assert.False(Directory.Exists(data.File("below")));
    }

    /// <summary>Whoever read a pipe would wait for a writer that never comes.</summary>
    [Fact]
    public async Task Something_else_in_place_of_a_state_is_damage_and_only_a_directory_is_in_the_way_of_another()
    {
        if (OperatingSystem.IsWindows()) return;
        using var data = new TestDirectory();
        using var storage = Storage(data);
        await storage.WriteStateAsync("thing", Grain, State("mine"));
        var path = storage.PathOf("thing", Grain);
        File.Delete(path);
        using (var made = System.Diagnostics.Process.Start("mkfifo", [path])) await made.WaitForExitAsync();
        var error = await Assert.ThrowsAsync<CorruptStateException>(() => ReadAsync(storage));
        Assert.Equal($"state file '{path}' cannot be used: it is a pipe, not a file", error.Message);
        await storage.WriteStateAsync("thing", Grain, State("again"));
        Assert.Equal("again", (await ReadAsync(storage)).State!.Text);

        File.Delete(path);
        Directory.CreateDirectory(path);
        error = await Assert.ThrowsAsync<CorruptStateException>(() => ReadAsync(storage));
        Assert.Equal($"state file '{path}' cannot be used: it is a directory, not a file", error.Message);
        foreach (var act in new[] { () => storage.WriteStateAsync("thing", Grain, State("again")), () => storage.ClearStateAsync("thing", Grain, State("again")) })
            Assert.Contains("a directory is in its place; move that away and repeat the command", (await Assert.ThrowsAsync<CorruptStateException>(act)).Message, StringComparison.Ordinal);
        Assert.True(Directory.Exists(path));
        Assert.Equal([Path.GetFileName(path)], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(path)!).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_write_on_top_of_somebody_elses_is_refused()
    {
        using var data = new TestDirectory();
        using var storage = Storage(data);
        var (mine, theirs) = (State("mine"), State("theirs"));
        await storage.WriteStateAsync("thing", Grain, theirs);

        var error = await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("thing", Grain, mine));
        Assert.Contains(storage.PathOf("thing", Grain), error.Message);
        await storage.WriteStateAsync("thing", Grain, theirs);
        mine.ETag = "1";
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync("thing", Grain, mine));
        Assert.Equal("theirs", (await ReadAsync(storage)).State!.Text);
        await storage.ClearStateAsync("thing", Grain, theirs);
        Assert.False((await ReadAsync(storage)).RecordExists);
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("thing", Grain, mine));
    }

    [Fact]
    public async Task Every_altered_bit_and_every_cut_is_found()
    {
        using var data = new TestDirectory();
        using var storage = Storage(data);
        await storage.WriteStateAsync("thing", Grain, State("precious"));
        var path = storage.PathOf("thing", Grain);
        var whole = await File.ReadAllBytesAsync(path);
        for (var i = 0; i < whole.Length; i++)
        {
            var flipped = (byte[])whole.Clone();
            flipped[i] ^= (byte)(1 << (i % 8));
            await AssertCorruptAsync(storage, path, flipped);
            await AssertCorruptAsync(storage, path, whole[..i]);
        }

        await AssertCorruptAsync(storage, path, [.. whole, 0]);
        await File.WriteAllBytesAsync(path, whole);
        Assert.Equal("precious", (await ReadAsync(storage)).State!.Text);
    }

    [Theory]
    [InlineData(8, 4, "format version 4")]
    [InlineData(0, 3, "does not begin like a state file")]
    public async Task Messages_say_what_is_wrong(int position, byte value, string part)
    {
        using var data = new TestDirectory();
        using var storage = Storage(data);
        await storage.WriteStateAsync("thing", Grain, State("x"));
        var path = storage.PathOf("thing", Grain);
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[position] = value;
        var error = await AssertCorruptAsync(storage, path, bytes);
        Assert.Contains(part, error.Message);
        Assert.Contains(path, error.Message);
    }

    [Fact]
    public async Task Files_of_other_grains_states_and_types_are_not_taken()
    {
        using var data = new TestDirectory();
        using var storage = Storage(data);
        await storage.WriteStateAsync("thing", Grain, State("x"));
        var other = GrainId.Create("thing", "pop/0/2");
        Directory.CreateDirectory(Path.GetDirectoryName(storage.PathOf("thing", other))!);
        File.Copy(storage.PathOf("thing", Grain), storage.PathOf("thing", other));

        var foreign = await Assert.ThrowsAsync<CorruptStateException>(() => storage.ReadStateAsync("thing", other, new GrainState<Thing>()));
        Assert.Contains("belongs to", foreign.Message);
        var type = await Assert.ThrowsAsync<CorruptStateException>(() => storage.ReadStateAsync("thing", Grain, new GrainState<Other>()));
        Assert.Contains("not a ", type.Message);
    }

    [Fact]
    public async Task A_damaged_file_can_be_written_over()
    {
        using var data = new TestDirectory();
        using var storage = Storage(data);
        await storage.WriteStateAsync("thing", Grain, State("x"));
        var path = storage.PathOf("thing", Grain);
        var bytes = await File.ReadAllBytesAsync(path);
        foreach (var damaged in new[] { bytes[..^3], bytes[..20], [] })
        {
            await File.WriteAllBytesAsync(path, damaged);
            var state = new GrainState<Thing>();
            await Assert.ThrowsAsync<CorruptStateException>(() => storage.ReadStateAsync("thing", Grain, state));
            state.State = new Thing { Text = "new" };
            await storage.WriteStateAsync("thing", Grain, state);
            Assert.Equal("new", (await ReadAsync(storage)).State!.Text);
        }
    }

    [Fact]
    public async Task A_state_may_change_while_it_is_written()
    {
        using var data = new TestDirectory();
        using var storage = Storage(data);
        var state = State("before");
        var writing = storage.WriteStateAsync("thing", Grain, state);
        state.State!.Text = "after";
        await writing;
        Assert.Equal("before", (await ReadAsync(storage)).State!.Text);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_named()
    {
        using var data = new TestDirectory();
        await File.WriteAllTextAsync(data.File("occupied"), "");
        using var storage = Storage(data, "occupied");
        var error = await Assert.ThrowsAsync<SrpoGrainException>(() => storage.WriteStateAsync("thing", Grain, State("x")));
        Assert.Contains(data.File("occupied"), error.Message);
        Assert.Contains("cannot be written", error.Message);
    }

    [Fact]
    public void A_storage_needs_a_directory() =>
        Assert.Contains("'actors'", Assert.Throws<ArgumentException>(() => new FileGrainStorage("actors", new FileStorageOptions())).Message);

    private static FileGrainStorage Storage(TestDirectory data, string? below = null) =>
        new("test", new FileStorageOptions { Directory = below is null ? data.Path : data.File(below) });

    private static GrainState<Thing> State(string text) => new(new Thing { Text = text });

    private static async Task<GrainState<Thing>> ReadAsync(FileGrainStorage storage)
    {
        var state = new GrainState<Thing>();
        await storage.ReadStateAsync("thing", Grain, state);
        return state;
    }

    private static async Task<CorruptStateException> AssertCorruptAsync(FileGrainStorage storage, string path, byte[] content)
    {
        await File.WriteAllBytesAsync(path, content);
        return await Assert.ThrowsAsync<CorruptStateException>(() => ReadAsync(storage));
    }

    private sealed class Thing
    {
        public string Text { get; set; } = "";

        public double Number { get; set; }

        public double Odd { get; set; }

        public FloatBlock Block { get; set; } = FloatBlock.Empty;
    }

    private sealed class Other
    {
        public string Text { get; set; } = "";
    }
}
