using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Srpo.Grains.Diagnostics;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Storage;

/// <summary>A record that is stored again and again.</summary>
internal interface ISequenced
{
    /// <summary>Number of times it was stored.</summary>
    long Sequence { get; set; }
}

/// <summary>
/// A record kept in two slots that are written in turn: when the newer one is damaged, the one before it is used. Loaded at
/// the first use and not at activation, so that a failure is the caller's exception and the next call tries again.
/// </summary>
internal sealed class AlternatingRecord<T>(SlotPair<T> slots)
    where T : class, ISequenced, new()
{
    private Task? _loading;
    private T? _value;
    private int _newest = 1;

    /// <summary>The record in memory; a new one if nothing is stored. <see cref="LoadAsync"/> must have returned.</summary>
    public T Value => _value ?? throw new InvalidOperationException("the record is not loaded");

    /// <summary>Whether storage has a record.</summary>
    public bool Exists { get; private set; }

    /// <summary>Trouble met while loading and survived, or null.</summary>
    public string? Warning { get; private set; }

    /// <summary>Reads both slots at the first call.</summary>
    /// <exception cref="CorruptStateException">There are records, but none that can be read.</exception>
    public Task LoadAsync()
    {
        if (_loading is null or { IsFaulted: true } or { IsCanceled: true }) _loading = ReadAsync();
        return _loading;
    }

    /// <summary>Stores the record as it is now.</summary>
    public async Task SaveAsync()
    {
        Value.Sequence++;
        var slot = 1 - _newest;
        await slots.WriteAsync(slot, Value);
        _newest = slot;
        Exists = true;
    }

    /// <summary>Removes the record, the newer slot last.</summary>
    public async Task ClearAsync()
    {
        await slots.ClearAsync(1 - _newest);
        await slots.ClearAsync(_newest);
        (_value, _newest, Exists, Warning) = (new T(), 1, false, null);
    }

    private async Task ReadAsync()
    {
        var (first, second) = await slots.ReadBothAsync();
        var damage = slots.Damage[0] ?? slots.Damage[1];
        if (first is null && second is null)
        {
            if (damage is not null) throw new CorruptStateException($"{damage}; there is no readable record before it. Restore the file from a copy, or remove it to begin anew.");
            _value = new T();
            return;
        }

        _newest = second is null || (first is not null && first.Sequence > second.Sequence) ? 0 : 1;
        _value = _newest == 0 ? first : second;
        Exists = true;
        if (damage is not null) Warning = $"{damage}; the record stored before it is used";
    }
}

/// <summary>
/// Two stored records of one grain, so that a damaged one does not cost the other. They are read by the grain itself and not
/// by [PersistentState], which would refuse to activate a grain with a damaged record.
/// </summary>
/// <param name="storage">Where they are.</param>
/// <param name="grain">Whose they are.</param>
/// <param name="name">Their name, before the number of the slot.</param>
/// <param name="meter">Measures reads and writes, where given.</param>
/// <param name="writtenByOthers">Whether somebody else may write them while they are read here.</param>
internal sealed class SlotPair<T>(IGrainStorage storage, GrainId grain, string name, SrpoMeter? meter = null, bool writtenByOthers = false)
    where T : class, new()
{
    /// <summary>A writer stores each slot once in a second or less often; whoever reads is through long before.</summary>
    private const int Looks = 100;

    private readonly GrainState<T>[] _slots = [new(), new()];

    /// <summary>What is wrong with each slot, or null.</summary>
    public string?[] Damage { get; } = new string?[2];

    /// <summary>Reads a slot again.</summary>
    /// <returns>The record; null if there is none or it is damaged.</returns>
    public async Task<T?> ReadAsync(int slot)
    {
        var state = _slots[slot];
        Damage[slot] = null;
        try
        {
            await MeasureAsync("read", storage.ReadStateAsync(SlotName(slot), grain, state));
            return state.RecordExists ? state.State : null;
        }
        catch (Exception error) when (error is CorruptStateException or JsonException or FormatException)
        {
            Damage[slot] = error.Message;
            return null;
        }
        finally
        {
            // The caller has what it needs: parameters must not be held twice.
            state.State = null!;
        }
    }

    /// <summary>Reads both slots again, as they were at one moment.</summary>
    public async Task<(T? First, T? Second)> ReadBothAsync()
    {
        var first = await ReadAsync(0);
        var second = await ReadAsync(1);
        for (var look = 0; writtenByOthers && look < Looks; look++)
        {
            // The first slot stood as it was read when the second one was read, unless it is another one now.
            var (tag, damage) = (_slots[0].ETag, Damage[0]);
            first = await ReadAsync(0);
            if (_slots[0].ETag == tag && Damage[0] == damage) break;
            second = await ReadAsync(1);
        }

        return (first, second);
    }

    /// <summary>Writes a slot.</summary>
    public async Task WriteAsync(int slot, T record)
    {
        var state = _slots[slot];
        state.State = record;
        try
        {
            await MeasureAsync("write", storage.WriteStateAsync(SlotName(slot), grain, state));
            Damage[slot] = null;
        }
        finally
        {
            state.State = null!;
        }
    }

    /// <summary>Removes a slot, damaged or not; one that is empty stays so.</summary>
    public async Task ClearAsync(int slot)
    {
        var state = _slots[slot];
        if (await ReadAsync(slot) is null && state.ETag is null && Damage[slot] is null) return;
        await MeasureAsync("clear", storage.ClearStateAsync(SlotName(slot), grain, state));
        (Damage[slot], state.State) = (null, null!);
    }

    private Task MeasureAsync(string operation, Task act) => meter is null ? act : meter.MeasureAsync(name, operation, act);

    private string SlotName(int slot) => name + slot.ToString(CultureInfo.InvariantCulture);
}

/// <summary>
/// Merges many wishes to store a record into few writes: one write at a time, and a write begun after a wish fulfils it. Runs
/// on the scheduler of the grain that owns it; not thread-safe beyond that.
/// </summary>
/// <param name="write">Stores the record as it is now.</param>
/// <param name="work">What the record is of, for messages.</param>
/// <param name="time">Measures how long writing takes.</param>
/// <param name="logger">Where it is noted that progress could not be stored.</param>
internal sealed class CoalescedWriter(Func<Task> write, string work, TimeProvider time, ILogger logger)
{
    /// <summary>A wish that nobody waits for may be postponed until a write is followed by so many times what it took: they take at most three per cent of the time.</summary>
    private const int Spacing = 32;

    private Task _running = Task.CompletedTask;
    private Task? _next;
    private TimeSpan _pause;
    private long _wroteAt = time.GetTimestamp();

    /// <summary>Stores what is in memory now or later; returns when that is done, and fails if it fails.</summary>
    public Task WriteAsync()
    {
        if (_next is not null) return _next;
        return _running.IsCompleted ? _running = RunAsync() : _next = RunAfterAsync(_running);
    }

    /// <summary>Stores progress that nobody waits for, if the last write is long enough ago; a failure shows at the next write that somebody waits for.</summary>
    public void WriteIfDue()
    {
        if (_next is not null || !_running.IsCompleted || time.GetElapsedTime(_wroteAt) < _pause) return;
        _ = WriteAsync().ContinueWith(
            task => logger.LogWarning(task.Exception, "The progress of {Work} could not be stored.", work),
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    private async Task RunAfterAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _next = null;
        await (_running = RunAsync());
    }

    private async Task RunAsync()
    {
        var start = time.GetTimestamp();
        try
        {
            await write();
        }
        finally
        {
            _wroteAt = time.GetTimestamp();
            _pause = Spacing * time.GetElapsedTime(start, _wroteAt);
        }
    }
}
