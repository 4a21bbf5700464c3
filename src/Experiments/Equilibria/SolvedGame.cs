using System.Text.Json.Serialization;

namespace Srpo.Experiments.Equilibria;

/// <summary>What `srpo rqe solve` prints; the names are those of its JSON.</summary>
public sealed record SolvedGame
{
    /// <summary>Name of the game.</summary>
    public required string Game { get; init; }

    /// <summary>What kind of game it is, as game files name it.</summary>
    public required string Kind { get; init; }

    /// <summary>[players] risk aversion.</summary>
    public required IReadOnlyList<double> Tau { get; init; }

    /// <summary>[players] bounded rationality.</summary>
    public required IReadOnlyList<double> Epsilon { get; init; }

    /// <summary>[players] names of the actions; null with continuous actions.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? Actions { get; init; }

    /// <summary>The equilibria that were found.</summary>
    public required IReadOnlyList<SolvedEquilibrium> Equilibria { get; init; }

    /// <summary>Whether it is proved that there are no others.</summary>
    public required bool Complete { get; init; }

    /// <summary>What proves it; null where nothing does.</summary>
    public string? Proof { get; init; }

    /// <summary>What a profile must keep to count as an equilibrium; null with continuous actions.</summary>
    public SolvedTolerance? Tolerance { get; init; }

    /// <summary>Random starts; 0 where none are needed.</summary>
    public int Starts { get; init; }

    /// <summary>How many of the starts led to an equilibrium.</summary>
    public int Converged { get; init; }

    /// <summary>Theorem 4.2; null where it does not apply, then <see cref="BoundsReason"/> says why.</summary>
    public SolvedBounds? Bounds { get; init; }

    /// <summary>Why there are no bounds; null where there are.</summary>
    public string? BoundsReason { get; init; }

    /// <summary>Condition (14); null with finitely many actions.</summary>
    public SolvedTauLimit? LargestAdmissibleTau { get; init; }

    /// <summary>Whether the equilibrium is the only one; null where that is not known.</summary>
    public bool? Unique { get; init; }

    /// <summary>tau = eps = 0, and tau to infinity without bounded rationality; null with continuous actions.</summary>
    public SolvedLimits? Limits { get; init; }
}

/// <summary>One equilibrium; lists have an entry per player.</summary>
public sealed record SolvedEquilibrium(
    IReadOnlyList<object> Strategies,
    IReadOnlyList<double> Utilities,
    IReadOnlyList<double> RiskAdjusted,
    IReadOnlyList<double> Objectives,
    double? SharedReward,
    IReadOnlyList<double> PrivateCosts,
    double FreeRiding,
    double Residual,
    bool? Stable)
{
    /// <summary>[players][actions] natural logarithms of the probabilities, which tell those apart that round to 0 or 1; null with continuous actions.</summary>
    public IReadOnlyList<IReadOnlyList<double>>? LogStrategies { get; init; }

    /// <summary>Largest difference of a log probability from the best response's; null with continuous actions.</summary>
    public double? LogResidual { get; init; }

    /// <summary>Upper bound of what a player gains by another strategy, over the range of her utilities; null with continuous actions.</summary>
    public double? Gap { get; init; }

    /// <summary>[players][numbers] probabilities, or means, for the terminal.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Shown { get; init; } = [];
}

/// <summary>Tolerances of equilibria.</summary>
/// <param name="LogResidual">Largest <see cref="SolvedEquilibrium.LogResidual"/>.</param>
/// <param name="Gap">Largest <see cref="SolvedEquilibrium.Gap"/>.</param>
public sealed record SolvedTolerance(double LogResidual, double Gap);

/// <summary>A Gaussian strategy.</summary>
public sealed record GaussianNumbers(IReadOnlyList<double> Mean, IReadOnlyList<IReadOnlyList<double>> Covariance);

/// <summary>Theorem 4.2 with constants.</summary>
public sealed record SolvedBounds(double K, double L1Distance, double FreeRiding, double ProbabilityFloor, double RewardRange, double CostRange);

/// <summary>The taus from which there is no equilibrium; null for none.</summary>
public sealed record SolvedTauLimit(IReadOnlyList<double?> PerPlayer, double? Common);

/// <summary>Where the equilibria come from and go to.</summary>
public sealed record SolvedLimits(IReadOnlyList<SolvedNash>? Nash, IReadOnlyList<SolvedSecurity>? Security);

/// <summary>A Nash equilibrium.</summary>
public sealed record SolvedNash(IReadOnlyList<IReadOnlyList<double>> Strategies, IReadOnlyList<double> Utilities);

/// <summary>A maximin strategy.</summary>
public sealed record SolvedSecurity(IReadOnlyList<double> Strategy, double Value);
