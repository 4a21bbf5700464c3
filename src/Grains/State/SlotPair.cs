using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Srpo.Grains.Diagnostics;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

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

    /// <summary>The pair of a grain in a named storage.</summary>
    public static SlotPair<T> Of(Grain grain, IServiceProvider services, string storage, string name) =>
        new(services.GetRequiredKeyedService<IGrainStorage>(storage), grain.GetGrainId(), name, services.GetRequiredService<SrpoMeter>());

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

    private Task MeasureAsync(string operation, Task act) => meter is null ? act : meter.MeasureAsync(name, operation, act);

    private string SlotName(int slot) => name + slot.ToString(CultureInfo.InvariantCulture);
}
