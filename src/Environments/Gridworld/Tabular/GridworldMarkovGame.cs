using System.Globalization;
using Srpo.Games.Markov;

namespace Srpo.Environments.Gridworld;

/// <summary>
/// A gridworld layout as a tabular Markov game with the same rules, for exact values and equilibria on it. States are those that
/// <see cref="GridworldRules"/> can reach from either start. Rewards and private costs are means over the order of moves. Time is not part of
/// a state: values are of endless play with a discount, or by <see cref="RiskAdjustedValue.OverSteps"/> of episodes with their real end.
/// </summary>
public sealed class GridworldMarkovGame
{
    /// <summary>Most states that are enumerated unless the caller asks for more. All built-in layouts have fewer.</summary>
    public const int DefaultMaxStates = 100_000;

    private readonly GridworldEncoder _encoder;
    private readonly GridworldState[] _states;
    private readonly Dictionary<GridworldState, int> _index;

    private GridworldMarkovGame(GridworldLayout layout, MarkovGame game, GridworldState[] states, Dictionary<GridworldState, int> index) =>
        (Layout, Game, _states, _index, _encoder) = (layout, game, states, index, new GridworldEncoder(layout));

    /// <summary>Map and constants.</summary>
    public GridworldLayout Layout { get; }

    /// <summary>The game: player i is seat i, actions are those of <see cref="GridworldAction"/>, private costs are told apart.</summary>
    public MarkovGame Game { get; }

    /// <summary>[states] the gridworld state of every state of the game. The first two are the starts, each with probability 1/2.</summary>
    public IReadOnlyList<GridworldState> States => _states;

    /// <summary>The game's state of a gridworld state, or -1 if it cannot be reached.</summary>
    /// <param name="state">The gridworld state.</param>
    public int IndexOf(in GridworldState state) => _index.GetValueOrDefault(state, -1);

    /// <summary>The number that <see cref="IVectorEnvironment.ObserveStates"/> gives to what a seat observes in a state.</summary>
    /// <param name="state">State of the game, from 0.</param>
    /// <param name="seat">0 or 1.</param>
    /// <param name="encoding">How the observation would be written.</param>
    /// <exception cref="NotSupportedException">The layout has more observations than are numbered.</exception>
    public int ObservationNumber(int state, int seat, ObservationEncoding encoding)
    {
        CheckSeat(seat);
        if (_encoder.States == 0)
            throw new NotSupportedException($"layout '{Layout.Name}' has more than {GridworldEncoder.MaxStates} observations; they are not numbered");
        return _encoder.Number(_states[state], GridworldEncoder.IsOwnFirst(encoding) ? seat : 0);
    }

    /// <summary>Writes what a seat observes in a state.</summary>
    /// <param name="state">State of the game, from 0.</param>
    /// <param name="seat">0 or 1.</param>
    /// <param name="encoding">How the observation is written.</param>
    /// <param name="observation">[length of the encoding].</param>
    public void WriteObservation(int state, int seat, ObservationEncoding encoding, Span<float> observation)
    {
        CheckSeat(seat);
        LaneSet.RequireLength(observation.Length, _encoder.Lengths[(int)encoding], nameof(observation));
        _encoder.Write(_states[state], seat, encoding, observation);
    }

    /// <summary>What a policy plays on an observation.</summary>
    /// <param name="observation">[length of the encoding] the observation.</param>
    /// <param name="probabilities">[actions] receives the probabilities; they sum to 1 within 1e-6.</param>
    public delegate void ObservationPolicy(ReadOnlySpan<float> observation, Span<double> probabilities);

    /// <summary>Tabulates a policy over observations, a network for example, as a policy of the game.</summary>
    /// <param name="seat">The seat that it plays, 0 or 1.</param>
    /// <param name="encoding">How it wants its observations.</param>
    /// <param name="policy">The policy; called once a state.</param>
    /// <exception cref="ArgumentException">It answers with something that is no distribution; the message names the state.</exception>
    public MarkovPolicy Tabulate(int seat, ObservationEncoding encoding, ObservationPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var observation = new float[_encoder.Lengths[(int)encoding]];
        var probabilities = new double[_states.Length * GridworldActions.Count];
        for (var state = 0; state < _states.Length; state++)
        {
            WriteObservation(state, seat, encoding, observation);
            policy(observation, probabilities.AsSpan(state * GridworldActions.Count, GridworldActions.Count));
        }

        return new MarkovPolicy(_states.Length, GridworldActions.Count, probabilities);
    }

    /// <summary>The game with names of actions and drawings of states, which are named by their numbers.</summary>
    public TabularGame Table() => new(Game, [GridworldActions.Names, GridworldActions.Names], state => state.ToString(CultureInfo.InvariantCulture))
    {
        Draw = state => GridworldRenderer.Draw(Layout, _states[state]),
    };

    /// <summary>Enumerates a layout.</summary>
    /// <param name="layout">Map and constants.</param>
    /// <param name="discount">gamma, at least 0 and below 1.</param>
    /// <param name="maxStates">Most states, at least 2. The game takes about 2 KB a state with up to three sources.</param>
    /// <exception cref="ArgumentException">The layout has more states, or the discount is out of range; the message says so.</exception>
    public static GridworldMarkovGame Build(GridworldLayout layout, double discount, int maxStates = DefaultMaxStates)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxStates, 2);

        // With most chances of return, every set of missing onions is a successor of its own: refuse before the first long row.
        if (1L << layout.Sources.Count > maxStates) throw TooMany(layout, maxStates);
        return new GridworldEnumeration(layout, maxStates).Run(discount);
    }

    internal static GridworldMarkovGame Create(
        GridworldLayout layout, MarkovGame game, GridworldState[] states, Dictionary<GridworldState, int> index) => new(layout, game, states, index);

    internal static ArgumentException TooMany(GridworldLayout layout, int maxStates) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"layout '{layout.Name}' has more than {maxStates} reachable states; tabulate a smaller one, with fewer sources or cells, or allow more (--max-states)"),
        nameof(layout));

    private static void CheckSeat(int seat)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seat);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seat, 1);
    }
}
