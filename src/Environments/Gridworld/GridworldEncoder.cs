using System.Globalization;

namespace Srpo.Environments.Gridworld;

/// <summary>
/// Writes what a seat observes. All encodings write the same quantities in the same order (<see cref="Slots"/> lists them):
/// row, column and carrying of one seat, the same of the other, then the availability of every onion. OwnFirst encodings
/// begin with the observing seat, the others with seat 0. One-hot encodings write every quantity as one slot per value.
/// </summary>
public sealed class GridworldEncoder
{
    /// <summary>Most states that are enumerated: 2^20.</summary>
    public const int MaxStates = 1 << 20;

    private readonly GridworldLayout _layout;
    private readonly float[] _rows;
    private readonly float[] _columns;
    private readonly int _agentLengthOneHot;

    /// <summary>Makes the encoder of a layout.</summary>
    public GridworldEncoder(GridworldLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        _layout = layout;
        _rows = new float[layout.Cells];
        _columns = new float[layout.Cells];
        for (var cell = 0; cell < layout.Cells; cell++) (_rows[cell], _columns[cell]) = (layout.Cell(cell).Row, layout.Cell(cell).Column);
        _agentLengthOneHot = layout.Rows + layout.Columns + 2;
        var plain = 6 + layout.Sources.Count;
        var oneHot = 2 * (_agentLengthOneHot + layout.Sources.Count);
        Lengths = [plain, plain, oneHot, oneHot];

        // Every agent has 2 x cells situations. Impossible pairs (an agent in a pot) keep their numbers: they are few,
        // and the number stays plain arithmetic.
        var count = Math.Pow(2.0 * layout.Cells, 2) * Math.Pow(2, layout.Sources.Count);
        States = count <= MaxStates ? (int)count : 0;
    }

    /// <summary>Length of an observation by encoding, index (int)<see cref="ObservationEncoding"/>.</summary>
    public IReadOnlyList<int> Lengths { get; }

    /// <summary>(2 x cells)^2 x 2^sources where that is at most <see cref="MaxStates"/>, else 0.</summary>
    public int States { get; }

    /// <summary>Whether an encoding begins with the observing seat.</summary>
    public static bool IsOwnFirst(ObservationEncoding encoding) =>
        encoding is ObservationEncoding.OwnFirst or ObservationEncoding.OneHotOwnFirst;

    /// <summary>What every number of an observation means.</summary>
    /// <param name="encoding">The encoding.</param>
    public IReadOnlyList<ObservationSlot> Slots(ObservationEncoding encoding)
    {
        var oneHot = IsOneHot(encoding);
        var slots = new List<ObservationSlot>();
        foreach (var agent in IsOwnFirst(encoding) ? new[] { "the observing seat", "the other seat" } : ["seat 0", "seat 1"])
        {
            Add($"row of {agent}", _layout.Rows);
            Add($"column of {agent}", _layout.Columns);
            Add($"carrying of {agent}", 2);
        }

        for (var source = 0; source < _layout.Sources.Count; source++)
            Add(string.Create(CultureInfo.InvariantCulture, $"onion {source} at {_layout.Sources[source]} available"), 2);
        return slots;

        void Add(string quantity, int values)
        {
            if (!oneHot)
            {
                slots.Add(new ObservationSlot(slots.Count, quantity, 0, values - 1));
                return;
            }

            for (var value = 0; value < values; value++)
                slots.Add(new ObservationSlot(slots.Count, string.Create(CultureInfo.InvariantCulture, $"{quantity} is {value}"), 0, 1));
        }
    }

    /// <summary>Writes what a seat observes in a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="seat">The observing seat, 0 or 1.</param>
    /// <param name="encoding">The encoding.</param>
    /// <param name="observation">[<see cref="Lengths"/> of the encoding].</param>
    public void Write(in GridworldState state, int seat, ObservationEncoding encoding, Span<float> observation)
    {
        var leading = IsOwnFirst(encoding) ? seat : 0;
        var first = state.Agents[leading];
        var second = state.Agents[leading ^ 1];
        if (IsOneHot(encoding))
        {
            observation.Clear();
            WriteOneHot(first, observation);
            WriteOneHot(second, observation[_agentLengthOneHot..]);
            var onions = observation[(2 * _agentLengthOneHot)..];
            for (var source = 0; source < _layout.Sources.Count; source++)
                onions[(2 * source) + (state.IsAvailable(source) ? 1 : 0)] = 1;
            return;
        }

        observation[5] = second.Carrying ? 1 : 0;
        observation[4] = _columns[second.Cell];
        observation[3] = _rows[second.Cell];
        observation[2] = first.Carrying ? 1 : 0;
        observation[1] = _columns[first.Cell];
        observation[0] = _rows[first.Cell];
        for (var source = 0; source < _layout.Sources.Count; source++) observation[6 + source] = (state.Onions >> source) & 1;
    }

    /// <summary>The number of what a seat observes, in [0, <see cref="States"/>).</summary>
    /// <param name="state">The state.</param>
    /// <param name="leading">The seat that the observation begins with.</param>
    internal int Number(in GridworldState state, int leading)
    {
        var first = state.Agents[leading];
        var second = state.Agents[leading ^ 1];
        var situations = 2 * _layout.Cells;
        var number = (((Situation(first) * situations) + Situation(second)) << _layout.Sources.Count) | (int)state.Onions;
        return number;
    }

    /// <summary>
    /// The state that a number of <see cref="Number"/> stands for, the leading seat's agent being agent 0.
    /// </summary>
    internal GridworldState State(int number)
    {
        var situations = 2 * _layout.Cells;
        var state = new GridworldState { Onions = (uint)number & _layout.AllOnions };
        number >>= _layout.Sources.Count;
        var second = number % situations;
        var first = number / situations;
        state.Agents[0] = new GridworldAgent(first >> 1, (first & 1) != 0);
        state.Agents[1] = new GridworldAgent(second >> 1, (second & 1) != 0);
        return state;
    }

    private static bool IsOneHot(ObservationEncoding encoding) =>
        encoding is ObservationEncoding.OneHot or ObservationEncoding.OneHotOwnFirst;

    private static int Situation(GridworldAgent agent) => (agent.Cell << 1) | (agent.Carrying ? 1 : 0);

    private void WriteOneHot(GridworldAgent agent, Span<float> slots)
    {
        var cell = _layout.Cell(agent.Cell);
        slots[cell.Row] = 1;
        slots[_layout.Rows + cell.Column] = 1;
        slots[_layout.Rows + _layout.Columns + (agent.Carrying ? 1 : 0)] = 1;
    }
}
