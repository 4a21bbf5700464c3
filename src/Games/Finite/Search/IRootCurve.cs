namespace Srpo.Games.Finite.Search;

/// <summary>Equations F(x, p) = 0 with one parameter, whose roots form curves.</summary>
internal interface IRootCurve
{
    /// <summary>Number of unknowns x.</summary>
    int Size { get; }

    /// <summary>F(x, p) with its derivatives.</summary>
    /// <param name="x">[Size].</param>
    /// <param name="parameter">p.</param>
    /// <param name="residual">[Size] F.</param>
    /// <param name="jacobian">[Size x stride] dF/dx row by row; the rest of a row is left alone.</param>
    /// <param name="stride">Numbers in a row, at least Size.</param>
    /// <param name="derivative">[Size] dF/dp.</param>
    void Evaluate(ReadOnlySpan<double> x, double parameter, Span<double> residual, Span<double> jacobian, int stride, Span<double> derivative);
}

/// <summary>RQE along a tau that all players share.</summary>
internal sealed class TauCurve(RqeSystem system) : IRootCurve
{
    /// <inheritdoc/>
    public int Size => system.Size;

    /// <inheritdoc/>
    public void Evaluate(ReadOnlySpan<double> x, double parameter, Span<double> residual, Span<double> jacobian, int stride, Span<double> derivative)
    {
        system.Tau.AsSpan().Fill(parameter);
        system.Evaluate(x, residual);
        system.Jacobian(jacobian, stride);
        system.TauDerivative(derivative);
    }
}

/// <summary>RQE along lambda_i = p * rate_i.</summary>
internal sealed class LambdaCurve(RqeSystem system, double[] rates) : IRootCurve
{
    /// <inheritdoc/>
    public int Size => system.Size;

    /// <inheritdoc/>
    public void Evaluate(ReadOnlySpan<double> x, double parameter, Span<double> residual, Span<double> jacobian, int stride, Span<double> derivative)
    {
        for (var player = 0; player < rates.Length; player++) system.Lambda[player] = parameter * rates[player];
        system.Evaluate(x, residual);
        system.Jacobian(jacobian, stride);
        system.LambdaDerivative(rates, derivative);
    }
}
