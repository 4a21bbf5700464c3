using System.Collections.Immutable;
using Srpo.Core.Statistics;

namespace Srpo.Core.Results;

/// <summary>How well runs bear what they have not trained with: unknown teammates, unknown opponents, and both (paper, Fig. 3).</summary>
/// <param name="Layout">The layout, without opponents.</param>
/// <param name="Training">The opponents of training.</param>
/// <param name="Unseen">The other opponents.</param>
/// <param name="Methods">One entry per method.</param>
public sealed record ShiftSummary(string Layout, string Training, ImmutableArray<string> Unseen, ImmutableArray<MethodShift> Methods);

/// <summary>
/// The four blocks of one method. Cells of several opponents are pooled; the intervals of the mean resample runs, whose cells
/// are averaged over the opponents first.
/// </summary>
/// <param name="Method">The method's key.</param>
/// <param name="None">A run with itself against the opponents of training: no shift.</param>
/// <param name="Teammate">Different runs against the opponents of training.</param>
/// <param name="Opponent">A run with itself against the other opponents.</param>
/// <param name="Both">Different runs against the other opponents.</param>
/// <param name="Cost">What the method gives away where nothing shifts; null for the baseline, and where there is none.</param>
public sealed record MethodShift(string Method, BlockSummary None, BlockSummary Teammate, BlockSummary Opponent, BlockSummary Both, SelfPlayCost? Cost);

/// <summary>The training-environment cost of risk aversion: self-play of the baseline minus self-play of the method.</summary>
/// <param name="Baseline">The method without risk aversion, IPPO.</param>
/// <param name="Mean">Difference of the means; negative where the method is better.</param>
/// <param name="Interval">Bootstrap interval of the difference; null with fewer than two runs of either.</param>
public sealed record SelfPlayCost(string Baseline, double Mean, Interval? Interval);
