using System.Collections.Immutable;

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
    /// <param name="rows">Who plays seat 0.</param>
    /// <param name="columns">Who plays seat 1.</param>
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

    /// <summary>Who plays seat 0.</summary>
    public ImmutableArray<AgentLabel> Rows { get; }

    /// <summary>Who plays seat 1.</summary>
    public ImmutableArray<AgentLabel> Columns { get; }

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
        [.. _cells.Select(cell => cell.Episodes)]);

    private int Index(int row, int column)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(column);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(column, Columns.Length);
        return row * Columns.Length + column;
    }
}
