using System.Collections.Immutable;
using MathNet.Numerics.LinearAlgebra;

namespace Srpo.Games.Quadratic;

/// <summary>The equilibrium at one tau, in short.</summary>
/// <param name="Tau">Risk aversion of all players.</param>
/// <param name="Means">[players] mean of pi_i, [own dimension].</param>
/// <param name="Utilities">[players] expected utility E[u_i].</param>
/// <param name="Utility">Mean of <paramref name="Utilities"/>: total utility per player (Fig. 1(i) of Qu et al.).</param>
/// <param name="SharedReward">Expected shared reward; null if the u_i + c_i are not one function.</param>
/// <param name="FreeRiding">Largest difference of two players' expected private costs.</param>
public sealed record GaussianSweepPoint(
    double Tau,
    ImmutableArray<Vector<double>> Means,
    ImmutableArray<double> Utilities,
    double Utility,
    double? SharedReward,
    double FreeRiding);
