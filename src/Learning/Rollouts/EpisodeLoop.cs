using Srpo.Core.Random;
using Srpo.Environments;

namespace Srpo.Learning;

/// <summary>Who acts in seats of an environment. Not thread-safe.</summary>
internal interface ISeatPlayer
{
    /// <summary>Looks at lanes of a view, so that it can act there.</summary>
    void Observe(StepViews views, int view, ReadOnlySpan<int> lanes);

    /// <summary>Chooses actions in lanes of a view that were observed.</summary>
    /// <param name="view">The view.</param>
    /// <param name="lanes">Its lanes.</param>
    /// <param name="movers">[Lanes] the seat that acts; empty where views are seats.</param>
    /// <param name="uniforms">[Lanes] numbers in [0, 1).</param>
    /// <param name="actions">[Lanes] receives the actions of those lanes.</param>
    void Act(int view, ReadOnlySpan<int> lanes, ReadOnlySpan<byte> movers, ReadOnlySpan<float> uniforms, Span<byte> actions);

    /// <summary>Whether anything is carried from step to step.</summary>
    bool Remembers => false;

    /// <summary>In a lane another episode begins: what was carried from step to step is forgotten.</summary>
    void Forget(int lane) { }

    /// <summary>What is carried from step to step in a track, to be read or set; empty where nothing is.</summary>
    /// <param name="track">seat * lanes + lane.</param>
    Span<float> Memory(int track) => default;
}

/// <summary>Takes what steps yield.</summary>
internal interface IEpisodeSink
{
    /// <summary>A step was played; <see cref="EpisodeLoop.Over"/> does not count the ends of this one yet.</summary>
    void Record(EpisodeLoop loop);

    /// <summary>In some lane an episode has ended, and the next step is the first of another.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="step">The number of that next step.</param>
    void BeginEpisodes(EpisodeLoop loop, int step);
}

/// <summary>
/// Observe, act, step: the one loop that rollouts, evaluations, matches, replays and play go through. An environment, players in its seats, and
/// a sink for what comes of it. Not thread-safe.
/// </summary>
internal sealed class EpisodeLoop
{
    private readonly int _lanes;
    private readonly int _seats;
    private readonly bool _turns;
    private readonly List<LaneLists> _seated = [];
    private readonly List<LaneLists> _acting;
    private readonly short[] _cast;
    private readonly float[] _uniforms;
    private readonly byte[] _chosen;
    private readonly byte[] _actions;
    private readonly float[] _rewards;
    private readonly float[] _costs;
    private readonly bool[] _ends;
    private readonly bool[] _over;
    private IReadOnlyList<ISeatPlayer> _players = [];
    private StreamId _action;
    private int _firstLane;
    private int _playing;
    private bool _oneEpisode;
    private bool _begins;
    private bool _remembers;

    public EpisodeLoop(IVectorEnvironment environment)
    {
        Environment = environment;
        Views = new StepViews(environment);
        (_lanes, _seats, _turns) = (environment.Lanes, environment.Info.Seats, environment.Info.TurnBased);
        _acting = _turns ? [] : _seated;
        var all = _seats * _lanes;
        _cast = new short[all];
        _uniforms = new float[Views.Count * _lanes];
        _actions = new byte[all];
        _chosen = _turns ? new byte[_lanes] : _actions;
        (_rewards, _costs) = (new float[all], new float[all]);
        _ends = new bool[2 * _lanes];
        _over = new bool[_lanes];
    }

    /// <summary>The environment.</summary>
    public IVectorEnvironment Environment { get; }

    /// <summary>What there is to see in it.</summary>
    public StepViews Views { get; }

    /// <summary>[Seats x Lanes] the player in every seat.</summary>
    public ReadOnlySpan<short> Cast => _cast;

    /// <summary>[Seats x Lanes] what was done in the last step; of a turn-based environment, the mover's entry only.</summary>
    public ReadOnlySpan<byte> Actions => _actions;

    /// <summary>[Seats x Lanes] of the last step.</summary>
    public ReadOnlySpan<float> Rewards => _rewards;

    /// <summary>[Seats x Lanes] private costs of the last step.</summary>
    public ReadOnlySpan<float> Costs => _costs;

    /// <summary>[2 x Lanes] whether the last step terminated the episode, then whether it was truncated there.</summary>
    public ReadOnlySpan<bool> Ends => _ends;

    /// <summary>[Lanes] where only the first episode counts: whether it has ended.</summary>
    public ReadOnlySpan<bool> Over => _over;

    /// <summary>The lanes in which a player sits in a seat.</summary>
    public ReadOnlySpan<int> Seated(int player, int seat) => _seated[player][seat];

    /// <summary>Gives the seats to players.</summary>
    /// <param name="players">The players.</param>
    /// <param name="cast">[Seats x Lanes] index of the player in every seat.</param>
    public void Seat(IReadOnlyList<ISeatPlayer> players, ReadOnlySpan<short> cast)
    {
        _players = players;
        _remembers = false;
        foreach (var player in players) _remembers |= player.Remembers;
        cast.CopyTo(_cast);
        while (_seated.Count < players.Count) _seated.Add(new LaneLists(_seats, _lanes));
        while (_acting.Count < players.Count) _acting.Add(new LaneLists(1, _lanes));
        foreach (var list in _seated) list.Clear();
        for (var seat = 0; seat < _seats; seat++)
        {
            for (var lane = 0; lane < _lanes; lane++) _seated[_cast[(seat * _lanes) + lane]].Add(seat, lane);
        }
    }

    /// <summary>Begins fresh episodes in all lanes.</summary>
    /// <param name="reset">Stream of start states.</param>
    /// <param name="purposes">What transitions and actions are drawn for.</param>
    /// <param name="firstLane">Number of lane 0 in the streams.</param>
    /// <param name="oneEpisode">Only the first episode of a lane counts; play ends when all have ended.</param>
    public void Begin(in StreamId reset, (StreamPurpose Dynamics, StreamPurpose Action) purposes, int firstLane, bool oneEpisode)
    {
        (_action, _firstLane, _oneEpisode, _playing) = (reset.For(purposes.Action), firstLane, oneEpisode, _lanes);
        Views.Begin(_action, firstLane);
        _over.AsSpan().Clear();
        _begins = true;
        Environment.Reset(reset, reset.For(purposes.Dynamics), firstLane);
    }

    /// <summary>Goes on with the episodes of a state; steps are counted from 0 again, in other streams. What players remember of them is for the caller to set.</summary>
    /// <param name="state">What the environment has saved.</param>
    /// <param name="reset">Stream of start states.</param>
    /// <param name="purposes">What transitions and actions are drawn for.</param>
    /// <param name="firstLane">Number of lane 0 in the streams.</param>
    /// <exception cref="FormatException">The state is damaged, or of another environment.</exception>
    public void Resume(ReadOnlySpan<byte> state, in StreamId reset, (StreamPurpose Dynamics, StreamPurpose Action) purposes, int firstLane)
    {
        (_action, _firstLane, _oneEpisode, _playing) = (reset.For(purposes.Action), firstLane, false, _lanes);
        Views.Begin(_action, firstLane);
        _over.AsSpan().Clear();
        _ends.AsSpan().Clear();
        _begins = false;
        Environment.RestoreLanes(state);
        Environment.Rebind(reset, reset.For(purposes.Dynamics), firstLane);
    }

    /// <summary>Plays on to a number of steps from the beginning, or until all lanes are over.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled between two steps.</exception>
    public void Play(int steps, IEpisodeSink sink, CancellationToken cancellation)
    {
        for (var step = 0; step < steps && _playing > 0; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            Look();
            Choose(step);
            Step();
            sink.Record(this);
            if (CountEnds()) sink.BeginEpisodes(this, step + 1);
        }
    }

    /// <summary>All players look at what they act on next.</summary>
    public void Look()
    {
        Views.Refresh();
        Forget();
        if (_turns)
        {
            foreach (var list in _acting) list.Clear();
            for (var lane = 0; lane < _lanes; lane++)
            {
                if (!_over[lane]) _acting[_cast[(Views.Movers[lane] * _lanes) + lane]].Add(0, lane);
            }
        }

        for (var player = 0; player < _players.Count; player++)
        {
            for (var view = 0; view < Views.Count; view++)
            {
                var lanes = _acting[player][view];
                if (!lanes.IsEmpty) _players[player].Observe(Views, view, lanes);
            }
        }
    }

    /// <summary>All players choose what they do at a step.</summary>
    public void Choose(int step)
    {
        ActionDraws.Fill(_action, _firstLane, step, _lanes, _uniforms);
        for (var player = 0; player < _players.Count; player++)
        {
            for (var view = 0; view < Views.Count; view++)
            {
                var lanes = _acting[player][view];
                if (lanes.IsEmpty) continue;
                _players[player].Act(view, lanes, Views.Movers, _uniforms.AsSpan(view * _lanes, _lanes), _chosen.AsSpan(view * _lanes, _lanes));
            }
        }

        if (!_turns) return;
        var legal = Views.Legal(0);
        var actions = Environment.Info.Actions;
        for (var lane = 0; lane < _lanes; lane++)
        {
            // A lane whose episode is over goes on with any legal action: nobody looks at it any more.
            if (_over[lane]) _chosen[lane] = legal.IsEmpty ? (byte)0 : (byte)legal.Slice(lane * actions, actions).IndexOf((byte)1);
            _actions[(Views.Movers[lane] * _lanes) + lane] = _chosen[lane];
        }
    }

    /// <summary>The environment takes the step.</summary>
    public void Step() => Environment.Step(_actions, new StepOutcome
    {
        Rewards = _rewards,
        Costs = _costs,
        Terminated = _ends.AsSpan(0, _lanes),
        Truncated = _ends.AsSpan(_lanes, _lanes),
    });

    /// <summary>Players forget what they carried where episodes have begun since they looked last; they do so themselves before they look again.</summary>
    public void Forget()
    {
        if (!_remembers) return;
        for (var lane = 0; lane < _lanes; lane++)
        {
            if (!_begins && !_ends[lane] && !_ends[_lanes + lane]) continue;
            foreach (var player in _players) player.Forget(lane);
        }

        _begins = false;
    }

    /// <returns>Whether an episode has ended in some lane.</returns>
    private bool CountEnds()
    {
        var any = false;
        for (var lane = 0; lane < _lanes; lane++)
        {
            if (!_ends[lane] && !_ends[_lanes + lane]) continue;
            any = true;
            if (!_oneEpisode || _over[lane]) continue;
            _over[lane] = true;
            _playing--;
        }

        return any;
    }
}

/// <summary>Which lanes of every view, or seat, a player has, in ascending order.</summary>
internal sealed class LaneLists
{
    private readonly int[][] _lanes;
    private readonly int[] _counts;

    public LaneLists(int views, int lanes)
    {
        _lanes = new int[views][];
        for (var view = 0; view < views; view++) _lanes[view] = new int[lanes];
        _counts = new int[views];
    }

    /// <summary>The lanes of a view.</summary>
    public ReadOnlySpan<int> this[int view] => _lanes[view].AsSpan(0, _counts[view]);

    /// <summary>Empties all lists.</summary>
    public void Clear() => _counts.AsSpan().Clear();

    /// <summary>Adds a lane to a view.</summary>
    public void Add(int view, int lane) => _lanes[view][_counts[view]++] = lane;
}

/// <summary>The uniform numbers that actions are drawn by; the one place that says which bits belong to which seat.</summary>
internal static class ActionDraws
{
    /// <summary>Counters from here on are of what players draw themselves.</summary>
    public const uint OtherHalf = 1u << 31;

    /// <summary>Draws for every view and lane of a step.</summary>
    /// <param name="action">Stream of actions.</param>
    /// <param name="firstLane">Number of lane 0 in the stream.</param>
    /// <param name="step">The step.</param>
    /// <param name="lanes">Number of lanes.</param>
    /// <param name="uniforms">[views x lanes] receives numbers in [0, 1).</param>
    public static void Fill(in StreamId action, int firstLane, int step, int lanes, Span<float> uniforms)
    {
        for (var view = 0; uniforms.Length > 0; view += 4)
        {
            // Four views share a block of random bits; the counter of further ones lies beyond any rollout's length.
            var counter = (uint)step | ((uint)(view / 4) << 24);
            var here = uniforms[..Math.Min(4 * lanes, uniforms.Length)];
            for (var lane = 0; lane < lanes; lane++)
            {
                var block = action.Block(firstLane + lane, counter);
                here[lane] = RandomBlock.ToUnitSingle(block.Word0);
                if (here.Length > lanes) here[lanes + lane] = RandomBlock.ToUnitSingle(block.Word1);
                if (here.Length > 2 * lanes) here[(2 * lanes) + lane] = RandomBlock.ToUnitSingle(block.Word2);
                if (here.Length > 3 * lanes) here[(3 * lanes) + lane] = RandomBlock.ToUnitSingle(block.Word3);
            }

            uniforms = uniforms[here.Length..];
        }
    }
}
