using System.Collections.Immutable;
using System.Globalization;
using Srpo.Games.Finite;

namespace Srpo.Games.Continuation;

/// <summary>
/// All equilibria of a finite game as tau, the same for all players, goes over a range (arXiv 2602.21515, section 4.2 and figure 1; theory.md
/// section 2), and where they appear, vanish or cross.
/// </summary>
/// <param name="Taus">The asked values of tau, ascending.</param>
/// <param name="Branches">Equilibria as functions of tau, sorted by their first tau, then by their strategies, larger entries first.</param>
/// <param name="Bifurcations">Within the range of tau, ascending.</param>
/// <param name="IsComplete">
/// Whether at every asked tau all equilibria are among the branches for certain: true for 2x2 games, where a complete solver finds them and
/// every one was met by a branch. Bifurcations between neighbouring taus are found by following the branches.
/// </param>
public sealed record BifurcationDiagram(
    ImmutableArray<double> Taus,
    ImmutableArray<DiagramBranch> Branches,
    ImmutableArray<Bifurcation> Bifurcations,
    bool IsComplete)
{
    /// <summary>Follows all equilibria over a range of tau.</summary>
    /// <param name="game">Any finite game.</param>
    /// <param name="risk">The players' eps; its tau is not used.</param>
    /// <param name="taus">Where points are wanted: at least two, ascending, finite, at least 0. Their number costs little.</param>
    /// <param name="options">For games larger than 2x2; null for the defaults.</param>
    /// <exception cref="ArgumentException">The taus are not ascending, or the profile is for another number of players; the message names it.</exception>
    public static BifurcationDiagram Compute(FiniteGame game, RiskProfile risk, IReadOnlyList<double> taus, DiagramOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(game);
        ArgumentNullException.ThrowIfNull(risk);
        ArgumentNullException.ThrowIfNull(taus);
        options ??= DiagramOptions.Default;
        if (taus.Count < 2) throw new ArgumentException($"taus: has {taus.Count} entries; give at least two", nameof(taus));
        if (options.SearchedTaus < 1) throw new ArgumentException($"SearchedTaus: must be at least 1, not {options.SearchedTaus}", nameof(options));
        options.Search.Require();
        for (var i = 0; i < taus.Count; i++)
        {
            if (!(taus[i] >= 0 && double.IsFinite(taus[i])) || (i > 0 && taus[i] <= taus[i - 1]))
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"taus: entry {i} is {taus[i]}; they must be finite, at least 0 and ascending"), nameof(taus));
            }
        }

        return new DiagramBuilder(game, risk, [.. taus]).Build(options);
    }
}
