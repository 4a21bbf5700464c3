using Srpo.Core.Random;
using Srpo.Environments;

namespace Srpo.Learning;

/// <summary>An environment with a lane per episode, and frozen policies in its seats. Not thread-safe.</summary>
internal sealed class MatchStage
{
    private readonly int _lanes;
    private readonly int _seats;
    private readonly int _team;
    private readonly bool _turns;
    private readonly bool _oneEpisode;
    private readonly StepViews _views;
    private readonly List<FrozenPlayer> _players = [];
    private readonly List<LaneLists> _lists = [];
    private readonly byte[] _cast;
    private readonly bool[] _column;
    private readonly float[] _uniforms;
    private readonly byte[] _chosen;
    private readonly byte[] _actions;
    private readonly float[] _rewards;
    private readonly float[] _costs;
    private readonly bool[] _ends;
    private readonly bool[] _over;
    private readonly double[] _rewardTotals;
    private readonly double[] _costTotals;

    /// <summary>A stage.</summary>
    /// <param name="environment">The environment, a lane per episode.</param>
    /// <param name="seating">How two runs share the team's seats.</param>
    public MatchStage(IVectorEnvironment environment, Seating seating)
    {
        var info = environment.Info;
        Environment = environment;
        Seating = seating;
        (_lanes, _seats, _team, _turns, _oneEpisode) = (environment.Lanes, info.Seats, info.TeamSeats, info.TurnBased, info.EndsEarly);
        _views = new StepViews(environment);
        var all = _seats * _lanes;
        _cast = new byte[all];
        _column = new bool[all];
        _uniforms = new float[_views.Count * _lanes];
        _actions = new byte[all];
        _chosen = _turns ? new byte[_lanes] : _actions;
        (_rewards, _costs) = (new float[all], new float[all]);
        (_rewardTotals, _costTotals) = (new double[all], new double[all]);
        _ends = new bool[2 * _lanes];
        _over = new bool[_lanes];
    }

    public IVectorEnvironment Environment { get; }

    public Seating Seating { get; }

    /// <summary>Seats two runs and the opponents.</summary>
    /// <exception cref="ArgumentException">There are too few policies.</exception>
    public void Cast(FrozenTeam row, FrozenTeam column, IReadOnlyList<FrozenPolicy> opponents, Func<FrozenPolicy, FrozenPlayer> prepare)
    {
        if (row.Seats.Count != _team || column.Seats.Count != _team)
            throw new ArgumentException($"a run has {row.Seats.Count} policies, the other {column.Seats.Count}; {Environment.Info.Name}/{Environment.Info.Variant} has {_team} seats for a team");
        if (opponents.Count != _seats - _team)
            throw new ArgumentException($"{opponents.Count} opponents are given; {Environment.Info.Name}/{Environment.Info.Variant} has {_seats - _team} seats for them");
        _players.Clear();
        for (var seat = 0; seat < _seats; seat++)
        {
            var rowPlayer = seat < _team ? Index(prepare(row.Seats[seat])) : Index(prepare(opponents[seat - _team]));
            var columnPlayer = seat < _team ? Index(prepare(column.Seats[seat])) : rowPlayer;
            for (var lane = 0; lane < _lanes; lane++)
            {
                var at = (seat * _lanes) + lane;
                _column[at] = seat < _team && Seatings.IsColumn(Seating, _team, lane, seat);
                _cast[at] = _column[at] ? columnPlayer : rowPlayer;
            }
        }

        while (_lists.Count < _players.Count) _lists.Add(new LaneLists(_views.Count, _lanes));
        if (!_turns) List();
    }

    /// <summary>Plays an episode in every lane.</summary>
    public void Play(in StreamId reset, int steps, CancellationToken cancellation)
    {
        var action = reset.For(StreamPurpose.MatchAction);
        var outcome = new StepOutcome
        {
            Rewards = _rewards,
            Costs = _costs,
            Terminated = _ends.AsSpan(0, _lanes),
            Truncated = _ends.AsSpan(_lanes, _lanes),
        };
        _rewardTotals.AsSpan().Clear();
        _costTotals.AsSpan().Clear();
        _over.AsSpan().Clear();
        Environment.Reset(reset, reset.For(StreamPurpose.MatchDynamics));
        for (var step = 0; step < steps && !(_oneEpisode && !_over.AsSpan().Contains(false)); step++)
        {
            cancellation.ThrowIfCancellationRequested();
            Look();
            Act(action, step);
            Environment.Step(_actions, outcome);
            if (_oneEpisode)
            {
                CountUntilTheEnd();
                continue;
            }

            for (var i = 0; i < _rewards.Length; i++)
            {
                _rewardTotals[i] += _rewards[i];
                _costTotals[i] += _costs[i];
            }
        }
    }

    /// <summary>Sums over episodes in order.</summary>
    public MatchOutcome Summarise()
    {
        var returns = new double[_seats];
        for (var seat = 0; seat < _team; seat++)
        {
            for (var lane = 0; lane < _lanes; lane++) returns[seat] += _rewardTotals[(seat * _lanes) + lane];
            returns[seat] /= _lanes;
        }

        var scored = Environment.Info.SharedReward ? 1 : _team;
        var mean = 0.0;
        for (var seat = 0; seat < scored; seat++) mean += returns[seat];
        var squares = 0.0;
        for (var lane = 0; lane < _lanes; lane++)
        {
            var score = 0.0;
            for (var seat = 0; seat < scored; seat++) score += _rewardTotals[(seat * _lanes) + lane];
            squares += (score - mean) * (score - mean);
        }

        return new MatchOutcome(mean, _lanes > 1 ? Math.Sqrt(squares / (_lanes - 1)) : 0, PerRun(_rewardTotals), PerRun(_costTotals));
    }

    /// <summary>The mean over the seats that the row's run played, and over those of the column's.</summary>
    private double[] PerRun(double[] totals)
    {
        var (sums, counts) = (new double[2], new int[2]);
        for (var i = 0; i < _team * _lanes; i++)
        {
            var run = _column[i] ? 1 : 0;
            sums[run] += totals[i];
            counts[run]++;
        }

        return [counts[0] > 0 ? sums[0] / counts[0] : 0, counts[1] > 0 ? sums[1] / counts[1] : 0];
    }

    private byte Index(FrozenPlayer player)
    {
        var index = _players.IndexOf(player);
        if (index >= 0) return (byte)index;
        _players.Add(player);
        return (byte)(_players.Count - 1);
    }

    private void List()
    {
        foreach (var list in _lists) list.Clear();
        for (var seat = 0; seat < _seats; seat++)
        {
            for (var lane = 0; lane < _lanes; lane++) _lists[_cast[(seat * _lanes) + lane]].Add(seat, lane);
        }
    }

    private void Look()
    {
        _views.Refresh();
        if (_turns)
        {
            foreach (var list in _lists) list.Clear();
            for (var lane = 0; lane < _lanes; lane++)
            {
                if (!_over[lane]) _lists[_cast[(_views.Movers[lane] * _lanes) + lane]].Add(0, lane);
            }
        }

        for (var player = 0; player < _players.Count; player++)
        {
            for (var view = 0; view < _views.Count; view++)
            {
                var lanes = _lists[player][view];
                if (!lanes.IsEmpty) _players[player].Observe(_views, view, lanes);
            }
        }
    }

    private void Act(in StreamId action, int step)
    {
        ActionDraws.Fill(action, 0, step, _lanes, _uniforms);
        for (var player = 0; player < _players.Count; player++)
        {
            for (var view = 0; view < _views.Count; view++)
                _players[player].Act(view, _lists[player][view], _uniforms.AsSpan(view * _lanes, _lanes), _chosen.AsSpan(view * _lanes, _lanes));
        }

        if (!_turns) return;
        var legal = _views.Legal(0);
        var actions = Environment.Info.Actions;
        for (var lane = 0; lane < _lanes; lane++)
        {
            // A lane whose episode is over goes on with any legal action: nobody looks at it any more.
            if (_over[lane]) _chosen[lane] = legal.IsEmpty ? (byte)0 : (byte)legal.Slice(lane * actions, actions).IndexOf((byte)1);
            _actions[(_views.Movers[lane] * _lanes) + lane] = _chosen[lane];
        }
    }

    private void CountUntilTheEnd()
    {
        for (var lane = 0; lane < _lanes; lane++)
        {
            if (_over[lane]) continue;
            for (var at = lane; at < _rewards.Length; at += _lanes)
            {
                _rewardTotals[at] += _rewards[at];
                _costTotals[at] += _costs[at];
            }

            _over[lane] = _ends[lane] || _ends[_lanes + lane];
        }
    }
}
