using MathNet.Numerics.LinearAlgebra;

namespace Srpo.Games.Quadratic;

/// <summary>The mean equations of all players as one linear system M mu = b; with one player M would be her A.</summary>
internal abstract class MeanSystem
{
    /// <summary>[players] the means; not finite if the system is singular.</summary>
    public abstract Vector<double>[] Means();

    /// <summary>Smallest eigenvalue of the symmetric part of -M.</summary>
    public abstract double Margin();

    /// <summary>1-norm of M times 1-norm of its inverse; infinite or NaN if singular.</summary>
    public abstract double Condition();
}
