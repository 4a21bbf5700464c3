using Srpo.Environments.Recordings;

namespace Srpo.Environments.Tag;

/// <summary>
/// Replays recorded episodes in two ways: one step from every recorded state, and freely from the recorded start with the recorded
/// actions. The constants of the bodies are those of the recording; its rewards are unscaled.
/// </summary>
public static class TagVerifier
{
    /// <summary>How far positions, velocities and observations may be off after one step from a recorded state.</summary>
    public const double StepTolerance = 1e-13;

    /// <summary>How far rewards may be off after one step from a recorded state.</summary>
    public const double RewardTolerance = 1e-12;

    /// <summary>How far anything may be off in a free rollout: contacts amplify differences in last bits.</summary>
    public const double RolloutTolerance = 1e-6;

    /// <summary>Replays a whole file.</summary>
    /// <param name="path">The file, .jsonl or .jsonl.gz.</param>
    /// <returns>
    /// Episodes and steps that agree before the first disagreement, that disagreement if there is one, and the largest deviations of
    /// all quantities in the whole file.
    /// </returns>
    /// <exception cref="RecordingException">The file cannot be read; the message names file, line, episode, step and field.</exception>
    public static RecordingReport Verify(string path)
    {
        var comparer = new RecordingComparer();
        var oneStep = new TagQuantities(comparer, "one step", StepTolerance, RewardTolerance);
        var rollout = new TagQuantities(comparer, "free rollout", RolloutTolerance, RolloutTolerance);
        return RecordingVerifier.Verify(path, TagRecording.Read(path).Select(episode => new Replay(episode, oneStep, rollout)), comparer, goOn: true);
    }

    /// <summary>One episode, in both ways.</summary>
    private sealed class Replay(TagRecordedEpisode episode, TagQuantities oneStep, TagQuantities rollout) : IRecordingReplay
    {
        private readonly TagReplay _single = new(episode);
        private readonly TagReplay _free = new(episode);

        public RecordingPlace Place => episode.Place;

        public int Steps => episode.Steps.Count;

        public void Start(RecordingComparer comparer) => oneStep.CompareObservations("obs0", episode.StartObservations, _single);

        public void Step(int step, RecordingComparer comparer)
        {
            var recorded = episode.Steps[step];
            if (step > 0) _single.Set(episode.Steps[step - 1]);
            var agreed = comparer.Agrees;
            var asBefore = MovedWithNewVelocity(_single, recorded);
            _single.Step(recorded.Actions);
            _free.Step(recorded.Actions);
            oneStep.Compare(recorded, _single);
            if (asBefore && agreed && !comparer.Agrees)
                comparer.Explain("the recorded positions moved with the new velocity, as simple_tag_v2 did (PettingZoo before 1.23.0): record with a newer release");
            rollout.Compare(recorded, _free);
        }
    }

    /// <summary>Whether a step that is about to be replayed went as in older releases of the reference, and not as in newer ones.</summary>
    private static bool MovedWithNewVelocity(TagReplay replay, TagRecordedStep step)
    {
        for (var agent = 0; agent < replay.World.Agents; agent++)
        {
            var (x, y) = replay.State.PositionOf(0, agent);
            if (Math.Abs(x + (step.Velocities[agent][0] * TagWorld.TimeStep) - step.Positions[agent][0]) > StepTolerance) return false;
            if (Math.Abs(y + (step.Velocities[agent][1] * TagWorld.TimeStep) - step.Positions[agent][1]) > StepTolerance) return false;
        }

        return true;
    }
}

/// <summary>What is compared of a step, in one of the two ways.</summary>
internal sealed class TagQuantities(RecordingComparer comparer, string check, double tolerance, double rewardTolerance)
{
    private readonly RecordingQuantity _positions = comparer.Quantity(check, "position", tolerance);
    private readonly RecordingQuantity _velocities = comparer.Quantity(check, "velocity", tolerance);
    private readonly RecordingQuantity _rewards = comparer.Quantity(check, "reward", rewardTolerance);
    private readonly RecordingQuantity _observations = comparer.Quantity(check, "observation", tolerance);

    internal void Compare(TagRecordedStep step, TagReplay replay)
    {
        for (var agent = 0; agent < replay.World.Agents; agent++) Pair(_positions, "pos", agent, step.Positions[agent], replay.State.PositionOf(0, agent));
        for (var agent = 0; agent < replay.World.Agents; agent++) Pair(_velocities, "vel", agent, step.Velocities[agent], replay.State.VelocityOf(0, agent));
        for (var agent = 0; agent < replay.World.Agents; agent++) comparer.Near(_rewards, "rew", agent, null, step.Rewards[agent], replay.RewardOf(agent));
        CompareObservations("obs", step.Observations, replay);
    }

    internal void CompareObservations(string field, IReadOnlyList<IReadOnlyList<double>> recorded, TagReplay replay)
    {
        for (var agent = 0; agent < recorded.Count; agent++)
        {
            for (var slot = 0; slot < recorded[agent].Count; slot++)
                comparer.Near(_observations, field, agent, slot, recorded[agent][slot], replay.Observation(agent, slot));
        }
    }

    private void Pair(RecordingQuantity quantity, string field, int agent, IReadOnlyList<double> recorded, (double X, double Y) replayed)
    {
        comparer.Near(quantity, field, agent, 0, recorded[0], replayed.X);
        comparer.Near(quantity, field, agent, 1, recorded[1], replayed.Y);
    }
}
