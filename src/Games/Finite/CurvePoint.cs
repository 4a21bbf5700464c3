namespace Srpo.Games.Finite;

/// <summary>A point of a <see cref="TwoByTwoCurve"/>; the variances are p (1 - p) and so on.</summary>
internal struct CurvePoint
{
    public double V;
    public double P;
    public double PVariance;
    public double T;
    public double X;
    public double XVariance;
    public double S;
    public double Y;
    public double YVariance;
    public double Lag;
    public double QVariance;
    public double F;
}
