using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;

namespace Srpo.Experiments;

/// <summary>
/// The partners of fictitious co-play (Strouse et al. 2021): all teams of a self-play population, each as it was after a quarter
/// and half of its training and at the end, so that beginners are among them.
/// </summary>
internal static class PartnerPool
{
    /// <summary>Rounds, besides the last, after which the population keeps its policies.</summary>
    /// <param name="iterations">Rounds of its training.</param>
    public static IReadOnlyList<int> Snapshots(int iterations) =>
        [.. new[] { iterations / 4, iterations / 2 }.Where(round => round >= 1 && round < iterations).Distinct()];

    /// <summary>The pool, team by team, beginners first.</summary>
    public static IReadOnlyList<PolicyReference> Policies(ExperimentPopulation population, Func<string, string> nameOf)
    {
        int[] rounds = [.. Snapshots(population.Training.Iterations), population.Training.Iterations];
        return [.. Enumerable.Range(0, population.Seeds).SelectMany(team =>
            rounds.Select(round => new PolicyReference(GrainKeys.Seat(nameOf(population.Label), team, 0), round)))];
    }
}
