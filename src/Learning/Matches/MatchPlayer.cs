using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Kernels;

namespace Srpo.Learning;

/// <summary>Plays matches of frozen policies in one environment (evaluation protocol, paper D.1). Not thread-safe: one per worker thread.</summary>
public sealed class MatchPlayer : IDisposable
{
    private readonly EnvironmentSettings _settings;
    private readonly KernelSet _kernels;
    private readonly bool _tabulate;
    private readonly SeatCache _first = new();
    private readonly SeatCache _second = new();
    private IVectorEnvironment? _environment;
    private byte[] _actions = [];
    private float[] _rewards = [];
    private float[] _costs = [];
    private bool[] _ends = [];

    /// <summary>A player for an environment of two seats.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="kernels">Kernels to use, by default the best for this processor; the results do not depend on them.</param>
    /// <param name="tabulate">False runs the networks at every step even where their outputs can be looked up; same results.</param>
    public MatchPlayer(EnvironmentSettings environment, KernelSet? kernels = null, bool tabulate = true)
    {
        _settings = environment;
        _kernels = kernels ?? KernelSet.Default;
        _tabulate = tabulate;
    }

    /// <summary>Plays one policy in seat 0 with each of several in seat 1.</summary>
    /// <param name="seed">Seed of the matches' random streams.</param>
    /// <param name="row">Row of the pairs in the matrix; names the streams together with the column.</param>
    /// <param name="seat0">The policy in seat 0.</param>
    /// <param name="firstColumn">Column of the first partner.</param>
    /// <param name="seat1">The partners.</param>
    /// <param name="episodes">Episodes per pair, at least 1.</param>
    /// <param name="steps">Steps from a reset that count as one episode.</param>
    /// <param name="cancellation">Stops between two steps; the player must not be used again after that.</param>
    /// <returns>One outcome per partner.</returns>
    /// <exception cref="ArgumentException">A policy does not fit the environment.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public MatchOutcome[] Play(
        ulong seed, int row, FrozenPolicy seat0, int firstColumn, IReadOnlyList<FrozenPolicy> seat1, int episodes, int steps,
        CancellationToken cancellation = default)
    {
        var environment = Prepare(episodes);
        var first = _first.Get(seat0, environment, _kernels, _tabulate);
        var outcomes = new MatchOutcome[seat1.Count];
        var totals = new double[4 * episodes];
        for (var i = 0; i < seat1.Count; i++)
        {
            var second = _second.Get(seat1[i], environment, _kernels, _tabulate);
            var id = new StreamId(seed, (uint)row, (uint)(firstColumn + i), StreamPurpose.MatchReset);
            totals.AsSpan().Clear();
            PlayPair(environment, id, first, second, steps, totals, cancellation);
            outcomes[i] = Summarise(totals, episodes);
        }

        _first.Trim();
        _second.Trim();
        return outcomes;
    }

    /// <summary>Plays one episode and records every step.</summary>
    /// <param name="seed">Seed of the random streams.</param>
    /// <param name="episode">Number of the episode within the seed.</param>
    /// <param name="players">The policies, one per seat.</param>
    /// <param name="steps">Number of steps.</param>
    /// <exception cref="ArgumentException">A policy does not fit the environment.</exception>
    public IReadOnlyList<MatchFrame> Replay(ulong seed, int episode, IReadOnlyList<FrozenPolicy> players, int steps)
    {
        var environment = EnvironmentFactory.Create(_settings, 1);
        using var first = new FrozenSeat(players[0], environment, _kernels, tabulate: false);
        using var second = new FrozenSeat(players[1], environment, _kernels, tabulate: false);
        var id = new StreamId(seed, 0, 0, StreamPurpose.MatchReset);
        var action = id.For(StreamPurpose.MatchAction);
        environment.Reset(id, id.For(StreamPurpose.MatchDynamics), episode);
        var frames = new List<MatchFrame> { new(0, [], [], [], [], environment.Render(0), false) };
        var actions = new byte[2];
        var (rewards, costs) = (new float[2], new float[2]);
        var (terminated, truncated) = (new bool[1], new bool[1]);
        for (var step = 0; step < steps; step++)
        {
            first.Observe(environment, 0);
            second.Observe(environment, 1);
            var block = action.Block(episode, (uint)step);
            actions[0] = first.Act(0, RandomBlock.ToUnitSingle(block.Word0));
            actions[1] = second.Act(0, RandomBlock.ToUnitSingle(block.Word1));
            double[][] probabilities = [first.Probabilities(0), second.Probabilities(0)];
            environment.Step(actions, new StepOutcome { Rewards = rewards, Costs = costs, Terminated = terminated, Truncated = truncated });
            frames.Add(new MatchFrame(
                step + 1, [.. actions], [rewards[0], rewards[1]], [costs[0], costs[1]], probabilities, environment.Render(0),
                terminated[0] || truncated[0]));
        }

        return frames;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    private IVectorEnvironment Prepare(int episodes)
    {
        if (_environment?.Lanes == episodes) return _environment;
        _first.Clear();
        _second.Clear();
        _environment = EnvironmentFactory.Create(_settings, episodes);
        _actions = new byte[2 * episodes];
        _rewards = new float[2 * episodes];
        _costs = new float[2 * episodes];
        _ends = new bool[2 * episodes];
        return _environment;
    }

    private void PlayPair(
        IVectorEnvironment environment, in StreamId id, FrozenSeat first, FrozenSeat second, int steps, double[] totals, CancellationToken cancellation)
    {
        var lanes = environment.Lanes;
        var action = id.For(StreamPurpose.MatchAction);
        var outcome = new StepOutcome
        {
            Rewards = _rewards,
            Costs = _costs,
            Terminated = _ends.AsSpan(0, lanes),
            Truncated = _ends.AsSpan(lanes, lanes),
        };
        environment.Reset(id, id.For(StreamPurpose.MatchDynamics));
        for (var step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            first.Observe(environment, 0);
            second.Observe(environment, 1);
            for (var lane = 0; lane < lanes; lane++)
            {
                var block = action.Block(lane, (uint)step);
                _actions[lane] = first.Act(lane, RandomBlock.ToUnitSingle(block.Word0));
                _actions[lanes + lane] = second.Act(lane, RandomBlock.ToUnitSingle(block.Word1));
            }

            environment.Step(_actions, outcome);
            for (var i = 0; i < 2 * lanes; i++)
            {
                totals[i] += _rewards[i];
                totals[(2 * lanes) + i] += _costs[i];
            }
        }
    }

    /// <summary>Sums over episodes in order; totals are [rewards of seat 0, of seat 1, costs of seat 0, of seat 1] per episode.</summary>
    private static MatchOutcome Summarise(double[] totals, int episodes)
    {
        var sums = new double[4];
        for (var kind = 0; kind < 4; kind++)
        {
            for (var e = 0; e < episodes; e++) sums[kind] += totals[(kind * episodes) + e];
            sums[kind] /= episodes;
        }

        var mean = sums[0] + sums[1];
        var squares = 0.0;
        for (var e = 0; e < episodes; e++)
        {
            var deviation = totals[e] + totals[episodes + e] - mean;
            squares += deviation * deviation;
        }

        return new MatchOutcome(mean, episodes > 1 ? Math.Sqrt(squares / (episodes - 1)) : 0, [sums[0], sums[1]], [sums[2], sums[3]]);
    }

    /// <summary>Prepared policies of one seat by identity of their parameters; a bounded number is kept between tiles.</summary>
    private sealed class SeatCache : IDisposable
    {
        private const int Capacity = 80;
        private readonly Dictionary<float[], FrozenSeat> _seats = new(ReferenceEqualityComparer.Instance as IEqualityComparer<float[]>);

        public FrozenSeat Get(FrozenPolicy policy, IVectorEnvironment environment, KernelSet kernels, bool tabulate)
        {
            if (_seats.TryGetValue(policy.Parameters, out var seat)) return seat;
            seat = new FrozenSeat(policy, environment, kernels, tabulate);
            _seats.Add(policy.Parameters, seat);
            return seat;
        }

        public void Trim()
        {
            if (_seats.Count > Capacity) Clear();
        }

        public void Clear()
        {
            foreach (var seat in _seats.Values) seat.Dispose();
            _seats.Clear();
        }

        public void Dispose() => Clear();
    }
}
