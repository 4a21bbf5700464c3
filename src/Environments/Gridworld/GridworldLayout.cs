using System.Globalization;

namespace Srpo.Environments.Gridworld;

/// <summary>
/// A gridworld's map and constants, and the tables that its rules look up. Immutable; share one between instances. The
/// text form is read by <see cref="Parse"/>; docs/environments/gridworld.md describes it.
/// </summary>
public sealed class GridworldLayout
{
    /// <summary>Most sources a layout may have: the onions of a state are bits of one 32-bit word.</summary>
    public const int MaxSources = 32;

    /// <summary>Most cells a layout may have.</summary>
    public const int MaxCells = 1 << 16;

    private readonly float[] _actionCosts;
    private readonly int[] _targets;
    private readonly uint[] _sourceBits;
    private readonly GridCellKind[] _kinds;

    /// <summary>Makes a layout of its parts.</summary>
    /// <param name="name">Label, for example "official"; one line, not empty.</param>
    /// <param name="rows">Number of rows, at least 1.</param>
    /// <param name="columns">Number of columns, at least 1; rows x columns at most <see cref="MaxCells"/>.</param>
    /// <param name="pots">Solid cells that take onions, at least 1.</param>
    /// <param name="sources">Cells where onions grow, 1 to <see cref="MaxSources"/>, in the order of their numbers.</param>
    /// <param name="starts">Two different cells: the starts of seat 0 and seat 1 before the swap. A start may be a source.</param>
    /// <param name="walls">Solid cells without a use; null for none.</param>
    /// <param name="parameters">Costs, rewards, lengths; null for the defaults.</param>
    /// <exception cref="ArgumentException">A part is missing, out of range, outside the grid or on top of another.</exception>
    public GridworldLayout(
        string name,
        int rows,
        int columns,
        IReadOnlyList<GridCell> pots,
        IReadOnlyList<GridCell> sources,
        IReadOnlyList<GridCell> starts,
        IReadOnlyList<GridCell>? walls = null,
        GridworldParameters? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(pots);
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(starts);
        parameters ??= GridworldParameters.Default;
        parameters.Validate();
        if (string.IsNullOrWhiteSpace(name) || name.AsSpan().IndexOfAny('\r', '\n') >= 0 || name != name.Trim())
            throw new ArgumentException("a layout's name is one line, neither empty nor padded with blanks", nameof(name));
        if (rows < 1 || columns < 1 || (long)rows * columns > MaxCells)
            throw new ArgumentException(Invariant($"a grid of {rows} x {columns} cells: both must be positive, their product at most {MaxCells}"), nameof(rows));
        if (pots.Count == 0) throw new ArgumentException("a layout needs a pot", nameof(pots));
        if (sources.Count is 0 or > MaxSources)
            throw new ArgumentException(Invariant($"a layout needs 1 to {MaxSources} sources, not {sources.Count}"), nameof(sources));
        if (starts.Count != 2) throw new ArgumentException(Invariant($"a layout needs 2 starts, not {starts.Count}"), nameof(starts));

        Name = name;
        Rows = rows;
        Columns = columns;
        Pots = [.. pots];
        Sources = [.. sources];
        Starts = [.. starts];
        Walls = walls is null ? [] : [.. walls];
        Parameters = parameters;
        AllOnions = uint.MaxValue >> (MaxSources - sources.Count);
        (_kinds, _sourceBits) = PlaceCells();
        _targets = TabulateMoves();
        _actionCosts = new float[GridworldActions.Count];
        Array.Fill(_actionCosts, parameters.MoveCost);
        _actionCosts[(int)GridworldAction.Stay] = 0;
    }

    /// <summary>Label, for example "official".</summary>
    public string Name { get; }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Rows x columns.</summary>
    public int Cells => Rows * Columns;

    /// <summary>Solid cells that take onions.</summary>
    public IReadOnlyList<GridCell> Pots { get; }

    /// <summary>Cells where onions grow; the position in the list is the source's number.</summary>
    public IReadOnlyList<GridCell> Sources { get; }

    /// <summary>Starts of seat 0 and seat 1 before the swap.</summary>
    public IReadOnlyList<GridCell> Starts { get; }

    /// <summary>Solid cells without a use.</summary>
    public IReadOnlyList<GridCell> Walls { get; }

    /// <summary>Costs, rewards, lengths.</summary>
    public GridworldParameters Parameters { get; }

    /// <summary>The word with the bit of every source set: all onions available.</summary>
    public uint AllOnions { get; }

    /// <summary>[Actions] what an action costs before anything happens: the move cost, and nothing for stay.</summary>
    internal ReadOnlySpan<float> ActionCosts => _actionCosts;

    /// <summary>[Cells x actions] the cell that a move is aimed at, clipped to the grid.</summary>
    internal ReadOnlySpan<int> Targets => _targets;

    /// <summary>[Cells] the onion bit of a source's cell, 0 elsewhere.</summary>
    internal ReadOnlySpan<uint> SourceBits => _sourceBits;

    /// <summary>[Cells] what a cell is.</summary>
    internal ReadOnlySpan<GridCellKind> Kinds => _kinds;

    /// <summary>The number of a cell: row x columns + column.</summary>
    public int CellNumber(GridCell cell) => (cell.Row * Columns) + cell.Column;

    /// <summary>The cell of a number.</summary>
    public GridCell Cell(int number) => new(number / Columns, number % Columns);

    /// <summary>What a cell is.</summary>
    /// <param name="cell">Cell number, 0 to <see cref="Cells"/> - 1.</param>
    public GridCellKind KindOf(int cell) => _kinds[cell];

    /// <summary>The number of the source at a cell, or -1.</summary>
    /// <param name="cell">Cell number, 0 to <see cref="Cells"/> - 1.</param>
    public int SourceAt(int cell) => _sourceBits[cell] == 0 ? -1 : System.Numerics.BitOperations.TrailingZeroCount(_sourceBits[cell]);

    /// <summary>The state after a reset: hands empty, all onions available.</summary>
    /// <param name="swapSeats">Whether seat 0 starts where seat 1 would.</param>
    public GridworldState Initial(bool swapSeats)
    {
        var state = new GridworldState { Onions = AllOnions };
        state.Agents[0] = new GridworldAgent(CellNumber(Starts[swapSeats ? 1 : 0]), false);
        state.Agents[1] = new GridworldAgent(CellNumber(Starts[swapSeats ? 0 : 1]), false);
        return state;
    }

    /// <summary>Reads the text form.</summary>
    /// <param name="text">Header and map; see docs/environments/gridworld.md.</param>
    /// <param name="name">The layout's name where the header gives none.</param>
    /// <param name="file">The file that the text comes from, for error messages; null if it comes from none.</param>
    /// <exception cref="LayoutException">The text is wrong; the message names line, column, what is wrong and the remedy.</exception>
    public static GridworldLayout Parse(string text, string name = "custom", string? file = null) =>
        new GridworldLayoutParser(text, name, file).Parse();

    private (GridCellKind[] Kinds, uint[] SourceBits) PlaceCells()
    {
        var kinds = new GridCellKind[Cells];
        var bits = new uint[Cells];
        foreach (var pot in Pots) Place(pot, GridCellKind.Pot, "pot");
        foreach (var wall in Walls) Place(wall, GridCellKind.Wall, "wall");
        for (var i = 0; i < Sources.Count; i++)
        {
            var cell = Free(Sources[i], "source");
            if (bits[cell] != 0) throw new ArgumentException($"two sources at {Sources[i]}");
            bits[cell] = 1u << i;
        }

        foreach (var start in Starts) Free(start, "start");
        if (Starts[0] == Starts[1]) throw new ArgumentException($"both agents start at {Starts[0]}");
        return (kinds, bits);

        void Place(GridCell cell, GridCellKind kind, string what) => kinds[Free(cell, what)] = kind;

        int Free(GridCell cell, string what)
        {
            if ((uint)cell.Row >= (uint)Rows || (uint)cell.Column >= (uint)Columns)
                throw new ArgumentException(Invariant($"the {what} at {cell} is outside the grid of {Rows} rows and {Columns} columns"));
            var number = CellNumber(cell);
            return kinds[number] == GridCellKind.Floor
                ? number
                : throw new ArgumentException($"the {what} at {cell} is on top of a pot or wall");
        }
    }

    private int[] TabulateMoves()
    {
        var targets = new int[Cells * GridworldActions.Count];
        for (var number = 0; number < Cells; number++)
        {
            var (row, column) = Cell(number);
            var ofCell = targets.AsSpan(number * GridworldActions.Count, GridworldActions.Count);
            ofCell[(int)GridworldAction.Up] = Clip(row - 1, column);
            ofCell[(int)GridworldAction.Down] = Clip(row + 1, column);
            ofCell[(int)GridworldAction.Left] = Clip(row, column - 1);
            ofCell[(int)GridworldAction.Right] = Clip(row, column + 1);
            ofCell[(int)GridworldAction.Stay] = number;
        }

        return targets;

        int Clip(int row, int column) => (Math.Clamp(row, 0, Rows - 1) * Columns) + Math.Clamp(column, 0, Columns - 1);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What a cell of a gridworld is.</summary>
public enum GridCellKind : byte
{
    /// <summary>Agents may stand here; sources are floor as well.</summary>
    Floor = 0,

    /// <summary>Solid; takes the onion of an agent that walks into it.</summary>
    Pot = 1,

    /// <summary>Solid; nothing happens to an agent that walks into it but that it pays for the move.</summary>
    Wall = 2,
}
