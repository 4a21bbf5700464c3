using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Learning.Kernels;

namespace Srpo.Learning;

/// <summary>Updates all actors of a team from the rollouts of a round. Not thread-safe: one per worker thread; holds scratch memory only.</summary>
public sealed class TeamUpdater : IDisposable
{
    private readonly TrainingSettings _settings;
    private readonly TeamPlan _plan;
    private readonly ActorUpdater _updater;

    /// <summary>An updater for teams with these settings.</summary>
    /// <param name="settings">Valid settings.</param>
    /// <param name="shape">Shape of the actors.</param>
    /// <param name="kernels">Kernels to use, by default the best for this processor; the results do not depend on them.</param>
    public TeamUpdater(TrainingSettings settings, ActorShape shape, KernelSet? kernels = null)
    {
        settings.ThrowIfInvalid();
        _settings = settings;
        _plan = TeamPlan.For(settings);
        _updater = new ActorUpdater(settings, shape, kernels ?? KernelSet.Default);
    }

    /// <summary>One update of every actor.</summary>
    /// <param name="seed">The population's seed.</param>
    /// <param name="team">The team.</param>
    /// <param name="round">The round, from 1.</param>
    /// <param name="states">The actors' states in the order of <see cref="TeamPlan.Actors"/>; not changed.</param>
    /// <param name="rollouts">The rollouts in the order of <see cref="TeamPlan.Instances"/>.</param>
    /// <param name="cancellation">Ends the update between two blocks of rows; the updater must not be used again after that.</param>
    /// <returns>The next states and what to report, in the order of the actors.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public (LearnerState[] States, UpdateStatistics[] Statistics) Update(
        ulong seed, int team, int round, IReadOnlyList<LearnerState> states, IReadOnlyList<Rollout> rollouts,
        CancellationToken cancellation = default)
    {
        var next = new LearnerState[states.Count];
        var statistics = new UpdateStatistics[states.Count];
        var minibatch = new StreamId(seed, (uint)team, (uint)round, StreamPurpose.Minibatch);
        for (var actor = 0; actor < states.Count; actor++)
        {
            cancellation.ThrowIfCancellationRequested();
            var id = _plan.Actors[actor];
            var samples = id.Kind == ActorKind.Agent ? AgentSamples(actor, rollouts) : AdversarySamples(actor, rollouts);
            var objective = id.Kind == ActorKind.Agent
                ? new ActorUpdater.Objective(_settings.EntropyWeight, 0, null)
                : new ActorUpdater.Objective(_settings.Adversary.Entropy, _settings.KlWeight, Partner(id, states));
            var (state, sums) = _updater.Update(states[actor], samples, objective, minibatch, actor, cancellation);
            next[actor] = state;
            statistics[actor] = Report(samples, sums, rollouts[0].Lanes);
        }

        return (next, statistics);
    }

    /// <inheritdoc/>
    public void Dispose() => _updater.Dispose();

    /// <summary>The policy that an adversary stands in for, as it was when the round began.</summary>
    private static float[] Partner(ActorId adversary, IReadOnlyList<LearnerState> states) => states[1 - adversary.Seat].Parameters;

    /// <summary>Every seat that the agent played, with advantages of its own reward.</summary>
    private List<ActorSamples> AgentSamples(int actor, IReadOnlyList<Rollout> rollouts)
    {
        var samples = new List<ActorSamples>();
        for (var i = 0; i < rollouts.Count; i++)
        {
            for (var seat = 0; seat < rollouts[i].Seats.Count; seat++)
            {
                if (_plan.Instances[i].Players[seat] == actor)
                    samples.Add(WithAdvantages(rollouts[i], rollouts[i].Seats[seat], rollouts[i].Seats[seat].Rewards, 1));
            }
        }

        return samples;
    }

    /// <summary>The seat that the adversary played, with advantages of minus the agent's reward.</summary>
    private List<ActorSamples> AdversarySamples(int actor, IReadOnlyList<Rollout> rollouts)
    {
        for (var i = 0; i < rollouts.Count; i++)
        {
            var players = _plan.Instances[i].Players;
            var seat = players[0] == actor ? 0 : players[1] == actor ? 1 : -1;
            if (seat < 0) continue;
            var own = rollouts[i].Seats[seat];
            var agent = rollouts[i].Seats[1 - seat];
            if (_settings.Adversary.Critic == AdversaryCritic.Own) return [WithAdvantages(rollouts[i], own, agent.Rewards, -1)];
            var shared = WithAdvantages(rollouts[i], agent, agent.Rewards, 1).Advantages;
            for (var s = 0; s < shared.Length; s++) shared[s] = -shared[s];
            return [new ActorSamples(own, shared, [])];
        }

        throw new InvalidOperationException($"actor {actor} plays in no rollout");
    }

    private ActorSamples WithAdvantages(Rollout rollout, SeatSamples seat, float[] rewards, int sign)
    {
        var count = rewards.Length;
        var scale = (float)(sign * _settings.RewardScale);
        var scaled = new float[count];
        var values = new float[count];
        var last = new float[rollout.Lanes];
        for (var i = 0; i < count; i++)
        {
            scaled[i] = scale * rewards[i];
            values[i] = seat.Values[seat.Row[i]];
        }

        for (var lane = 0; lane < rollout.Lanes; lane++) last[lane] = seat.Values[seat.LastRow[lane]];
        var advantages = new float[count];
        var returns = new float[count];
        Gae.Compute(scaled, values, last, rollout.Terminated, rollout.Truncated, _settings.Discount, _settings.GaeLambda, advantages, returns);
        return new ActorSamples(seat, advantages, returns);
    }

    private UpdateStatistics Report(List<ActorSamples> samples, in UpdateSums sums, int lanes)
    {
        double reward = 0, cost = 0, returns = 0, squares = 0, errors = 0, errorSquares = 0;
        long count = 0, episodes = 0;
        foreach (var part in samples)
        {
            for (var i = 0; i < part.Count; i++)
            {
                reward += part.Seat.Rewards[i];
                cost += part.Seat.Costs[i];
                if (part.Returns.Length == 0) continue;
                double target = part.Returns[i];
                var error = target - part.Seat.Values[part.Seat.Row[i]];
                returns += target;
                squares += target * target;
                errors += error;
                errorSquares += error * error;
            }

            count += part.Count;
            episodes += lanes;
        }

        var variance = (squares / count) - (returns / count * (returns / count));
        var errorVariance = (errorSquares / count) - (errors / count * (errors / count));
        return new UpdateStatistics(
            reward / episodes,
            cost / episodes,
            sums.Policy.Entropy / sums.Samples,
            sums.Policy.Clipped / sums.Samples,
            variance > 0 ? 1 - (errorVariance / variance) : 0,
            sums.Policy.Kl / sums.Samples,
            sums.SquaredError / sums.Samples);
    }
}
