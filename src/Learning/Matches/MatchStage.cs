using Srpo.Core.Random;
using Srpo.Core.Results;
using Srpo.Environments;

namespace Srpo.Learning;

/// <summary>An environment with a lane per episode, and frozen policies in its seats. Not thread-safe.</summary>
internal sealed class MatchStage : IEpisodeSink
{
    private readonly EpisodeLoop _loop;
    private readonly int _lanes;
    private readonly int _seats;
    private readonly int _team;
    private readonly bool _oneEpisode;
    private readonly List<ISeatPlayer> _players = [];
    private readonly short[] _cast;
    private readonly bool[] _column;
    private readonly double[] _rewardTotals;
    private readonly double[] _costTotals;

    /// <summary>A stage.</summary>
    /// <param name="environment">The environment, a lane per episode.</param>
    /// <param name="seating">How two runs share the team's seats.</param>
    public MatchStage(IVectorEnvironment environment, Seating seating)
    {
        var info = environment.Info;
        _loop = new EpisodeLoop(environment);
        Seating = seating;
        (_lanes, _seats, _team, _oneEpisode) = (environment.Lanes, info.Seats, info.TeamSeats, info.EndsEarly);
        var all = _seats * _lanes;
        _cast = new short[all];
        _column = new bool[all];
        (_rewardTotals, _costTotals) = (new double[all], new double[all]);
    }

    /// <summary>The environment.</summary>
    public IVectorEnvironment Environment => _loop.Environment;

    /// <summary>How two runs share the team's seats.</summary>
    public Seating Seating { get; }

    /// <summary>Seats two runs and the opponents.</summary>
    /// <exception cref="ArgumentException">There are too few policies.</exception>
    public void Cast(FrozenTeam row, FrozenTeam column, IReadOnlyList<FrozenPolicy> opponents, Func<FrozenPolicy, PolicyPlayer> prepare)
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

        _loop.Seat(_players, _cast);
    }

    /// <summary>Plays an episode in every lane.</summary>
    public void Play(in StreamId reset, int steps, CancellationToken cancellation)
    {
        _rewardTotals.AsSpan().Clear();
        _costTotals.AsSpan().Clear();
        _loop.Begin(reset, (StreamPurpose.MatchDynamics, StreamPurpose.MatchAction), 0, _oneEpisode);
        _loop.Play(steps, this, cancellation);
    }

    /// <summary>Sums over episodes in order.</summary>
    public MatchResult Summarise()
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

        return new MatchResult(mean, _lanes > 1 ? Math.Sqrt(squares / (_lanes - 1)) : 0, PerRun(_rewardTotals), PerRun(_costTotals));
    }

    /// <inheritdoc/>
    void IEpisodeSink.Record(EpisodeLoop loop)
    {
        var rewards = loop.Rewards;
        var costs = loop.Costs;
        var over = loop.Over;
        if (!_oneEpisode)
        {
            Add(rewards, _rewardTotals);
            Add(costs, _costTotals);
            return;
        }

        for (var lane = 0; lane < _lanes; lane++)
        {
            if (over[lane]) continue;
            for (var at = lane; at < rewards.Length; at += _lanes)
            {
                _rewardTotals[at] += rewards[at];
                _costTotals[at] += costs[at];
            }
        }
    }

    /// <inheritdoc/>
    void IEpisodeSink.BeginEpisodes(EpisodeLoop loop, int step) { }

    private static void Add(ReadOnlySpan<float> values, Span<double> totals)
    {
        for (var i = 0; i < totals.Length; i++) totals[i] += values[i];
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

    private short Index(PolicyPlayer player)
    {
        var index = _players.IndexOf(player);
        if (index >= 0) return (short)index;
        _players.Add(player);
        return (short)(_players.Count - 1);
    }
}
