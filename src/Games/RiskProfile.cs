using System.Collections.Immutable;
using System.Globalization;

namespace Srpo.Games;

/// <summary>
/// Risk aversion tau_i and bounded rationality eps_i of every player (Qu et al., arXiv 2602.21515, section 3; theory.md
/// section 1). tau = 0 is risk neutrality, eps weighs the entropy in the players' objectives.
/// </summary>
public sealed class RiskProfile : IEquatable<RiskProfile>
{
    /// <summary>Makes a profile.</summary>
    /// <param name="tau">[players] risk aversion, finite, at least 0.</param>
    /// <param name="epsilon">[players] bounded rationality, finite, above 0.</param>
    /// <exception cref="ArgumentException">A number is out of range or the lists differ in length; the message names it.</exception>
    public RiskProfile(IReadOnlyList<double> tau, IReadOnlyList<double> epsilon)
    {
        ArgumentNullException.ThrowIfNull(tau);
        ArgumentNullException.ThrowIfNull(epsilon);
        if (tau.Count != epsilon.Count || tau.Count == 0)
            throw new ArgumentException(Text($"tau: has {tau.Count} entries and epsilon {epsilon.Count}; every player needs one of each"), nameof(tau));
        for (var player = 0; player < tau.Count; player++)
        {
            if (!(tau[player] >= 0 && double.IsFinite(tau[player])))
                throw new ArgumentException(Text($"tau of player {player}: must be a finite number of at least 0, not {tau[player]}"), nameof(tau));
            if (!(epsilon[player] > 0 && double.IsFinite(epsilon[player])))
                throw new ArgumentException(Text($"epsilon of player {player}: must be a finite number above 0, not {epsilon[player]}"), nameof(epsilon));
        }

        Tau = [.. tau];
        Epsilon = [.. epsilon];
    }

    /// <summary>Number of players.</summary>
    public int Players => Tau.Length;

    /// <summary>Risk aversion of every player.</summary>
    public ImmutableArray<double> Tau { get; }

    /// <summary>Bounded rationality of every player.</summary>
    public ImmutableArray<double> Epsilon { get; }

    /// <summary>All players share tau and eps.</summary>
    /// <param name="players">Number of players, at least 1.</param>
    /// <param name="tau">Risk aversion, at least 0.</param>
    /// <param name="epsilon">Bounded rationality, above 0.</param>
    public static RiskProfile Shared(int players, double tau, double epsilon)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(players);
        return new RiskProfile([.. Enumerable.Repeat(tau, players)], [.. Enumerable.Repeat(epsilon, players)]);
    }

    /// <summary>The same profile with another tau for all players.</summary>
    /// <param name="tau">Risk aversion, at least 0.</param>
    public RiskProfile WithTau(double tau) => new([.. Enumerable.Repeat(tau, Players)], Epsilon);

    /// <inheritdoc/>
    public bool Equals(RiskProfile? other) => other is not null && Tau.SequenceEqual(other.Tau) && Epsilon.SequenceEqual(other.Epsilon);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RiskProfile);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Players, Tau[0], Epsilon[0]);

    /// <summary>For people.</summary>
    public override string ToString() => Text($"tau ({string.Join(", ", Tau)}), eps ({string.Join(", ", Epsilon)})");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
