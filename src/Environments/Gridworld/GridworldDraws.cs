using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Srpo.Core.Random;

namespace Srpo.Environments.Gridworld;

/// <summary>The randomness of one step.</summary>
/// <param name="First">The seat that moves first, 0 or 1.</param>
/// <param name="RespawnMask">Bit k: a missing onion of source k comes back at the end of the step.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct GridworldDraws(int First, uint RespawnMask);

/// <summary>
/// Turns a lane's random stream into the draws of steps. Step t uses the blocks [t B, (t+1) B) of the dynamics stream with
/// B = ceil((1 + sources) / 4); word 0 decides the order, word 1 + k the onion of source k, counted through the blocks.
/// Every source is drawn in every step, missing or not, so that a draw depends on (seed, lane, step) alone.
/// </summary>
internal readonly struct GridworldDrawer
{
    private readonly int _sources;
    private readonly ulong _respawnBelow;

    internal GridworldDrawer(GridworldLayout layout)
    {
        _sources = layout.Sources.Count;
        BlocksPerStep = (uint)((_sources + 4) / 4);

        // A word below this brings the onion back: exact for 0 and 1, else within 2^-33 of the probability.
        _respawnBelow = (ulong)Math.Round(layout.Parameters.RespawnProbability * 4294967296.0);
    }

    internal uint BlocksPerStep { get; }

    /// <summary>Whether the seats are swapped in an episode: word 0 of the reset stream's block of that episode.</summary>
    internal static bool SwapSeats(in StreamId reset, int lane, uint episode) => (reset.Block(lane, episode).Word0 >> 31) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal GridworldDraws Draw(in StreamId dynamics, int lane, uint step)
    {
        var block = dynamics.Block(lane, step * BlocksPerStep);
        var first = (int)(block.Word0 >> 31);
        var mask = Respawns(block.Word1) | (Respawns(block.Word2) << 1) | (Respawns(block.Word3) << 2);
        return _sources <= 3 ? new GridworldDraws(first, mask) : DrawMore(dynamics, lane, step, first, mask);
    }

    /// <summary>
    /// The draws of a step for consecutive lanes, the same as of <see cref="Draw"/>: four lanes at a time where the
    /// processor can and one block suffices. This is half of the cost of a step, so it is worth it.
    /// </summary>
    internal void Fill(in StreamId dynamics, int firstLane, uint step, Span<GridworldDraws> draws)
    {
        var done = 0;
        if (Avx2.IsSupported && _sources <= 3)
        {
            // A draw is two 32-bit integers, the order in the lower half of 64 bits.
            var packed = MemoryMarshal.Cast<GridworldDraws, ulong>(draws);
            for (; done <= draws.Length - 4; done += 4)
                FourDraws(dynamics, firstLane + done, step).CopyTo(packed[done..]);
        }

        for (; done < draws.Length; done++) draws[done] = Draw(dynamics, firstLane + done, step);
    }

    /// <summary>
    /// <see cref="Philox.Block"/> for four lanes. Words live in the lower halves of 64-bit elements, where the instruction
    /// that multiplies 32 by 32 bits looks for them; what is left in the upper halves does not matter until the end.
    /// </summary>
    private Vector256<ulong> FourDraws(in StreamId dynamics, int lane, uint step)
    {
        const ulong lower = 0xFFFFFFFF;
        var c0 = Vector256.Create((ulong)step);
        var c1 = Vector256.Create(((ulong)dynamics.Purpose << 24) | (uint)lane) + Vector256.Create(0UL, 1, 2, 3);
        var c2 = Vector256.Create((ulong)dynamics.Round);
        var c3 = Vector256.Create((ulong)dynamics.Team);
        var k0 = (uint)dynamics.Seed;
        var k1 = (uint)(dynamics.Seed >> 32);
        var multiplier0 = Vector256.Create((ulong)Philox.Multiplier0).AsUInt32();
        var multiplier1 = Vector256.Create((ulong)Philox.Multiplier1).AsUInt32();
        for (var round = 0; round < Philox.Rounds; round++)
        {
            var product0 = Avx2.Multiply(c0.AsUInt32(), multiplier0);
            var product1 = Avx2.Multiply(c2.AsUInt32(), multiplier1);
            c0 = (product1 >> 32) ^ c1 ^ Vector256.Create((ulong)k0);
            c1 = product1;
            c2 = (product0 >> 32) ^ c3 ^ Vector256.Create((ulong)k1);
            c3 = product0;
            k0 += Philox.Weyl0;
            k1 += Philox.Weyl1;
        }

        var below = Vector256.Create(_respawnBelow);
        var mask = Respawned(c1) | (Respawned(c2) << 1) | (Respawned(c3) << 2);
        return ((c0 & Vector256.Create(lower)) >> 31) | (mask << 32);

        Vector256<ulong> Respawned(Vector256<ulong> words) => ((words & Vector256.Create(lower)) - below) >> 63;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private GridworldDraws DrawMore(in StreamId dynamics, int lane, uint step, int first, uint mask)
    {
        for (var source = 3; source < _sources; source++)
        {
            var word = source + 1;
            var block = dynamics.Block(lane, (step * BlocksPerStep) + (uint)(word / 4));
            mask |= Respawns(block[word % 4]) << source;
        }

        return new GridworldDraws(first, mask);
    }

    /// <summary>1 if the word brings an onion back, else 0; the sign of a difference, for want of a branch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Respawns(uint word) => (uint)((word - _respawnBelow) >> 63);
}
