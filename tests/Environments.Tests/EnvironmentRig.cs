using Srpo.Core.Random;
using Srpo.Core.Settings;

namespace Srpo.Environments.Tests;

/// <summary>An environment with buffers and random actions, for tests that hold for every environment.</summary>
internal sealed class EnvironmentRig
{
    internal EnvironmentRig(string name, string variant, int lanes)
    {
        Environment = EnvironmentFactory.Create(new EnvironmentSettings(name, variant), lanes);
        var all = Environment.Info.Seats * lanes;
        Actions = new byte[all];
        Movers = new byte[lanes];
        Legal = new byte[lanes * Environment.Info.Actions];
        Rewards = new float[all];
        Costs = new float[all];
        Terminated = new bool[lanes];
        Truncated = new bool[lanes];
    }

    internal IVectorEnvironment Environment { get; }

    internal EnvironmentInfo Info => Environment.Info;

    internal byte[] Actions { get; }

    internal float[] Rewards { get; }

    internal float[] Costs { get; }

    internal byte[] Movers { get; }

    internal byte[] Legal { get; }

    internal bool[] Terminated { get; }

    internal bool[] Truncated { get; }

    internal StepOutcome Outcome => new() { Rewards = Rewards, Costs = Costs, Terminated = Terminated, Truncated = Truncated };

    internal void Reset(ulong seed, int firstLane = 0, uint round = 0) => Environment.Reset(
        new StreamId(seed, 0, round, StreamPurpose.Reset), new StreamId(seed, 0, round, StreamPurpose.Dynamics), firstLane);

    /// <summary>Random legal actions that depend on lane number, step and what is legal alone. Allocates nothing.</summary>
    internal void ChooseActions(ulong seed, uint step, int firstLane = 0)
    {
        var stream = new StreamId(seed, 0, 0, StreamPurpose.Tooling);
        for (var seat = 0; seat < Info.Seats; seat++)
        {
            Environment.ReadLegalActions(seat, Legal);
            for (var lane = 0; lane < Environment.Lanes; lane++)
            {
                var block = stream.Block(firstLane + lane, step + ((uint)(seat / 4) << 24));
                Actions[(seat * Environment.Lanes) + lane] = Choose(lane, block[seat % 4]);
            }
        }

        if (!Info.TurnBased) return;

        // What seats do that are not to move must not matter.
        Environment.ReadMovers(Movers);
        for (var index = 0; index < Actions.Length; index++)
        {
            if (Movers[index % Environment.Lanes] != index / Environment.Lanes) Actions[index] = byte.MaxValue;
        }
    }

    private byte Choose(int lane, uint random)
    {
        var legal = Legal.AsSpan(lane * Info.Actions, Info.Actions);
        var left = (int)(random % (uint)legal.Count((byte)1));
        for (var action = 0; ; action++)
        {
            if (legal[action] == 1 && left-- == 0) return (byte)action;
        }
    }

    internal void Step() => Environment.Step(Actions, Outcome);

    internal float[] Observe(int seat, ObservationEncoding encoding)
    {
        var observations = new float[Environment.Lanes * Info.ObservationLength(encoding)];
        Environment.Observe(seat, encoding, observations);
        return observations;
    }

    /// <summary>Everything that can be seen of one lane after a step, as one text.</summary>
    internal string Trace(int lane)
    {
        var parts = new List<string> { Environment.Render(lane), $"{Terminated[lane]} {Truncated[lane]}" };
        for (var seat = 0; seat < Info.Seats; seat++)
        {
            var index = (seat * Environment.Lanes) + lane;
            parts.Add($"{Rewards[index]:R} {Costs[index]:R}");
            var length = Info.ObservationLength(ObservationEncoding.Absolute);
            parts.Add(string.Join(' ', Observe(seat, ObservationEncoding.Absolute)[(lane * length)..((lane + 1) * length)]));
        }

        return string.Join('|', parts);
    }

    /// <summary>Plays and returns the trace of every lane and step: [lane][step].</summary>
    internal List<string>[] Play(ulong seed, int steps, int firstLane = 0)
    {
        var traces = Enumerable.Range(0, Environment.Lanes).Select(_ => new List<string>()).ToArray();
        Reset(seed, firstLane);
        for (var step = 0u; step < steps; step++)
        {
            ChooseActions(seed, step, firstLane);
            Step();
            for (var lane = 0; lane < Environment.Lanes; lane++) traces[lane].Add(Trace(lane));
        }

        return traces;
    }
}
