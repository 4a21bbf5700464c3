using Srpo.Core.Random;
using Srpo.Core.Results;
using Srpo.Core.Settings;

namespace Srpo.Learning.Devices;

/// <summary>Updates one team after another and one actor after another: for devices that gain nothing by stacking them.</summary>
internal abstract class TeamUpdater(TrainingSettings settings, TeamPlan plan) : ITeamUpdater
{
    private readonly TeamSamples _samples = new(settings, plan);

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
                // In turn-based environments an actor may have had no turn that was followed by another: it learns nothing this time.
                (next[actor], metrics[actor]) = (state with { Version = state.Version + 1 }, new UpdateMetrics(round.Round, 0, 0, 0, 0, 0, 0, 0));
                continue;
            }

            (next[actor], var sums) = Update(actor, state, samples, minibatch.Lane(actor), cancellation);
            metrics[actor] = _samples.Report(actor, samples, sums, round);
        }

        return new TeamUpdate(next, metrics);
    }
}
