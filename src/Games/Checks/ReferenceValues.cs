namespace Srpo.Games.Checks;

/// <summary>
/// All equilibria of the volunteer's game (arXiv 2602.21515, Example 4.2) at some tau, to six digits, computed by scanning and bisecting
/// x - BR(BR(x)); (x, y) are the players' probabilities to contribute.
/// </summary>
internal static class ReferenceValues
{
    /// <summary>Half a unit in the sixth digit, and a little for rounding.</summary>
    public const double Tolerance = 0.6e-6;

    public static IReadOnlyList<(double Kappa, double Epsilon, double Tau, (double X, double Y)[] Equilibria)> Volunteers { get; } =
    [
        (0.4, 0.15, 0.001, [(0.970074, 0.078206), (0.562444, 0.562444), (0.078206, 0.970074)]),
        (0.4, 0.15, 1.0, [(0.964686, 0.107204), (0.619593, 0.619593), (0.107204, 0.964686)]),
        (0.4, 0.15, 1.5, [(0.953077, 0.157433), (0.642298, 0.642298), (0.157433, 0.953077)]),
        (0.4, 0.15, 2.0, [(0.662049, 0.662049)]),
        (0.4, 0.15, 10, [(0.808593, 0.808593)]),
        (0.5, 0.10, 2.5, [(0.992225, 0.015387), (0.650814, 0.650814), (0.015387, 0.992225)]),
        (0.5, 0.10, 3.0, [(0.991360, 0.026395), (0.912664, 0.319431), (0.669640, 0.669640), (0.319431, 0.912664), (0.026395, 0.991360)]),
        (0.5, 0.10, 4.0, [(0.700977, 0.700977)]),
    ];
}
