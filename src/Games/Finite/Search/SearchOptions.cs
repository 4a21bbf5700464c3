namespace Srpo.Games.Finite.Search;

/// <summary>How <see cref="MultiStartSolver"/> searches.</summary>
public sealed record SearchOptions
{
    /// <summary>The defaults: 200 starts.</summary>
    public static SearchOptions Default { get; } = new();

    /// <summary>Number of starting profiles, at least 1: the uniform one, some next to pure profiles, the rest random.</summary>
    public int Starts { get; init; } = 200;

    /// <summary>Seed of the random starts. The same seed and number of starts give the same result.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Largest difference of two probabilities up to which two profiles are the same equilibrium, above 0.</summary>
    public double SameWithin { get; init; } = 1e-6;

    /// <summary>
    /// Whether branches of equilibria are followed in lambda = 1/eps away from the equilibria found and back through folds where the
    /// starts found more than one, or the indices say that some are missing (<see cref="RqeSearch.IndexSum"/>).
    /// </summary>
    public bool FollowBranches { get; init; } = true;

    internal void Require()
    {
        if (Starts < 1) throw new ArgumentException($"Starts: must be at least 1, not {Starts}");
        if (!(SameWithin > 0 && SameWithin < 1))
            throw new ArgumentException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"SameWithin: must be above 0 and below 1, not {SameWithin}"));
    }
}
