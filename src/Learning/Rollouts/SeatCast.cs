using Srpo.Core.Random;

namespace Srpo.Learning;

/// <summary>Which player sits in which seat of every lane, and the draws that decide it. Not thread-safe.</summary>
internal sealed class SeatCast
{
    private readonly InstancePlan _plan;
    private readonly int _seats;
    private readonly int _lanes;
    private readonly int _agents;
    private readonly int _firstPartner;
    private readonly int _partners;
    private readonly short[] _players;
    private StreamId _stream;
    private int _firstLane;

    /// <summary>A cast.</summary>
    /// <param name="team">The team's plan.</param>
    /// <param name="plan">The instance's plan.</param>
    /// <param name="lanes">Number of lanes.</param>
    public SeatCast(TeamPlan team, InstancePlan plan, int lanes)
    {
        (_plan, _seats, _lanes, _agents) = (plan, team.Seats, lanes, team.Agents);
        (_firstPartner, _partners) = (plan.Actors.Count + team.Opponents, team.Partners + plan.Mirrors.Count);
        _players = new short[_seats * lanes];
    }

    /// <summary>Whether seats change hands when episodes end.</summary>
    public bool Changes => _plan.Casting == Casting.RandomPartner;

    /// <summary>[Seats x Lanes] the player: actors of the instance first, then frozen opponents, then frozen partners, then mirrors.</summary>
    public ReadOnlySpan<short> Players => _players;

    /// <summary>Casts all lanes at the start of a rollout.</summary>
    public void Begin(in StreamId stream, int firstLane)
    {
        (_stream, _firstLane) = (stream, firstLane);
        for (var seat = 0; seat < _seats; seat++) _players.AsSpan(seat * _lanes, _lanes).Fill((short)_plan.Cast[seat]);
        if (_plan.Casting == Casting.Fixed) return;
        for (var lane = 0; lane < _lanes; lane++) Draw(lane, 0);
    }

    /// <summary>
    /// Casts all lanes for a rollout that goes on with episodes. Partners stay until the episode ends that they have begun; whose seat the adversary takes is drawn
    /// for every rollout, and so in the midst of an episode.
    /// </summary>
    /// <param name="stream">As at the start.</param>
    /// <param name="firstLane">As at the start.</param>
    /// <param name="before">[Seats x Lanes] the players of the rollout before.</param>
    public void Resume(in StreamId stream, int firstLane, ReadOnlySpan<short> before)
    {
        Begin(stream, firstLane);
        if (Changes) before.CopyTo(_players);
    }

    /// <summary>A new episode begins in a lane.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="step">The first step of the episode, at least 1; names the draw.</param>
    public void BeginEpisode(int lane, int step)
    {
        if (Changes) Draw(lane, step);
    }

    private void Draw(int lane, int step)
    {
        var block = _stream.Block(_firstLane + lane, (uint)step);
        var seat = Below(_agents, block.Word0);
        if (_plan.Casting == Casting.RandomAdversary)
        {
            _players[(seat * _lanes) + lane] = 1;
            return;
        }

        var partner = (short)(_firstPartner + Below(_partners, block.Word1));
        for (var s = 0; s < _agents; s++) _players[(s * _lanes) + lane] = s == seat ? (short)0 : partner;
    }

    /// <summary>A number below a bound; for bounds below 2^12 its bias is below one in a million.</summary>
    private static int Below(int bound, uint word) => (int)(((ulong)word * (uint)bound) >> 32);
}
