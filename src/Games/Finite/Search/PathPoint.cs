namespace Srpo.Games.Finite.Search;

/// <summary>A point of a curve of roots.</summary>
/// <param name="X">[size + 1] the unknowns, the parameter last.</param>
/// <param name="Tangent">[size + 1] unit vector along the curve in the direction of travel.</param>
/// <param name="Orientation">Sign of det [dF/dx dF/dp; tangent]: it changes where another curve crosses.</param>
/// <param name="LogDeterminant">Logarithm of the same determinant's absolute value.</param>
internal sealed record PathPoint(double[] X, double[] Tangent, int Orientation, double LogDeterminant)
{
    /// <summary>The parameter.</summary>
    public double Parameter => X[^1];

    /// <summary>The parameter's part of the tangent: it changes sign where the curve turns back.</summary>
    public double Slope => Tangent[^1];

    /// <summary>Sign of det dF/dx: the index of the root.</summary>
    public int Index => Math.Sign(Slope) * Orientation;

    /// <summary>The unknowns without the parameter.</summary>
    public ReadOnlySpan<double> Unknowns => X.AsSpan(0, X.Length - 1);
}
