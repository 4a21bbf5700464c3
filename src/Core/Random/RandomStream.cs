using System.Runtime.CompilerServices;

namespace Srpo.Core.Random;

/// <summary>
/// Names a family of random streams, one per lane: (seed, team, round, purpose). The mapping from (stream, lane, step) to
/// bits is injective: 64 bits of seed are Philox' key; step, lane (24 bits), purpose (8 bits), round and team are its counter.
/// </summary>
/// <param name="Seed">The population's seed.</param>
/// <param name="Team">The team (training run) within the population, or any other 32-bit number that separates streams.</param>
/// <param name="Round">The round of training, or any other 32-bit number that separates streams.</param>
/// <param name="Purpose">What the draws are for.</param>
public readonly record struct StreamId(ulong Seed, uint Team, uint Round, StreamPurpose Purpose)
{
    /// <summary>The largest lane number plus one: 2^24.</summary>
    public const int MaxLanes = 1 << 24;

    /// <summary>The 128 random bits of a lane at a step.</summary>
    /// <param name="lane">0 to 2^24 - 1 (not checked: this is on the hot path).</param>
    /// <param name="step">Any 32-bit number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RandomBlock Block(int lane, uint step) =>
        Philox.Block(step, ((uint)Purpose << 24) | (uint)lane, Round, Team, Seed);

    /// <summary>The stream of one lane, read in sequence.</summary>
    public RandomStream Lane(int lane) => new(this, lane);

    /// <summary>The same stream family for another purpose.</summary>
    public StreamId For(StreamPurpose purpose) => this with { Purpose = purpose };
}

/// <summary>One lane of a <see cref="StreamId"/>, read in sequence, word after word. A mutable struct: pass it by ref.</summary>
public struct RandomStream
{
    private readonly StreamId _id;
    private readonly int _lane;
    private RandomBlock _block;
    private uint _nextBlock;
    private int _used;

    /// <summary>Starts the sequence of a lane at step 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The lane is not in [0, 2^24).</exception>
    public RandomStream(StreamId id, int lane)
        : this(id, lane, 0)
    {
    }

    /// <summary>Starts in the middle of the sequence of a lane.</summary>
    /// <param name="id">The streams.</param>
    /// <param name="lane">The lane.</param>
    /// <param name="firstBlock">Step of the first block of four words.</param>
    /// <exception cref="ArgumentOutOfRangeException">The lane is not in [0, 2^24).</exception>
    public RandomStream(StreamId id, int lane, uint firstBlock)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lane);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(lane, StreamId.MaxLanes);
        _id = id;
        _lane = lane;
        _nextBlock = firstBlock;
        _used = 4;
    }

    /// <summary>The next uniform 32-bit word.</summary>
    public uint NextUInt32()
    {
        if (_used == 4)
        {
            _block = _id.Block(_lane, _nextBlock++);
            _used = 0;
        }

        return _block[_used++];
    }

    /// <summary>The next uniform double in [0, 1), 53 random bits.</summary>
    public double NextDouble()
    {
        var high = NextUInt32();
        return RandomBlock.ToUnitDouble(high, NextUInt32());
    }

    /// <summary>The next uniform integer in [0, exclusiveMaximum), without bias (Lemire's method).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The maximum is not positive.</exception>
    public int NextInt32(int exclusiveMaximum)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMaximum);
        var range = (uint)exclusiveMaximum;
        var product = (ulong)NextUInt32() * range;
        if ((uint)product < range)
        {
            var threshold = (0u - range) % range;
            while ((uint)product < threshold) product = (ulong)NextUInt32() * range;
        }

        return (int)(product >> 32);
    }

    /// <summary>The next standard normal deviate (Box-Muller, cosine branch; two doubles a draw).</summary>
    public double NextNormal()
    {
        var u = 1.0 - NextDouble();
        return Math.Sqrt(-2.0 * Math.Log(u)) * Math.Cos(2.0 * Math.PI * NextDouble());
    }
}
