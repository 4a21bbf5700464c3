using System.Collections.Immutable;
using Srpo.Core.Settings;

namespace Srpo.Core.Results;

/// <summary>
/// Collects the cells of a <see cref="CrossPlayMatrix"/> in any order. Cells not set stay "not played". Different cells may be
/// set from different threads at the same time.
/// </summary>
public sealed class CrossPlayMatrixBuilder
{
    private readonly CrossPlayCell[] _cells;

    /// <summary>An empty matrix of the given seats.</summary>
    /// <param name="layout">Name of the layout.</param>
    /// <param name="rows">The runs of the rows.</param>
    /// <param name="columns">The runs of the columns.</param>
    public CrossPlayMatrixBuilder(string layout, IEnumerable<AgentLabel> rows, IEnumerable<AgentLabel> columns)
    {
        Layout = layout;
        Rows = [.. rows];
        Columns = [.. columns];
        _cells = new CrossPlayCell[Rows.Length * Columns.Length];
        Array.Fill(_cells, CrossPlayCell.NotPlayed);
    }

    /// <summary>An empty square matrix: the same agents on both sides.</summary>
    public CrossPlayMatrixBuilder(string layout, IReadOnlyCollection<AgentLabel> agents)
        : this(layout, agents, agents)
    {
    }

    /// <summary>Name of the layout.</summary>
    public string Layout { get; }

    /// <summary>The runs of the rows.</summary>
    public ImmutableArray<AgentLabel> Rows { get; }

    /// <summary>The runs of the columns.</summary>
    public ImmutableArray<AgentLabel> Columns { get; }

    /// <summary>As in the matrix.</summary>
    public string Seating { get; init; } = CrossPlayMatrix.OrderedSeating;

    /// <summary>As in the matrix.</summary>
    public string? Opponents { get; init; }

    /// <summary>As in the matrix.</summary>
    public bool UnseenOpponents { get; init; }

    /// <summary>As in the matrix; null where it is the layout itself.</summary>
    public string? BaseLayout { get; init; }

    /// <summary>As in the matrix.</summary>
    public ActionChoice Actions { get; init; }

    /// <summary>As in the matrix.</summary>
    public ImmutableArray<RunWeights> Weights { get; init; } = [];

    /// <summary>Reads or sets one pair.</summary>
    public CrossPlayCell this[int row, int column]
    {
        get => _cells[Index(row, column)];
        set => _cells[Index(row, column)] = value;
    }

    /// <summary>The matrix of what has been set so far; the builder may be used on.</summary>
    public CrossPlayMatrix Build() => new(
        Layout, Rows, Columns,
        [.. _cells.Select(cell => cell.Return)],
        [.. _cells.Select(cell => cell.ReturnStd)],
        [.. _cells.SelectMany(cell => new[] { cell.SeatReturns.Seat0, cell.SeatReturns.Seat1 })],
        [.. _cells.SelectMany(cell => new[] { cell.SeatCosts.Seat0, cell.SeatCosts.Seat1 })],
        [.. _cells.Select(cell => cell.Episodes)])
    {
        Seating = Seating,
        Opponents = Opponents,
        UnseenOpponents = UnseenOpponents,
        BaseLayout = BaseLayout ?? Layout,
        Actions = Actions,
        Weights = Weights,
    };

    private int Index(int row, int column)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(column);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(column, Columns.Length);
        return row * Columns.Length + column;
    }
}
