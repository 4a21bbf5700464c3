namespace Srpo.Games.Markov;

/// <summary>How <see cref="RegularisedPolicyIteration"/> searches.</summary>
public sealed record PolicyIterationOptions
{
    /// <summary>Largest residual of an equilibrium, above 0.</summary>
    public double Tolerance { get; init; } = 1e-8;

    /// <summary>Most steps from a start, at least 1.</summary>
    public int MaxIterations { get; init; } = 5000;

    /// <summary>Share of the way to the best response that a step goes, above 0 and at most 1. It is halved while the search gets no closer and recovers slowly while it does.</summary>
    public double Damping { get; init; } = 0.5;

    /// <summary>Smallest damping, above 0 and at most <see cref="Damping"/>.</summary>
    public double SmallestDamping { get; init; } = 1.0 / 256;

    /// <summary>Number of starts of <see cref="RegularisedPolicyIteration.SolveAll"/>, at least 1: the first is uniform, the others are random.</summary>
    public int Starts { get; init; } = 8;

    /// <summary>Seed of the random starts.</summary>
    public ulong Seed { get; init; }

    /// <summary>Profiles closer than this in every probability are one equilibrium, above 0.</summary>
    public double Distinct { get; init; } = 1e-5;

    /// <summary>Is told after every step how many there were and by how much policies and responses differ at most; may throw to end the search. Null for nobody.</summary>
    public Action<int, double>? Report { get; init; }

    /// <summary>Checks every range.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        Texts.Require(Tolerance > 0, nameof(Tolerance), $"must be above 0, not {Tolerance}");
        Texts.Require(MaxIterations >= 1, nameof(MaxIterations), $"must be at least 1, not {MaxIterations}");
        Texts.Require(Damping is > 0 and <= 1, nameof(Damping), $"must be above 0 and at most 1, not {Damping}");
        Texts.Require(SmallestDamping > 0 && SmallestDamping <= Damping, nameof(SmallestDamping), $"must be above 0 and at most Damping, not {SmallestDamping}");
        Texts.Require(Starts >= 1, nameof(Starts), $"must be at least 1, not {Starts}");
        Texts.Require(Distinct > 0, nameof(Distinct), $"must be above 0, not {Distinct}");
    }
}
