using Srpo.Games.Finite.Search;

namespace Srpo.Games.Continuation;

/// <summary>How <see cref="BifurcationDiagram"/> looks for curves of equilibria of games larger than 2x2.</summary>
public sealed record DiagramOptions
{
    /// <summary>The defaults.</summary>
    public static DiagramOptions Default { get; } = new();

    /// <summary>At how many of the asked values of tau, evenly spread and with both ends, equilibria are searched from many starts; at least 1.</summary>
    public int SearchedTaus { get; init; } = 4;

    /// <summary>How they are searched there.</summary>
    public SearchOptions Search { get; init; } = SearchOptions.Default with { Starts = 60 };
}
