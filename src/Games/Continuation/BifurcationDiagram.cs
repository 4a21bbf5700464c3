using System.Collections.Immutable;
using System.Globalization;
using Srpo.Games.Finite;
using Srpo.Games.Finite.Search;

namespace Srpo.Games.Continuation;

/// <summary>
/// All equilibria of a finite game as tau, the same for all players, goes over a range (arXiv 2602.21515, section 4.2 and figure 1; theory.md
/// section 2), and where they appear, vanish or cross.
/// </summary>
/// <param name="Taus">The asked values of tau, ascending.</param>
/// <param name="Branches">Equilibria as functions of tau, sorted by their first tau, then by their strategies, larger entries first.</param>
/// <param name="Bifurcations">Within the range of tau, ascending.</param>
/// <param name="IsComplete">
/// Whether at every asked tau all equilibria are among the branches for certain: for 2x2 games, where interval bounds prove at each tau that
/// there are no others and every one was met by a branch. Bifurcations between neighbouring taus are found by following the branches.
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
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="ArgumentException">
    /// The taus are not ascending, the profile is for another number of players, or doubles cannot hold the equilibria; the message names it.
    /// </exception>
    public static BifurcationDiagram Compute(
        FiniteGame game, RiskProfile risk, IReadOnlyList<double> taus, DiagramOptions? options = null, CancellationToken cancellation = default)
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

        MixedProfile.RequireRisk(game, risk);
        SolverLimits.Require(game, risk.WithTau(taus[^1]));
        return Normalised(game, risk, taus, options, cancellation);
    }

    /// <summary>
    /// Follows the curves in units of the game, so that a step in tau means the same whatever the unit of its payoffs. The unit is a power of
    /// two, which changes no digit.
    /// </summary>
    private static BifurcationDiagram Normalised(FiniteGame game, RiskProfile risk, IReadOnlyList<double> taus, DiagramOptions options, CancellationToken cancellation)
    {
        var range = Enumerable.Range(0, game.Players).Max(player => SolverLimits.Range(game, player));
        var unit = range is 0 or (> 1.0 / 16 and < 16) ? 1 : Math.ScaleB(1, Math.ILogB(range));
        if (unit == 1) return new DiagramBuilder(game, risk, [.. taus]).Build(options, cancellation);
        var scaled = new FiniteGame(
            game.Name,
            game.Actions,
            [.. game.Payoffs.Select(payoffs => payoffs.Select(value => value / unit).ToArray())],
            [.. game.Costs.Select(costs => costs.Select(value => value / unit).ToArray())],
            [.. game.ActionNames.Select(names => (IReadOnlyList<string>)names)]);
        var diagram = new DiagramBuilder(
            scaled,
            new RiskProfile([.. risk.Tau.Select(tau => tau * unit)], [.. risk.Epsilon.Select(epsilon => epsilon / unit)]),
            [.. taus.Select(tau => tau * unit)]).Build(options, cancellation);
        return diagram with
        {
            Taus = [.. taus],
            Branches = [.. diagram.Branches.Select(branch => new DiagramBranch([.. branch.Points.Select(point => point.InUnit(unit))]))],
            Bifurcations = [.. diagram.Bifurcations.Select(one => one with { Tau = one.Tau / unit })],
        };
    }
}

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

/// <summary>Equilibria that depend continuously on tau: a stretch of a curve of equilibria between its turning points.</summary>
/// <param name="Points">Ascending in tau, at the asked values of tau that the branch has; at least one.</param>
public sealed record DiagramBranch(ImmutableArray<DiagramPoint> Points);

/// <summary>An equilibrium of a diagram, with the numbers that diagrams show; see <see cref="Finite.FiniteEquilibria"/> for all of them.</summary>
/// <param name="Tau">Risk aversion of all players.</param>
/// <param name="Strategies">[players][actions] mixed strategies.</param>
/// <param name="IsStable">Whether damped best response dynamics return to it, as in <see cref="Finite.FiniteEquilibrium"/>.</param>
/// <param name="Utilities">[players] expected utility, payoff minus private cost, nobody deviating.</param>
/// <param name="SharedReward">Expected shared reward; null if the payoffs are not shared.</param>
/// <param name="PrivateCosts">[players] expected private cost.</param>
/// <param name="FreeRiding">Largest difference of two players' expected private costs.</param>
public sealed record DiagramPoint(
    double Tau,
    ImmutableArray<ImmutableArray<double>> Strategies,
    bool? IsStable,
    ImmutableArray<double> Utilities,
    double? SharedReward,
    ImmutableArray<double> PrivateCosts,
    double FreeRiding)
{
    /// <summary>The same with utilities that were in a larger unit.</summary>
    internal DiagramPoint InUnit(double unit) => this with
    {
        Tau = Tau / unit,
        Utilities = [.. Utilities.Select(value => value * unit)],
        SharedReward = SharedReward * unit,
        PrivateCosts = [.. PrivateCosts.Select(value => value * unit)],
        FreeRiding = FreeRiding * unit,
    };
}

/// <summary>A bifurcation of equilibria in tau (arXiv 2602.21515, figure 1).</summary>
/// <param name="Tau">Where, for regular bifurcations to about 1e-8.</param>
/// <param name="Kind">What happens there.</param>
/// <param name="Strategies">[players][actions] the equilibrium at which it happens.</param>
public sealed record Bifurcation(double Tau, BifurcationKind Kind, ImmutableArray<ImmutableArray<double>> Strategies);

/// <summary>What happens to equilibria where the Jacobian of their equations becomes singular.</summary>
public enum BifurcationKind
{
    /// <summary>Two equilibria meet and vanish; the curve of equilibria turns back in tau.</summary>
    Fold,

    /// <summary>Two equilibria leave a third one on the side where that one is unstable: a stable pair takes over.</summary>
    SupercriticalPitchfork,

    /// <summary>Two equilibria leave a third one on the side where that one is stable: the pair is unstable.</summary>
    SubcriticalPitchfork,

    /// <summary>Two curves of equilibria cross, both going on in tau.</summary>
    Transcritical,
}
