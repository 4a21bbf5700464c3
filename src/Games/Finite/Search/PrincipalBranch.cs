namespace Srpo.Games.Finite.Search;

/// <summary>The end of the principal branch of logit equilibria.</summary>
/// <param name="Equilibrium">The first point of the branch at the lambda asked for; it may pass this lambda again later.</param>
/// <param name="Lambda">1/eps there.</param>
/// <param name="Folds">Times the branch turned back in lambda before; above 0 it passes smaller lambdas several times.</param>
/// <param name="Crossings">Times another branch crossed it before, as in symmetric games; it was followed straight on.</param>
/// <param name="Steps">Steps of the continuation.</param>
public sealed record PrincipalBranch(FiniteEquilibrium Equilibrium, double Lambda, int Folds, int Crossings, int Steps);
