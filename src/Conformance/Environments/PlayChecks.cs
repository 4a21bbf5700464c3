using Srpo.Core.Random;
using Srpo.Environments;
using static Srpo.Conformance.BrokenException;

namespace Srpo.Conformance.Environments;

/// <summary>What a step and an observation give, and what they refuse.</summary>
internal static class PlayChecks
{
    private const int Lanes = 5;

    public static string? RandomPlay(EnvironmentSubject subject)
    {
        var probe = subject.Probe(Lanes);
        var info = probe.Info;
        probe.Reset(subject.Seed);
        var (lengths, ends) = (new int[Lanes], 0);
        for (var step = 0; step < subject.Steps; step++)
        {
            probe.PlayStep();
            for (var index = 0; index < probe.Rewards.Length; index++)
            {
                var (lane, seat) = (index % Lanes, index / Lanes);
                Unless(float.IsFinite(probe.Rewards[index]), $"lane {lane}, seat {seat}: the reward is {probe.Rewards[index]}, or was not written");
                Unless(float.IsFinite(probe.Costs[index]) && probe.Costs[index] >= 0, $"lane {lane}, seat {seat}: the cost is {probe.Costs[index]}, or was not written");
            }

            for (var lane = 0; lane < Lanes; lane++)
            {
                Unless(!probe.Terminated[lane] || !probe.Truncated[lane], $"lane {lane}: the episode is both terminated and truncated, or neither was written");
                var atLength = ++lengths[lane] == info.EpisodeLength;
                if (atLength) Unless(probe.Ended(lane), $"lane {lane}: the episode goes on beyond its {info.EpisodeLength} steps, or its end was not written");
                else Unless(info.EndsEarly || !probe.Ended(lane), $"lane {lane}: the episode ends after {lengths[lane]} of {info.EpisodeLength} steps; Info.EndsEarly is false");
                for (var seat = 1; info.SharedReward && seat < info.TeamSeats; seat++)
                    Unless(probe.Rewards[lane] == probe.Rewards[(seat * Lanes) + lane], $"lane {lane}: seats 0 and {seat} have other rewards; Info.SharedReward is true");
                if (!probe.Ended(lane)) continue;
                lengths[lane] = 0;
                ends++;
            }
        }

        Unless(ends > 0 || !subject.SeesEnds, $"no episode ends");
        return null;
    }

    public static string? Observations(EnvironmentSubject subject)
    {
        var probe = subject.Probe(3);
        probe.Reset(subject.Seed);
        for (var step = 0; step < subject.Steps; step++)
        {
            foreach (var encoding in probe.Encodings)
            {
                for (var seat = 0; seat < probe.Info.Seats; seat++)
                {
                    var bad = Array.FindIndex(probe.Observe(seat, encoding), value => !float.IsFinite(value));
                    Unless(bad < 0, $"seat {seat}, {encoding}: number {bad % probe.Info.ObservationLength(encoding)} of lane {bad / probe.Info.ObservationLength(encoding)} is not finite, or was not written");
                }
            }

            probe.PlayStep();
        }

        return null;
    }

    public static string? Ranges(EnvironmentSubject subject)
    {
        var probe = subject.Probe(3);
        probe.Reset(subject.Seed);
        IReadOnlyList<ObservationSlot>[,] slots;
        try
        {
            slots = Slots(probe);
        }
        catch (NotSupportedException)
        {
            return "it does not say what its observations mean (Slots)";
        }

        for (var step = 0; step < subject.Steps; step++)
        {
            for (var encoding = 0; encoding < probe.Encodings.Count; encoding++)
            {
                for (var seat = 0; seat < probe.Info.Seats; seat++)
                {
                    var (observations, known) = (probe.Observe(seat, probe.Encodings[encoding]), slots[seat, encoding]);
                    for (var i = 0; i < observations.Length; i++)
                    {
                        var slot = known[i % known.Count];
                        Unless(
                            observations[i] >= slot.Minimum && observations[i] <= slot.Maximum,
                            $"seat {seat}, {probe.Encodings[encoding]}: '{slot.Meaning}' (number {slot.Index}) is {observations[i]}; it is said to be {slot.Minimum} to {slot.Maximum}");
                    }
                }
            }

            probe.PlayStep();
        }

        return null;
    }

    private static IReadOnlyList<ObservationSlot>[,] Slots(EnvironmentProbe probe)
    {
        var slots = new IReadOnlyList<ObservationSlot>[probe.Info.Seats, probe.Encodings.Count];
        for (var encoding = 0; encoding < probe.Encodings.Count; encoding++)
        {
            var length = probe.Info.ObservationLength(probe.Encodings[encoding]);
            for (var seat = 0; seat < probe.Info.Seats; seat++)
            {
                var said = slots[seat, encoding] = probe.Environment.Slots(seat, probe.Encodings[encoding]);
                Unless(said.Select(slot => slot.Index).SequenceEqual(Enumerable.Range(0, length)), $"seat {seat}, {probe.Encodings[encoding]}: Slots names {said.Count} numbers, not 0 to {length - 1} in order");
                Unless(said.All(slot => !string.IsNullOrWhiteSpace(slot.Meaning)), $"seat {seat}, {probe.Encodings[encoding]}: a number has no meaning");
            }
        }

        return slots;
    }

    /// <summary>At many points of an episode, by playing up to each again: an action that is refused may leave anything behind.</summary>
    public static string? LegalActions(EnvironmentSubject subject)
    {
        var probe = subject.Probe(1);
        var (info, points) = (probe.Info, subject.Info.MasksActions ? 40 : 3);
        for (var steps = 0; steps < Math.Min(points, subject.Steps); steps++)
        {
            for (var seat = 0; seat < info.Seats; seat++)
            {
                Replay(steps);
                if (info.TurnBased && probe.Movers[0] != seat) continue;
                Array.Fill(probe.Legal, byte.MaxValue);
                probe.Environment.ReadLegalActions(seat, probe.Legal);
                var legal = probe.Legal.ToArray();
                for (var action = 0; action < info.Actions; action++)
                {
                    Unless(legal[action] <= 1, $"lane 0, seat {seat}: ReadLegalActions gives {legal[action]} for action {action} ({info.ActionNames[action]}), or nothing");
                    Unless(info.MasksActions || legal[action] == 1, $"lane 0, seat {seat}: action {action} ({info.ActionNames[action]}) is not legal; Info.MasksActions is false");
                    Replay(steps);
                    probe.Actions[seat] = (byte)action;
                    if (legal[action] == 1) probe.Step();
                    else UnlessRefused<ArgumentOutOfRangeException>(probe.Step, $"the illegal action {action} ({info.ActionNames[action]}) of seat {seat}");
                }
            }
        }

        return null;

        void Replay(int steps)
        {
            probe.Reset(subject.Seed);
            for (var step = 0; step < steps; step++) probe.PlayStep();
            probe.ChooseActions(subject.Seed, (uint)steps);
        }
    }

    public static string? Turns(EnvironmentSubject subject)
    {
        var probe = subject.Probe(6);
        var info = probe.Info;
        if (!info.TurnBased)
        {
            probe.Reset(subject.Seed);
            UnlessRefused<NotSupportedException>(() => probe.Environment.ReadMovers(probe.Movers), $"asking who is to move, where all seats act at every step,");
            return "all seats act at every step";
        }

        probe.Reset(subject.Seed);
        for (var step = 0; step < Math.Min(subject.Steps, 100); step++)
        {
            Array.Fill(probe.Movers, byte.MaxValue);
            probe.Environment.ReadMovers(probe.Movers);
            var movers = probe.Movers.ToArray();
            for (var lane = 0; lane < probe.Lanes; lane++) Unless(movers[lane] < info.Seats, $"lane {lane}: seat {movers[lane]} is to move; there are {info.Seats}");
            foreach (var encoding in probe.Encodings)
                RequireMovers(seat => probe.Observe(seat, encoding), movers, $"observation ({encoding})");
            RequireMovers(ReadLegal, movers, "legal actions");
            probe.PlayStep();
        }

        return null;

        byte[] ReadLegal(int seat)
        {
            Array.Fill(probe.Legal, byte.MaxValue);
            probe.Environment.ReadLegalActions(seat, probe.Legal);
            return [.. probe.Legal];
        }
    }

    private static void RequireMovers<T>(Func<int, T[]> read, byte[] movers, string what)
    {
        var toMove = read(IVectorEnvironment.ToMove);
        var length = toMove.Length / movers.Length;
        for (var lane = 0; lane < movers.Length; lane++)
        {
            var slice = (lane * length)..((lane + 1) * length);
            Unless(toMove[slice].SequenceEqual(read(movers[lane])[slice]), $"lane {lane}: the {what} in ToMove's place is not that of seat {movers[lane]}, who is to move");
        }
    }

    public static string? Misuse(EnvironmentSubject subject)
    {
        var probe = subject.Probe(2);
        var (environment, info, encoding) = (probe.Environment, probe.Info, probe.Encodings[0]);
        var length = info.ObservationLength(encoding);
        UnlessRefused<InvalidOperationException>(() => environment.Step(probe.Actions, probe.Outcome), $"a step before the first reset");
        UnlessRefused<InvalidOperationException>(() => environment.Observe(0, encoding, new float[2 * length]), $"observing before the first reset");
        UnlessRefused<InvalidOperationException>(() => environment.Render(0), $"drawing before the first reset");
        if (info.SavesLanes) UnlessRefused<InvalidOperationException>(() => environment.SaveLanes(), $"saving before the first reset");

        probe.Reset(subject.Seed);
        foreach (var seat in new[] { info.TurnBased ? -2 : -1, info.Seats })
        {
            UnlessRefused<ArgumentException>(() => environment.Observe(seat, encoding, new float[2 * length]), $"observing as seat {seat}");
            if (info.MasksActions) UnlessRefused<ArgumentException>(() => environment.ReadLegalActions(seat, probe.Legal), $"asking for legal actions of seat {seat}");
        }

        UnlessRefused<ArgumentException>(() => environment.Observe(0, encoding, new float[(2 * length) + 1]), $"a buffer of observations that is too long");
        foreach (var absent in Enum.GetValues<ObservationEncoding>().Except(probe.Encodings))
            UnlessRefused<ArgumentException>(() => environment.Observe(0, absent, new float[2 * length]), $"the encoding {absent}, which is not offered,");
        if (info.MasksActions) UnlessRefused<ArgumentException>(() => environment.ReadLegalActions(0, new byte[probe.Legal.Length + 1]), $"a buffer of legal actions that is too long");
        if (info.TurnBased) UnlessRefused<ArgumentException>(() => environment.ReadMovers(new byte[3]), $"a buffer of movers that is too long");
        foreach (var lane in new[] { -1, 2 }) UnlessRefused<ArgumentException>(() => environment.Render(lane), $"drawing lane {lane} of 2");

        UnlessRefused<ArgumentException>(() => environment.Step(new byte[probe.Actions.Length + 1], probe.Outcome), $"a step with too many actions");
        UnlessRefused<ArgumentException>(() => environment.Step(probe.Actions, new StepOutcome { Rewards = new float[probe.Rewards.Length + 1], Costs = probe.Costs, Terminated = probe.Terminated, Truncated = probe.Truncated }), $"a step with a buffer of rewards that is too long");
        UnlessRefused<ArgumentException>(() => environment.Step(probe.Actions, new StepOutcome { Rewards = probe.Rewards, Costs = [], Terminated = probe.Terminated, Truncated = probe.Truncated }), $"a step with a buffer of costs that is too short");
        UnlessRefused<ArgumentException>(() => environment.Step(probe.Actions, new StepOutcome { Rewards = probe.Rewards, Costs = probe.Costs, Terminated = new bool[3], Truncated = probe.Truncated }), $"a step with a buffer of ends that is too long");

        UnlessRefused<ArgumentOutOfRangeException>(() => probe.Reset(subject.Seed, firstLane: -1), $"a reset with lane -1");
        UnlessRefused<ArgumentOutOfRangeException>(() => probe.Reset(subject.Seed, firstLane: StreamId.MaxLanes - 1), $"a reset with lanes beyond 2^24");
        probe.Reset(subject.Seed, firstLane: StreamId.MaxLanes - 2);
        var same = EnvironmentProbe.Stream(subject.Seed, StreamPurpose.Reset);
        UnlessRefused<ArgumentException>(() => environment.Reset(same, same), $"a reset with one stream for starts and dynamics");

        for (var index = 0; index < probe.Actions.Length; index++)
        {
            probe.Reset(subject.Seed);
            probe.ChooseActions(subject.Seed, 0);
            if (info.TurnBased && probe.Movers[index % 2] != index / 2) continue;
            probe.Actions[index] = (byte)info.Actions;
            UnlessRefused<ArgumentOutOfRangeException>(probe.Step, $"action {info.Actions} of seat {index / 2} in lane {index % 2}");
        }

        return null;
    }
}
