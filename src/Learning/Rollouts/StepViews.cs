using Srpo.Core.Random;
using Srpo.Environments;

namespace Srpo.Learning;

/// <summary>
/// What there is to see in an environment at a step, asked for once and used by all players. A view is a seat, or in
/// turn-based environments the one view of whoever is to move. Not thread-safe.
/// </summary>
internal sealed class StepViews
{
    private const int Encodings = 4;

    private readonly float[][] _observations;
    private readonly int[][] _states;
    private readonly byte[][] _legal;
    private readonly byte[] _movers;
    private readonly float[][] _seatObservations;
    private readonly bool[] _freshSeats;
    private readonly bool[] _fresh;
    private readonly bool[] _freshStates;
    private readonly bool[] _freshLegal;
    private StreamId _draws;
    private int _firstLane;
    private uint _looks;

    public StepViews(IVectorEnvironment environment)
    {
        Environment = environment;
        Count = environment.Info.TurnBased ? 1 : environment.Info.Seats;
        _observations = new float[Count * Encodings][];
        _states = new int[Count * Encodings][];
        _legal = new byte[Count][];
        _fresh = new bool[Count * Encodings];
        _freshStates = new bool[Count * Encodings];
        _freshLegal = new bool[Count];
        _seatObservations = new float[environment.Info.TurnBased ? environment.Info.Seats * Encodings : 0][];
        _freshSeats = new bool[_seatObservations.Length];
        _movers = new byte[environment.Info.TurnBased ? environment.Lanes : 0];
    }

    public IVectorEnvironment Environment { get; }

    /// <summary>Number of views.</summary>
    public int Count { get; }

    /// <summary>[Lanes] who is to move; empty where all seats act.</summary>
    public ReadOnlySpan<byte> Movers => _movers;

    /// <summary>Episodes begin, or go on in other streams.</summary>
    /// <param name="action">Stream of actions.</param>
    /// <param name="firstLane">Number of lane 0 in the stream.</param>
    public void Begin(in StreamId action, int firstLane) => (_draws, _firstLane, _looks) = (action, firstLane, 0);

    /// <summary>Looks anew: call it after every reset and step.</summary>
    public void Refresh()
    {
        _looks++;
        _fresh.AsSpan().Clear();
        _freshStates.AsSpan().Clear();
        _freshLegal.AsSpan().Clear();
        _freshSeats.AsSpan().Clear();
        if (_movers.Length > 0) Environment.ReadMovers(_movers);
    }

    /// <summary>[Lanes x observation length].</summary>
    public float[] Observations(int view, ObservationEncoding encoding)
    {
        var index = (view * Encodings) + (int)encoding;
        var buffer = _observations[index] ??= new float[Environment.Lanes * Environment.Info.ObservationLength(encoding)];
        if (_fresh[index]) return buffer;
        Environment.Observe(Seat(view), encoding, buffer);
        _fresh[index] = true;
        return buffer;
    }

    /// <summary>[Lanes x observation length] of a seat, whether it is to move or not.</summary>
    public float[] SeatObservations(int seat, ObservationEncoding encoding)
    {
        if (_movers.Length == 0) return Observations(seat, encoding);
        var index = (seat * Encodings) + (int)encoding;
        var buffer = _seatObservations[index] ??= new float[Environment.Lanes * Environment.Info.ObservationLength(encoding)];
        if (_freshSeats[index]) return buffer;
        Environment.Observe(seat, encoding, buffer);
        _freshSeats[index] = true;
        return buffer;
    }

    /// <summary>[Lanes] numbers of the observations, where <see cref="EnvironmentInfo.HasStates"/>.</summary>
    public int[] States(int view, ObservationEncoding encoding)
    {
        var index = (view * Encodings) + (int)encoding;
        var buffer = _states[index] ??= new int[Environment.Lanes];
        if (_freshStates[index]) return buffer;
        Environment.ObserveStates(Seat(view), encoding, buffer);
        _freshStates[index] = true;
        return buffer;
    }

    /// <summary>[Lanes x actions] 1 for legal actions; empty where the environment masks none.</summary>
    public ReadOnlySpan<byte> Legal(int view)
    {
        if (!Environment.Info.MasksActions) return default;
        var buffer = _legal[view] ??= new byte[Environment.Lanes * Environment.Info.Actions];
        if (_freshLegal[view]) return buffer;
        Environment.ReadLegalActions(Seat(view), buffer);
        _freshLegal[view] = true;
        return buffer;
    }

    /// <summary>Random numbers of a seat in a lane that belong to what is seen now: see <see cref="ActionDraws"/>, of whose stream they use the other half.</summary>
    public RandomStream Draws(int seat, int lane) => new(_draws, _firstLane + lane, ActionDraws.OtherHalf | (((_looks * (uint)Environment.Info.Seats) + (uint)seat) << 3));

    private int Seat(int view) => _movers.Length > 0 ? IVectorEnvironment.ToMove : view;
}
