using System.Runtime.CompilerServices;
using Srpo.Core.Random;
using Srpo.Environments;

namespace Srpo.Bench.Throughput;

/// <summary>
/// Random actions as cheap as can be, so that it is the environment that is timed. Where actions are masked, the legal ones
/// are asked for at every step; else sets of actions are drawn beforehand.
/// </summary>
internal sealed class RandomActions
{
    private const int Sets = 64;

    private readonly IVectorEnvironment _environment;
    private readonly byte[][] _sets;
    private readonly byte[] _legal;
    private readonly byte[] _movers;
    private readonly byte[] _choices;
    private ulong _random = 0x9E3779B97F4A7C15;
    private int _step;

    public RandomActions(IVectorEnvironment environment)
    {
        _environment = environment;
        var info = environment.Info;
        var random = new StreamId(1, 0, 0, StreamPurpose.Tooling).Lane(0);
        _sets = new byte[info.MasksActions ? 1 : Sets][];
        for (var set = 0; set < _sets.Length; set++)
        {
            _sets[set] = new byte[info.Seats * environment.Lanes];
            foreach (ref var action in _sets[set].AsSpan()) action = (byte)random.NextInt32(info.Actions);
        }

        _legal = new byte[environment.Lanes * info.Actions];
        _movers = new byte[environment.Lanes];
        _choices = new byte[info.Actions];
    }

    /// <summary>The actions of the next step, [seats x lanes].</summary>
    public byte[] Next()
    {
        var info = _environment.Info;
        if (!info.MasksActions) return _sets[_step++ % Sets];
        var actions = _sets[0];
        var lanes = _environment.Lanes;
        if (info.TurnBased)
        {
            _environment.ReadMovers(_movers);
            _environment.ReadLegalActions(IVectorEnvironment.ToMove, _legal);
            for (var lane = 0; lane < lanes; lane++) actions[(_movers[lane] * lanes) + lane] = Choose(lane, info.Actions);
            return actions;
        }

        for (var seat = 0; seat < info.Seats; seat++)
        {
            _environment.ReadLegalActions(seat, _legal);
            for (var lane = 0; lane < lanes; lane++) actions[(seat * lanes) + lane] = Choose(lane, info.Actions);
        }

        return actions;
    }

    /// <summary>One of a lane's legal actions, all equally likely.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte Choose(int lane, int actions)
    {
        // Every action is written down, and only a legal one moves the pen on: no branch for the processor to mispredict.
        var legal = _legal.AsSpan(lane * actions, actions);
        var choices = _choices.AsSpan(0, legal.Length);
        var count = 0;
        for (var action = 0; action < legal.Length; action++)
        {
            choices[count] = (byte)action;
            count += legal[action];
        }

        _random ^= _random << 13;
        _random ^= _random >> 7;
        _random ^= _random << 17;
        return choices[(int)(((_random >> 32) * (uint)count) >> 32)];
    }
}
