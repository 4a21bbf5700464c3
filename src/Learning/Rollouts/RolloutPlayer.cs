using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Kernels;

namespace Srpo.Learning;

/// <summary>Plays rollouts and evaluation episodes of given actors. Not thread-safe: one per environment instance at a time.</summary>
public sealed class RolloutPlayer : IDisposable
{
    private readonly PopulationSpec _spec;
    private readonly int _team;
    private readonly InstancePlan _instance;
    private readonly ActorShape _shape;
    private readonly KernelSet _kernels;
    private readonly Stage _training;
    private Stage? _evaluation;

    /// <summary>A player for one environment instance.</summary>
    /// <param name="spec">Environment, settings and seed.</param>
    /// <param name="team">The team.</param>
    /// <param name="instance">Who sits where, and the lanes.</param>
    /// <param name="kernels">Kernels to use, by default the best for this processor; the results do not depend on them.</param>
    public RolloutPlayer(PopulationSpec spec, int team, InstancePlan instance, KernelSet? kernels = null)
    {
        _spec = spec;
        _team = team;
        _instance = instance;
        _kernels = kernels ?? KernelSet.Default;
        var environment = EnvironmentFactory.Create(spec.Environment, instance.Lanes);
        _shape = ActorShape.For(spec.Training, environment.Info);
        _training = new Stage(environment, spec.Training.Horizon, _shape, _kernels);
    }

    /// <summary>Plays one rollout from fresh episodes.</summary>
    /// <param name="round">The round, from 1; names the random streams.</param>
    /// <param name="players">Flat parameters (policy, critic) of who sits where.</param>
    /// <param name="cancellation">Ends it between two steps.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Rollout Play(int round, IReadOnlyList<float[]> players, CancellationToken cancellation = default)
    {
        var id = new StreamId(_spec.Seed, (uint)_team, (uint)round, StreamPurpose.Reset);
        return _training.Play(id, id.For(StreamPurpose.Dynamics), id.For(StreamPurpose.Action), _instance.FirstLane, players, cancellation);
    }

    /// <summary>Plays the evaluation episodes of a learning curve's point.</summary>
    /// <param name="round">Rounds behind it; names the random streams.</param>
    /// <param name="players">Flat parameters (policy, critic) of who sits where.</param>
    /// <param name="cancellation">Ends it between two steps.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Evaluation Evaluate(int round, IReadOnlyList<float[]> players, CancellationToken cancellation = default)
    {
        var episodes = _spec.Training.CurveEpisodes;
        _evaluation ??= new Stage(EnvironmentFactory.Create(_spec.Environment, episodes), _spec.Training.EvaluationSteps, _shape, _kernels);
        var id = new StreamId(_spec.Seed, (uint)_team, (uint)round, StreamPurpose.CurveReset);
        var rollout = _evaluation.Play(id, id.For(StreamPurpose.CurveDynamics), id.For(StreamPurpose.CurveAction), 0, players, cancellation);
        var reward = 0.0;
        var costs = new double[rollout.Seats.Count];
        for (var seat = 0; seat < costs.Length; seat++)
        {
            foreach (var r in rollout.Seats[seat].Rewards) reward += r;
            foreach (var c in rollout.Seats[seat].Costs) costs[seat] += c;
            costs[seat] /= episodes;
        }

        return new Evaluation(reward / episodes, costs);
    }

    /// <summary>Draws lane 0 of the training environment as it stands.</summary>
    public string Render() => _training.Environment.Render(0);

    /// <inheritdoc/>
    public void Dispose()
    {
        _training.Dispose();
        _evaluation?.Dispose();
    }

    /// <summary>An environment with recorders for its seats and buffers for its steps.</summary>
    private sealed class Stage : IDisposable
    {
        private readonly int _steps;
        private readonly SeatRecorder[] _seats;
        private readonly byte[] _actions;
        private readonly float[] _rewards;
        private readonly float[] _costs;

        public Stage(IVectorEnvironment environment, int steps, ActorShape shape, KernelSet kernels)
        {
            Environment = environment;
            _steps = steps;
            var seats = environment.Info.Seats;
            _seats = new SeatRecorder[seats];
            for (var seat = 0; seat < seats; seat++)
                _seats[seat] = new SeatRecorder(seat, environment.Lanes, steps, shape, environment.Info, kernels);
            _actions = new byte[seats * environment.Lanes];
            _rewards = new float[seats * environment.Lanes];
            _costs = new float[seats * environment.Lanes];
        }

        public IVectorEnvironment Environment { get; }

        public Rollout Play(in StreamId reset, in StreamId dynamics, in StreamId action, int firstLane, IReadOnlyList<float[]> players, CancellationToken cancellation)
        {
            var lanes = Environment.Lanes;
            var terminated = new bool[_steps * lanes];
            var truncated = new bool[_steps * lanes];
            Environment.Reset(reset, dynamics, firstLane);
            for (var seat = 0; seat < _seats.Length; seat++) _seats[seat].Begin(players[seat]);
            for (var step = 0; step < _steps; step++)
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var seat in _seats) seat.Observe(Environment);
                for (var lane = 0; lane < lanes; lane++)
                {
                    // Four seats share a block of random bits; the counter of more seats lies beyond any rollout's length.
                    var block = action.Block(firstLane + lane, (uint)step);
                    for (var seat = 0; seat < _seats.Length; seat++)
                    {
                        if (seat > 0 && seat % 4 == 0) block = action.Block(firstLane + lane, (uint)step | ((uint)(seat / 4) << 24));
                        _actions[(seat * lanes) + lane] = _seats[seat].Act(step, lane, RandomBlock.ToUnitSingle(block[seat % 4]));
                    }
                }

                Environment.Step(_actions, new StepOutcome
                {
                    Rewards = _rewards,
                    Costs = _costs,
                    Terminated = terminated.AsSpan(step * lanes, lanes),
                    Truncated = truncated.AsSpan(step * lanes, lanes),
                });
                foreach (var seat in _seats) seat.Record(step, _rewards, _costs);
            }

            var samples = new SeatSamples[_seats.Length];
            for (var seat = 0; seat < _seats.Length; seat++)
            {
                _seats[seat].Observe(Environment);
                samples[seat] = _seats[seat].End();
            }

            return new Rollout(lanes, _steps, samples, terminated, truncated);
        }

        public void Dispose()
        {
            foreach (var seat in _seats) seat.Dispose();
        }
    }
}
