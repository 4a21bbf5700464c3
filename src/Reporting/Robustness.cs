using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Core.Statistics;

namespace Srpo.Reporting;

/// <summary>What says more of a method than a mean: its performance profile, and how likely a run of it does better than a run of another.</summary>
internal static class Robustness
{
    /// <summary>Points of a profile.</summary>
    private const int Thresholds = 51;

    /// <summary>Profiles of the methods with at least two cells off their diagonals, from just below the worst pair of all to the best.</summary>
    public static ImmutableArray<MethodProfile> Profiles(CrossPlayMatrix matrix, ImmutableArray<string> methods, ImmutableArray<string> strata, BootstrapOptions bootstrap)
    {
        var blocks = methods.Select(method => (Method: method, Block: CrossPlayBlock.Within(matrix, method))).Where(each => each.Block.OffDiagonal().Any(cell => cell.IsPlayed)).ToArray();
        double[] all = [.. blocks.SelectMany(each => each.Block.OffDiagonal()).Where(cell => cell.IsPlayed).Select(cell => cell.Return)];
        if (all.Length == 0 || all.Min() == all.Max()) return [];
        var (low, high) = (all.Min(), all.Max());
        var margin = (high - low) / (Thresholds - 1);
        double[] thresholds = [.. Enumerable.Range(0, Thresholds).Select(index => low - margin + (index * margin)), high];
        return [.. blocks.Select(each => new MethodProfile(each.Method, [.. PerformanceProfile.CrossPlay(each.Block.Returns, each.Block.Rows, thresholds, bootstrap, strata.IndexOf(each.Method))]))];
    }

    /// <summary>The first method of the headline against each other one.</summary>
    public static ImmutableArray<MethodImprovement> Improvements(
        CrossPlayMatrix matrix, ImmutableArray<string> methods, ImmutableArray<string> headline, ImmutableArray<string> strata, BootstrapOptions bootstrap)
    {
        if (headline.FirstOrDefault(methods.Contains) is not { } subject) return [];
        var own = CrossPlayBlock.Within(matrix, subject);
        var improvements = ImmutableArray.CreateBuilder<MethodImprovement>();
        foreach (var other in methods.Where(method => method != subject))
        {
            var block = CrossPlayBlock.Within(matrix, other);
            if (ImprovementProbability.CrossPlay(own.Returns, own.Rows, block.Returns, block.Rows, bootstrap, strata.IndexOf(subject), strata.IndexOf(other)) is { } improvement)
                improvements.Add(new MethodImprovement(subject, other, improvement));
        }

        return improvements.ToImmutable();
    }
}
