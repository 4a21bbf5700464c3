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
internal sealed class SlotPair<T>(IGrainStorage storage, GrainId grain, string name, SrpoMeter? meter = null)
    where T : class, new()
{
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
