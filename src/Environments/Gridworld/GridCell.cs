using System.Globalization;

namespace Srpo.Environments.Gridworld;

/// <summary>A cell of a grid; row 0 is the top, column 0 the left edge.</summary>
/// <param name="Row">0 to rows - 1.</param>
/// <param name="Column">0 to columns - 1.</param>
public readonly record struct GridCell(int Row, int Column)
{
    /// <summary>The cell as "(row,column)".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"({Row},{Column})");
}
