using System.Collections.Immutable;
using Srpo.Core.Statistics;

namespace Srpo.Core.Results;

/// <summary>An accuracy of debates in the last round, over pairs of runs and over questions.</summary>
/// <param name="Strict">The share, counting the number after "####" alone.</param>
/// <param name="StrictInterval">Its interval over runs and questions; null where there is too little.</param>
/// <param name="Flexible">The share, counting the last number where that mark is missing.</param>
/// <param name="FlexibleInterval">Its interval.</param>
public readonly record struct DebateAccuracy(double Strict, Interval? StrictInterval, double Flexible, Interval? FlexibleInterval);

/// <summary>A cell of a table of debates: two models, trained by one method.</summary>
/// <param name="Method">The method's key.</param>
/// <param name="Model0">Model in seat 0.</param>
/// <param name="Model1">Model in seat 1; in a table of single accuracies the partner.</param>
/// <param name="Pairs">Pairs of runs that debated.</param>
/// <param name="Questions">Questions that each pair debated.</param>
/// <param name="Accuracy">The accuracy: of both together in a table of joint accuracies, else of seat 0.</param>
public sealed record DebateCell(string Method, string Model0, string Model1, int Pairs, int Questions, DebateAccuracy Accuracy);

/// <summary>What one method is better than another by, with the same models and questions.</summary>
/// <param name="Method">The method's key.</param>
/// <param name="Baseline">Key of the method that is taken off.</param>
/// <param name="Model0">Model in seat 0.</param>
/// <param name="Model1">Model in seat 1.</param>
/// <param name="Accuracy">The difference of the accuracies.</param>
public sealed record DebateDifference(string Method, string Baseline, string Model0, string Model1, DebateAccuracy Accuracy);

/// <summary>The paper's two tables of debates.</summary>
/// <param name="Joint">Table 1: joint accuracy of models that were trained apart.</param>
/// <param name="WithStranger">Table 2: accuracy of a trained model whose partner is an untrained one of another family.</param>
/// <param name="Differences">Differences of methods, of either table.</param>
/// <param name="Level">Level of the intervals.</param>
public sealed record DebateResults(
    ImmutableArray<DebateCell> Joint, ImmutableArray<DebateCell> WithStranger, ImmutableArray<DebateDifference> Differences, double Level);
