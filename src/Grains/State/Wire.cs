using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>Between messages and what Learning works with. Arrays are shared, never copied.</summary>
internal static class Wire
{
    public static ActorState ToMessage(LearnerState state) =>
        new(state.Version, new(state.Parameters), new(state.FirstMoment), new(state.SecondMoment), state.AdamSteps);

    public static LearnerState FromMessage(ActorState state) =>
        new(state.Version, state.Parameters.Values, state.FirstMoment.Values, state.SecondMoment.Values, state.AdamSteps);

    public static UpdateMetrics ToMessage(int round, UpdateStatistics statistics) => new(
        round, statistics.Return, statistics.PrivateCost, statistics.Entropy, statistics.ClipFraction, statistics.ExplainedVariance,
        statistics.Kl, statistics.ValueLoss);

    public static RolloutBatch ToMessage(int round, Rollout rollout)
    {
        var seats = new SeatRollout[rollout.Seats.Count];
        for (var i = 0; i < seats.Length; i++)
        {
            var seat = rollout.Seats[i];
            seats[i] = new SeatRollout(
                new(seat.Observations), new(seat.LogProbabilities), new(seat.Values), seat.Row, seat.LastRow, seat.Actions,
                new(seat.Rewards), new(seat.Costs));
        }

        return new RolloutBatch(round, rollout.Lanes, rollout.Steps, seats, rollout.Terminated, rollout.Truncated);
    }

    public static Rollout FromMessage(RolloutBatch batch)
    {
        var seats = new SeatSamples[batch.Seats.Length];
        for (var i = 0; i < seats.Length; i++)
        {
            var seat = batch.Seats[i];
            seats[i] = new SeatSamples(
                seat.Observations.Values, seat.LogProbabilities.Values, seat.Values.Values, seat.Row, seat.LastRow, seat.Actions,
                seat.Rewards.Values, seat.Costs.Values);
        }

        return new Rollout(batch.Lanes, batch.Steps, seats, batch.Terminated, batch.Truncated);
    }

    public static NetworkDescription Describe(ActorShape shape) => new(
        shape.Policy.Inputs, [.. shape.Policy.Hidden], shape.Policy.Outputs, shape.Policy.Activation.ToString(), shape.Encoding.ToString());

    /// <exception cref="SrpoGrainException">The snapshot is inconsistent in itself.</exception>
    public static FrozenPolicy ToPolicy(PolicySnapshot snapshot)
    {
        var network = snapshot?.Network ?? throw new SrpoGrainException("a policy is missing, or has no network");
        PolicyChecks.Check(snapshot);
        if (!Enum.TryParse<Activation>(network.Activation, out var activation) || !Enum.IsDefined(activation))
            throw new SrpoGrainException($"policy '{snapshot.Key}': the nonlinearity '{network.Activation}' is not known; use one of {string.Join(", ", Enum.GetNames<Activation>())}");
        if (!Enum.TryParse<ObservationEncoding>(network.Encoding, out var encoding) || !Enum.IsDefined(encoding))
            throw new SrpoGrainException($"policy '{snapshot.Key}': the observation encoding '{network.Encoding}' is not known; use one of {string.Join(", ", Enum.GetNames<ObservationEncoding>())}");
        var shape = new MlpShape(network.Inputs, network.Hidden, network.Actions, activation);
        return new FrozenPolicy(shape, encoding, snapshot.Parameters.Values);
    }
}
