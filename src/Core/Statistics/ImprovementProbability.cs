namespace Srpo.Core.Statistics;

/// <summary>
/// Probability of improvement (Agarwal et al. 2021, section 4.3): how likely a run of one method does better than a run of another, P(X > Y) = 1/(N K) sum over runs i of X and
/// j of Y of S(x[i], y[j]), where S is 1 if x[i] > y[j], 1/2 if they are equal and else 0 (the Mann-Whitney U statistic). What a run does is its mean return with the other runs of its
/// method, in both roles. It says how often, not by how much.
/// </summary>
public static class ImprovementProbability
{
    /// <summary>Of two methods in cross-play, the runs of each drawn independently; in a resample partners count as often as they were drawn.</summary>
    /// <param name="first">firstRuns x firstRuns returns, row-major; cells that are not finite are left out.</param>
    /// <param name="firstRuns">Runs of the first method.</param>
    /// <param name="second">secondRuns x secondRuns returns.</param>
    /// <param name="secondRuns">Runs of the second method.</param>
    /// <param name="options">Seed, number of resamples, level.</param>
    /// <param name="firstStratum">Number of the first method.</param>
    /// <param name="secondStratum">Number of the second; a different one.</param>
    /// <returns>The probability; null where a method has no pair of different runs. There is no interval with fewer than three runs of either.</returns>
    public static Improvement? CrossPlay(
        ReadOnlySpan<double> first, int firstRuns, ReadOnlySpan<double> second, int secondRuns, BootstrapOptions options, int firstStratum, int secondStratum)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfEqual(secondStratum, firstStratum);
        CheckSize(first, firstRuns);
        CheckSize(second, secondRuns);
        var (side0, side1) = (new Side(first.ToArray(), firstRuns), new Side(second.ToArray(), secondRuns));
        side0.Weigh([.. Enumerable.Repeat(1, firstRuns)]);
        side1.Weigh([.. Enumerable.Repeat(1, secondRuns)]);
        if (Probability(side0, side1) is not { } probability) return null;
        if (firstRuns < 3 || secondRuns < 3) return new Improvement(probability, null);
        var (counts0, counts1) = (new RunCounts(firstRuns, firstStratum), new RunCounts(secondRuns, secondStratum));
        var drawn = new double[options.Resamples];
        for (var resample = 0; resample < drawn.Length; resample++)
        {
            counts0.Start(options.Seed, resample);
            counts1.Start(options.Seed, resample);
            double? value;
            do
            {
                counts0.Draw();
                counts1.Draw();
                side0.Weigh(counts0.Counts);
                side1.Weigh(counts1.Counts);
                value = Probability(side0, side1);
            }
            while (value is null);
            drawn[resample] = value.Value;
        }

        return new Improvement(probability, Percentiles.Of(drawn, options.Level));
    }

    private static double? Probability(Side first, Side second)
    {
        var (wins, total) = (0.0, 0L);
        for (var i = 0; i < first.Scores.Length; i++)
        {
            if (first.Weights[i] == 0) continue;
            for (var j = 0; j < second.Scores.Length; j++)
            {
                var weight = (long)first.Weights[i] * second.Weights[j];
                total += weight;
                wins += weight * (first.Scores[i] > second.Scores[j] ? 1 : first.Scores[i] == second.Scores[j] ? 0.5 : 0);
            }
        }

        return total == 0 ? null : wins / total;
    }

    private static void CheckSize(ReadOnlySpan<double> block, int runs)
    {
        if (block.Length != runs * runs) throw new ArgumentException($"Expected {runs} x {runs} values, found {block.Length}.", nameof(block));
    }

    /// <summary>What the runs of a method do with the partners that were drawn, and how much each counts.</summary>
    private sealed class Side(double[] block, int runs)
    {
        public double[] Scores { get; } = new double[runs];

        /// <summary>Weight of every run; 0 where it was not drawn, or has no partner.</summary>
        public int[] Weights { get; } = new int[runs];

        public void Weigh(ReadOnlySpan<int> counts)
        {
            for (var run = 0; run < runs; run++)
            {
                var (sum, total) = (0.0, 0L);
                for (var other = 0; other < runs; other++)
                {
                    if (other == run || counts[other] == 0) continue;
                    Add(block[(run * runs) + other], counts[other]);
                    Add(block[(other * runs) + run], counts[other]);
                }

                Weights[run] = total == 0 ? 0 : counts[run];
                Scores[run] = total == 0 ? double.NaN : sum / total;

                void Add(double value, int weight)
                {
                    if (!double.IsFinite(value)) return;
                    sum += weight * value;
                    total += weight;
                }
            }
        }
    }
}

/// <summary>How likely a run of one method does better than a run of another.</summary>
/// <param name="Probability">The probability, ties counted half.</param>
/// <param name="Interval">Its bootstrap interval; null with fewer than three runs of either.</param>
public readonly record struct Improvement(double Probability, Interval? Interval);
