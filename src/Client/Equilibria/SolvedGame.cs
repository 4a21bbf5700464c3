using System.Text.Json.Serialization;

namespace Srpo.Client.Equilibria;

/// <summary>What `srpo rqe solve` prints; the names are those of its JSON.</summary>
internal sealed record SolvedGame
{
    public required string Game { get; init; }

    public required string Kind { get; init; }

    public required IReadOnlyList<double> Tau { get; init; }

    public required IReadOnlyList<double> Epsilon { get; init; }

    /// <summary>[players] names of the actions; null with continuous actions.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? Actions { get; init; }

    public required IReadOnlyList<SolvedEquilibrium> Equilibria { get; init; }

    /// <summary>Whether there are no others.</summary>
    public required bool Complete { get; init; }

    /// <summary>Random starts; 0 where none are needed.</summary>
    public int Starts { get; init; }

    public int Converged { get; init; }

    /// <summary>Theorem 4.2; null where it does not apply, then <see cref="BoundsReason"/> says why.</summary>
    public SolvedBounds? Bounds { get; init; }

    public string? BoundsReason { get; init; }

    /// <summary>Condition (14); null with finitely many actions.</summary>
    public SolvedTauLimit? LargestAdmissibleTau { get; init; }

    /// <summary>Whether the equilibrium is the only one; null where that is not known.</summary>
    public bool? Unique { get; init; }

    /// <summary>tau = eps = 0, and tau to infinity without bounded rationality; null with continuous actions.</summary>
    public SolvedLimits? Limits { get; init; }
}

/// <summary>One equilibrium; lists have an entry per player.</summary>
internal sealed record SolvedEquilibrium(
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
    /// <summary>[players][numbers] probabilities, or means, for the terminal.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Shown { get; init; } = [];
}

/// <summary>A Gaussian strategy.</summary>
internal sealed record GaussianNumbers(IReadOnlyList<double> Mean, IReadOnlyList<IReadOnlyList<double>> Covariance);

/// <summary>Theorem 4.2 with constants.</summary>
internal sealed record SolvedBounds(double K, double L1Distance, double FreeRiding, double ProbabilityFloor, double RewardRange, double CostRange);

/// <summary>The taus from which there is no equilibrium; null for none.</summary>
internal sealed record SolvedTauLimit(IReadOnlyList<double?> PerPlayer, double? Common);

/// <summary>Where the equilibria come from and go to.</summary>
internal sealed record SolvedLimits(IReadOnlyList<SolvedNash>? Nash, IReadOnlyList<SolvedSecurity>? Security);

/// <summary>A Nash equilibrium.</summary>
internal sealed record SolvedNash(IReadOnlyList<IReadOnlyList<double>> Strategies, IReadOnlyList<double> Utilities);

/// <summary>A maximin strategy.</summary>
internal sealed record SolvedSecurity(IReadOnlyList<double> Strategy, double Value);
