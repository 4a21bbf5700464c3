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
    /// <param name="plan">The plan of the teams.</param>
    /// <param name="shape">Shape of the actors.</param>
    /// <param name="kernels">Kernels to use, by default the best for this processor; the results do not depend on them.</param>
    public TeamUpdater(TrainingSettings settings, TeamPlan plan, ActorShape shape, KernelSet? kernels = null)
    {
        settings.ThrowIfInvalid();
        _settings = settings;
        _plan = plan;
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
            var samples = Samples(actor, states, rollouts);
            if (samples.Count == 0)
            {
                // In turn-based environments an actor may have had no turn that was followed by another: it learns nothing this time.
                (next[actor], statistics[actor]) = (states[actor] with { Version = states[actor].Version + 1 }, new UpdateStatistics(0, 0, 0, 0, 0, 0, 0));
                continue;
            }

            var objective = id.Kind == ActorKind.Agent
                ? new ActorUpdater.Objective(_settings.EntropyWeight, 0)
                : new ActorUpdater.Objective(_settings.Adversary.Entropy, _settings.KlWeight);
            var (state, sums) = _updater.Update(states[actor], samples, objective, minibatch, actor, cancellation);
            next[actor] = state;
            statistics[actor] = Report(samples, sums, rollouts[0].Lanes);
        }

        return (next, statistics);
    }

    /// <inheritdoc/>
    public void Dispose() => _updater.Dispose();

    /// <summary>
    /// Everything that the actor played. An agent's advantages are those of its own reward; an adversary's those of minus the
    /// agents' reward, or minus the agent's advantages.
    /// </summary>
    private List<ActorSamples> Samples(int actor, IReadOnlyList<LearnerState> states, IReadOnlyList<Rollout> rollouts)
    {
        var adversary = _plan.Actors[actor].Kind == ActorKind.Adversary;
        var samples = new List<ActorSamples>();
        foreach (var rollout in rollouts)
        {
            foreach (var part in rollout.Parts)
            {
                if (part.Actor != actor || part.Count == 0) continue;
                var partner = adversary ? states[Math.Max(0, part.Seat)].Parameters : null;
                samples.Add(adversary && _settings.Adversary.Critic == AdversaryCritic.Shared
                    ? WithSharedAdvantages(part, Agent(rollout), partner)
                    : WithAdvantages(part, partner));
            }
        }

        return samples;
    }

    /// <summary>The part of the one agent of a rollout with adversaries in all other seats.</summary>
    private SeatSamples Agent(Rollout rollout) => rollout.Parts.Single(part => _plan.Actors[part.Actor].Kind == ActorKind.Agent);

    private ActorSamples WithAdvantages(SeatSamples part, float[]? partner)
    {
        var advantages = new float[part.Count];
        var returns = new float[part.Count];
        var rewards = part.Signals;
        if (_settings.RewardScale != 1)
        {
            var scale = (float)_settings.RewardScale;
            rewards = Array.ConvertAll(rewards, reward => scale * reward);
        }

        Gae.Compute(rewards, part.Values, part.Row, part.Next, _settings.Discount, _settings.GaeLambda, advantages, returns);
        return new ActorSamples(part, advantages, returns, partner);
    }

    /// <summary>Minus the agent's advantages at the same steps and lanes; all seats act at every step here.</summary>
    private ActorSamples WithSharedAdvantages(SeatSamples part, SeatSamples agent, float[]? partner)
    {
        var shared = WithAdvantages(agent, null).Advantages;
        for (var s = 0; s < shared.Length; s++) shared[s] = -shared[s];
        return new ActorSamples(part, shared, [], partner);
    }

    private UpdateStatistics Report(List<ActorSamples> samples, in UpdateSums sums, int lanes)
    {
        double reward = 0, cost = 0, returns = 0, squares = 0, errors = 0, errorSquares = 0;
        long count = 0, episodes = 0;
        foreach (var part in samples)
        {
            for (var i = 0; i < part.Count; i++)
            {
                reward += part.Part.Rewards[i];
                cost += part.Part.Costs[i];
                if (part.Returns.Length == 0) continue;
                double target = part.Returns[i];
                var error = target - part.Part.Values[part.Part.Row[i]];
                returns += target;
                squares += target * target;
                errors += error;
                errorSquares += error * error;
            }

            // With an adversary in a random seat, an agent that plays all the others has that many episodes in a lane.
            count += part.Count;
            episodes += lanes * (part.Part.Seat < 0 && part.Partner is null && _settings.UsesAdversaries ? _plan.Agents - 1 : 1);
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
