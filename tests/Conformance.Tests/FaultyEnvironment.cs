using Srpo.Core.Random;
using Srpo.Environments;

namespace Srpo.Conformance.Tests;

/// <summary>What may be wrong with an environment.</summary>
public enum Fault
{
    None,
    RewardIsNoNumber,
    RewardIsNotWritten,
    CostIsNegative,
    EndIsNotWritten,
    EpisodeGoesOn,
    EndsEarlyUnsaid,
    SharedRewardDiffers,
    ObservationIsNotWritten,
    ObservationLeavesItsRange,
    ObservationsOfOneBufferTooLong,
    DrawsFromTheClock,
    KnowsItsNeighbours,
    LooksChangeIt,
    SavingForgets,
    SavesWhatIsGone,
    TakesDamagedStates,
    KeepsItsStreams,
    Allocates,
    WrongNumbers,
    LegalIsRefused,
    IllegalIsTaken,
    WrongMover,
    TakesAnyAction,
    StepsBeforeReset,
    TwoKeysAlike,
    OtherName,
    EscapesInDrawing,
    DefinitionCrashes,
    Throws,
}

/// <summary>A good environment with one fault.</summary>
/// <param name="good">The good one.</param>
/// <param name="name">The name that it is registered by.</param>
/// <param name="fault">The fault.</param>
internal sealed class FaultyEnvironment(IVectorEnvironment good, string name, Fault fault) : IVectorEnvironment
{
    /// <summary>The step in which faults of single steps occur, from 1.</summary>
    internal const int BadStep = 17;

    private byte[]? _last;
    private int _steps;
    private int _looks;
    private int _life;
    private bool _started;

    public EnvironmentInfo Info { get; } = good.Info with { Name = fault == Fault.OtherName ? "another" : name };

    public int Lanes => good.Lanes;

    public void Reset(in StreamId reset, in StreamId dynamics, int firstLane = 0)
    {
        good.Reset(reset, dynamics, firstLane);
        (_steps, _started) = (0, true);
    }

    public void Observe(int seat, ObservationEncoding encoding, Span<float> observations)
    {
        if (fault == Fault.ObservationsOfOneBufferTooLong && observations.Length > Lanes * Info.ObservationLength(encoding)) observations = observations[..(Lanes * Info.ObservationLength(encoding))];
        var before = observations[^1];
        good.Observe(seat, encoding, observations);
        if (fault == Fault.ObservationIsNotWritten) observations[^1] = before;
        if (fault == Fault.ObservationLeavesItsRange && _steps == BadStep) observations[0] = 1000;
        if (fault == Fault.WrongMover && seat == IVectorEnvironment.ToMove) good.Observe(0, encoding, observations);
    }

    public void ReadMovers(Span<byte> seats) => good.ReadMovers(seats);

    public void ReadLegalActions(int seat, Span<byte> legal)
    {
        good.ReadLegalActions(seat, legal);
        if (fault == Fault.LegalIsRefused && legal.IndexOf((byte)0) is >= 0 and var at) legal[at] = 1;
        if (fault == Fault.IllegalIsTaken && _steps == 3) legal[legal.LastIndexOf((byte)1)] = 0;
    }

    public void Step(ReadOnlySpan<byte> actions, StepOutcome outcome)
    {
        if (fault == Fault.StepsBeforeReset && !_started) return;
        if (fault == Fault.TakesAnyAction) actions = actions.ToArray().Select(action => Math.Min(action, (byte)(Info.Actions - 1))).ToArray();
        if (fault == Fault.Throws && _steps == BadStep) throw new KeyNotFoundException("beyond the wall");
        var (reward, ended) = (outcome.Rewards.Length > 0 ? outcome.Rewards[^1] : 0, outcome.Terminated.Length > 0 && outcome.Terminated[0]);
        good.Step(actions, outcome);
        _steps++;
        _life++;
        var bad = _steps == BadStep;
        if (fault == Fault.RewardIsNoNumber && bad) outcome.Rewards[0] = float.PositiveInfinity;
        if (fault == Fault.RewardIsNotWritten) outcome.Rewards[^1] = reward;
        if (fault == Fault.CostIsNegative && bad) outcome.Costs[0] = -1;
        if (fault == Fault.EndIsNotWritten) outcome.Terminated[0] = ended;
        if (fault == Fault.EpisodeGoesOn) outcome.Terminated.Clear();
        if (fault == Fault.EndsEarlyUnsaid && bad) outcome.Terminated[^1] = true;
        if (fault == Fault.SharedRewardDiffers && bad) outcome.Rewards[0] += 1;
        if (fault == Fault.DrawsFromTheClock && bad) outcome.Rewards[0] += Environment.TickCount64 + Interlocked.Increment(ref _clock);
        if (fault == Fault.KnowsItsNeighbours) outcome.Rewards[0] += Lanes;
        if (fault == Fault.LooksChangeIt) outcome.Rewards[0] += _looks;
        if (fault == Fault.SavingForgets) outcome.Rewards[0] += _steps;
        if (fault == Fault.Allocates && bad) _last = new byte[64];
    }

    private static long _clock;

    public void ObserveStates(int seat, ObservationEncoding encoding, Span<int> states)
    {
        good.ObserveStates(seat, encoding, states);
        if (fault == Fault.WrongNumbers && _steps == BadStep) states[0] = (states[0] + 1) % Info.ObservationStates;
    }

    public void DecodeState(int state, ObservationEncoding encoding, Span<float> observation) => good.DecodeState(state, encoding, observation);

    public IReadOnlyList<ObservationSlot> Slots(int seat, ObservationEncoding encoding) => good.Slots(seat, encoding);

    public string Render(int lane)
    {
        _looks++;
        return fault == Fault.EscapesInDrawing ? "\u001b[31m" + good.Render(lane) : good.Render(lane);
    }

    public byte[] SaveLanes() => fault switch
    {
        Fault.SavesWhatIsGone => [.. good.SaveLanes(), (byte)_life],
        _ => good.SaveLanes(),
    };

    public void RestoreLanes(ReadOnlySpan<byte> state)
    {
        if (fault == Fault.SavesWhatIsGone)
        {
            _life = state[^1];
            state = state[..^1];
        }

        if (fault == Fault.TakesDamagedStates && _started)
        {
            try
            {
                good.RestoreLanes(state);
            }
            catch (FormatException)
            {
                return;
            }
        }

        good.RestoreLanes(state);
        _started = true;
    }

    public void Rebind(in StreamId reset, in StreamId dynamics, int firstLane = 0)
    {
        if (fault != Fault.KeepsItsStreams) good.Rebind(reset, dynamics, firstLane);
    }
}
