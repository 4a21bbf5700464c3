using Srpo.Core.Random;
using Srpo.Environments;
using Srpo.Learning.Kernels;

namespace Srpo.Learning;

/// <summary>An environment with players in its seats: recorders of those who learn, and frozen policies. Not thread-safe.</summary>
internal sealed class RolloutStage : IDisposable
{
    private readonly TeamPlan _team;
    private readonly InstancePlan _plan;
    private readonly int _steps;
    private readonly int _lanes;
    private readonly int _seats;
    private readonly StepViews _views;
    private readonly SeatCast _cast;
    private readonly PlayerRecorder[] _recorders;
    private readonly int[] _recorderSeats;
    private readonly int[] _recorderActors;
    private readonly bool[] _adversarial;
    private readonly bool _hasAdversaries;
    private readonly FrozenPlayer[] _frozen;
    private readonly LaneLists[] _seated;
    private readonly LaneLists[] _acting;
    private readonly int[] _slots;
    private readonly float[] _uniforms;
    private readonly byte[] _chosen;
    private readonly byte[] _actions;
    private readonly float[] _rewards;
    private readonly float[] _costs;
    private readonly float[] _signals;
    private readonly bool[] _ends;
    private readonly bool[] _over;
    private readonly double[] _seatRewards;
    private readonly double[] _seatCosts;

    /// <summary>A stage.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="team">The team's plan.</param>
    /// <param name="plan">The instance's plan.</param>
    /// <param name="steps">Steps of a rollout.</param>
    /// <param name="shape">Shape of the actors.</param>
    /// <param name="frozen">Opponents, then partners.</param>
    /// <param name="kernels">Kernels to use.</param>
    public RolloutStage(
        IVectorEnvironment environment, TeamPlan team, InstancePlan plan, int steps, ActorShape shape, IReadOnlyList<FrozenPolicy> frozen, KernelSet kernels)
    {
        Environment = environment;
        (_team, _plan, _steps, _lanes, _seats) = (team, plan, steps, environment.Lanes, environment.Info.Seats);
        _views = new StepViews(environment);
        _cast = new SeatCast(team, plan, _lanes);

        // A part for every seat where seats are fixed, else one for every actor.
        _recorderSeats = plan.Casting == Casting.Fixed
            ? [.. Enumerable.Range(0, _seats).Where(seat => plan.Cast[seat] < plan.Actors.Count)]
            : [.. plan.Actors.Select(_ => -1)];
        _recorderActors = [.. _recorderSeats.Select((seat, i) => plan.Actors[seat < 0 ? i : plan.Cast[seat]])];
        _adversarial = [.. _recorderActors.Select(actor => team.Actors[actor].Kind == ActorKind.Adversary)];
        _hasAdversaries = _adversarial.Any(adversarial => adversarial);
        _recorders = [.. _adversarial.Select(adversarial => new PlayerRecorder(environment.Info, _lanes, shape, adversarial, kernels))];
        _frozen = [.. frozen.Select(policy => new FrozenPlayer(policy, environment, kernels, tabulate: true))];
        var players = Enumerable.Range(0, _recorders.Length + _frozen.Length);
        _seated = [.. players.Select(_ => new LaneLists(_seats, _lanes))];
        _acting = environment.Info.TurnBased ? [.. players.Select(_ => new LaneLists(1, _lanes))] : _seated;
        _slots = new int[_seats * _lanes];
        _uniforms = new float[_views.Count * _lanes];
        _actions = new byte[_seats * _lanes];
        _chosen = environment.Info.TurnBased ? new byte[_lanes] : _actions;
        _rewards = new float[_seats * _lanes];
        _costs = new float[_seats * _lanes];
        _signals = new float[_lanes];
        _ends = new bool[2 * _lanes];
        _over = new bool[_lanes];
        _seatRewards = new double[_seats];
        _seatCosts = new double[_seats];
    }

    public IVectorEnvironment Environment { get; }

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
        var action = reset.For(purposes.Action);
        Environment.Reset(reset, reset.For(purposes.Dynamics), firstLane);
        _cast.Begin(reset.For(purposes.Casting), firstLane);
        var samples = _plan.Casting == Casting.Fixed && !Environment.Info.TurnBased ? _steps * _lanes : 0;
        for (var i = 0; i < _recorders.Length; i++) _recorders[i].Begin(actors[_recorderSeats[i] < 0 ? i : _plan.Cast[_recorderSeats[i]]], samples);
        _seatRewards.AsSpan().Clear();
        _seatCosts.AsSpan().Clear();
        _over.AsSpan().Clear();
        var playing = _lanes;
        Seat();
        for (var step = 0; step < _steps && playing > 0; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            Look();
            Act(action, firstLane, step);
            Environment.Step(_actions, new StepOutcome
            {
                Rewards = _rewards,
                Costs = _costs,
                Terminated = _ends.AsSpan(0, _lanes),
                Truncated = _ends.AsSpan(_lanes, _lanes),
            });
            Record();
            playing -= BeginEpisodes(step + 1, oneEpisode);
        }
    }

    /// <summary>What was recorded in the last play.</summary>
    public Rollout Collect()
    {
        if (!Environment.Info.TurnBased)
        {
            Look();
            for (var i = 0; i < _recorders.Length; i++)
            {
                for (var view = 0; view < _views.Count; view++) _recorders[i].CutAfterObserving(view, _acting[i][view]);
            }
        }

        var parts = new SeatSamples[_recorders.Length];
        for (var i = 0; i < parts.Length; i++) parts[i] = _recorders[i].End(_recorderActors[i], _recorderSeats[i]);
        return new Rollout(_lanes, _steps, parts, [.. _seatRewards], [.. _seatCosts]);
    }

    /// <summary>Mean score and costs of the episodes of the last play.</summary>
    public Evaluation Score()
    {
        var info = Environment.Info;
        var score = _seatRewards[0];
        for (var seat = 1; seat < info.TeamSeats && !info.SharedReward; seat++) score += _seatRewards[seat];
        return new Evaluation(score / _lanes, [.. _seatCosts.Select(cost => cost / _lanes)]);
    }

    public void Dispose()
    {
        foreach (var recorder in _recorders) recorder.Dispose();
        foreach (var frozen in _frozen) frozen.Dispose();
    }

    /// <summary>Recasts the lanes whose episode has ended.</summary>
    /// <returns>The number of lanes whose first episode has ended now, if only that counts.</returns>
    private int BeginEpisodes(int step, bool oneEpisode)
    {
        var (any, over) = (false, 0);
        for (var lane = 0; lane < _lanes; lane++)
        {
            if (!_ends[lane] && !_ends[_lanes + lane]) continue;
            any = true;
            _cast.BeginEpisode(lane, step);
            if (!oneEpisode || _over[lane]) continue;
            _over[lane] = true;
            over++;
        }

        if (any && _cast.Changes) Seat();
        return over;
    }

    /// <summary>Notes who sits where.</summary>
    private void Seat()
    {
        foreach (var list in _seated) list.Clear();
        var players = _cast.Players;
        for (var seat = 0; seat < _seats; seat++)
        {
            for (var lane = 0; lane < _lanes; lane++)
            {
                // Recorders come first: one for every learner's seat, or one for every actor.
                var at = (seat * _lanes) + lane;
                var player = players[at];
                var slot = player >= _plan.Actors.Count ? _recorders.Length + player - _plan.Actors.Count
                    : _plan.Casting == Casting.Fixed ? seat
                    : player;
                _slots[at] = slot;
                _seated[slot].Add(seat, lane);
            }
        }
    }

    private void Look()
    {
        _views.Refresh();
        if (Environment.Info.TurnBased)
        {
            foreach (var list in _acting) list.Clear();
            for (var lane = 0; lane < _lanes; lane++) _acting[_slots[(_views.Movers[lane] * _lanes) + lane]].Add(0, lane);
        }

        for (var view = 0; view < _views.Count; view++)
        {
            for (var slot = 0; slot < _acting.Length; slot++)
            {
                var lanes = _acting[slot][view];
                if (lanes.IsEmpty) continue;
                if (slot < _recorders.Length) _recorders[slot].Observe(_views, view, lanes);
                else _frozen[slot - _recorders.Length].Observe(_views, view, lanes);
            }
        }
    }

    private void Act(in StreamId action, int firstLane, int step)
    {
        ActionDraws.Fill(action, firstLane, step, _lanes, _uniforms);
        for (var view = 0; view < _views.Count; view++)
        {
            var uniforms = _uniforms.AsSpan(view * _lanes, _lanes);
            var chosen = _chosen.AsSpan(view * _lanes, _lanes);
            for (var slot = 0; slot < _acting.Length; slot++)
            {
                var lanes = _acting[slot][view];
                if (lanes.IsEmpty) continue;
                if (slot < _recorders.Length) _recorders[slot].Act(view, lanes, _views.Movers, uniforms, chosen);
                else _frozen[slot - _recorders.Length].Act(view, lanes, uniforms, chosen);
            }
        }

        for (var lane = 0; lane < _views.Movers.Length; lane++) _actions[(_views.Movers[lane] * _lanes) + lane] = _chosen[lane];
    }

    private void Record()
    {
        if (_hasAdversaries) Signal();
        for (var seat = 0; seat < _seats; seat++)
        {
            var rewards = _rewards.AsSpan(seat * _lanes, _lanes);
            var costs = _costs.AsSpan(seat * _lanes, _lanes);
            for (var slot = 0; slot < _recorders.Length; slot++)
            {
                var lanes = _seated[slot][seat];
                if (!lanes.IsEmpty) _recorders[slot].Record(seat, lanes, rewards, costs, _signals, _ends);
            }

            for (var lane = 0; lane < _lanes; lane++)
            {
                if (_over[lane]) continue;
                _seatRewards[seat] += rewards[lane];
                _seatCosts[seat] += costs[lane];
            }
        }
    }

    /// <summary>Minus the mean reward of the agents in every lane: what adversaries maximise.</summary>
    private void Signal()
    {
        for (var lane = 0; lane < _lanes; lane++)
        {
            var (sum, count) = (0f, 0);
            for (var seat = 0; seat < _team.Agents; seat++)
            {
                if (_adversarial[_slots[(seat * _lanes) + lane]]) continue;
                sum += _rewards[(seat * _lanes) + lane];
                count++;
            }

            _signals[lane] = -sum / count;
        }
    }
}
