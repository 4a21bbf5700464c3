using System.Globalization;
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
        ArgumentNullException.ThrowIfNull(path);
        var oneStep = new TagComparison("one step", StepTolerance, RewardTolerance);
        var rollout = new TagComparison("free rollout", RolloutTolerance, RolloutTolerance);
        RecordingDifference? first = null;
        var episodes = 0;
        var steps = 0L;
        foreach (var episode in TagRecording.Read(path))
        {
            var single = new TagReplay(episode);
            var free = new TagReplay(episode);
            first ??= oneStep.CompareStart(episode, single);
            for (var i = 0; i < episode.Steps.Count; i++)
            {
                var step = episode.Steps[i];
                var place = episode.Place with { Step = i };
                if (i > 0) single.Set(episode.Steps[i - 1]);
                var before = MovedWithNewVelocity(single, step);
                single.Step(step.Actions);
                free.Step(step.Actions);
                var found = oneStep.Compare(place, step, single);
                if (found is not null && before)
                    found = found with { Note = found.Note + "; the recorded positions moved with the new velocity, as simple_tag_v2 did (PettingZoo before 1.23.0): record with a newer release" };
                var drift = rollout.Compare(place, step, free);
                first ??= found ?? drift;
                if (first is null) steps++;
            }

            if (first is null) episodes++;
        }

        return new RecordingReport(path, episodes, steps, first) { Deviations = [.. oneStep.Deviations, .. rollout.Deviations] };
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

/// <summary>Compares replayed steps with recorded ones and keeps the largest deviation of every quantity.</summary>
internal sealed class TagComparison(string check, double tolerance, double rewardTolerance)
{
    private readonly Largest _positions = new(check, "position", tolerance);
    private readonly Largest _velocities = new(check, "velocity", tolerance);
    private readonly Largest _rewards = new(check, "reward", rewardTolerance);
    private readonly Largest _observations = new(check, "observation", tolerance);

    internal IEnumerable<RecordingDeviation> Deviations => [_positions.Deviation, _velocities.Deviation, _rewards.Deviation, _observations.Deviation];

    /// <summary>The first value past its tolerance, or null.</summary>
    internal RecordingDifference? CompareStart(TagRecordedEpisode episode, TagReplay replay) =>
        CompareObservations(episode.Place, "obs0", episode.StartObservations, replay);

    /// <summary>The first value past its tolerance, or null.</summary>
    internal RecordingDifference? Compare(RecordingPlace place, TagRecordedStep step, TagReplay replay)
    {
        RecordingDifference? first = null;
        for (var agent = 0; agent < replay.World.Agents; agent++)
        {
            var (x, y) = replay.State.PositionOf(0, agent);
            var found = _positions.Add(place, "pos", agent, 0, step.Positions[agent][0], x);
            first ??= found;
            found = _positions.Add(place, "pos", agent, 1, step.Positions[agent][1], y);
            first ??= found;
        }

        for (var agent = 0; agent < replay.World.Agents; agent++)
        {
            var (x, y) = replay.State.VelocityOf(0, agent);
            var found = _velocities.Add(place, "vel", agent, 0, step.Velocities[agent][0], x);
            first ??= found;
            found = _velocities.Add(place, "vel", agent, 1, step.Velocities[agent][1], y);
            first ??= found;
        }

        for (var agent = 0; agent < replay.World.Agents; agent++)
        {
            var found = _rewards.Add(place, "rew", agent, null, step.Rewards[agent], replay.RewardOf(agent));
            first ??= found;
        }

        var observed = CompareObservations(place, "obs", step.Observations, replay);
        return first ?? observed;
    }

    private RecordingDifference? CompareObservations(RecordingPlace place, string field, IReadOnlyList<IReadOnlyList<double>> recorded, TagReplay replay)
    {
        RecordingDifference? first = null;
        for (var agent = 0; agent < recorded.Count; agent++)
        {
            for (var slot = 0; slot < recorded[agent].Count; slot++)
            {
                var found = _observations.Add(place, field, agent, slot, recorded[agent][slot], replay.Observation(agent, slot));
                first ??= found;
            }
        }

        return first;
    }

    private sealed class Largest(string check, string quantity, double tolerance)
    {
        private double _largest;
        private RecordingPlace? _place;

        internal RecordingDeviation Deviation => new(check, quantity, _largest, tolerance, _place);

        /// <summary>Takes a value; the difference if it is past the tolerance, else null.</summary>
        internal RecordingDifference? Add(RecordingPlace place, string field, int index, int? inner, double expected, double got)
        {
            var deviation = Math.Abs(expected - got);
            if (!double.IsFinite(deviation)) deviation = double.MaxValue;
            if (deviation <= _largest && deviation <= tolerance) return null;
            place = place with { Field = inner is null ? $"{field}[{index}]" : $"{field}[{index}][{inner}]" };
            if (deviation > _largest) (_largest, _place) = (deviation, place);
            if (deviation <= tolerance) return null;
            return new RecordingDifference(place, Text(expected), Text(got))
            {
                Note = string.Create(CultureInfo.InvariantCulture, $"{check}, off by {deviation:0.0e+0}, tolerance {tolerance:0e+0}"),
            };
        }

        private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
    }
}
