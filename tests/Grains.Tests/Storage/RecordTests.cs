using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Grains.Tests;

/// <summary>Records in two slots, merged writes and gates.</summary>
public sealed class RecordTests
{
    private static readonly GrainId Grain = GrainId.Create("directory", "directory");

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Slots_are_written_in_turn_and_the_newest_is_read()
    {
        using var data = new TestDirectory();
        using var storage = new FileGrainStorage("test", new FileStorageOptions { Directory = data.Path });
        var record = Record(storage);
        await record.LoadAsync();
        Assert.False(record.Exists);
        for (var i = 1; i <= 5; i++)
        {
            record.Value.Populations = [.. record.Value.Populations, $"p{i}"];
            await record.SaveAsync();
            var read = Record(storage);
            await read.LoadAsync();
            Assert.Equal(i, read.Value.Populations.Length);
            Assert.True(read.Exists);
            Assert.Null(read.Warning);
        }

        Assert.Equal(2, data.Files().Length);
    }

    [Fact]
    public async Task A_damaged_slot_is_passed_over_and_written_next()
    {
        using var data = new TestDirectory();
        using var storage = new FileGrainStorage("test", new FileStorageOptions { Directory = data.Path });
        var record = Record(storage);
        await record.LoadAsync();
        await record.SaveAsync();
        record.Value.Populations = ["p"];
        await record.SaveAsync();
        var newest = storage.PathOf("directory1", Grain);
        File.WriteAllBytes(newest, File.ReadAllBytes(newest)[..^1]);

        var read = Record(storage);
        await read.LoadAsync();
        Assert.Empty(read.Value.Populations);
        Assert.Contains(newest, read.Warning);
        read.Value.Populations = ["q"];
        await read.SaveAsync();
        var again = Record(storage);
        await again.LoadAsync();
        Assert.Equal(["q"], again.Value.Populations);
        Assert.Null(again.Warning);
    }

    [Fact]
    public async Task Without_a_readable_slot_loading_fails_until_it_is_mended()
    {
        using var data = new TestDirectory();
        using var storage = new FileGrainStorage("test", new FileStorageOptions { Directory = data.Path });
        var record = Record(storage);
        await record.LoadAsync();
        await record.SaveAsync();
        var path = storage.PathOf("directory0", Grain);
        var whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, [1, 2, 3]);
        var read = Record(storage);
        await Assert.ThrowsAsync<CorruptStateException>(read.LoadAsync);
        File.WriteAllBytes(path, whole);
        await read.LoadAsync();
        Assert.True(read.Exists);
    }

    [Fact]
    public async Task Wishes_during_a_write_are_fulfilled_by_one_more()
    {
        var writes = new List<TaskCompletionSource>();
        var writer = Writer(() =>
        {
            writes.Add(new TaskCompletionSource());
            return writes[^1].Task;
        });
        var first = writer.WriteAsync();
        var others = Enumerable.Range(0, 5).Select(_ => writer.WriteAsync()).ToArray();
        Assert.Single(writes);
        writer.WriteIfDue();
        writes[0].SetException(new IOException("as told"));
        await Assert.ThrowsAsync<IOException>(() => first);

        // A failure of the first write is not one of those that come after.
        await Until.HoldsAsync("the second write begins", () => writes.Count >= 2);
        Assert.All(others, other => Assert.False(other.IsCompleted));
        writes[1].SetResult();
        await Task.WhenAll(others);
        Assert.Equal(2, writes.Count);
        _ = writer.WriteAsync();
        Assert.Equal(3, writes.Count);
    }

    [Fact]
    public async Task Writing_that_nobody_waits_for_takes_little_of_the_time()
    {
        var writes = 0;
        var writer = Writer(() =>
        {
            writes++;
            _time.Advance(TimeSpan.FromSeconds(1));
            return Task.CompletedTask;
        });
        writer.WriteIfDue();
        Assert.Equal(1, writes);
        _time.Advance(TimeSpan.FromSeconds(31.9));
        writer.WriteIfDue();
        Assert.Equal(1, writes);

        // Somebody waits for this one.
        await writer.WriteAsync();
        Assert.Equal(2, writes);
        _time.Advance(TimeSpan.FromSeconds(32));
        writer.WriteIfDue();
        Assert.Equal(3, writes);
    }

    [Fact]
    public async Task A_gate_lets_one_through_at_a_time_whatever_happened_before()
    {
        var gate = new AsyncGate();
        var order = new List<int>();
        var hold = new TaskCompletionSource();
        var first = gate.RunAsync(async () =>
        {
            await hold.Task;
            order.Add(1);
            throw new FormatException();
        });
        var second = gate.RunAsync(() =>
        {
            order.Add(2);
            return Task.CompletedTask;
        });
        Assert.Empty(order);
        hold.SetResult();
        await Assert.ThrowsAsync<FormatException>(() => first);
        await second;
        Assert.Equal([1, 2], order);
    }

    private CoalescedWriter Writer(Func<Task> write) => new(write, "a test", _time, NullLogger.Instance);

    private static AlternatingRecord<DirectoryRecord> Record(FileGrainStorage storage) =>
        new(new SlotPair<DirectoryRecord>(storage, Grain, "directory"));
}
