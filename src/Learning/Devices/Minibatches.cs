using Srpo.Core.Random;

namespace Srpo.Learning.Devices;

/// <summary>
/// The order in which an actor's samples, or with memory its sequences, go into the minibatches of an epoch: the same on every device. Not
/// thread-safe; holds scratch memory.
/// </summary>
public sealed class MinibatchOrder
{
    /// <summary>The order of many items takes long to draw; every so many it looks whether to go on.</summary>
    private const int CancellationCheck = (1 << 20) - 1;

    private int[] _order = [];
    private int _items;
    private RandomStream _random;

    /// <summary>Begins an update.</summary>
    /// <param name="items">Number of samples or sequences.</param>
    /// <param name="random">The stream that orders are drawn from.</param>
    public void Begin(int items, RandomStream random)
    {
        (_items, _random) = (items, random);
    }

    /// <summary>Draws the order of the next epoch.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; begin anew.</exception>
    public void Shuffle(CancellationToken cancellation)
    {
        if (_order.Length < _items) _order = new int[_items];
        for (var i = 0; i < _items; i++) _order[i] = i;
        for (var i = _items - 1; i > 0; i--)
        {
            if ((i & CancellationCheck) == 0) cancellation.ThrowIfCancellationRequested();
            var j = _random.NextInt32(i + 1);
            (_order[i], _order[j]) = (_order[j], _order[i]);
        }
    }

    /// <summary>Numbers of the items of a minibatch; empty where there is one, which has all of them in order.</summary>
    /// <param name="part">Which, from 0.</param>
    /// <param name="minibatches">Of how many; at most as many as items.</param>
    public ReadOnlySpan<int> Part(int part, int minibatches) => minibatches == 1
        ? default
        : _order.AsSpan((int)((long)_items * part / minibatches)..(int)((long)_items * (part + 1) / minibatches));
}

/// <summary>Samples of several parts as one list: their numbers run through the parts one after another.</summary>
public static class SampleNumbers
{
    /// <summary>Finds a sample.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="sample">Its number.</param>
    /// <returns>Its part, its number there, and how many rows the parts before have.</returns>
    public static (ActorSamples Part, int Sample, int RowOffset) Locate(IReadOnlyList<ActorSamples> parts, int sample)
    {
        var offset = 0;
        for (var p = 0; ; p++)
        {
            var part = parts[p];
            if (sample < part.Count) return (part, sample, offset);
            sample -= part.Count;
            offset += part.Rows;
        }
    }

    /// <summary>Mean and 1 / (standard deviation + 1e-8) of a minibatch's advantages; the variance divides by n - 1.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="order">Numbers of the minibatch's samples; empty for the first <paramref name="count"/>.</param>
    /// <param name="count">Number of samples.</param>
    public static (float Mean, float InverseDeviation) Moments(IReadOnlyList<ActorSamples> parts, ReadOnlySpan<int> order, int count)
    {
        var (sum, squares) = (0.0, 0.0);
        for (var i = 0; i < count; i++)
        {
            var (part, sample, _) = Locate(parts, order.IsEmpty ? i : order[i]);
            double advantage = part.Advantages[sample];
            sum += advantage;
            squares += advantage * advantage;
        }

        var mean = sum / count;
        var variance = count > 1 ? Math.Max(0, (squares - (sum * mean)) / (count - 1)) : 0;
        return ((float)mean, (float)(1 / (Math.Sqrt(variance) + 1e-8)));
    }
}
