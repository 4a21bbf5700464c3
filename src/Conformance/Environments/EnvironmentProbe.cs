using System.Runtime.InteropServices;
using Srpo.Core.Random;
using Srpo.Environments;

namespace Srpo.Conformance.Environments;

/// <summary>An environment with its buffers, played with random legal actions that depend on nothing but seed, step, lane and what is legal.</summary>
public sealed class EnvironmentProbe
{
    private readonly float[][] _observations;

    /// <summary>A probe of an environment.</summary>
    /// <param name="environment">The environment; nobody else steps it.</param>
    public EnvironmentProbe(IVectorEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        Environment = environment;
        var all = Info.Seats * Lanes;
        Actions = new byte[all];
        Movers = new byte[Lanes];
        Legal = new byte[Lanes * Info.Actions];
        Rewards = new float[all];
        Costs = new float[all];
        Terminated = new bool[Lanes];
        Truncated = new bool[Lanes];
        Encodings = [.. Enum.GetValues<ObservationEncoding>().Where(encoding => Info.ObservationLengths[(int)encoding] > 0)];
        _observations = [.. Encodings.Select(encoding => new float[Lanes * Info.ObservationLength(encoding)])];
    }

    /// <summary>The environment.</summary>
    public IVectorEnvironment Environment { get; }

    /// <summary>Its sizes and names.</summary>
    public EnvironmentInfo Info => Environment.Info;

    /// <summary>Number of its lanes.</summary>
    public int Lanes => Environment.Lanes;

    /// <summary>The encodings that it offers.</summary>
    public IReadOnlyList<ObservationEncoding> Encodings { get; }

    /// <summary>[Seats x Lanes] what is done in the next step.</summary>
    public byte[] Actions { get; }

    /// <summary>[Lanes] the seats that were to move when actions were chosen last; of environments that take turns.</summary>
    public byte[] Movers { get; }

    /// <summary>[Lanes x Actions] a buffer for legal actions.</summary>
    public byte[] Legal { get; }

    /// <summary>[Seats x Lanes] rewards of the last step.</summary>
    public float[] Rewards { get; }

    /// <summary>[Seats x Lanes] private costs of the last step.</summary>
    public float[] Costs { get; }

    /// <summary>[Lanes] which episodes the last step ended.</summary>
    public bool[] Terminated { get; }

    /// <summary>[Lanes] for which episodes time ran out in the last step.</summary>
    public bool[] Truncated { get; }

    /// <summary>Seed of the last reset.</summary>
    public ulong Seed { get; private set; }

    /// <summary>Steps since then.</summary>
    public int Steps { get; private set; }

    /// <summary>The buffers that a step writes.</summary>
    public StepOutcome Outcome => new() { Rewards = Rewards, Costs = Costs, Terminated = Terminated, Truncated = Truncated };

    /// <summary>The stream of a seed and a purpose.</summary>
    public static StreamId Stream(ulong seed, StreamPurpose purpose, uint round = 0) => new(seed, 0, round, purpose);

    /// <summary>Starts an episode in every lane.</summary>
    /// <param name="seed">Seed of starts and dynamics.</param>
    /// <param name="firstLane">Number of lane 0 within the streams.</param>
    /// <param name="round">Round of the streams.</param>
    public void Reset(ulong seed, int firstLane = 0, uint round = 0)
    {
        (Seed, Steps) = (seed, 0);
        Environment.Reset(Stream(seed, StreamPurpose.Reset, round), Stream(seed, StreamPurpose.Dynamics, round), firstLane);
    }

    /// <summary>Random legal actions for the step that follows. Allocates nothing.</summary>
    /// <param name="seed">Seed of the actions.</param>
    /// <param name="step">Number of the step, below 2^24.</param>
    /// <param name="firstLane">Number of lane 0.</param>
    public void ChooseActions(ulong seed, uint step, int firstLane = 0)
    {
        var stream = Stream(seed, StreamPurpose.Tooling);
        for (var seat = 0; seat < Info.Seats; seat++)
        {
            Environment.ReadLegalActions(seat, Legal);
            for (var lane = 0; lane < Lanes; lane++)
            {
                var block = stream.Block(firstLane + lane, step + ((uint)(seat / 4) << 24));
                Actions[(seat * Lanes) + lane] = Choose(lane, seat, block[seat % 4]);
            }
        }

        if (!Info.TurnBased) return;

        // What seats do that are not to move must not matter.
        Environment.ReadMovers(Movers);
        for (var index = 0; index < Actions.Length; index++)
        {
            if (Movers[index % Lanes] != index / Lanes) Actions[index] = byte.MaxValue;
        }
    }

    /// <summary>Takes the chosen actions. Whatever the environment does not write has values that no step may give.</summary>
    public void Step()
    {
        Array.Fill(Rewards, float.NaN);
        Array.Fill(Costs, float.NaN);
        Array.Fill(Terminated, true);
        Array.Fill(Truncated, true);
        Environment.Step(Actions, Outcome);
        Steps++;
    }

    /// <summary>Chooses actions by the seed of the reset, and takes them.</summary>
    /// <param name="firstLane">Number of lane 0.</param>
    public void PlayStep(int firstLane = 0)
    {
        ChooseActions(Seed, (uint)Steps, firstLane);
        Step();
    }

    /// <summary>Whether a lane's episode ended in the last step.</summary>
    public bool Ended(int lane) => Terminated[lane] || Truncated[lane];

    /// <summary>[Lanes x length] what a seat observes. The buffer is filled with what no observation is before.</summary>
    public float[] Observe(int seat, ObservationEncoding encoding)
    {
        var observations = new float[Lanes * Info.ObservationLength(encoding)];
        Array.Fill(observations, float.NaN);
        Environment.Observe(seat, encoding, observations);
        return observations;
    }

    /// <summary>What can be seen of a lane after a step: two of them are equal where all of that is, but for a chance of one in 2^32 each.</summary>
    public LaneGlimpse Glimpse(int lane)
    {
        var (rewards, observations) = (new HashCode(), new HashCode());
        for (var seat = 0; seat < Info.Seats; seat++)
        {
            rewards.Add(BitConverter.SingleToInt32Bits(Rewards[(seat * Lanes) + lane]));
            rewards.Add(BitConverter.SingleToInt32Bits(Costs[(seat * Lanes) + lane]));
            for (var i = 0; i < Encodings.Count; i++)
            {
                var length = Info.ObservationLength(Encodings[i]);
                Environment.Observe(seat, Encodings[i], _observations[i]);
                observations.AddBytes(MemoryMarshal.AsBytes(_observations[i].AsSpan(lane * length, length)));
            }

            Environment.ReadLegalActions(seat, Legal);
            observations.AddBytes(Legal.AsSpan(lane * Info.Actions, Info.Actions));
        }

        return new LaneGlimpse(rewards.ToHashCode(), Terminated[lane], Truncated[lane], observations.ToHashCode(), Environment.Render(lane).GetHashCode(StringComparison.Ordinal));
    }

    /// <summary>[lane] what can be seen of all lanes.</summary>
    public LaneGlimpse[] Glimpses() => [.. Enumerable.Range(0, Lanes).Select(Glimpse)];

    /// <summary>Plays from a reset: [step][lane] what is seen after each step.</summary>
    public LaneGlimpse[][] Play(ulong seed, int steps, int firstLane = 0)
    {
        Reset(seed, firstLane);
        var seen = new LaneGlimpse[steps][];
        for (var step = 0; step < steps; step++)
        {
            PlayStep(firstLane);
            seen[step] = Glimpses();
        }

        return seen;
    }

    private byte Choose(int lane, int seat, uint random)
    {
        var legal = Legal.AsSpan(lane * Info.Actions, Info.Actions);
        var count = legal.Count((byte)1);
        if (count == 0) throw new BrokenException(FormattableString.Invariant($"lane {lane}, seat {seat} has no legal action"));
        var left = (int)(random % (uint)count);
        for (var action = 0; ; action++)
        {
            if (legal[action] == 1 && left-- == 0) return (byte)action;
        }
    }
}

/// <summary>What can be seen of a lane after a step.</summary>
/// <param name="Rewards">Hash of all seats' rewards and costs.</param>
/// <param name="Terminated">Whether the episode ended.</param>
/// <param name="Truncated">Whether time ran out.</param>
/// <param name="Observations">Hash of all seats' observations in all encodings, and of their legal actions.</param>
/// <param name="Drawing">Hash of its drawing.</param>
public readonly record struct LaneGlimpse(int Rewards, bool Terminated, bool Truncated, int Observations, int Drawing)
{
    /// <summary>What differs from another glimpse, for people; empty where nothing does.</summary>
    public string Difference(LaneGlimpse other) => string.Join(", ", new[]
    {
        Rewards == other.Rewards ? "" : "rewards or costs",
        (Terminated, Truncated) == (other.Terminated, other.Truncated) ? "" : "the end of the episode",
        Observations == other.Observations ? "" : "observations or legal actions",
        Drawing == other.Drawing ? "" : "the drawing",
    }.Where(part => part.Length > 0));
}
