using System.Runtime.CompilerServices;

namespace Srpo.Environments.Gridworld;

/// <summary>One agent: where it stands and whether it carries an onion.</summary>
/// <param name="Cell">Cell number, row x columns + column.</param>
/// <param name="Carrying">Whether it carries an onion.</param>
public record struct GridworldAgent(int Cell, bool Carrying);

/// <summary>The two agents, indexed by seat.</summary>
[InlineArray(2)]
public struct GridworldAgents
{
    private GridworldAgent _seat0;
}

/// <summary>
/// Everything about a lane that the rules may change: 20 bytes, copied by value. What step of its episode it is in is not
/// part of it: no rule and no observation depends on that.
/// </summary>
public struct GridworldState : IEquatable<GridworldState>
{
    /// <summary>The agents by seat.</summary>
    public GridworldAgents Agents;

    /// <summary>Bit k is set while the onion of source k is available.</summary>
    public uint Onions;

    /// <summary>Whether the onion of a source is available.</summary>
    /// <param name="source">Number of the source, from 0.</param>
    public readonly bool IsAvailable(int source) => ((Onions >> source) & 1) != 0;

    /// <inheritdoc />
    public readonly bool Equals(GridworldState other) =>
        Onions == other.Onions && Agents[0] == other.Agents[0] && Agents[1] == other.Agents[1];

    /// <inheritdoc />
    public override readonly bool Equals(object? obj) => obj is GridworldState other && Equals(other);

    /// <inheritdoc />
    public override readonly int GetHashCode() => HashCode.Combine(Agents[0], Agents[1], Onions);

    /// <summary>Whether two states are the same.</summary>
    public static bool operator ==(GridworldState left, GridworldState right) => left.Equals(right);

    /// <summary>Whether two states differ.</summary>
    public static bool operator !=(GridworldState left, GridworldState right) => !left.Equals(right);
}
