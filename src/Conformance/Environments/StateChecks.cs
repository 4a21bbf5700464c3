using Srpo.Games.Markov;
using static Srpo.Conformance.BrokenException;

namespace Srpo.Conformance.Environments;

/// <summary>Observations and states that are enumerated.</summary>
internal static class StateChecks
{
    public static string? Numbers(EnvironmentSubject subject)
    {
        const int lanes = 4;
        var probe = subject.Probe(lanes);
        probe.Reset(subject.Seed);
        var (info, states) = (probe.Info, new int[lanes]);
        if (info.ObservationStates == 0)
        {
            UnlessRefused<NotSupportedException>(() => probe.Environment.ObserveStates(0, probe.Encodings[0], states), $"asking for a number of an observation, where Info.ObservationStates is 0,");
            return "its observations are not enumerated (Info.ObservationStates)";
        }

        for (var step = 0; step < subject.Steps; step++)
        {
            foreach (var encoding in probe.Encodings)
            {
                var length = info.ObservationLength(encoding);
                for (var seat = 0; seat < info.Seats; seat++)
                {
                    var observations = probe.Observe(seat, encoding);
                    Array.Fill(states, -1);
                    probe.Environment.ObserveStates(seat, encoding, states);
                    for (var lane = 0; lane < lanes; lane++)
                    {
                        Unless((uint)states[lane] < (uint)info.ObservationStates, $"lane {lane}, seat {seat}: the observation's number is {states[lane]}; there are {info.ObservationStates}");
                        var decoded = new float[length];
                        Array.Fill(decoded, float.NaN);
                        probe.Environment.DecodeState(states[lane], encoding, decoded);
                        Unless(
                            decoded.AsSpan().SequenceEqual(observations.AsSpan(lane * length, length)),
                            $"lane {lane}, seat {seat}, {encoding}: the observation's number {states[lane]} decodes into another observation");
                    }
                }
            }

            probe.PlayStep();
        }

        RequireDistinct(probe);
        return null;
    }

    /// <summary>A sample spread over the range where it is large.</summary>
    private static void RequireDistinct(EnvironmentProbe probe)
    {
        var (encoding, states) = (probe.Encodings[0], probe.Info.ObservationStates);
        var (seen, decoded) = (new Dictionary<string, int>(StringComparer.Ordinal), new float[probe.Info.ObservationLength(encoding)]);
        var stride = Math.Max(1, states / 5000);
        for (var state = 0; state < states; state += stride)
        {
            probe.Environment.DecodeState(state, encoding, decoded);
            var text = string.Join(' ', decoded);
            Unless(seen.TryAdd(text, state), $"the numbers {seen.GetValueOrDefault(text)} and {state} stand for one observation");
        }

        foreach (var state in new[] { -1, states })
            UnlessRefused<ArgumentOutOfRangeException>(() => probe.Environment.DecodeState(state, encoding, decoded), $"the number {state} of {states} observations");
    }

    public static string? Table(EnvironmentSubject subject)
    {
        const int most = 20_000;
        if (subject.Registration.Tabulate is not { } tabulate) return "its states are not enumerated (Tabulate)";
        var environment = subject.Create(1);
        TabularGame table;
        try
        {
            table = tabulate(environment, 0.9, most);
        }
        catch (ArgumentException refusal)
        {
            return FormattableString.Invariant($"it has no table of at most {most} states: {refusal.Message}");
        }

        var (game, info) = (table.Game, subject.Info);
        Unless(game.States is > 0 and <= most, $"the table has {game.States} states; asked for were at most {most}");
        Unless(table.ActionNames.Count == info.Seats, $"the table has {table.ActionNames.Count} players, the environment {info.Seats} seats");
        for (var seat = 0; seat < info.Seats; seat++)
            Unless(table.ActionNames[seat].SequenceEqual(info.ActionNames), $"actions of seat {seat} are {string.Join('/', table.ActionNames[seat])} in the table and {string.Join('/', info.ActionNames)} in the environment");
        var names = Enumerable.Range(0, game.States).GroupBy(table.StateName, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        Unless(names is null, $"two states of the table have the name '{names?.Key}'");
        return null;
    }
}
