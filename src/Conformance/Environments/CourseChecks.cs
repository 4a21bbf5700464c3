using Srpo.Core.Random;
using Srpo.Environments;
using static Srpo.Conformance.BrokenException;

namespace Srpo.Conformance.Environments;

/// <summary>That a game's course depends on streams and actions, and on nothing else.</summary>
internal static class CourseChecks
{
    public static string? EqualSeeds(EnvironmentSubject subject)
    {
        var probe = subject.Probe(3);
        var first = probe.Play(subject.Seed, subject.Steps);
        RequireEqual(first, subject.Probe(3).Play(subject.Seed, subject.Steps), $"another instance plays another game from the same seed");
        RequireEqual(first, subject.Watch(probe).Play(subject.Seed, subject.Steps), $"the same instance plays another game from the same seed, when it has played before");
        return null;
    }

    /// <summary>A rollout may be split over instances.</summary>
    public static string? Lanes(EnvironmentSubject subject)
    {
        var whole = subject.Probe(11).Play(subject.Seed, subject.Steps);
        foreach (var (first, lanes) in new[] { (4, 5), (10, 1), (0, 1) })
        {
            var part = subject.Probe(lanes).Play(subject.Seed, subject.Steps, first);
            for (var step = 0; step < part.Length; step++)
            {
                for (var lane = 0; lane < lanes; lane++)
                {
                    var difference = whole[step][first + lane].Difference(part[step][lane]);
                    Unless(difference.Length == 0, $"lane {first + lane} takes another course where it is one of {lanes} lanes than where it is one of 11, from step {step + 1} on: {difference}");
                }
            }
        }

        return null;
    }

    public static string? Looking(EnvironmentSubject subject)
    {
        var (looked, blind) = (subject.Probe(3), new EnvironmentProbe(subject.Create(3)));
        looked.Reset(subject.Seed);
        blind.Reset(subject.Seed);
        var states = new int[3];
        for (var step = 0; step < subject.Steps; step++)
        {
            var before = looked.Info.TurnBased || step > 0 ? looked.Glimpses() : null;
            if (looked.Info.SavesLanes) looked.Environment.SaveLanes();
            looked.ChooseActions(subject.Seed, (uint)step);
            for (var lane = 0; lane < 3; lane++)
            {
                looked.Environment.Render(lane);
                if (looked.Environment is ISeatView view) view.RenderFor(lane, 0);
                if (looked.Environment is IOutcomeView outcome) outcome.RenderOutcome(lane, looked.Actions);
                if (looked.Environment is ISceneEnvironment scene) scene.Scene(lane);
            }

            if (looked.Info.HasStates) looked.Environment.ObserveStates(0, looked.Encodings[0], states);
            for (var lane = 0; before is not null && lane < 3; lane++)
            {
                var changed = looked.Glimpse(lane).Difference(before[lane]);
                Unless(changed.Length == 0, $"lane {lane}: looked at twice, it is not the same: {changed}");
            }

            looked.PlayStep();
            blind.PlayStep();
            for (var index = 0; index < looked.Rewards.Length; index++)
            {
                Unless(
                    BitConverter.SingleToInt32Bits(looked.Rewards[index]) == BitConverter.SingleToInt32Bits(blind.Rewards[index]) && looked.Ended(index % 3) == blind.Ended(index % 3),
                    $"lane {index % 3}: a game that is looked at (observed, drawn, saved) takes another course than one that is not");
            }
        }

        RequireEqual([looked.Glimpses()], [blind.Glimpses()], $"a game that is looked at (observed, drawn, saved) takes another course than one that is not");
        return null;
    }

    /// <summary>At the start, early, and right behind the first end of an episode.</summary>
    public static string? SaveAndRestore(EnvironmentSubject subject)
    {
        if (!subject.Info.SavesLanes)
        {
            var plain = subject.Probe(1);
            plain.Reset(subject.Seed);
            UnlessRefused<NotSupportedException>(() => plain.Environment.SaveLanes(), $"saving lanes, where Info.SavesLanes is false,");
            return "it does not save its lanes (Info.SavesLanes)";
        }

        const int lanes = 5, first = 3;
        var probe = subject.Probe(lanes);
        probe.Reset(subject.Seed, first);
        var (seen, saved, behindEnd) = (new List<LaneGlimpse[]>(), new SortedDictionary<int, byte[]> { [0] = probe.Environment.SaveLanes() }, false);
        for (var step = 1; step <= subject.Steps; step++)
        {
            probe.PlayStep(first);
            seen.Add(probe.Glimpses());
            var end = !behindEnd && Enumerable.Range(0, lanes).Any(probe.Ended);
            if (step is 1 or 37 || end) saved[step] = probe.Environment.SaveLanes();
            behindEnd |= end;
        }

        var last = probe.Environment.SaveLanes();
        foreach (var (at, state) in saved)
        {
            // One that has played other games before, and one that was never reset.
            var other = subject.Probe(lanes);
            if (at != 37) other.Play(subject.Seed + 1, 50);
            other.Environment.RestoreLanes(state);
            Unless(other.Environment.SaveLanes().AsSpan().SequenceEqual(state), $"what was restored from step {at} saves as other bytes");
            for (var step = at + 1; step <= subject.Steps; step++)
            {
                other.ChooseActions(subject.Seed, (uint)(step - 1), first);
                other.Step();
                RequireEqual([seen[step - 1]], [other.Glimpses()], $"restored from step {at}, the game takes another course in step {step}");
            }

            Unless(other.Environment.SaveLanes().AsSpan().SequenceEqual(last), $"restored from step {at} and played on to step {subject.Steps}, the game saves as other bytes");
        }

        RequireEqualBytes(subject);
        RequireRefusals(subject, probe, last);
        return null;
    }

    /// <summary>Equal states are equal bytes, or equal runs have other checkpoints.</summary>
    private static void RequireEqualBytes(EnvironmentSubject subject)
    {
        var (fresh, used) = (subject.Probe(3), new EnvironmentProbe(subject.Create(3)));
        used.Play(subject.Seed + 1, 150);
        foreach (var each in new[] { fresh, used })
        {
            each.Reset(subject.Seed);
            for (var step = 0; step < 20; step++) each.PlayStep();
        }

        Unless(
            fresh.Environment.SaveLanes().AsSpan().SequenceEqual(used.Environment.SaveLanes()),
            $"equal games save as other bytes where one was played in an instance that had played before: something that earlier games left is part of them");
    }

    private static void RequireRefusals(EnvironmentSubject subject, EnvironmentProbe probe, byte[] state)
    {
        for (var at = 0; at < state.Length; at += Math.Max(1, state.Length / 50))
        {
            var damaged = (byte[])state.Clone();
            damaged[at] ^= 16;
            UnlessRefused<FormatException>(() => probe.Environment.RestoreLanes(damaged), $"a state with a changed byte {at}");
        }

        UnlessRefused<FormatException>(() => probe.Environment.RestoreLanes(state.AsSpan(..^1)), $"a state without its last byte");
        UnlessRefused<FormatException>(() => probe.Environment.RestoreLanes([]), $"a state of no bytes");
        var fewer = new EnvironmentProbe(subject.Create(probe.Lanes - 1));
        fewer.Reset(subject.Seed);
        UnlessRefused<FormatException>(() => probe.Environment.RestoreLanes(fewer.Environment.SaveLanes()), $"a state of fewer lanes");
    }

    /// <summary>As if an episode of the new streams was in progress: the next one begins as their second.</summary>
    public static string? OtherStreams(EnvironmentSubject subject)
    {
        if (!subject.Info.SavesLanes) return "it does not save its lanes (Info.SavesLanes)";
        if (!subject.SeesEnds) return "its episodes are too long to be waited for";
        const int lanes = 3, first = 7;
        var (probe, whole) = (subject.Probe(lanes), new EnvironmentProbe(subject.Create(lanes)));
        probe.Reset(subject.Seed);
        for (var step = 0; step < Math.Min(subject.Info.EpisodeLength + 13, subject.Steps); step++) probe.PlayStep();
        var before = probe.Environment.Render(0);
        var (reset, dynamics) = (EnvironmentProbe.Stream(subject.Seed, StreamPurpose.Reset, 8), EnvironmentProbe.Stream(subject.Seed, StreamPurpose.Dynamics, 8));
        probe.Environment.Rebind(reset, dynamics, first);
        Unless(probe.Environment.Render(0) == before, $"binding other streams changes the game");
        whole.Environment.Reset(reset, dynamics, first);
        var (next, second) = (new int?[lanes], new int?[lanes]);
        for (var step = 0u; step < 2 * subject.Steps && (next.Contains(null) || second.Contains(null)); step++)
        {
            foreach (var (each, starts) in new[] { (probe, next), (whole, second) })
            {
                each.ChooseActions(subject.Seed, step);
                each.Step();
                for (var lane = 0; lane < lanes; lane++)
                {
                    if (each.Ended(lane)) starts[lane] ??= each.Glimpse(lane).Observations;
                }
            }
        }

        for (var lane = 0; lane < lanes; lane++)
            Unless(next[lane] == second[lane], $"lane {lane}: bound to other streams in the midst of an episode, the next one does not begin as their second");
        UnlessRefused<ArgumentException>(() => probe.Environment.Rebind(reset, reset), $"one stream for starts and dynamics");
        UnlessRefused<ArgumentOutOfRangeException>(() => probe.Environment.Rebind(reset, dynamics, -1), $"streams bound with lane -1");
        return null;
    }

    public static string? Allocation(EnvironmentSubject subject)
    {
        const int lanes = 9;
        var probe = subject.Probe(lanes);
        var observations = probe.Encodings.Select(encoding => new float[lanes * probe.Info.ObservationLength(encoding)]).ToArray();
        var states = new int[lanes];

        // Beyond the end of an episode, where one can be waited for: the next one begins within a step.
        var steps = subject.SeesEnds ? Math.Min(subject.Info.EpisodeLength + 20, subject.Steps) : 400;
        probe.Reset(subject.Seed);

        // Code that is not compiled for good yet allocates where it later does not, for longer where the machine is busy: the leanest of some rounds counts.
        var least = long.MaxValue;
        for (var round = 0; round < 20 && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var step = 0; step < steps; step++)
            {
                for (var seat = 0; seat < probe.Info.Seats; seat++)
                {
                    for (var i = 0; i < observations.Length; i++)
                    {
                        probe.Environment.Observe(seat, probe.Encodings[i], observations[i]);
                        if (probe.Info.ObservationStates > 0) probe.Environment.ObserveStates(seat, probe.Encodings[i], states);
                    }
                }

                probe.PlayStep();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            probe.Reset(subject.Seed, round: (uint)round + 1);
        }

        Unless(least == 0, $"{steps} steps, with what is observed in them, allocate {least} bytes; they may not allocate any");
        return null;
    }

    /// <summary>Ends the check where two courses differ, with the first step in which they do.</summary>
    public static void RequireEqual(LaneGlimpse[][] expected, LaneGlimpse[][] actual, FormattableString what)
    {
        for (var step = 0; step < expected.Length; step++)
        {
            for (var lane = 0; lane < expected[step].Length; lane++)
            {
                var difference = expected[step][lane].Difference(actual[step][lane]);
                Unless(difference.Length == 0, $"{FormattableString.Invariant(what)}{(expected.Length > 1 ? FormattableString.Invariant($", from step {step + 1} on") : "")}, lane {lane}: {difference}");
            }
        }
    }
}
