using System.Runtime.InteropServices;
using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Methods;

namespace Srpo.Learning;

/// <summary>
/// An environment instance with players in its seats: recorders of those who learn, frozen policies, and mirrors of actors. Plays and
/// collects samples. Not thread-safe.
/// </summary>
internal sealed class RolloutStage : IEpisodeSink, IDisposable
{
    private const int StateVersion = 1;

    private readonly TeamPlan _team;
    private readonly InstancePlan _plan;
    private readonly int _steps;
    private readonly int _lanes;
    private readonly int _seats;
    private readonly EpisodeLoop _loop;
    private readonly SeatCast _cast;
    private readonly PlayerRecorder[] _recorders;
    private readonly int[] _recorderSeats;
    private readonly int[] _recorderActors;
    private readonly bool[] _signalled;
    private readonly bool _hasSignals;
    private readonly PolicyPlayer[] _others;
    private readonly ISeatPlayer[] _players;
    private readonly short[] _slots;
    private readonly float[] _signals;
    private readonly double[] _seatRewards;
    private readonly double[] _seatCosts;

    /// <summary>A stage.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="plan">The instance's plan.</param>
    /// <param name="steps">Steps of a rollout.</param>
    /// <param name="actors">Who plays.</param>
    /// <param name="choice">How everybody acts.</param>
    /// <param name="settings">Which environment it is; null for the built-in one of its name and variant.</param>
    public RolloutStage(IVectorEnvironment environment, InstancePlan plan, int steps, RolloutActors actors, ActionChoice choice = ActionChoice.Sampled, EnvironmentSettings? settings = null)
    {
        var (team, shape, device) = (actors.Plan, actors.Shape, actors.Device);
        _loop = new EpisodeLoop(environment);
        (_team, _plan, _steps, _lanes, _seats) = (team, plan, steps, environment.Lanes, environment.Info.Seats);
        _cast = new SeatCast(team, plan, _lanes);

        // A part for every seat where seats are fixed, else one for every actor.
        _recorderSeats = plan.Casting == Casting.Fixed
            ? [.. Enumerable.Range(0, _seats).Where(seat => plan.Cast[seat] < plan.Actors.Count)]
            : [.. plan.Actors.Select(_ => -1)];
        _recorderActors = [.. _recorderSeats.Select((seat, i) => plan.Actors[seat < 0 ? i : plan.Cast[seat]])];
        _signalled = [.. _recorderActors.Select(actor => team.Objectives[actor].Reward != RewardSource.Own)];
        _hasSignals = _signalled.Any(signalled => signalled);
        _recorders = [.. _signalled.Select(signalled => new PlayerRecorder(environment.Info, _lanes, shape, signalled, device) { Actions = choice })];
        _others =
        [
            .. actors.Frozen.Select(policy => new PolicyPlayer(ObservingPolicy.Of(policy, settings ?? new(environment.Info.Name, environment.Info.Variant)), environment, device, tabulate: true) { Actions = choice }),
            .. plan.Mirrors.Select(mirror => new PolicyPlayer(shape.Policy, shape.Encoding, environment, device, tabulate: true) { Noise = (float)mirror.Noise }),
        ];
        _players = [.. _recorders, .. _others];
        _slots = new short[_seats * _lanes];
        _signals = new float[_lanes];
        _seatRewards = new double[_seats];
        _seatCosts = new double[_seats];
    }

    /// <summary>The environment.</summary>
    public IVectorEnvironment Environment => _loop.Environment;

    /// <summary>Plays from fresh episodes.</summary>
    /// <param name="reset">Stream of start states.</param>
    /// <param name="purposes">What transitions, actions and casts are drawn for.</param>
    /// <param name="firstLane">Number of lane 0 in the streams.</param>
    /// <param name="actors">Flat parameters (policy, critic) of the instance's actors.</param>
    /// <param name="oneEpisode">Rewards count until the first end of a lane's episode only, and play ends when all have ended.</param>
    /// <param name="cancellation">Ends it between two steps.</param>
    public void Play(
        in StreamId reset, (StreamPurpose Dynamics, StreamPurpose Action, StreamPurpose Casting) purposes, int firstLane, IReadOnlyList<float[]> actors,
        bool oneEpisode, CancellationToken cancellation)
    {
        _loop.Begin(reset, (purposes.Dynamics, purposes.Action), firstLane, oneEpisode);
        _cast.Begin(reset.For(purposes.Casting), firstLane);
        Seat();
        Play(actors, cancellation);
    }

    /// <summary>Plays on from where an earlier play ended, on this stage or another of the same plan.</summary>
    /// <param name="lanes">What that one left: <see cref="Rollout.LaneState"/>.</param>
    /// <param name="reset">Stream of start states.</param>
    /// <param name="purposes">What transitions, actions and casts are drawn for.</param>
    /// <param name="firstLane">Number of lane 0 in the streams.</param>
    /// <param name="actors">Flat parameters (policy, critic) of the instance's actors.</param>
    /// <param name="cancellation">Ends it between two steps.</param>
    /// <exception cref="FormatException">The state is damaged, or of another environment, number of lanes or cast.</exception>
    public void Resume(
        byte[] lanes, in StreamId reset, (StreamPurpose Dynamics, StreamPurpose Action, StreamPurpose Casting) purposes, int firstLane, IReadOnlyList<float[]> actors,
        CancellationToken cancellation)
    {
        var reader = new LaneStateReader(lanes, LaneStateKind.Rollout, StateVersion, Environment.Info, _lanes);
        var before = new short[_slots.Length];
        reader.ReadAll<short>(before);
        if (Array.Exists(before, player => player < 0 || player >= _plan.Actors.Count + _others.Length)) throw new FormatException("the state of the lanes is of other players");
        _cast.Resume(reset.For(purposes.Casting), firstLane, before);
        if (_plan.Casting == Casting.Fixed && !_cast.Players.SequenceEqual(before)) throw new FormatException("the state of the lanes is of other players");
        Seat();
        RestoreMemory(ref reader, before);
        var environment = reader.Take(reader.Read<int>());
        reader.End();
        _loop.Resume(environment, reset, (purposes.Dynamics, purposes.Action), firstLane);
        Play(actors, cancellation);
    }

    /// <summary>What was recorded in the last play.</summary>
    /// <param name="keepsLanes">Whether the next play is to go on from here.</param>
    public Rollout Collect(bool keepsLanes = false)
    {
        // First of all: whoever looks at what follows the last step remembers that, too.
        var lanes = keepsLanes ? SaveLanes() : null;
        if (!Environment.Info.TurnBased)
        {
            _loop.Look();
            for (var i = 0; i < _recorders.Length; i++)
            {
                for (var seat = 0; seat < _seats; seat++) _recorders[i].CutAfterObserving(seat, _loop.Seated(i, seat));
            }
        }

        var parts = new SeatSamples[_recorders.Length];
        for (var i = 0; i < parts.Length; i++) parts[i] = _recorders[i].End(_recorderActors[i], _recorderSeats[i]);
        return new Rollout(_lanes, _steps, parts, [.. _seatRewards], [.. _seatCosts]) { LaneState = lanes };
    }

    /// <summary>Mean score of the episodes of the last play, and the mean private cost of each seat.</summary>
    public (double MeanReturn, double[] SeatCosts) Score()
    {
        var info = Environment.Info;
        var score = _seatRewards[0];
        for (var seat = 1; seat < info.TeamSeats && !info.SharedReward; seat++) score += _seatRewards[seat];
        return (score / _lanes, [.. _seatCosts.Select(cost => cost / _lanes)]);
    }

    /// <summary>Plays with those who sit in the seats, from where the environment stands.</summary>
    private void Play(IReadOnlyList<float[]> actors, CancellationToken cancellation)
    {
        var samples = _plan.Casting == Casting.Fixed && !Environment.Info.TurnBased ? _steps * _lanes : 0;
        for (var i = 0; i < _recorders.Length; i++) _recorders[i].Begin(actors[_recorderSeats[i] < 0 ? i : _plan.Cast[_recorderSeats[i]]], samples);
        for (var i = 0; i < _plan.Mirrors.Count; i++) _others[^(_plan.Mirrors.Count - i)].Load(actors[_plan.Mirrors[i].Actor]);
        _seatRewards.AsSpan().Clear();
        _seatCosts.AsSpan().Clear();
        _loop.Play(_steps, this, cancellation);
    }

    /// <summary>All that the next play needs: who sits where, what each remembers there, and the state of the environment.</summary>
    private byte[] SaveLanes()
    {
        _loop.Forget();
        var writer = new LaneStateWriter(LaneStateKind.Rollout, StateVersion, Environment.Info, _lanes);
        writer.WriteAll(_cast.Players);
        for (var track = 0; track < _slots.Length; track++) writer.WriteAll<float>(_players[_slots[track]].Memory(track));
        var environment = Environment.SaveLanes();
        writer.Write(environment.Length);
        writer.WriteAll<byte>(environment);
        return writer.ToBytes();
    }

    /// <summary>Everybody remembers what was remembered in the seats that are still theirs. Who has taken another's seat knows nothing of what came before.</summary>
    private void RestoreMemory(ref LaneStateReader reader, ReadOnlySpan<short> before)
    {
        foreach (var player in _players)
        {
            for (var lane = 0; lane < _lanes && player.Remembers; lane++) player.Forget(lane);
        }

        for (var track = 0; track < before.Length; track++)
        {
            var slot = Slot(before[track], track / _lanes);
            var memory = _players[slot].Memory(track);
            var saved = reader.Take(memory.Length * sizeof(float));
            if (slot == _slots[track]) saved.CopyTo(MemoryMarshal.AsBytes(memory));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var recorder in _recorders) recorder.Dispose();
        foreach (var other in _others) other.Dispose();
        (Environment as IDisposable)?.Dispose();
    }

    /// <inheritdoc/>
    void IEpisodeSink.Record(EpisodeLoop loop)
    {
        if (_hasSignals) Signal();
        for (var seat = 0; seat < _seats; seat++)
        {
            var rewards = loop.Rewards.Slice(seat * _lanes, _lanes);
            var costs = loop.Costs.Slice(seat * _lanes, _lanes);
            for (var i = 0; i < _recorders.Length; i++)
            {
                var lanes = loop.Seated(i, seat);
                if (!lanes.IsEmpty) _recorders[i].Record(seat, lanes, rewards, costs, _signals, loop.Ends);
            }

            var over = loop.Over;
            var (seatRewards, seatCosts) = (_seatRewards[seat], _seatCosts[seat]);
            for (var lane = 0; lane < _lanes; lane++)
            {
                if (over[lane]) continue;
                seatRewards += rewards[lane];
                seatCosts += costs[lane];
            }

            (_seatRewards[seat], _seatCosts[seat]) = (seatRewards, seatCosts);
        }
    }

    /// <inheritdoc/>
    void IEpisodeSink.BeginEpisodes(EpisodeLoop loop, int step)
    {
        if (!_cast.Changes) return;
        for (var lane = 0; lane < _lanes; lane++)
        {
            if (loop.Ends[lane] || loop.Ends[_lanes + lane]) _cast.BeginEpisode(lane, step);
        }

        Seat();
    }

    /// <summary>Seats the players as they are cast. Recorders come first: one for every learner's seat, or one for every actor.</summary>
    private void Seat()
    {
        var players = _cast.Players;
        for (var seat = 0; seat < _seats; seat++)
        {
            for (var lane = 0; lane < _lanes; lane++) _slots[(seat * _lanes) + lane] = Slot(players[(seat * _lanes) + lane], seat);
        }

        _loop.Seat(_players, _slots);
    }

    /// <summary>The place of a player among <see cref="_players"/>: recorders, then the others.</summary>
    private short Slot(short player, int seat) => (short)(player >= _plan.Actors.Count ? _recorders.Length + player - _plan.Actors.Count
        : _plan.Casting == Casting.Fixed ? seat
        : player);

    /// <summary>Minus the mean reward of the agents in every lane: what adversaries maximise.</summary>
    private void Signal()
    {
        for (var lane = 0; lane < _lanes; lane++)
        {
            var (sum, count) = (0f, 0);
            for (var seat = 0; seat < _team.Agents; seat++)
            {
                var slot = _slots[(seat * _lanes) + lane];
                if (slot >= _signalled.Length || _signalled[slot]) continue;
                sum += _loop.Rewards[(seat * _lanes) + lane];
                count++;
            }

            _signals[lane] = -sum / count;
        }
    }
}
