using Srpo.Core.Settings;
using Srpo.Environments;
using static Srpo.Conformance.BrokenException;

namespace Srpo.Conformance.Players;

/// <summary>What scripted players are asked.</summary>
internal static class PlayerChecks
{
    private const int ManyLanes = 5;
    private const float Tolerance = 1e-4f;

    public static string? Description(PlayerSubject subject)
    {
        var player = subject.Player;
        Unless(PopulationSpec.IsValidName(player.Name), $"'{player.Name}' is no name; use 1 to 100 letters, digits, '-', '_' or '.'");
        Unless(player.Description is { Length: > 0 } text && !text.Any(char.IsControl) && text.EndsWith('.'), $"the description is no sentence: '{player.Description}'");
        Unless(player.Rules >= 1, $"the number of its rules is {player.Rules}; it is 1 or more");
        if (player.Environment is not null)
            Unless(EnvironmentFactory.Registrations.Any(known => known.Name == player.Environment && known.IsStepped), $"the environment '{player.Environment}' is not known, or is not played step by step");
        var misfit = player.Misfit(subject.Info);
        Unless(misfit is null, $"it refuses all variants of its environment: {misfit}");
        Unless(player.Notes(subject.Info) >= 0, $"it notes down {player.Notes(subject.Info)} numbers");
        return null;
    }

    public static string? Probabilities(PlayerSubject subject)
    {
        var probe = subject.Probe(ManyLanes);
        while (probe.Steps < subject.Steps)
        {
            probe.Decide();
            for (var at = 0; at < probe.Acts.Length; at++)
            {
                if (!probe.Acts[at]) continue;
                var sum = 0.0;
                foreach (var probability in Row(probe, at))
                {
                    Unless(probability >= 0 && float.IsFinite(probability), $"seat {at / ManyLanes}, lane {at % ManyLanes}: a probability is {probability}");
                    sum += probability;
                }

                Unless(Math.Abs(sum - 1) <= Tolerance, $"seat {at / ManyLanes}, lane {at % ManyLanes}: the probabilities add up to {sum}");
            }

            foreach (var note in probe.Notes) Unless(float.IsFinite(note), $"a number that it has noted down is {note}");
            probe.Step();
        }

        return null;
    }

    public static string? LegalActions(PlayerSubject subject)
    {
        if (!subject.Info.MasksActions) return "the environment masks no actions";
        var probe = subject.Probe(ManyLanes);
        while (probe.Steps < subject.Steps)
        {
            probe.Decide();
            for (var at = 0; at < probe.Acts.Length; at++)
            {
                if (!probe.Acts[at]) continue;
                var row = Row(probe, at);
                for (var action = 0; action < row.Length; action++)
                {
                    if (probe.Legal[(at * row.Length) + action] == 0)
                        Unless(row[action] == 0, $"seat {at / ManyLanes}, lane {at % ManyLanes}: the illegal action {action} ({probe.Info.ActionNames[action]}) has the probability {row[action]}");
                }
            }

            probe.Step();
        }

        return null;
    }

    public static string? EqualSeeds(PlayerSubject subject)
    {
        var expected = Play(subject, subject.Probe(ManyLanes));
        RequireEqual(expected, Play(subject, subject.Probe(ManyLanes)), 0, $"another play from the same seed");

        // Games go on at the same time, each with rules of its own.
        PlayerProbe[] probes = [.. Enumerable.Range(0, 3).Select(_ => subject.Probe(ManyLanes))];
        var courses = new Course[probes.Length];
        Parallel.For(0, probes.Length, i => courses[i] = Play(subject, probes[i]));
        foreach (var course in courses) RequireEqual(expected, course, 0, $"another play from the same seed beside others on other threads");
        return null;
    }

    public static string? Memory(PlayerSubject subject)
    {
        var rules = subject.Player.Create(subject.Game);
        var probe = subject.Probe(ManyLanes, rules);
        var expected = Play(subject, probe);
        probe.Begin();
        RequireEqual(expected, Play(subject, probe), 0, $"another play from the same seed by rules that have played before");
        return null;
    }

    public static string? Lanes(PlayerSubject subject)
    {
        var all = Play(subject, subject.Probe(ManyLanes));
        foreach (var lane in new[] { 0, ManyLanes - 1 })
            RequireEqual(all, Play(subject, subject.Probe(1, firstLane: lane)), lane, $"lane {lane} is played otherwise alone than where it is one of {ManyLanes} lanes");
        return null;
    }

    public static string? Allocation(PlayerSubject subject)
    {
        var probe = subject.Probe(ManyLanes);

        // Code that is not compiled for good yet allocates where it later does not, for longer where the machine is busy: the leanest of some rounds counts.
        var least = long.MaxValue;
        var steps = Math.Min(subject.Steps, 200);
        for (var round = 0; round < 20 && least > 0; round++)
        {
            probe.Begin();
            var allocated = 0L;
            while (probe.Steps < steps)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                probe.Decide();
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
                probe.Step();
            }

            least = Math.Min(least, allocated);
        }

        Unless(least == 0, $"the turns of {steps} steps allocate {least} bytes; they may not allocate any");
        return null;
    }

    private static Course Play(PlayerSubject subject, PlayerProbe probe)
    {
        var steps = new float[subject.Steps][];
        while (probe.Steps < steps.Length)
        {
            probe.Decide();
            steps[probe.Steps] = [.. probe.Probabilities];
            probe.Step();
        }

        return new Course(steps, probe.Lanes, probe.Info.Actions);
    }

    /// <summary>Ends the check where two courses differ, with the first step in which they do.</summary>
    /// <param name="expected">A course.</param>
    /// <param name="actual">Another, of as many lanes or fewer.</param>
    /// <param name="firstLane">The lane of the one that is lane 0 of the other.</param>
    /// <param name="what">What is wrong if they differ.</param>
    private static void RequireEqual(Course expected, Course actual, int firstLane, FormattableString what)
    {
        for (var step = 0; step < actual.Steps.Length; step++)
        {
            var seats = actual.Steps[step].Length / actual.Actions / actual.Lanes;
            for (var seat = 0; seat < seats; seat++)
            {
                for (var lane = 0; lane < actual.Lanes; lane++)
                    Unless(expected.Of(step, seat, firstLane + lane).SequenceEqual(actual.Of(step, seat, lane)), $"{FormattableString.Invariant(what)}: seat {seat}, lane {firstLane + lane} does something else at step {step + 1}");
            }
        }
    }

    private static ReadOnlySpan<float> Row(PlayerProbe probe, int at) => probe.Probabilities.AsSpan(at * probe.Info.Actions, probe.Info.Actions);

    /// <summary>What was done.</summary>
    /// <param name="Steps">[steps][seats x lanes x actions] probabilities.</param>
    /// <param name="Lanes">Lanes.</param>
    /// <param name="Actions">Actions.</param>
    private sealed record Course(float[][] Steps, int Lanes, int Actions)
    {
        public ReadOnlySpan<float> Of(int step, int seat, int lane) => Steps[step].AsSpan(((seat * Lanes) + lane) * Actions, Actions);
    }
}
