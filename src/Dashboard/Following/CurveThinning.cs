using System.Collections.Immutable;
using Srpo.Core.Results;

namespace Srpo.Dashboard.Following;

/// <summary>Curves with no more points than a figure shows.</summary>
internal static class CurveThinning
{
    /// <summary>Every so many points of all curves alike, so that teams still have points after the same rounds, and every curve's last one.</summary>
    /// <param name="curves">The curves.</param>
    /// <param name="most">Points of the longest that are kept, about.</param>
    public static ImmutableArray<LearningCurve> Thin(ImmutableArray<LearningCurve> curves, int most)
    {
        var longest = curves.IsEmpty ? 0 : curves.Max(curve => curve.Points.Length);
        var every = (longest + most - 1) / most;
        return every <= 1 ? curves : [.. curves.Select(curve => curve with { Points = [.. curve.Points.Where((_, index) => index % every == 0 || index == curve.Points.Length - 1)] })];
    }
}
