using Srpo.Core.Random;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Learning.Methods;

namespace Srpo.Learning.Devices;

/// <summary>Updates one team after another and one actor after another: for devices that gain nothing by stacking them.</summary>
internal abstract class TeamUpdater(TrainingSettings settings, TeamPlan plan) : ITeamUpdater
{
    private readonly TeamSamples _samples = new(settings, plan, reuses: true);

    /// <inheritdoc/>
    public TeamUpdate[] Update(IReadOnlyList<TeamRound> rounds, CancellationToken cancellation = default)
    {
        var updates = new TeamUpdate[rounds.Count];
        for (var i = 0; i < updates.Length; i++) updates[i] = Update(rounds[i], cancellation);
        return updates;
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Runs all epochs of one actor.</summary>
    /// <param name="actor">Index of the actor.</param>
    /// <param name="state">The state before; not changed.</param>
    /// <param name="samples">What it learns from.</param>
    /// <param name="order">Stream of the order of samples in minibatches.</param>
    /// <param name="cancellation">Ends it early, with the updater unfit for further use.</param>
    /// <returns>The next state, and the sums of the last epoch.</returns>
    protected abstract (LearnerState State, UpdateSums Sums) Update(
        int actor, LearnerState state, List<ActorSamples> samples, RandomStream order, CancellationToken cancellation);

    private TeamUpdate Update(TeamRound round, CancellationToken cancellation)
    {
        var next = new LearnerState[round.States.Count];
        var metrics = new UpdateMetrics[next.Length];
        var minibatch = new StreamId(round.Seed, (uint)round.Team, (uint)round.Round, StreamPurpose.Minibatch);
        for (var actor = 0; actor < next.Length; actor++)
        {
            cancellation.ThrowIfCancellationRequested();
            var state = round.States[actor];
            var samples = _samples.Of(actor, round);
            if (samples.Count == 0)
            {
                // Some learn nothing at all, and in turn-based environments an actor may have had no turn that was followed by another.
                (next[actor], metrics[actor]) = (state with { Version = state.Version + 1 }, new UpdateMetrics(round.Round, 0, 0, 0, 0, 0, 0, 0));
                continue;
            }

            (next[actor], var sums) = Update(actor, state, samples, minibatch.Lane(actor), cancellation);
            metrics[actor] = _samples.Report(actor, samples, sums, round);
        }

        return new TeamUpdate(next, metrics);
    }
}

/// <summary>Samples that one actor learns from: what it saw and did, with the advantages and returns that hold for it.</summary>
/// <param name="Part">Observations, actions and the distribution that played.</param>
/// <param name="Advantages">[samples].</param>
/// <param name="Returns">[samples] targets of its critic, to scale; empty if it has no critic to train.</param>
/// <param name="Partner">Parameters of the policy whose place an adversary took, which the KL price holds it to; null for agents.</param>
public sealed record ActorSamples(SeatSamples Part, float[] Advantages, float[] Returns, float[]? Partner)
{
    /// <summary>[rows] values of the critic that watched, to scale.</summary>
    public float[] Values { get; init; } = Part.Values;

    /// <summary>Number of samples.</summary>
    public int Count => Advantages.Length;

    /// <summary>Number of different observations.</summary>
    public int Rows => Part.Values.Length;
}

/// <summary>What is summed over the samples of an epoch.</summary>
public struct UpdateSums
{
    /// <summary>Clipped surrogates, see <see cref="Losses.Surrogate"/>.</summary>
    public double Surrogate { get; set; }

    /// <summary>Entropies, nats.</summary>
    public double Entropy { get; set; }

    /// <summary>KL to or from the partner, nats; 0 for agents.</summary>
    public double Kl { get; set; }

    /// <summary>How many samples had a ratio outside of the clipping range.</summary>
    public double Clipped { get; set; }

    /// <summary>Squared differences of value and return, in the critic's units.</summary>
    public double SquaredError { get; set; }

    /// <summary>Number of samples.</summary>
    public long Samples { get; set; }
}

/// <summary>What every device does alike: from rollouts to the samples of an actor, and from sums over samples to what is reported.</summary>
/// <param name="settings">Settings of the teams.</param>
/// <param name="plan">Their plan.</param>
/// <param name="reuses">Whether advantages and returns are good until the next call only, whose arrays they become; else they stay.</param>
public sealed class TeamSamples(TrainingSettings settings, TeamPlan plan, bool reuses = false)
{
    private readonly List<float[]> _scratch = [];
    private int _taken;

    /// <summary>Everything that an actor played, with the advantages of its objective.</summary>
    /// <param name="actor">The actor.</param>
    /// <param name="round">What was played.</param>
    public List<ActorSamples> Of(int actor, TeamRound round)
    {
        _taken = 0;
        var source = plan.Objectives[actor].Reward;
        var samples = new List<ActorSamples>();
        if (source == RewardSource.Nothing) return samples;
        foreach (var rollout in round.Rollouts)
        {
            foreach (var part in rollout.Parts)
            {
                if (part.Actor != actor || part.Count == 0) continue;
                var partner = plan.Actors[actor].Kind == ActorKind.Adversary ? round.States[Math.Max(0, part.Seat)].Parameters : null;
                samples.Add(source == RewardSource.MinusAgentsAdvantage
                    ? WithAgentsAdvantages(part, Agent(rollout), partner, round)
                    : WithAdvantages(part, source == RewardSource.Own ? part.Rewards : part.Signals, partner, round));
            }
        }

        return samples;
    }

    /// <summary>What to report of an actor's update.</summary>
    /// <param name="actor">The actor.</param>
    /// <param name="samples">What it learned from.</param>
    /// <param name="sums">Sums over the last epoch.</param>
    /// <param name="round">The round that the samples are from.</param>
    public UpdateMetrics Report(int actor, List<ActorSamples> samples, in UpdateSums sums, TeamRound round)
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
                var error = target - part.Values[part.Part.Row[i]];
                returns += target;
                squares += target * target;
                errors += error;
                errorSquares += error * error;
            }

            count += part.Count;
            episodes += round.Rollouts[0].Lanes * SeatsPerLane(actor, part.Part);
        }

        var variance = (squares / count) - (returns / count * (returns / count));
        var errorVariance = (errorSquares / count) - (errors / count * (errors / count));
        var objective = plan.Objectives[actor];
        return new UpdateMetrics(
            round.Round,
            reward / episodes,
            cost / episodes,
            sums.Entropy / sums.Samples,
            sums.Clipped / sums.Samples,
            variance > 0 ? 1 - (errorVariance / variance) : 0,
            sums.Kl / sums.Samples,
            sums.SquaredError / sums.Samples,
            (-sums.Surrogate - (objective.EntropyWeight * sums.Entropy) + (objective.KlWeight * sums.Kl)) / sums.Samples);
    }

    /// <summary>Where an adversary has a random seat, the agent plays all the others: that many episodes in a lane.</summary>
    private int SeatsPerLane(int actor, SeatSamples part) =>
        part.Seat < 0 && plan.Instances[0].Casting == Casting.RandomAdversary && plan.Actors[actor].Kind == ActorKind.Agent ? plan.Agents - 1 : 1;

    /// <summary>The part of the one agent of a rollout with adversaries in all other seats.</summary>
    private SeatSamples Agent(Rollout rollout) => rollout.Parts.Single(part => plan.Actors[part.Actor].Kind == ActorKind.Agent);

    private ActorSamples WithAdvantages(SeatSamples part, float[] rewards, float[]? partner, TeamRound round)
    {
        var advantages = Take(part.Count);
        var returns = Take(part.Count);
        if (settings.RewardScale != 1)
        {
            var scale = (float)settings.RewardScale;
            var scaled = Take(part.Count);
            for (var s = 0; s < scaled.Length; s++) scaled[s] = scale * rewards[s];
            rewards = scaled;
        }

        var values = part.Values;
        if (settings.NormaliseValues)
        {
            // With the numbers of the state that played, which is the state that is updated now.
            var normaliser = ValueNormaliser.Read(round.States[part.Actor].Parameters);
            values = Take(part.Values.Length);
            for (var row = 0; row < values.Length; row++) values[row] = (float)normaliser.Restore(part.Values[row]);
        }

        Losses.Advantages(rewards, values, part.Row, part.Next, settings.Discount, settings.GaeLambda, advantages, returns);
        return new ActorSamples(part, advantages, returns, partner) { Values = values };
    }

    /// <summary>Minus the agent's advantages at the same steps and lanes; all seats act at every step here.</summary>
    private ActorSamples WithAgentsAdvantages(SeatSamples part, SeatSamples agent, float[]? partner, TeamRound round)
    {
        var advantages = WithAdvantages(agent, agent.Rewards, null, round).Advantages;
        for (var s = 0; s < advantages.Length; s++) advantages[s] = -advantages[s];
        return new ActorSamples(part, advantages, [], partner);
    }

    /// <summary>An array for this call; that of the call before, where that is allowed and it has the length: parts are mostly as long as they were.</summary>
    private float[] Take(int length)
    {
        if (!reuses) return new float[length];
        if (_taken == _scratch.Count) _scratch.Add([]);
        if (_scratch[_taken].Length != length) _scratch[_taken] = new float[length];
        return _scratch[_taken++];
    }
}
