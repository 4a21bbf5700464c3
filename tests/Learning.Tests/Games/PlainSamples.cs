using Srpo.Environments;

namespace Srpo.Learning.Tests.Games;

/// <summary>A sample as it should be, written from the log of a game: an act and everything until its seat's next act.</summary>
/// <param name="Lane">Its lane.</param>
/// <param name="Seat">Its seat.</param>
/// <param name="Step">Its step.</param>
/// <param name="NextStep">The step of the seat's next act in the episode; -1 at an end, -2 at a time-out, -3 if the rollout ended first.</param>
internal sealed record PlainSample(
    int Lane, int Seat, int Step, float[] Observation, byte[] Legal, byte Action, float Reward, float Cost, float Signal, int NextStep);

/// <summary>Samples from a log, by looking forward from each act.</summary>
internal static class PlainSamples
{
    /// <summary>The samples of those seats and lanes that an actor plays, in order of step, seat, lane; in turns of step, lane.</summary>
    /// <param name="game">The game that was played.</param>
    /// <param name="plays">Whether the actor plays a seat in a lane.</param>
    /// <param name="paying">Whether a seat's reward counts for the signal in a lane.</param>
    public static List<PlainSample> Of(TestGame game, Func<int, int, bool> plays, Func<int, int, bool> paying)
    {
        var (log, lanes) = (game.Log, game.Lanes);
        var steps = log.Count / lanes;
        TestGameStep At(int step, int lane) => log[(step * lanes) + lane];
        var samples = new List<PlainSample>();
        for (var step = 0; step < steps; step++)
        {
            for (var seat = 0; seat < log[0].Actions.Length; seat++)
            {
                for (var lane = 0; lane < lanes; lane++)
                {
                    if (!plays(seat, lane) || !Acts(At(step, lane), seat)) continue;
                    var (reward, cost, signal, next) = (0f, 0f, 0f, -3);
                    for (var u = step; u < steps; u++)
                    {
                        var at = At(u, lane);
                        if (u > step && Acts(at, seat))
                        {
                            next = u;
                            break;
                        }

                        reward += at.Rewards[seat];
                        cost += at.Costs[seat];
                        var paid = at.Rewards.Where((_, s) => paying(s, lane)).ToArray();
                        if (paid.Length > 0) signal -= paid.Sum() / paid.Length;
                        if (!at.Terminated && !at.Truncated) continue;
                        next = at.Terminated ? -1 : -2;
                        break;
                    }

                    var own = At(step, lane);
                    samples.Add(new PlainSample(lane, seat, step, own.Before[seat], own.Legal[seat], own.Actions[seat], reward, cost, signal, next));
                }
            }
        }

        return log[0].Mover < 0 ? samples : [.. samples.OrderBy(sample => sample.Step).ThenBy(sample => sample.Lane)];
    }

    /// <summary>Compares a recorded part with what it should be; the encoding must be Absolute.</summary>
    public static void AssertSame(List<PlainSample> all, SeatSamples part, TestGame game, ActorShape shape)
    {
        Assert.Equal(ObservationEncoding.Absolute, shape.Encoding);

        // In turns, a seat's last act has not seen what followed: it is no sample.
        List<PlainSample> expected = [.. all.Where(sample => !game.Info.TurnBased || sample.NextStep != -3)];
        Assert.Equal(expected.Count, part.Count);
        var acts = all.ToDictionary(sample => (sample.Lane, sample.Seat, sample.Step));
        for (var i = 0; i < expected.Count; i++)
        {
            var sample = expected[i];
            Assert.Equal(sample.Action, part.Actions[i]);
            Assert.Equal(sample.Reward, part.Rewards[i], 1e-5f);
            Assert.Equal(sample.Cost, part.Costs[i], 1e-5f);
            Assert.Equal(sample.Signal, part.Signals[i], 1e-5f);
            Assert.Equal(sample.Observation, Row(part.Observations, part.Row[i], 5));
            if (game.Info.MasksActions) Assert.Equal(sample.Legal, Row(part.Legal, part.Row[i], TestGame.Actions));
            else Assert.Empty(part.Legal);
            AssertNext(sample, acts, expected, part, game, i);
        }
    }

    private static void AssertNext(
        PlainSample sample, Dictionary<(int, int, int), PlainSample> acts, List<PlainSample> expected, SeatSamples part, TestGame game, int index)
    {
        var next = part.Next[index];
        if (sample.NextStep == -1)
        {
            Assert.Equal(SeatSamples.Ended, next);
        }
        else if (sample.NextStep == -2)
        {
            Assert.Equal(part.Row[index], SeatSamples.BootstrapRow(next));
        }
        else if (sample.NextStep == -3)
        {
            Assert.Equal(
                game.Observation(sample.Lane, sample.Seat, ObservationEncoding.Absolute), Row(part.Observations, SeatSamples.BootstrapRow(next), 5));
        }
        else
        {
            var follower = acts[(sample.Lane, sample.Seat, sample.NextStep)];
            if (expected.Contains(follower)) Assert.Same(follower, expected[next]);
            else Assert.Equal(follower.Observation, Row(part.Observations, SeatSamples.BootstrapRow(next), 5));
        }
    }

    public static T[] Row<T>(T[] values, int row, int width) => values.AsSpan(row * width, width).ToArray();

    private static bool Acts(TestGameStep step, int seat) => step.Mover < 0 || step.Mover == seat;
}
